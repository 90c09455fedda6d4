# How Portico's own targets are compiled.
include_guard(GLOBAL)

set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# portico_module(<name> <sources>…): one layer of the library, as an object library that the archive gathers.
function(portico_module name)
  add_library(${name} OBJECT ${ARGN})
  portico_own(${name})
  target_include_directories(${name} PUBLIC
    "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/core/include" "${PROJECT_SOURCE_DIR}/platform/include")
  set_property(GLOBAL APPEND PROPERTY PORTICO_MODULES ${name})
endfunction()

# portico_own(<target>): the language level and warnings of code that is ours.
function(portico_own target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror>)
endfunction()

# portico_test(<name> SOURCES … LIBRARIES …): one GoogleTest program, each case a CTest test.
function(portico_test name)
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  portico_own(${name})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} GTest::gtest_main)
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 300)
endfunction()
