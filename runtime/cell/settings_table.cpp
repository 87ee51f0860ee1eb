#include <cstdint>
#include <troupe/cell/body.hpp>
#include <troupe/cell/settings_table.hpp>

namespace troupe {

namespace {

std::size_t hash_of(const cell_settings& s) noexcept {
  // The rest rarely differs where these are the same, and is compared. Addresses differ above their lowest bits.
  constexpr std::uint64_t golden =
      0x9e3779b97f4a7c15;  // 2^64 by the golden ratio: Knuth, multiplicative hashing
  const std::uint64_t bits = (reinterpret_cast<std::uintptr_t>(s.type) >> 3) +
                             3 * (reinterpret_cast<std::uintptr_t>(s.dispatcher) >> 3) +
                             5 * (reinterpret_cast<std::uintptr_t>(s.mailbox.levels) >> 3) +
                             (std::uint64_t{s.mailbox.max} << 34) +
                             (static_cast<std::uint64_t>(s.mailbox.when_full) << 60);
  return (bits * golden) >> 32;
}

}  // namespace

settings_table::~settings_table() {
  for (auto& place : table_) delete place.load(std::memory_order_relaxed);
}

const message_type* settings_table::find_message(std::uint64_t hash) const noexcept {
  for (const auto& place : table_) {
    const shared_settings* const s = place.load(std::memory_order_acquire);  // pairs with the release in `of`
    if (!s || !s->type) continue;
    if (const message_type* const type = s->type->find(hash)) return type;
  }
  return nullptr;
}

const shared_settings& settings_table::of(const cell_settings& wanted, bool alone) {
  if (alone) return *new shared_settings{env_, wanted, false};
  const std::size_t first = hash_of(wanted);
  const auto found = [&](std::size_t& at) -> const shared_settings* {
    for (at = first % places;; at = (at + 1) % places) {
      const shared_settings* const s = table_[at].load(std::memory_order_acquire);
      if (!s || static_cast<const cell_settings&>(*s) == wanted) return s;
    }
  };
  std::size_t at = 0;
  if (const auto* const s = found(at)) return *s;
  const std::lock_guard hold{adding_};
  if (const auto* const s = found(at)) return *s;  // somebody was faster
  const bool room = used_ < used_max;
  const auto* const made = new shared_settings{env_, wanted, room};
  if (room) {
    ++used_;
    table_[at].store(made, std::memory_order_release);
  }
  return *made;
}

}  // namespace troupe
