// Consistent hashing: which member a key belongs to, so that a change of members moves few keys. A value; pure.
//
// Rules
//  HR1 Same names, same keys: same owners, on every machine and in every process. Names, never addresses, decide (D1).
//  HR2 When a member goes only its own keys move; when one comes keys move only to it.
//  HR3 With a limit (`load_limit`) the first member clockwise that is below it takes the key; the owner when none is.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/hash.hpp>
#include <troupe/base/prng.hpp>
#include <type_traits>
#include <vector>

namespace troupe {

/// A place on the ring for a key: a string, a number or an enumerator. Stable across builds and machines.
template <class Key>
constexpr std::uint64_t ring_place(const Key& key) noexcept {
  // FNV leaves what is alike close together, so every place is mixed once more.
  if constexpr (std::is_enum_v<Key>) {
    return prng{static_cast<std::uint64_t>(key)}.next();
  } else if constexpr (std::integral<Key>) {
    return prng{static_cast<std::uint64_t>(key)}.next();
  } else {
    static_assert(std::is_convertible_v<const Key&, std::string_view>,
                  "troupe: a key to hash by is a string, a number or an enumerator");
    return prng{stable_hash(std::string_view{key})}.next();
  }
}

/// How many messages a member may have waiting, the new one included, when all `members` have `waiting` together: the share of
/// each, times `percent` / 100, rounded up. REQUIRES: there is a member.
constexpr std::uint64_t load_limit(std::uint64_t waiting, std::uint64_t members,
                                   std::uint32_t percent) noexcept {
  const std::uint64_t parts = 100 * members;
  return ((waiting + 1) * percent + parts - 1) / parts;
}

/// The ring (HR1-HR3). Immutable once made, so readable from any thread.
class hash_ring {
 public:
  /// Without members.
  hash_ring() = default;
  /// Of members by `names`, each with `points` places. Members are their index in `names`.
  hash_ring(const std::vector<std::string>& names, std::uint32_t points);

  /// Whether there is nobody.
  bool empty() const noexcept { return points_.empty(); }

  /// The member that `place` belongs to. REQUIRES: there is one.
  std::size_t owner(std::uint64_t place) const noexcept { return points_[first_at(place)].member; }

  /// The first member from `place` on for which `fits(member)` holds; the owner if none does (HR3). REQUIRES: there is one.
  template <class Fits>
  std::size_t first_fit(std::uint64_t place, Fits fits) const {
    const std::size_t start = first_at(place);
    for (std::size_t i = 0; i < points_.size(); ++i) {
      const std::size_t at = start + i < points_.size() ? start + i : start + i - points_.size();
      if (fits(std::size_t{points_[at].member})) return points_[at].member;
    }
    return points_[start].member;
  }

 private:
  struct point {
    std::uint64_t place;
    std::uint32_t member;
  };
  std::size_t first_at(std::uint64_t place) const noexcept;

  std::vector<point> points_;  // by place
};

}  // namespace troupe
