// Messages that have been sent to other hosts and are not known to have arrived: who handles one finds out in which handling it was sent.
//
// Rules
//  UW1 A message is known by what can be seen of it at both ends: who sent it by its number, its recipient and its type, and its text, which may
//      differ, since refs are written as they are seen from where one is. Of several that look alike the oldest is taken, which was sent
//      before all of them; of such of different hosts none, since a guess might name the wrong one. What the same sender sent there before
//      it has been lost (M3).
//  UW2 What is lost on its way stays here until `lines_max` others have come; spans are forgotten when there are as many.
//  UW3 Where a message belongs to a trace its span says it exactly: that of the handling in which it was sent (TC2).
//
// Used on the simulation's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

namespace troupe::sim {

/// Where a message comes from.
struct origin {
  std::uint64_t line = 0;  ///< line_facts::cause
  bool loosely = false;    ///< line_facts::loosely
  std::string sender =
      {};  ///< of a message that came from another host: `n1:/user/bank/teller`; empty: not known, or no actor
};

/// See above (UW1-UW3).
class under_way {
 public:
  static constexpr std::size_t lines_max = 10'000;

  /// A message leaves `host`. `way`: sender, recipient and type, in any words that are the same at both ends.
  void add(const std::string& way, std::string text, std::string host, origin from);
  /// Such a message has arrived: what `add` was told, if that is known.
  origin take(const std::string& way, const std::string& text);

  /// The handling of that line is that span.
  void add_span(std::uint64_t span, std::uint64_t line);
  /// The line of a span; 0: not known.
  std::uint64_t line_of_span(std::uint64_t span) const;

 private:
  struct sent {
    std::uint64_t number;
    std::string text;
    std::string host;
    origin from;
  };
  struct entry {
    std::uint64_t number;
    std::string way;
  };

  // Looked up, never walked through: their order means nothing (D1).
  std::unordered_map<std::string, std::deque<sent>> waiting_;
  std::unordered_map<std::uint64_t, std::uint64_t> spans_;
  std::deque<entry> order_;  // as they were sent, taken or not
  std::uint64_t next_ = 0;
};

}  // namespace troupe::sim
