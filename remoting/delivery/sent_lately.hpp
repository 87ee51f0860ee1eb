// What was sent to a peer last, so that what a connection took with it can be named (M4).
//
// Rules
//  SL1 Of the last `kept_max` messages it knows type and sender, nothing more: sixteen bytes each, however many are sent.
//  SL2 Where all went in one lane, the last so many are those that are lost. Of two lanes one may have got further than the other.
//
// Pure. Not thread-safe.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <troupe/engine/message_type.hpp>
#include <vector>

namespace troupe {

/// See above.
class sent_lately {
 public:
  static constexpr std::size_t kept_max = 32;

  /// A message.
  struct one {
    const message_type* type = nullptr;
    std::uint64_t sender = 0;  ///< the sender's number; 0: no actor
    friend bool operator==(const one&, const one&) = default;
  };

  /// It was sent.
  void add(const message_type& type, std::uint64_t sender) noexcept {
    ring_[count_++ % kept_max] = {&type, sender};
  }
  /// What became of all is known: nothing was sent.
  void forget() noexcept { count_ = 0; }

  /// The last `wanted`, oldest first; fewer where not so many are known.
  std::vector<one> last(std::uint64_t wanted) const {
    const std::uint64_t known = std::min({wanted, count_, std::uint64_t{kept_max}});
    std::vector<one> out;
    out.reserve(static_cast<std::size_t>(known));
    for (std::uint64_t at = count_ - known; at != count_; ++at) out.push_back(ring_[at % kept_max]);
    return out;
  }

 private:
  std::array<one, kept_max> ring_{};
  std::uint64_t count_ = 0;
};

}  // namespace troupe
