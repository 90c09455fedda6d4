// portico-doctor.wasm: the words of `portico doctor` (core/doctor), for the npm package's command. A module of its own,
// so that those who connect do not carry them.
#include <cstdlib>

#include "core/doctor/letter.h"
#include "wasm/module.h"

extern "C" {

/* Room for the facts. */
PORTICO_EXPORT("portico_doctor_allocate") void* portico_doctor_allocate(size_t bytes);
/* As portico/portico.h has it. NULL for what is no JSON. */
PORTICO_EXPORT("portico_doctor_letter") const char* portico_doctor_letter(const char* facts);
}

void* portico_doctor_allocate(size_t bytes) {
  return ::operator new(bytes);
}

const char* portico_doctor_letter(const char* facts) {
  static std::string text;
  const auto parsed = portico::json::parseJson(facts);
  if (!parsed) return nullptr;
  text = portico::json::toLine(portico::doctor::diagnose(*parsed));
  return text.c_str();
}
