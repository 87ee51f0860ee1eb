#include <algorithm>
#include <troupe/rights/refusal_pace.hpp>
#include <utility>

namespace troupe::rights {

refusal_pace::news refusal_pace::refused(std::string_view peer, time_point now) {
  news out;
  const auto known = peers_.find(peer);
  if (known != peers_.end()) {
    one& its = known->second;
    ++its.counted;
    if (now - its.told < every) return out;
    its.told = now;
    out.count = std::exchange(its.counted, 0);
    return out;
  }
  if (peers_.size() == peers_max) {
    // The name decides among equals, so that it is the same one in every run (D1).
    const auto oldest = std::min_element(peers_.begin(), peers_.end(), [](const auto& a, const auto& b) {
      return a.second.told < b.second.told;
    });
    out.of_other = oldest->second.counted;
    if (out.of_other != 0) out.other = oldest->first;
    peers_.erase(oldest);
  }
  peers_.emplace(std::string{peer}, one{now, 0});
  out.count = 1;
  return out;
}

std::uint64_t refusal_pace::left(std::string_view peer) {
  const auto known = peers_.find(peer);
  return known == peers_.end() ? 0 : std::exchange(known->second.counted, 0);
}

}  // namespace troupe::rights
