#include <cstdio>
#include <troupe/sim/allocation_trap.hpp>
#include <utility>

namespace troupe::sim {

namespace {

constinit thread_local allocation_trap* current = nullptr;
constinit thread_local bool asked = false;

}  // namespace

injected_bad_alloc::injected_bad_alloc(const std::string& by) noexcept {
  std::snprintf(text_, sizeof text_, "std::bad_alloc, injected by the fault '%s'", by.c_str());
}

allocation_trap* set_allocation_trap(allocation_trap* trap) noexcept { return std::exchange(current, trap); }

bool allocations_are_watched() noexcept {
  asked = true;
  return current != nullptr;
}

bool allocation_fails() noexcept {
  allocation_trap* const trap = std::exchange(current, nullptr);
  if (!trap) return false;
  bool yes = false;
  try {
    yes = trap->fails();
  } catch (...) {
    // It was about to say something and could not: then nothing fails.
  }
  current = trap;
  return yes;
}

void fail_allocation() {
  allocation_trap* const trap = std::exchange(current, nullptr);
  const injected_bad_alloc what{trap ? trap->cause() : std::string{}};
  current = trap;
  throw what;
}

bool can_fail_allocations() {
  asked = false;
  // Called as a function, and through a pointer that nobody knows: a compiler may leave out what a new-expression allocates.
  void* (*volatile allocate)(std::size_t) = ::operator new;
  void (*volatile release)(void*) noexcept = ::operator delete;
  release(allocate(1));
  return asked;
}

}  // namespace troupe::sim
