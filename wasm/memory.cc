// operator new of the module: there are no exceptions, so what the memory can't give is said to JavaScript, which throws.
#include <cstdlib>
#include <new>

#include "wasm/module.h"

void* operator new(std::size_t bytes) {
  void* memory = std::malloc(bytes > 0 ? bytes : 1);
  if (memory == nullptr) portico_js_out_of_memory(bytes);
  return memory;
}

void* operator new[](std::size_t bytes) {
  return operator new(bytes);
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
