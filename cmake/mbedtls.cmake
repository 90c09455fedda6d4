# portico_mbedtls: mbedTLS as a private static library with core/dtls/mbedtls_config.h. Its headers and symbols are
# for the layers that link it, never for a consumer of Portico.
include_guard(GLOBAL)
include(archives)
include(targets)

portico_unpack(mbedtls PORTICO_MBEDTLS_SOURCE)

set(sources
  aes aesce aesni asn1parse asn1write base64 bignum bignum_core bignum_mod bignum_mod_raw block_cipher chacha20
  chachapoly cipher cipher_wrap constant_time ctr_drbg debug ecdh ecdsa ecp ecp_curves ecp_curves_new entropy error gcm
  hmac_drbg md md5 oid pem pk pk_ecc pk_wrap pkparse pkwrite platform platform_util poly1305 sha1 sha256 sha512
  ssl_ciphersuites ssl_client ssl_cookie ssl_debug_helpers_generated ssl_msg ssl_tls ssl_tls12_client
  ssl_tls12_server x509 x509_create x509_crt x509write x509write_crt)
list(TRANSFORM sources PREPEND "${PORTICO_MBEDTLS_SOURCE}/library/")
list(TRANSFORM sources APPEND ".c")

add_library(portico_mbedtls STATIC ${sources})
target_sources(portico_mbedtls PRIVATE $<TARGET_OBJECTS:portico_aead>)
set_target_properties(portico_mbedtls PROPERTIES C_STANDARD 99 C_EXTENSIONS ON C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden)
target_include_directories(portico_mbedtls SYSTEM PUBLIC $<BUILD_INTERFACE:${PORTICO_MBEDTLS_SOURCE}/include>)
target_include_directories(portico_mbedtls PRIVATE "${PORTICO_MBEDTLS_SOURCE}/library" "${PROJECT_SOURCE_DIR}/core/dtls/aead")
target_compile_definitions(portico_mbedtls PUBLIC
  $<BUILD_INTERFACE:MBEDTLS_CONFIG_FILE="${PROJECT_SOURCE_DIR}/core/dtls/mbedtls_config.h">)
target_compile_options(portico_mbedtls PRIVATE -w)
# It compares and copies nothing by null pointers with a length of 0, which C forbids and no C library minds. Found by
# dtls_fuzzer in x509_crt.c; all other checks stay.
target_compile_options(portico_mbedtls PRIVATE -fno-sanitize=nonnull-attribute)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  # Handshakes at -O0 take seconds; a debugger is rarely wanted in here.
  target_compile_options(portico_mbedtls PRIVATE -O1)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|i.86)$" AND NOT EMSCRIPTEN)
  set(aes_flags -maes -mpclmul -mssse3)
endif()
# Intrinsics instead of inline assembly: twice the AES-GCM. mbedTLS still asks CPUID before it uses them.
set_source_files_properties("${PORTICO_MBEDTLS_SOURCE}/library/aesni.c" PROPERTIES COMPILE_OPTIONS "${aes_flags}")

# Our AES-GCM, beneath mbedTLS (MBEDTLS_GCM_ALT), and mbedTLS's own under other names for processors that can't run it.
set(aead "${PROJECT_SOURCE_DIR}/core/dtls/aead")
add_library(portico_aead OBJECT
  "${aead}/aes_gcm_x86.cc" "${aead}/aes_gcm_vaes.cc" "${aead}/gcm_alt.cc" "${aead}/gcm_portable.c")
portico_own(portico_aead)
set_target_properties(portico_aead PROPERTIES C_STANDARD 99 C_EXTENSIONS ON C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden)
target_include_directories(portico_aead PRIVATE "${PROJECT_SOURCE_DIR}")
target_include_directories(portico_aead SYSTEM PRIVATE
  "${aead}" "${PORTICO_MBEDTLS_SOURCE}/include" "${PORTICO_MBEDTLS_SOURCE}/library")
target_compile_definitions(portico_aead PRIVATE MBEDTLS_CONFIG_FILE="${PROJECT_SOURCE_DIR}/core/dtls/mbedtls_config.h")
set_source_files_properties("${aead}/gcm_portable.c" PROPERTIES COMPILE_OPTIONS "-w;${aes_flags}")
# -O3 unrolls the loops over blocks, so that they stay in registers: twice the speed of -O2.
set(aead_flags "$<$<NOT:$<CONFIG:Debug>>:-O3>")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12's own avx512fintrin.h starts from registers that it leaves undefined on purpose.
  list(APPEND aead_flags -Wno-uninitialized -Wno-maybe-uninitialized)
endif()
set_source_files_properties("${aead}/aes_gcm_x86.cc" "${aead}/aes_gcm_vaes.cc" PROPERTIES COMPILE_OPTIONS "${aead_flags}")
