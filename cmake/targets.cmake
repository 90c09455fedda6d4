# How Portico's own targets are compiled.
include_guard(GLOBAL)

if(NOT EMSCRIPTEN)  # code that a WebAssembly module is linked of is never moved
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# ccache where there is one, unless the caller chose something else.
if(PROJECT_IS_TOP_LEVEL AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(PORTICO_CCACHE ccache)
  if(PORTICO_CCACHE)
    set(CMAKE_C_COMPILER_LAUNCHER "${PORTICO_CCACHE}")
    set(CMAKE_CXX_COMPILER_LAUNCHER "${PORTICO_CCACHE}")
  endif()
endif()

# portico_module(<name> <sources>…): one layer of the library, as an object library that library.cmake gathers.
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
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wconversion -Wshadow $<$<BOOL:${PORTICO_WERROR}>:-Werror>>
    # At -O3 g++ 12 sees overlaps in std::string's operator+ that are not there (GCC bug 105651), and uninitialized
    # strings in a std::variant that holds something else (105593). clang, and the sanitizers, see neither.
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:$<$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>:-Wno-restrict -Wno-maybe-uninitialized>>)
endfunction()

# portico_small(<target>): none of it is on the path of a packet, so that the module has it by its weight and not by its
# speed.
function(portico_small target)
  if(EMSCRIPTEN)
    target_compile_options(${target} PRIVATE -Oz)
  endif()
endfunction()

# portico_test(<name> SOURCES … LIBRARIES … [LABEL …] [REPORT …]): one GoogleTest program, each case a CTest test. In
# WebAssembly all of a program are one: to start Node for each would take longer than most run. With REPORT they are one
# natively, too, called FOLDER.REPORT, which leaves a JUnit report of its cases in FOLDER/reports.
function(portico_test name)
  cmake_parse_arguments(ARG "" "LABEL;REPORT" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  portico_own(${name})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} GTest::gtest_main)
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  if(PORTICO_WASM)
    portico_runs_in_node(${name})
    add_test(NAME wasm.${name} COMMAND ${name})
    set_tests_properties(wasm.${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 300)
    return()
  endif()
  if(ARG_REPORT)
    get_filename_component(folder "${CMAKE_CURRENT_SOURCE_DIR}" NAME)
    add_test(NAME ${folder}.${ARG_REPORT}
      COMMAND ${name} "--gtest_output=xml:${CMAKE_CURRENT_BINARY_DIR}/reports/${ARG_REPORT}.xml")
    set_tests_properties(${folder}.${ARG_REPORT} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 300)
    return()
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 300)
endfunction()

# portico_runs_in_node(<target>): a program for Node, in one file of JavaScript.
function(portico_runs_in_node target)
  # -O1: the compiler has optimised already, and to optimise the linked whole takes longer than to run it.
  target_link_options(${target} PRIVATE -O1 -fwasm-exceptions -sSINGLE_FILE -sENVIRONMENT=node -sEXIT_RUNTIME
    -sALLOW_MEMORY_GROWTH -sTOTAL_STACK=1048576)
endfunction()
