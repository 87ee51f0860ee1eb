// Where events go: counted always, logged within a rate, handed to whoever subscribed.
//
// Rules
//  O1 Publishing never blocks on a sink's work for longer than the sink takes, and never throws.
//  O2 What others can cause as often as they like (dead letters, lost and refused connections) is logged at most
//     `logged_per_second` times a second, each kind for itself; the count is exact (M4, R8).
//  O3 What is only counted costs a count: details are found out for subscribers and for lines that are written.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <troupe/observe/event.hpp>
#include <troupe/observe/invariant.hpp>
#include <troupe/observe/log_level.hpp>
#include <vector>

namespace troupe {

struct mailbox_survey;

/// Collects events and log lines of one system. Thread-safe.
class hub {
 public:
  using event_sink = std::function<void(const event&)>;
  using log_sink = std::function<void(log_level, std::string_view where, std::string_view line)>;

  /// Sends log lines of `least` and above to `sink`.
  void log_to(log_sink sink, log_level least);

  /// Whether the line of an event that knows its stack is followed by that. Not by default. Set before anything is published.
  void log_stacks(bool yes) noexcept { logs_stacks_ = yes; }

  /// Hands every later event to `sink`, on the thread it happens on; the sink must be quick. Returns a number
  /// for `unsubscribe`.
  std::uint64_t subscribe(event_sink sink);

  /// Hands every later log line of `least` and above to `sink` as well, whatever `log_to` was told. As `subscribe`.
  std::uint64_t subscribe_log(log_sink sink, log_level least);

  /// Ends a subscription. A call that is under way on another thread may still finish after this returns.
  void unsubscribe(std::uint64_t subscription);

  /// An event happened (O1, O2).
  void publish(const event& e) noexcept;
  /// The same; `details` fills in what costs something to find out, and is called only if somebody is going to see it (O3).
  void publish(event e, const std::function<void(event&)>& details) noexcept;

  /// One event more of that kind that nobody is told of: for who tells of many at once, and has the count exact all the same (O2).
  void counted(event_kind kind) noexcept;

  /// Logs one line; `where` is an actor's path or a part of the runtime.
  void log(log_level level, std::string_view where, std::string_view line) noexcept;

  /// Whether a line of that level goes anywhere, as of now. Cheap.
  bool wants(log_level level) const noexcept { return level >= lowest_.load(std::memory_order_relaxed); }

  /// What must hold of the system.
  invariant_list& invariants() noexcept { return invariants_; }

  /// Who looks at the mailboxes when somebody asks. Set before anything is published; lives as long as this.
  void surveyed_by(std::function<mailbox_survey()> how) { survey_ = std::move(how); }
  /// What waits in the mailboxes, as of now; nothing where nobody looks.
  mailbox_survey survey() const;

  /// How many events of that kind there were.
  std::uint64_t count(event_kind kind) const noexcept {
    return counts_[static_cast<std::size_t>(kind)].load(std::memory_order_relaxed);
  }

 private:
  struct subscription {
    std::uint64_t number;
    std::shared_ptr<event_sink> sink;
  };

  struct log_subscription {
    std::uint64_t number;
    log_level least;
    std::shared_ptr<log_sink> sink;
  };

  /// How much of a kind has been logged in the running second, and how many were not since the last line.
  struct log_budget {
    time_point second{};
    unsigned logged = 0;
    std::uint64_t skipped = 0;
  };

  static constexpr unsigned logged_per_second = 5;
  static constexpr auto kinds = static_cast<std::size_t>(event_kind::count_);

  std::vector<std::shared_ptr<event_sink>> sinks() const;
  bool may_log(const event& e, std::uint64_t& skipped) noexcept;
  void find_lowest() noexcept;

  std::array<std::atomic<std::uint64_t>, kinds> counts_{};
  mutable std::mutex mutex_;
  std::shared_ptr<log_sink> log_;
  log_level least_ = log_level::warning;  // of log_; guarded by mutex_
  // What nobody wants is not made. The lowest of least_ and of the subscriptions; relaxed: a hint.
  std::atomic<log_level> lowest_{log_level::warning};
  std::vector<log_subscription> log_subscriptions_;
  std::vector<subscription> subscriptions_;
  std::uint64_t next_subscription_ = 1;
  bool logs_stacks_ = false;
  std::function<mailbox_survey()> survey_;
  std::array<log_budget, kinds> budgets_{};  // guarded by mutex_
  invariant_list invariants_{*this};
};

}  // namespace troupe
