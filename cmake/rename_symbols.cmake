# Run by library.cmake: gives every symbol that ARCHIVES define the prefix portico_, in LIBRARY's definitions and uses
# alike. NM and OBJCOPY are the tools, NAMES a file to keep the list in.
execute_process(COMMAND "${NM}" --defined-only --extern-only --format=posix ${ARCHIVES}
  OUTPUT_VARIABLE defined ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[A-Za-z_][A-Za-z0-9_]* [A-Z] " defined "${defined}")
list(TRANSFORM defined REPLACE " .*" "")
list(REMOVE_DUPLICATES defined)
set(renames "")
foreach(symbol IN LISTS defined)
  # Sanitizers define their own in every object.
  if(NOT symbol MATCHES "^(portico_|__)")
    string(APPEND renames "${symbol} portico_${symbol}\n")
  endif()
endforeach()
file(WRITE "${NAMES}" "${renames}")
execute_process(COMMAND "${OBJCOPY}" "--redefine-syms=${NAMES}" "${LIBRARY}" COMMAND_ERROR_IS_FATAL ANY)
