# portico_usrsctp: usrsctp as a private static library without threads, sockets and clocks of its own. The functions that
# it asks the machine for (time, randomness, threads, an interface's MTU, memory) are given by
# core/sctp/usrsctp_global.cc and usrsctp_memory.cc.
include_guard(GLOBAL)
include(archives)

portico_unpack(usrsctp PORTICO_USRSCTP_SOURCE)

set(sources
  netinet/sctp_asconf netinet/sctp_auth netinet/sctp_bsd_addr netinet/sctp_cc_functions
  netinet/sctp_crc32 netinet/sctp_input netinet/sctp_output netinet/sctp_pcb netinet/sctp_peeloff
  netinet/sctp_sha1 netinet/sctp_ss_functions netinet/sctp_sysctl netinet/sctp_userspace
  netinet/sctp_usrreq netinet/sctputil user_environment user_mbuf user_socket)
list(TRANSFORM sources PREPEND "${PORTICO_USRSCTP_SOURCE}/usrsctplib/")
list(TRANSFORM sources APPEND ".c")

# core/sctp/usrsctp_indata.c includes netinet/sctp_indata.c, and usrsctp_timer.c netinet/sctp_timer.c; usrsctp_callout.c
# stands in for netinet/sctp_callout.c. See there.
list(APPEND sources
  "${PROJECT_SOURCE_DIR}/core/sctp/usrsctp_callout.c" "${PROJECT_SOURCE_DIR}/core/sctp/usrsctp_indata.c"
  "${PROJECT_SOURCE_DIR}/core/sctp/usrsctp_iterators.c" "${PROJECT_SOURCE_DIR}/core/sctp/usrsctp_streams.c"
  "${PROJECT_SOURCE_DIR}/core/sctp/usrsctp_timer.c")
# Every file calls our functions; the two files that define usrsctp's own keep theirs under names that nobody calls.
set(replaced
  init_random read_random finish_random sctp_userspace_get_mtu_from_ifn sctp_userspace_thread_create gettimeofday)
set(memory malloc calloc free)  # core/sctp/usrsctp_memory.cc, for all files
list(TRANSFORM memory REPLACE "(.+)" "\\1=portico_usrsctp_\\1")
foreach(source IN LISTS sources)
  set(prefix portico_usrsctp_)
  if(source MATCHES "/(user_environment|sctp_userspace)\\.c$")
    set(prefix portico_usrsctp_unused_)
  endif()
  set(renames ${replaced})
  list(TRANSFORM renames REPLACE "(.+)" "\\1=${prefix}\\1")
  set_source_files_properties("${source}" PROPERTIES COMPILE_DEFINITIONS "${renames}")
endforeach()

add_library(portico_usrsctp STATIC ${sources})
set_target_properties(portico_usrsctp PROPERTIES C_STANDARD 99 C_EXTENSIONS ON C_VISIBILITY_PRESET hidden)
target_include_directories(portico_usrsctp SYSTEM PUBLIC $<BUILD_INTERFACE:${PORTICO_USRSCTP_SOURCE}/usrsctplib>)
target_include_directories(portico_usrsctp PRIVATE "${PORTICO_USRSCTP_SOURCE}/usrsctplib/netinet")
target_compile_definitions(portico_usrsctp PRIVATE
  ${memory} __Userspace__ SCTP_SIMPLE_ALLOCATOR SCTP_PROCESS_LEVEL_LOCKS _GNU_SOURCE HAVE_STDATOMIC_H)
target_compile_options(portico_usrsctp PRIVATE -w "SHELL:-include ${PROJECT_SOURCE_DIR}/core/sctp/usrsctp_layout.h")
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_options(portico_usrsctp PRIVATE -O1)
endif()
# It reads packets through packed structs and shifts signed numbers; its own fuzzers run without this check, too.
target_compile_options(portico_usrsctp PRIVATE -fno-sanitize=undefined)
