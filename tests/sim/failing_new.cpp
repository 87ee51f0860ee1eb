// The operator new of troupe_sim: what a handler's own code allocates can be made to fail (troupe/sim/allocation_trap.hpp).
//
// Whose an allocation is, the stack says: the first function on the way out that belongs to neither the standard library nor Boost. It is the
// runtime's when it stands in `troupe`, but for what leads to a handler: `hosted<A>`, into which the handler may have been inlined, and
// the functions that call that. Functions without a name are those of an unnamed namespace: whoever called them says whose they are.
#include <boost/stacktrace/stacktrace.hpp>
#include <cstdlib>
#include <new>
#include <string_view>
#include <troupe/sim/allocation_trap.hpp>

namespace {

constexpr std::size_t frames_max = 64;

/// The name that is called, without what it returns: a template's name begins with that, `void std::vector<int>::push<int>(int)`.
std::string_view called(std::string_view name) {
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '<') ++depth;
    if (name[i] == '>') --depth;
    if (depth != 0) continue;
    if (name[i] == '(') break;
    if (name[i] == ' ') begin = i + 1;
  }
  return name.substr(begin);
}

bool is_between(std::string_view name) {
  if (name.empty() || name.starts_with("operator new")) return true;
  for (const std::string_view part : {"std::", "__gnu_cxx::", "boost::"})
    if (called(name).starts_with(part)) return true;
  return false;
}

bool leads_to_handler(std::string_view name) {
  for (const std::string_view part : {"troupe::detail::hosted<", "troupe::cell::receive_observed",
                                      "troupe::cell::hand_to_body", "troupe::cell::run_closely"})
    if (called(name).starts_with(part)) return true;
  return false;
}

/// Whether whoever calls operator new is a handler.
bool is_a_handlers_own() {
  constexpr std::size_t own_frames = 2;
  const boost::stacktrace::stacktrace stack(own_frames, frames_max);
  for (const auto& frame : stack) {
    const std::string name = frame.name();
    if (!is_between(name)) return !called(name).starts_with("troupe::") || leads_to_handler(name);
  }
  return false;
}

void* allocated(std::size_t bytes, std::size_t alignment) {
  static thread_local bool looking = false;  // what the look itself allocates
  if (troupe::sim::allocations_are_watched() && !looking) {
    looking = true;
    const bool fails = is_a_handlers_own() && troupe::sim::allocation_fails();
    looking = false;
    if (fails) troupe::sim::fail_allocation();
  }
  if (bytes == 0) bytes = 1;
  void* const got = alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__
                        ? std::malloc(bytes)
                        : std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (!got) throw std::bad_alloc{};
  return got;
}

}  // namespace

void* operator new(std::size_t bytes) { return allocated(bytes, __STDCPP_DEFAULT_NEW_ALIGNMENT__); }
void* operator new[](std::size_t bytes) { return allocated(bytes, __STDCPP_DEFAULT_NEW_ALIGNMENT__); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return allocated(bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
  return allocated(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* at) noexcept { std::free(at); }
void operator delete[](void* at) noexcept { std::free(at); }
void operator delete(void* at, std::size_t) noexcept { std::free(at); }
void operator delete[](void* at, std::size_t) noexcept { std::free(at); }
void operator delete(void* at, std::align_val_t) noexcept { std::free(at); }
void operator delete[](void* at, std::align_val_t) noexcept { std::free(at); }
void operator delete(void* at, std::size_t, std::align_val_t) noexcept { std::free(at); }
void operator delete[](void* at, std::size_t, std::align_val_t) noexcept { std::free(at); }
