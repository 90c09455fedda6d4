# GTest::gtest_main, GTest::gmock and gtest_discover_tests(): Debian's library, or its sources (package googletest) where the compiler is
# a cross compiler.
include_guard(GLOBAL)

if(NOT CMAKE_CROSSCOMPILING)
  find_package(GTest REQUIRED GLOBAL)
  include(GoogleTest)
  return()
endif()

set(PORTICO_GOOGLETEST_SOURCE /usr/src/googletest/googletest CACHE PATH "GoogleTest's sources, for cross compilers")
if(NOT EXISTS "${PORTICO_GOOGLETEST_SOURCE}/src/gtest-all.cc")
  message(FATAL_ERROR "${PORTICO_GOOGLETEST_SOURCE} has no sources of GoogleTest: Debian has them in googletest. "
    "-DPORTICO_TESTS=OFF builds without the tests.")
endif()
add_library(portico_gtest STATIC "${PORTICO_GOOGLETEST_SOURCE}/src/gtest-all.cc" "${PORTICO_GOOGLETEST_SOURCE}/src/gtest_main.cc")
target_compile_features(portico_gtest PUBLIC cxx_std_20)
target_include_directories(portico_gtest SYSTEM PUBLIC "${PORTICO_GOOGLETEST_SOURCE}/include")
target_include_directories(portico_gtest PRIVATE "${PORTICO_GOOGLETEST_SOURCE}")
target_compile_definitions(portico_gtest PUBLIC GTEST_HAS_PTHREAD=0)
target_compile_options(portico_gtest PRIVATE -w)
add_library(GTest::gtest_main ALIAS portico_gtest)

set(mock "${PORTICO_GOOGLETEST_SOURCE}/../googlemock")
add_library(portico_gmock STATIC "${mock}/src/gmock-all.cc")
target_include_directories(portico_gmock SYSTEM PUBLIC "${mock}/include")
target_include_directories(portico_gmock PRIVATE "${mock}")
target_compile_options(portico_gmock PRIVATE -w)
target_link_libraries(portico_gmock PUBLIC portico_gtest)
add_library(GTest::gmock ALIAS portico_gmock)
