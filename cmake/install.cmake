# What `cmake --install` places: the library, its headers, a CMake package and pkg-config files, all relocatable.
include_guard(GLOBAL)
include(CMakePackageConfigHelpers)

set(packageFolder "${CMAKE_INSTALL_LIBDIR}/cmake/portico")
install(TARGETS portico EXPORT portico-targets)
install(EXPORT portico-targets NAMESPACE portico:: DESTINATION "${packageFolder}")
foreach(folder IN LISTS PORTICO_PUBLIC_HEADERS)
  install(DIRECTORY "${folder}/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.h")
endforeach()

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/portico-config.cmake.in"
  "${CMAKE_CURRENT_BINARY_DIR}/portico-config.cmake" INSTALL_DESTINATION "${packageFolder}"
  NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
# Before 1.0 a minor release may change the API.
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/portico-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/portico-config.cmake" "${CMAKE_CURRENT_BINARY_DIR}/portico-config-version.cmake"
  DESTINATION "${packageFolder}")

# pkg-config finds the prefix from where the file lies, so that the folder can be moved.
cmake_path(IS_ABSOLUTE CMAKE_INSTALL_LIBDIR absolute)
if(absolute)
  set(pkgconfigPrefix "${CMAKE_INSTALL_PREFIX}")
  set(pkgconfigLibdir "${CMAKE_INSTALL_LIBDIR}")
else()
  file(RELATIVE_PATH up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  string(REGEX REPLACE "/$" "" up "${up}")
  set(pkgconfigPrefix "\${pcfiledir}/${up}")
  set(pkgconfigLibdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
set(pkgconfigNames portico)
if(TARGET portico_c)
  list(APPEND pkgconfigNames portico-c)
endif()
foreach(pkgconfigName IN LISTS pkgconfigNames)
  configure_file("${CMAKE_CURRENT_LIST_DIR}/portico.pc.in" "${CMAKE_CURRENT_BINARY_DIR}/${pkgconfigName}.pc" @ONLY)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${pkgconfigName}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endforeach()

# The licences of what the library has inside ask to go with it.
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
foreach(licence mbedtls/LICENSE usrsctp/LICENSE.md)
  cmake_path(GET licence PARENT_PATH name)
  get_property(folder GLOBAL PROPERTY PORTICO_SOURCE_${name})
  cmake_path(GET licence FILENAME file)
  install(FILES "${folder}/${file}" DESTINATION "${CMAKE_INSTALL_DOCDIR}" RENAME "LICENSE.${name}")
endforeach()
