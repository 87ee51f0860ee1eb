// What one node has under way to another: the sending side of R4 and M4.
//
// Rules
//  DL1 System frames are numbered from 1 in each epoch (link_state.hpp, K10), and kept until the peer has said that they have arrived.
//  DL2 A connection goes on where the last one of the epoch ended if the peer's count lies between what it has said and what was sent.
//      What is behind it is sent again, in order, before anything new. A peer whose count does not fit has forgotten us.
//  DL3 Tells and asks are counted, not kept: of those that were sent and are not in the peer's count nobody will hear (M4).
//  DL4 What is kept is bounded: a peer that does not say that it has received is no peer any more.
//
// Pure. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace troupe {

/// See above.
class outgoing {
 public:
  /// At most `bytes_max` bytes are kept (DL4).
  explicit outgoing(std::size_t bytes_max) noexcept : bytes_max_(bytes_max) {}

  /// The number of the next system frame.
  std::uint64_t next_number() const noexcept { return last_ + 1; }
  /// Keeps the system frame `next_number()`. False: there is no room (DL4).
  bool keep(std::string frame);
  /// A tell or ask was sent.
  void count_message() noexcept { ++messages_; }

  /// The peer has all up to `number`. False: that was never sent.
  bool acknowledged(std::uint64_t number);

  /// Whether a connection to a peer that has received so many can go on (DL2).
  bool goes_on(std::uint64_t system_frames, std::uint64_t messages) const noexcept;
  /// It does: appends what is to be sent again. Returns how many messages are lost (DL3). REQUIRES: `goes_on`.
  std::uint64_t go_on(std::uint64_t system_frames, std::uint64_t messages, std::string& out);

  /// Another epoch, or another run of the peer: nothing has been sent.
  void begin_anew() noexcept;

  /// The number of the first that waits to be acknowledged; 0: none does.
  std::uint64_t oldest() const noexcept { return kept_.empty() ? 0 : last_ - kept_.size() + 1; }
  /// How many system frames wait to be acknowledged.
  std::size_t unacknowledged() const noexcept { return kept_.size(); }

 private:
  const std::size_t bytes_max_;
  std::deque<std::string> kept_;  // the last of them has the number `last_`
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t messages_ = 0;
};

}  // namespace troupe
