# The one library that consumers see: every layer, and mbedTLS and usrsctp inside it, so that nothing else is to be linked.
include_guard(GLOBAL)

get_property(modules GLOBAL PROPERTY PORTICO_MODULES)
set(thirdParty portico_mbedtls portico_mbedtls_tls portico_usrsctp)

set(objects "")
foreach(target IN LISTS modules thirdParty ITEMS portico_aead)
  if(TARGET ${target})
    list(APPEND objects $<TARGET_OBJECTS:${target}>)
  endif()
endforeach()

# Static unless BUILD_SHARED_LIBS says otherwise. The layers are not linked but listed: a linked target would have to be
# exported, and mbedTLS and usrsctp with it.
add_library(portico ${objects})
add_library(portico::portico ALIAS portico)
set_target_properties(portico PROPERTIES LINKER_LANGUAGE CXX VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
target_compile_features(portico PUBLIC cxx_std_20)
if(PORTICO_NATIVE)  # the core has no threads
  find_package(Threads REQUIRED)
  target_link_libraries(portico PUBLIC Threads::Threads)
endif()

set(PORTICO_PUBLIC_HEADERS "${PROJECT_SOURCE_DIR}/platform/include" "${PROJECT_SOURCE_DIR}/core/include")
if(PORTICO_NATIVE)
  list(APPEND PORTICO_PUBLIC_HEADERS "${PROJECT_SOURCE_DIR}/native/include")
endif()
foreach(folder IN LISTS PORTICO_PUBLIC_HEADERS)
  target_include_directories(portico PUBLIC $<BUILD_INTERFACE:${folder}>)
endforeach()
target_include_directories(portico PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# In a shared library the hidden visibility of both keeps their names inside. A static one gets them renamed, so that a
# program may have an mbedTLS or usrsctp of its own beside Portico's.
get_target_property(type portico TYPE)
if(type STREQUAL "STATIC_LIBRARY" AND CMAKE_EXECUTABLE_FORMAT STREQUAL "ELF" AND CMAKE_NM AND CMAKE_OBJCOPY)
  set(archives "")
  foreach(target IN LISTS thirdParty)
    if(TARGET ${target})
      add_dependencies(portico ${target})
      list(APPEND archives $<TARGET_FILE:${target}>)
    endif()
  endforeach()
  add_custom_command(TARGET portico POST_BUILD VERBATIM COMMENT "Renaming the symbols of mbedTLS and usrsctp"
    COMMAND "${CMAKE_COMMAND}" "-DNM=${CMAKE_NM}" "-DOBJCOPY=${CMAKE_OBJCOPY}" "-DLIBRARY=$<TARGET_FILE:portico>"
      "-DARCHIVES=${archives}" "-DNAMES=${CMAKE_CURRENT_BINARY_DIR}/renamed-symbols.txt"
      -P "${CMAKE_CURRENT_LIST_DIR}/rename_symbols.cmake")
endif()
