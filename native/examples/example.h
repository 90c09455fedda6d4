// What the examples share: a coroutine that a plain function can start, and names for printing.
#pragma once

#include <coroutine>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include "portico/native/loop.h"
#include "portico/ortc.h"

/// The return type of an example: it starts at once, and runs on by itself from the loop.
struct Example {
  struct promise_type {
    Example get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

/// The STUN and TURN servers that the command line names, for instance stun:stun.example.org. Without any, only the
/// addresses of this machine are candidates, and no network is needed.
inline std::vector<portico::IceServer> serversOf(int argc, char** argv) {
  std::vector<portico::IceServer> servers;
  if (argc > 1) servers.push_back(portico::IceServer{.urls = {argv + 1, argv + argc}});
  return servers;
}
