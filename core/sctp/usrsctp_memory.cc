#include "core/sctp/usrsctp_memory.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace portico::sctp {
namespace {

#if defined(__SANITIZE_ADDRESS__)
#define PORTICO_EACH_ALLOCATION_ITS_OWN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PORTICO_EACH_ALLOCATION_ITS_OWN 1
#endif
#endif

// mbufs are 256 bytes, clusters 2,048; chunks and queue entries lie between. Steps of a half waste little of what
// stays.
constexpr std::array<std::size_t, 11> kClassBytes{64, 96, 128, 192, 256, 384, 512, 768, 1'024, 1'536, 2'048};
constexpr std::uint32_t kNoClass = kClassBytes.size();

/// Stands before each block; as long as malloc()'s alignment, which it keeps.
struct alignas(std::max_align_t) Header {
  Header* next;
  std::uint32_t sizeClass;
};

struct Cache {
  std::array<Header*, kClassBytes.size()> lists{};
  std::size_t bytes = 0;
};
Cache cache;  // usrsctp's state is process-wide, and so is its memory

std::uint32_t classOf(std::size_t size) {
#ifdef PORTICO_EACH_ALLOCATION_ITS_OWN
  return kNoClass;  // AddressSanitizer is to see each use after free
#endif
  return static_cast<std::uint32_t>(std::lower_bound(kClassBytes.begin(), kClassBytes.end(), size) -
                                    kClassBytes.begin());
}

}  // namespace

void* allocateUsrsctpMemory(std::size_t size) {
  const std::uint32_t sizeClass = classOf(size);
  if (sizeClass != kNoClass && cache.lists[sizeClass] != nullptr) {
    Header* header = cache.lists[sizeClass];
    cache.lists[sizeClass] = header->next;
    cache.bytes -= kClassBytes[sizeClass];
    return header + 1;
  }
  const std::size_t bytes = sizeClass == kNoClass ? size : kClassBytes[sizeClass];
  if (bytes > SIZE_MAX - sizeof(Header)) return nullptr;
  auto* header = static_cast<Header*>(std::malloc(sizeof(Header) + bytes));
  if (header == nullptr) return nullptr;
  header->sizeClass = sizeClass;
  return header + 1;
}

void* reallocateUsrsctpMemory(void* memory, std::size_t size) {
  if (memory == nullptr) return allocateUsrsctpMemory(size);
  Header* header = static_cast<Header*>(memory) - 1;
  if (header->sizeClass == kNoClass) {
    if (size > SIZE_MAX - sizeof(Header)) return nullptr;
    header = static_cast<Header*>(std::realloc(header, sizeof(Header) + size));
    return header == nullptr ? nullptr : header + 1;
  }
  if (size <= kClassBytes[header->sizeClass]) return memory;
  void* grown = allocateUsrsctpMemory(size);
  if (grown == nullptr) return nullptr;
  std::memcpy(grown, memory, kClassBytes[header->sizeClass]);
  freeUsrsctpMemory(memory);
  return grown;
}

void freeUsrsctpMemory(void* memory) {
  if (memory == nullptr) return;
  Header* header = static_cast<Header*>(memory) - 1;
  const std::uint32_t sizeClass = header->sizeClass;
  if (sizeClass == kNoClass || cache.bytes + kClassBytes[sizeClass] > kMaxCachedBytes) {
    std::free(header);
    return;
  }
  header->next = cache.lists[sizeClass];
  cache.lists[sizeClass] = header;
  cache.bytes += kClassBytes[sizeClass];
}

void releaseUsrsctpMemory() {
  for (Header*& list : cache.lists) {
    while (list != nullptr) {
      Header* header = list;
      list = header->next;
      std::free(header);
    }
  }
  cache.bytes = 0;
}

}  // namespace portico::sctp

extern "C" {
void* portico_usrsctp_malloc(std::size_t size) {
  return portico::sctp::allocateUsrsctpMemory(size);
}
void* portico_usrsctp_calloc(std::size_t count, std::size_t size) {
  if (size != 0 && count > SIZE_MAX / size) return nullptr;
  void* memory = portico::sctp::allocateUsrsctpMemory(count * size);
  if (memory != nullptr) std::memset(memory, 0, count * size);
  return memory;
}
void portico_usrsctp_free(void* memory) {
  portico::sctp::freeUsrsctpMemory(memory);
}
}
