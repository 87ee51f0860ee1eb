#include <algorithm>
#include <array>
#include <system_error>
#include <thread>
#include <troupe/base/error.hpp>
#include <troupe/base/limits.hpp>
#include <troupe/engine/dispatchers.hpp>
#include <troupe/engine/pool_ports.hpp>

namespace troupe::engine {

namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& why, errc code = errc::invalid) {
  throw failed{{code, "dispatcher '" + name + "': " + why}};
}

bool is_name(std::string_view name) noexcept {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto allowed = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  return !name.empty() && name.size() <= limits::dispatcher_name_bytes_max && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), allowed);
}

unsigned threads_of(const dispatcher_spec& spec) {
  unsigned most = 1;
  if (spec.kind == dispatcher_kind::pool) most = limits::pool_threads_max;
  if (spec.kind == dispatcher_kind::blocking) most = limits::dispatcher_threads_max;
  if (spec.threads > most)
    refuse(spec.name, std::to_string(spec.threads) + " threads; one of kind " +
                          std::string{to_string(spec.kind)} + " has at most " + std::to_string(most));
  if (spec.threads != 0) return spec.threads;
  if (spec.kind == dispatcher_kind::blocking) return limits::blocking_threads_max;
  return spec.kind == dispatcher_kind::pool ? std::max(1u, std::thread::hardware_concurrency()) : 1;
}

}  // namespace

std::string_view to_string(dispatcher_kind kind) noexcept {
  constexpr std::array<std::string_view, 3> names = {"pool", "blocking", "pinned"};
  return names[static_cast<std::size_t>(kind)];
}

dispatchers::dispatchers(port::platform& platform, scheduler& standard, blocking_pool& blocking,
                         const std::vector<dispatcher_spec>& specs) {
  all_.push_back({"default", &standard});
  if (port::stepper* const by = platform.stepper()) {
    for (const char* const name : {"blocking", "pinned"}) add_stepped(*by, name);
    for (const auto& spec : specs) add(platform, spec);
    return;
  }
  all_.push_back({.name = "blocking", .at = &blocking, .blocking = &blocking});
  blocking.count_in(turns_);
  auto pinned = std::make_shared<thread_per_actor>(thread_starter{}, &turns_);
  all_.push_back({.name = "pinned", .at = pinned.get(), .owned = pinned});
  try {
    for (const auto& spec : specs) add(platform, spec);
  } catch (...) {
    stop([](const std::string&) {});
    throw;
  }
}

dispatchers::~dispatchers() {
  // Where nobody has come to stop them: a table that could not be made or started.
  stop([](const std::string&) {});
}

void dispatchers::add(port::platform& platform, const dispatcher_spec& spec) {
  if (!is_name(spec.name)) refuse(spec.name, "a name is 1 to 64 of a-z, 0-9, _ and -, a letter first");
  if (find(spec.name)) refuse(spec.name, "there is one of that name already");
  const unsigned threads = threads_of(spec);
  if (port::stepper* const by = platform.stepper()) return add_stepped(*by, spec.name);
  entry made{.name = spec.name};
  switch (spec.kind) {
    case dispatcher_kind::pool: {
      made.ports = std::make_unique<pool_ports>(platform);
      auto pool = std::make_shared<scheduler>(*made.ports, threads);
      made.pool = pool.get();
      made.owned = std::move(pool);
      break;
    }
    case dispatcher_kind::blocking: {
      auto pool = std::make_shared<blocking_pool>(threads);
      pool->count_in(turns_);
      made.blocking = pool.get();
      made.owned = std::move(pool);
      break;
    }
    case dispatcher_kind::pinned: {
      auto thread = pinned_thread::begin({}, &turns_);
      if (!thread) refuse(spec.name, thread.error().text, thread.error().code);
      made.owned = std::move(*thread);
      break;
    }
  }
  made.at = made.owned.get();
  all_.push_back(std::move(made));
}

void dispatchers::add_stepped(port::stepper& by, std::string name) {
  auto made = std::make_shared<stepped_dispatcher>(by);
  all_.push_back({.name = std::move(name), .at = made.get(), .owned = std::move(made)});
}

void dispatchers::sample_every(duration period) noexcept {
  for (auto& one : all_)
    if (one.pool) one.pool->sample_every(period);
}

void dispatchers::start() {
  for (auto& one : all_) {
    if (!one.pool) continue;
    try {
      one.pool->start();
    } catch (const std::system_error& none) {
      refuse(one.name, std::string{"can't start its threads: "} + none.what(), errc::io);
    }
  }
}

dispatcher* dispatchers::find(std::string_view name) const noexcept {
  for (const auto& one : all_)
    if (one.name == name) return one.at;
  return nullptr;
}

std::string dispatchers::names() const {
  std::vector<std::string> sorted;
  for (const auto& one : all_) sorted.push_back(one.name);
  std::sort(sorted.begin(), sorted.end());
  std::string out;
  for (const auto& name : sorted) out += (out.empty() ? "" : ", ") + name;
  return out;
}

void dispatchers::each_blocking(const std::function<void(const std::string& name, blocking_pool&)>& f) {
  for (auto& one : all_)
    if (one.blocking) f(one.name, *one.blocking);
}

void dispatchers::each_pool(const std::function<void(const std::string& name, scheduler&)>& f) {
  for (auto& one : all_)
    if (one.pool) f(one.name, *one.pool);
}

unsigned dispatchers::pool_threads() const noexcept {
  unsigned count = 0;
  for (const auto& one : all_)
    if (one.pool) count += one.pool->thread_count();
  return count;
}

bool dispatchers::anything_queued() const noexcept {
  return std::any_of(all_.begin(), all_.end(),
                     [](const entry& one) { return one.pool && one.pool->anything_queued(); });
}

void dispatchers::stop(const std::function<void(const std::string& name)>& before) {
  for (auto& one : all_) {
    if (!one.owned && !one.blocking) continue;
    before(one.name);
    one.at->stop();
  }
}

}  // namespace troupe::engine
