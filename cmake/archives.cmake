# The pinned source archives. Each is named once: file, upstream release address, and the SHA-256 of every release that
# Portico was tested with, newest first. Debian ships the same archives, with the same hashes, as its .orig tarballs, so
# scripts/fetch-archives takes them from the Debian archive that the machine already uses; without Debian the upstream
# address serves.
include_guard(GLOBAL)

set(PORTICO_CACHE "${PROJECT_SOURCE_DIR}/.cache" CACHE PATH "Where archives are kept and unpacked")

set(PORTICO_ARCHIVE_mbedtls
  "mbedtls_3.6.7.orig.tar.bz2|https://github.com/Mbed-TLS/mbedtls/releases/download/mbedtls-3.6.7/mbedtls-3.6.7.tar.bz2|a7e8bcbec0e6f761b4af24f25677626b35f762f68eef79c08677a363212d11f6"
  "mbedtls_3.6.6.orig.tar.bz2|https://github.com/Mbed-TLS/mbedtls/releases/download/mbedtls-3.6.6/mbedtls-3.6.6.tar.bz2|8fb65fae8dcae5840f793c0a334860a411f884cc537ea290ce1c52bb64ca007a")
set(PORTICO_ARCHIVE_usrsctp
  "libusrsctp_0.9.5.0.orig.tar.gz|https://github.com/sctplab/usrsctp/archive/refs/tags/0.9.5.0.tar.gz|260107caf318650a57a8caa593550e39bca6943e93f970c80d6c17e59d62cd92")

# portico_unpack(<name> <out variable>): the folder of the unpacked sources, fetched and checked. Also the global property
# PORTICO_SOURCE_<name>.
function(portico_unpack name out)
  # Two configure runs at once (an IDE beside a terminal) must not unpack into each other.
  file(LOCK "${PORTICO_CACHE}" DIRECTORY GUARD FUNCTION TIMEOUT 600)
  portico_pinned_archive(${name} archive hash)
  if(NOT archive)
    message(STATUS "Fetching the source of ${name}")
    portico_fetch_debian()
    portico_pinned_archive(${name} archive hash)
  endif()
  if(NOT archive)
    portico_fetch_upstream(${name})
    portico_pinned_archive(${name} archive hash)
  endif()
  string(SUBSTRING "${hash}" 0 12 short)
  set(folder "${PORTICO_CACHE}/src/${name}-${short}")
  if(NOT EXISTS "${folder}/.unpacked")
    file(REMOVE_RECURSE "${folder}" "${folder}.part")
    file(ARCHIVE_EXTRACT INPUT "${archive}" DESTINATION "${folder}.part")
    file(GLOB top "${folder}.part/*")
    file(RENAME "${top}" "${folder}")
    file(REMOVE_RECURSE "${folder}.part")
    file(TOUCH "${folder}/.unpacked")
  endif()
  set(${out} "${folder}" PARENT_SCOPE)
  set_property(GLOBAL PROPERTY PORTICO_SOURCE_${name} "${folder}")
endfunction()

# The newest archive of the table that is in the cache, or nothing. A wrong hash is an error, never passed over.
function(portico_pinned_archive name archive_out hash_out)
  set(${archive_out} "" PARENT_SCOPE)
  foreach(entry IN LISTS PORTICO_ARCHIVE_${name})
    string(REPLACE "|" ";" entry "${entry}")
    list(GET entry 0 file)
    list(GET entry 2 hash)
    set(archive "${PORTICO_CACHE}/archives/${file}")
    if(EXISTS "${archive}")
      file(SHA256 "${archive}" actual)
      if(NOT actual STREQUAL hash)
        message(FATAL_ERROR "${archive} has SHA-256 ${actual}, not ${hash}: delete it and configure again.")
      endif()
      set(${archive_out} "${archive}" PARENT_SCOPE)
      set(${hash_out} "${hash}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# Once for a configure run: it takes all the archives.
function(portico_fetch_debian)
  get_property(tried GLOBAL PROPERTY PORTICO_DEBIAN_TRIED)
  if(NOT tried)
    set_property(GLOBAL PROPERTY PORTICO_DEBIAN_TRIED TRUE)
    execute_process(COMMAND "${PROJECT_SOURCE_DIR}/scripts/fetch-archives" "${PORTICO_CACHE}"
      OUTPUT_VARIABLE said ERROR_VARIABLE said RESULT_VARIABLE status)
    if(status)
      message(STATUS "The Debian archive did not serve: ${said}")
    endif()
  endif()
endfunction()

# Every release of the table, newest first, until one comes with its hash.
function(portico_fetch_upstream name)
  foreach(entry IN LISTS PORTICO_ARCHIVE_${name})
    string(REPLACE "|" ";" entry "${entry}")
    list(GET entry 0 file)
    list(GET entry 1 address)
    list(GET entry 2 hash)
    set(archive "${PORTICO_CACHE}/archives/${file}")
    file(DOWNLOAD "${address}" "${archive}.part" STATUS status INACTIVITY_TIMEOUT 60)
    if(EXISTS "${archive}.part")
      file(SHA256 "${archive}.part" actual)
      if(actual STREQUAL hash)
        file(RENAME "${archive}.part" "${archive}")
        return()
      endif()
      file(REMOVE "${archive}.part")
    endif()
  endforeach()
  message(FATAL_ERROR "The source archive of ${name} could not be had, neither from Debian nor from ${address}. "
    "Put ${file} (SHA-256 ${hash}) into ${PORTICO_CACHE}/archives and configure again.")
endfunction()
