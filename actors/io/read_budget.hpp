// What the connections of a node may hold together: bytes that were read from clients and are not done with yet.
// Each connection alone is bounded by its credit; ten thousand of them are not.
//
// Rules
//  RB1 A connection reads only what its share covers. Its first `free` bytes cost nothing, so that clients with
//      small requests are served whatever the others do.
//  RB2 When nothing is left, who wants to read waits; bytes that come back go to those who wait, without an error
//      and without polling: first to who began first, so that requests get whole one after the other.
//  RB3 Bytes of requests whose clients send no more would be held for ever, so who has waited too long calls `press`:
//      every share is told, and its owner gives up what has been arriving for too long. At most one press a `gap`.
//  RB5 When all that is left is held by those who wait, whoever began first is lent what it needs beyond the budget, one
//      at a time: it gets whole, and with what it gives back the others go on, the next one with a loan if need be. That
//      begins with `lend` and ends when nobody waits.
//  RB4 The lock guards figures and lists only; callbacks run after it is released, and only post.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <troupe/base/units.hpp>
#include <utility>
#include <vector>

namespace troupe::io {

class read_budget;

/// Bytes taken out of a budget; they go back when it is destroyed, unless `keep` was called. Movable.
class budget_lease {
 public:
  /// Whether the bytes were there.
  enum kind : bool { taken, loan };

  budget_lease(std::shared_ptr<read_budget> from, std::size_t bytes, kind how = taken) noexcept
      : from_(std::move(from)), bytes_(bytes), lent_(how == loan) {}
  ~budget_lease();
  budget_lease(const budget_lease&) = delete;
  budget_lease& operator=(const budget_lease&) = delete;

  /// The caller answers for the bytes from now on; how many they are.
  std::size_t keep() noexcept { return std::exchange(bytes_, 0); }
  /// Whether it is a loan, to be `repaid`.
  bool lent() const noexcept { return lent_; }

 private:
  std::shared_ptr<read_budget> from_;
  std::size_t bytes_;
  bool lent_;
};

/// Takes bytes that have become free, or a loan. Runs on the thread that gave them back (RB4).
using lease_handler = std::function<void(std::shared_ptr<budget_lease>)>;

/// The bytes of all connections (RB1-RB5). Thread-safe.
class read_budget : public std::enable_shared_from_this<read_budget> {
 public:
  /// A budget of `bytes`.
  explicit read_budget(std::size_t bytes) : free_(static_cast<std::int64_t>(bytes)) {}

  /// Takes `bytes` if they are there and nobody waits (RB2).
  bool take(std::size_t bytes);
  /// Gives bytes back, which may go to others at once.
  void give_back(std::size_t bytes);
  /// A place behind all that have one already. Thread-safe.
  std::uint64_t next_place() noexcept { return ++places_; }
  /// Calls `then` once with a lease of `bytes`, in the order of the places (RB2). `who` names the caller for `leave`.
  /// REQUIRES: it does not wait yet.
  void wait(std::uint64_t who, std::uint64_t place, std::size_t bytes, lease_handler then);

  /// `told` is called at each press until `leave` (RB3).
  void join(std::uint64_t who, std::function<void()> told);
  /// `who` neither waits any more nor is told.
  void leave(std::uint64_t who);
  /// Tells all who have joined, unless that was done less than `gap` before `now` (RB3).
  void press(time_point now, duration gap);

  /// From now on whoever is next is lent `bytes` if they are not there, while nobody else has a loan (RB5).
  void lend(std::size_t bytes);
  /// The borrower has given its loan back.
  void repaid();

  /// Bytes that are not taken, as of now; less than 0 by what is lent.
  std::int64_t free_bytes() const;

 private:
  struct waiter {
    std::uint64_t who;
    std::size_t bytes;
    lease_handler then;
    budget_lease::kind lent = budget_lease::taken;
  };

  std::vector<waiter> next_served();
  void hand_out(std::vector<waiter> served);

  mutable std::mutex mutex_;
  std::int64_t free_;                        // less than 0 by what is lent
  std::size_t loan_ = 0;                     // RB5
  bool lending_ = false;                     // RB5
  bool lent_ = false;                        // RB5
  std::map<std::uint64_t, waiter> waiters_;  // by place
  std::atomic<std::uint64_t> places_{0};
  std::map<std::uint64_t, std::function<void()>> joined_;  // by number: told in the order of creation (D1)
  std::optional<time_point> pressed_at_;
};

}  // namespace troupe::io
