// What is said in this sample.
#pragma once

#include <string>
#include <troupe/troupe.hpp>

namespace market {

/// To the feed, and to its connection: what does that cost?
struct quote {
  std::string symbol;
  using reply = int;
};

/// What kind of news: anything, a failure of the feed, the end of its supervisor.
enum class news { anything, failure, the_end };

/// To the witness: that has happened.
struct happened {
  std::string text;
  news kind = news::anything;
};

/// To the witness: answered when there have been so many failures, with the lines about them; `stopped` when there will be no more.
struct until {
  std::size_t failures = 0;
  using reply = std::vector<std::string>;
};

}  // namespace market
