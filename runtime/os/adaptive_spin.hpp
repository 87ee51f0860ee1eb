// Whether a wait for sockets begins by looking at them again and again. To fall asleep and to be woken costs both sides of a connection several
// microseconds, and who has just asked a node nearby is answered sooner than that. But where whoever is waited for needs the same core, or another
// program does, spinning makes it later.
//
// Rules
//  AS1 It keeps an account of what spinning is worth. A wait that is over within `spin_max` would have been spared a wake-up: it adds one. Every
//      other would have been spun for nothing, at about the price of `miss_price` wake-ups: it takes these. A wait spins while there are enough, and no more
//      than `savings_max` beyond that are saved: who waits long, as an idle node or one with far peers does, soon stops to spin.
//  AS2 It yields before its first look and every few more. Whoever it waits for may be waiting for this very core; then the time from one look to the
//      next is longer than `gap_max`, the spin is over, and it has cost `crowd_price`. So two nodes that share one core hardly ever spin.
//  AS3 After a spin whose wait then took longer than `stall_min`, twice as many are enough, up to `enough_max`: traffic may just have ended, but it may
//      also be that nobody else came to run. As many spins in a row that were worth it halve that again.
//
// Not thread-safe: it belongs to whoever is inside the driver (O1).
#pragma once

#include <algorithm>
#include <troupe/base/units.hpp>

namespace troupe::os {

/// Decides for one driver whether to spin (AS1-AS3).
class adaptive_spin {
 public:
  /// The longest spin: what a round trip on loopback takes, twice.
  static constexpr duration spin_max = microseconds{50};
  /// A look and a yield are a system call each, of a microsecond at most.
  static constexpr duration gap_max = microseconds{8};
  static constexpr duration stall_min = milliseconds{1};
  static constexpr int looks_a_yield = 4;
  static constexpr int miss_price = 10;
  static constexpr int crowd_price = 20;
  static constexpr int savings_max = 56;
  static constexpr int enough_min = 8;
  static constexpr int enough_max = 1024;

  /// Whether the wait that begins now is to spin.
  bool is_worth_it() const noexcept { return account_ >= enough_; }

  /// The looks of one spin, which begins at `now`.
  class looks {
   public:
    looks(adaptive_spin& spin, time_point now) noexcept : spin_(spin), end_(now + spin_max), last_(now) {}

    /// A look that begins at `now` is the next; false when there is to be none.
    bool once_more(time_point now) noexcept {
      const bool crowded = now - last_ > gap_max;
      if (crowded) spin_.pay(crowd_price);  // AS2
      last_ = now;
      return now < end_ && !crowded;
    }

   private:
    adaptive_spin& spin_;
    const time_point end_;
    time_point last_;
  };

  /// A wait of `length` is over; `spun`: it was worth it when it began.
  void waited(duration length, bool spun) noexcept {
    if (length <= spin_max) {
      account_ = std::min(account_ + 1, enough_ + savings_max);
      if (!spun || enough_ == enough_min || ++row_ < enough_) return;
      enough_ /= 2;
      row_ = 0;
      return;
    }
    row_ = 0;
    if (account_ > 0) account_ = std::max(account_ - miss_price, 0);
    if (spun && length > stall_min) {
      enough_ = std::min(2 * enough_, enough_max);
      account_ = std::min(account_, enough_ / 2);
    }
  }

 private:
  void pay(int price) noexcept { account_ = std::max(account_ - price, -savings_max); }

  int account_ = 0;
  int enough_ = enough_min;
  int row_ = 0;  // spins that were worth it, in a row, since `enough_` has changed
};

}  // namespace troupe::os
