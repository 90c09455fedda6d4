# nlohmann_json::nlohmann_json. A cross compiler finds no package of the machine that it runs on, but the headers of this
# one ask nothing of a system. They are linked into a folder of their own: beside them, in /usr/include, is what must not
# be seen.
include_guard(GLOBAL)

if(NOT CMAKE_CROSSCOMPILING)
  find_package(nlohmann_json REQUIRED GLOBAL)
  return()
endif()

find_path(PORTICO_NLOHMANN_JSON nlohmann/json.hpp PATHS /usr/include /usr/local/include NO_CMAKE_FIND_ROOT_PATH)
if(NOT PORTICO_NLOHMANN_JSON)
  message(FATAL_ERROR "nlohmann/json.hpp is missing: Debian has it in nlohmann-json3-dev. -DPORTICO_NLOHMANN_JSON=<its "
    "include folder> names another place.")
endif()
set(folder "${PROJECT_BINARY_DIR}/include/json")
file(MAKE_DIRECTORY "${folder}")
file(CREATE_LINK "${PORTICO_NLOHMANN_JSON}/nlohmann" "${folder}/nlohmann" SYMBOLIC)
add_library(nlohmann_json::nlohmann_json INTERFACE IMPORTED GLOBAL)
target_include_directories(nlohmann_json::nlohmann_json INTERFACE "${folder}")
