#include <algorithm>
#include <troupe/pattern/hash_ring.hpp>

namespace troupe {

hash_ring::hash_ring(const std::vector<std::string>& names, std::uint32_t points) {
  points_.reserve(names.size() * points);
  for (std::size_t i = 0; i < names.size(); ++i) {
    prng places{ring_place(names[i])};
    for (std::uint32_t p = 0; p < points; ++p)
      points_.push_back({places.next(), static_cast<std::uint32_t>(i)});
  }
  // Two members at one place, once in 2^64: the order of their names decides, not that of their coming (HR1).
  std::sort(points_.begin(), points_.end(), [&names](const point& a, const point& b) {
    return a.place != b.place ? a.place < b.place : names[a.member] < names[b.member];
  });
}

std::size_t hash_ring::first_at(std::uint64_t place) const noexcept {
  const auto at = std::lower_bound(points_.begin(), points_.end(), place,
                                   [](const point& p, std::uint64_t wanted) { return p.place < wanted; });
  return at == points_.end() ? 0 : static_cast<std::size_t>(at - points_.begin());
}

}  // namespace troupe
