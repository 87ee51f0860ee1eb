#include "sim/guard.hpp"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

#include <boost/stacktrace/stacktrace.hpp>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace simulations {

namespace {

thread_local bool guarding = false;
thread_local bool noting = false;  // what the note itself calls is not meant
const char* caught = nullptr;
std::string where;

/// Who may: what it learns goes nowhere. It notes when a system was made, for the name of a file that nobody asks for.
constexpr std::string_view may = "caf::logger::logger(";

/// Whether that code belongs to another allocator: it gives memory back by the clock, and must not be asked for memory in the midst of that.
bool is_allocator(const void* code) {
  Dl_info about{};
  return dladdr(code, &about) != 0 && about.dli_fname && std::strstr(about.dli_fname, "malloc") != nullptr;
}

void note(const char* what, const void* caller) {
  if (!guarding || noting || caught || is_allocator(caller)) return;
  noting = true;
  constexpr std::size_t own_frames = 2, frames_max = 12;
  const boost::stacktrace::stacktrace stack(own_frames, frames_max);
  bool allowed = false;
  for (const auto& frame : stack) allowed |= frame.name().starts_with(may);
  if (!allowed) {
    caught = what;
    where = boost::stacktrace::to_string(stack);
  }
  noting = false;
}

template <class F>
F* next(const char* name) {
  return reinterpret_cast<F*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

guard::guard() noexcept {
  caught = nullptr;
  guarding = true;
}
guard::~guard() { guarding = false; }

void guard::check() const {
  if (caught)
    throw std::runtime_error(std::string{caught} + " was called inside the simulation (D2):\n" + where);
}

}  // namespace simulations

// The C library's functions.
extern "C" {

int clock_gettime(clockid_t id, struct timespec* into) {
  simulations::note("clock_gettime", __builtin_return_address(0));
  static const auto real = simulations::next<decltype(clock_gettime)>("clock_gettime");
  return real(id, into);
}

ssize_t getrandom(void* into, size_t bytes, unsigned flags) {
  simulations::note("getrandom", __builtin_return_address(0));
  static const auto real = simulations::next<decltype(getrandom)>("getrandom");
  return real(into, bytes, flags);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* how, void* (*run)(void*), void* with) {
  simulations::note("pthread_create", __builtin_return_address(0));
  static const auto real = simulations::next<decltype(pthread_create)>("pthread_create");
  return real(thread, how, run, with);
}

int socket(int domain, int type, int protocol) noexcept {
  simulations::note("socket", __builtin_return_address(0));
  static const auto real = simulations::next<decltype(socket)>("socket");
  return real(domain, type, protocol);
}
}
