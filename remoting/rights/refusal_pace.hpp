// How often it is told that a peer tried what it has no right to: a peer decides how often it tries.
//
// Rules
//  RI9 Of each peer one refusal in `every` is told of, the first at once; the others are counted and said with the next one. What has been
//      counted is never lost: it is said when the peer's place is needed for another one, or when somebody asks for what is left.
//  RI10 At most `peers_max` peers are kept, those that were told of last (R8).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/base/units.hpp>

namespace troupe::rights {

/// See above. Not thread-safe.
class refusal_pace {
 public:
  static constexpr duration every = seconds{1};  ///< see RI9
  static constexpr std::size_t peers_max = 256;  ///< see RI10

  /// What is to be told now.
  struct news {
    std::uint64_t count = 0;     ///< of this peer, with the one that has just come; 0: nothing
    std::string other = {};      ///< another peer that had to make room, where some of it were counted
    std::uint64_t of_other = 0;  ///< how many of those
  };

  /// That peer was refused something at `now`.
  news refused(std::string_view peer, time_point now);
  /// What has been counted of that peer and was not told; it is from now on. 0: nothing.
  std::uint64_t left(std::string_view peer);

 private:
  struct one {
    time_point told{};
    std::uint64_t counted = 0;
  };

  std::map<std::string, one, std::less<>> peers_;
};

}  // namespace troupe::rights
