// How the dispatchers that make threads as they need them get one. A test hands in one that fails.
#pragma once

#include <functional>
#include <thread>
#include <utility>

namespace troupe::engine {

/// Starts a detached thread that runs the function; throws `std::system_error` when there is none to be had.
using thread_starter = std::function<void(std::function<void()>)>;

/// `start`, or where it is empty, the operating system's threads.
inline thread_starter or_system_threads(thread_starter start) {
  if (start) return start;
  return [](std::function<void()> f) { std::thread{std::move(f)}.detach(); };
}

}  // namespace troupe::engine
