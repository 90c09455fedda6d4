# portico_mbedtls_tls: mbedTLS once more, as a private static library with native/tls/mbedtls_config.h. Every name of it has a
# prefix, by macros that its configuration includes first: so both configurations have types and functions of their own
# in one program, however it is linked.
include_guard(GLOBAL)
include(archives)

portico_unpack(mbedtls PORTICO_MBEDTLS_SOURCE)

set(names "")
file(GLOB headers "${PORTICO_MBEDTLS_SOURCE}/include/mbedtls/*.h" "${PORTICO_MBEDTLS_SOURCE}/library/*.h")
foreach(header IN LISTS headers)
  file(READ "${header}" text)
  string(REGEX MATCHALL "mbedtls_[a-z0-9_]+" found "${text}")
  list(APPEND names ${found})
endforeach()
list(REMOVE_DUPLICATES names)
list(TRANSFORM names REPLACE "(.+)" "#define \\1 portico_tls_\\1")
list(JOIN names "\n" names)
set(namesFolder "${CMAKE_CURRENT_BINARY_DIR}/mbedtls_tls")
file(CONFIGURE OUTPUT "${namesFolder}/portico_mbedtls_tls_names.h" CONTENT "${names}\n" @ONLY)

set(sources
  aes aesce aesni asn1parse asn1write base64 bignum bignum_core bignum_mod bignum_mod_raw block_cipher chacha20
  chachapoly cipher cipher_wrap constant_time ecdh ecdsa ecp ecp_curves ecp_curves_new error gcm md oid pem pk pk_ecc
  pk_wrap pkparse platform platform_util poly1305 rsa rsa_alt_helpers sha256 sha512 ssl_ciphersuites ssl_client ssl_msg
  ssl_tls ssl_tls12_client x509 x509_crt)
list(TRANSFORM sources PREPEND "${PORTICO_MBEDTLS_SOURCE}/library/")
list(TRANSFORM sources APPEND ".c")

add_library(portico_mbedtls_tls STATIC ${sources})
set_target_properties(portico_mbedtls_tls PROPERTIES C_STANDARD 99 C_EXTENSIONS ON C_VISIBILITY_PRESET hidden)
target_include_directories(portico_mbedtls_tls SYSTEM PUBLIC
  $<BUILD_INTERFACE:${PORTICO_MBEDTLS_SOURCE}/include> $<BUILD_INTERFACE:${namesFolder}>)
target_include_directories(portico_mbedtls_tls PRIVATE "${PORTICO_MBEDTLS_SOURCE}/library")
target_compile_definitions(portico_mbedtls_tls PUBLIC
  $<BUILD_INTERFACE:MBEDTLS_CONFIG_FILE="${PROJECT_SOURCE_DIR}/native/tls/mbedtls_config.h">)
# As for the first, cmake/mbedtls.cmake.
target_compile_options(portico_mbedtls_tls PRIVATE -w -fno-sanitize=nonnull-attribute)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_options(portico_mbedtls_tls PRIVATE -O1)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|i.86)$")
  set_source_files_properties("${PORTICO_MBEDTLS_SOURCE}/library/aesni.c" PROPERTIES
    COMPILE_OPTIONS "-maes;-mpclmul;-mssse3")
endif()
