// Whether the other side owes an acknowledgement for too long: on a stream that loses bytes nothing else would notice that a system frame has
// got lost (decision 0022), and on a new connection it is sent again.
//
// Rules
//  DL7 A system frame is overdue when it is still the oldest that is kept `limit` after all had left that was to leave before it. Time that
//      it waits here for its turn does not count: that is this side's.
//
// Pure. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <troupe/base/units.hpp>
#include <troupe/delivery/outgoing.hpp>
#include <troupe/delivery/send_queue.hpp>

namespace troupe {

/// See above.
class overdue {
 public:
  /// Looks again, which should be done several times within `limit`. True: it is.
  bool look(time_point now, duration limit, const outgoing& kept, const send_queue& queue) {
    if (const std::uint64_t oldest = kept.oldest(); oldest != oldest_) {
      oldest_ = oldest;
      left_at_.reset();
      ends_ = {queue.end(wire::lane::ordinary), queue.end(wire::lane::bulk)};
    }
    if (oldest_ == 0) return false;
    if (!left_at_ && queue.gone(wire::lane::ordinary) >= ends_[0] && queue.gone(wire::lane::bulk) >= ends_[1])
      left_at_ = now;
    return left_at_ && now - *left_at_ >= limit;
  }
  /// The other side could not have acknowledged anything up to now.
  void put_off(time_point now) noexcept {
    if (left_at_) left_at_ = now;
  }
  /// Another connection: everything is sent again.
  void begin_anew() noexcept { oldest_ = 0; }

 private:
  std::uint64_t oldest_ = 0;  // 0: none
  std::array<std::uint64_t, wire::lanes> ends_{};
  std::optional<time_point> left_at_;
};

}  // namespace troupe
