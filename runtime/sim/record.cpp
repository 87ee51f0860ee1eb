#include <array>
#include <cstdio>
#include <troupe/sim/record.hpp>

namespace troupe::sim {

namespace {

/// FNV-1a, 64 bits. It is to tell logs apart, not to withstand anybody.
std::uint64_t mixed(std::uint64_t hash, std::string_view bytes) noexcept {
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return hash;
}

}  // namespace

std::string_view to_string(line_kind kind) noexcept {
  constexpr std::array<std::string_view, 5> names{"note", "handles", "ended", "arrives", "log"};
  return names[static_cast<std::size_t>(kind)];
}

std::string to_string(const line& l) {
  const auto ns = l.at.time_since_epoch().count();
  char head[64];
  std::snprintf(head, sizeof head, "#%llu %lld.%09lld ", static_cast<unsigned long long>(l.number),
                static_cast<long long>(ns / 1'000'000'000), static_cast<long long>(ns % 1'000'000'000));
  return head + l.what;
}

// Kept whole by the compiler, with its argument where a debugger looks for it.
[[gnu::noinline]] void at_event(std::uint64_t number) { asm volatile("" : : "r"(number) : "memory"); }

std::uint64_t record::add(time_point at, std::string what, line_facts about) {
  if (closed_) return 0;
  at_event(count_ + 1);
  line made{++count_, at, std::move(what), std::move(about)};
  hash_ = mixed(mixed(hash_, to_string(made)), "\n");
  if (to_) to_(made);
  if (kept_max_ == 0) return count_;
  if (kept_.size() == kept_max_) kept_.pop_front();
  kept_.push_back(std::move(made));
  return count_;
}

}  // namespace troupe::sim
