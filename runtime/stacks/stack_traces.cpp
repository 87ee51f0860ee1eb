// Takes the place of `__cxa_throw`, which is called for each `throw` of the program and of its libraries: writes down who calls, if anybody
// wants that (TH2), and goes on to the real one. A catch block is too late for it: the stack is unwound by then.
//
// Rules
//  SK1 A throw costs one load more while nobody wants to know. Else it costs the walk up the stack; names are found when a failure is
//      reported, once.
//  SK2 What is written down stays with its thread: the last few throws of each, so one whose destructors throw and catch others on its
//      way is still found. A `throw;` and a `rethrow_exception` are not throws: what was written down at the first one counts, unless
//      the exception has changed threads, or too many came after it.
//  SK3 The real one is the next in the order of loading: the C++ runtime's, or that of a sanitizer, which goes on to it. So the C++ runtime
//      has to be a shared library.
#include <algorithm>
#include <boost/stacktrace/frame.hpp>
#include <boost/stacktrace/safe_dump_to.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <troupe/base/throw_site.hpp>
#include <typeinfo>

#include <cxxabi.h>
#include <dlfcn.h>

// Of AddressSanitizer, where that is linked in: what unwinds the stack has to tell it.
extern "C" [[gnu::weak]] void __asan_handle_no_return();
// For the linker (CMakeLists.txt): who wants this file names it.
extern "C" char troupe_stack_traces;
char troupe_stack_traces = 0;

namespace troupe {

namespace {

using throw_function = void (*)(void*, std::type_info*, void (*)(void*));

throw_function next_throw() noexcept {
  static const auto next = reinterpret_cast<throw_function>(dlsym(RTLD_NEXT, "__cxa_throw"));
  return next;
}

/// A throw.
struct thrown {
  const void* exception = nullptr;
  throw_site::frames calls{};
};

/// The last ones of a thread (SK2).
struct last_throws {
  static constexpr std::size_t kept = 4;
  std::array<thrown, kept> all;
  std::size_t newest = 0;
};
constinit thread_local last_throws of_thread{};

// What `__cxa_throw` calls, so the walk begins with these two: `skipped` in `text` takes them off again.
[[gnu::noinline]] void write_down(const void* exception) noexcept {
  of_thread.newest = (of_thread.newest + 1) % last_throws::kept;
  thrown& one = of_thread.all[of_thread.newest];
  one.exception = exception;
  one.calls.fill(nullptr);
  boost::stacktrace::safe_dump_to(one.calls.data(), sizeof one.calls);
}

std::shared_ptr<const throw_site> of_current_exception() noexcept try {
  const std::exception_ptr now = std::current_exception();
  // In libstdc++ and in libc++ it is a pointer to what was thrown, and nothing else.
  static_assert(sizeof now == sizeof(void*));
  const void* const exception = *reinterpret_cast<const void* const*>(&now);
  for (std::size_t back = 0; exception && back < last_throws::kept; ++back) {
    const thrown& one = of_thread.all[(of_thread.newest + last_throws::kept - back) % last_throws::kept];
    if (one.exception == exception) return std::make_shared<const throw_site>(one.calls);
  }
  return {};
} catch (...) {
  return {};
}

// The file a frame is in and how far into it (TH3): for what has no name.
std::string place_of(const void* at) {
  Dl_info info{};
  if (dladdr(at, &info) == 0 || !info.dli_fname) return "?";
  std::string file = info.dli_fname;
  file.erase(0, file.rfind('/') + 1);
  char offset[24];
  std::snprintf(
      offset, sizeof offset, "+0x%zx",
      static_cast<std::size_t>(static_cast<const char*>(at) - static_cast<const char*>(info.dli_fbase)));
  return file + offset;
}

std::string text(const throw_site& of) {
  // The library that reads the debugging information is for one thread at a time.
  static std::mutex one_at_a_time;
  const std::lock_guard hold{one_at_a_time};
  std::string out;
  for (const void* const returns_to : of.calls()) {
    if (!returns_to) break;
    // The call is before where it returns to.
    const void* const at = static_cast<const char*>(returns_to) - 1;
    const boost::stacktrace::frame frame{at};
    const std::string name = frame.name();
    if (name == "__cxa_throw") {  // up to here it was this file
      out.clear();
      continue;
    }
    // From here on it is always the same: how a message gets to its handler.
    if (name.starts_with("troupe::cell::")) break;
    if (!out.empty()) out += '\n';
    out += name.empty() ? place_of(at) : name;
    if (const std::size_t line = frame.source_line(); line != 0)
      out += " at " + frame.source_file() + ":" + std::to_string(line);
    else if (!name.empty())
      out += " in " + place_of(at);
  }
  return out;
}

constexpr throw_site::source how{&of_current_exception, &text};

/// Says before `main` that it is there (SK3).
const bool is_there = [] {
  if (next_throw()) throw_site::kept_by(how);
  return true;
}();

}  // namespace

}  // namespace troupe

namespace __cxxabiv1 {

extern "C" [[noreturn]] void __cxa_throw(void* exception, std::type_info* type, void (*destroy)(void*)) {
  if (troupe::throw_site::is_wanted()) troupe::write_down(exception);
  const auto next = troupe::next_throw();
  if (!next) {
    std::fputs("troupe: stack_traces needs the C++ runtime as a shared library (no -static)\n", stderr);
    std::abort();
  }
  if (__asan_handle_no_return) __asan_handle_no_return();
  next(exception, type, destroy);
  std::abort();  // it does not return
}

}  // namespace __cxxabiv1
