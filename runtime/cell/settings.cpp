#include <boost/container_hash/hash.hpp>
#include <troupe/cell/settings.hpp>

namespace troupe {

namespace {

std::size_t hash_of(const cell_settings& s) noexcept {
  std::size_t h = 0;
  boost::hash_combine(h, s.type);
  boost::hash_combine(h, s.dispatcher);
  // The rest rarely differs where these are the same, and is compared.
  boost::hash_combine(h, static_cast<unsigned>(s.mailbox.when_full) + 4ul * s.mailbox.max);
  boost::hash_combine(h, s.mailbox.levels);
  return h;
}

}  // namespace

settings_table::~settings_table() {
  for (auto& place : table_) delete place.load(std::memory_order_relaxed);
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
