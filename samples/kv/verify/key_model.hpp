// What a key may hold, given what its one writer was told: the part of the verifier that decides whether a
// write was lost. Pure; not thread-safe: a model belongs to the client that owns the key.
//
// Rules
//  K1 A write that was acknowledged has happened, after every write and read that the client had finished
//     before.
//  K2 A write whose outcome is unknown (the connection broke, the node was unavailable) happens once or
//     never, at any time after it was sent, also much later and after other writes.
//  K3 What a read returns must be explained by K1 and K2. It then is the truth: the unknown writes in it have
//     happened and can't happen again.
//  K4 A value that K1 and K2 do not explain is a loss when acknowledged writes are missing from it, else it
//     is wrong. The model then goes on from what was read, so that one fault is counted once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kv::verify {

/// What a check found. Both zero: the answer can be explained.
struct finding {
  std::uint64_t lost = 0;   ///< acknowledged writes that are gone
  std::uint64_t wrong = 0;  ///< values, or parts of one, that no write explains

  /// True when there is nothing to report.
  bool fine() const noexcept { return lost == 0 && wrong == 0; }
  friend bool operator==(const finding&, const finding&) = default;
};

/// A key that is set, deleted and read. Every write, deletions too, has a number of its own, rising from 1.
class register_model {
 public:
  /// SET was acknowledged.
  void set_done(std::uint64_t write);
  /// SET may happen (K2).
  void set_unknown(std::uint64_t write);
  /// DEL was acknowledged and said whether there was something to delete.
  finding delete_done(std::uint64_t write, bool existed);
  /// DEL may happen (K2).
  void delete_unknown();
  /// GET returned what `write` wrote, or nothing when it is 0.
  finding read(std::uint64_t write);

 private:
  std::uint64_t settled_ = 0;  // the write that made the key what it is, unknown ones aside
  bool present_ = false;       // it was a SET
  std::vector<std::uint64_t> maybe_set_;
  std::uint64_t maybe_deleted_ = 0;
};

/// A key that is counted up by one and read.
class counter_model {
 public:
  /// INCR was acknowledged and returned `value`.
  finding increment_done(std::int64_t value);
  /// INCR may happen (K2), so the value is a range until it is read.
  void increment_unknown();
  /// GET returned `value`; no value is 0.
  finding read(std::int64_t value);

 private:
  finding settle(std::int64_t value, std::int64_t least);

  std::int64_t settled_ = 0;
  std::int64_t maybe_ = 0;  // increments that may still happen
};

/// A key that is appended to, now and then set to start anew, and read. Every write adds one item: its
/// number.
class log_model {
 public:
  /// APPEND was acknowledged and returned a length of `items` items.
  finding append_done(std::uint64_t write, std::size_t items);
  /// APPEND may happen (K2).
  void append_unknown(std::uint64_t write);
  /// SET was acknowledged: the log is this one item.
  void restart_done(std::uint64_t write);
  /// SET may happen (K2).
  void restart_unknown(std::uint64_t write);
  /// GET returned these items.
  finding read(std::span<const std::uint64_t> items);

  /// Items that are known to be there.
  std::size_t size() const noexcept { return known_.size(); }

 private:
  // A write that may happen: behind the first `from` known items, for those were there before it was sent
  // (K1) or were read without it (K3).
  struct maybe {
    std::uint64_t write;
    bool restarts;
    std::size_t from;
  };

  const maybe* find_maybe(std::uint64_t write) const noexcept;
  bool explains(std::span<const std::uint64_t> items, std::size_t& first_known) const;

  std::vector<std::uint64_t> known_;
  std::vector<maybe> maybe_;
};

}  // namespace kv::verify
