// What a system said while a test ran: its events (dead letters, failures, restarts, ...) and its log, to be expected, or to be
// refused where nothing of the kind was expected.
//
// Rules
//  CA1 Everything from the construction on is seen, once, in the order it was said. An expectation takes the oldest that
//      fits and that no other has taken; it waits for one that has not come yet.
//  CA2 What no expectation took is unexpected. `expect_nothing_else` and a test system (test_system.hpp) fail for it.
//  CA3 The newest `captured_max` entries are kept; older ones that nobody took are dropped and counted.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/observe/hub.hpp>
#include <troupe/ref/ref.hpp>
#include <troupe/testkit/patience.hpp>
#include <troupe/testkit/reporter.hpp>
#include <vector>

namespace troupe {
class system;
}  // namespace troupe

namespace troupe::testkit {

/// CA3.
inline constexpr std::size_t captured_max = 10'000;

/// One line of the log.
struct log_line {
  log_level level = log_level::info;
  std::string where;  ///< an actor's path or a part of the runtime
  std::string line;
};

/// Which kinds of unexpected things are meant (CA2).
struct unexpected {
  bool dead_letters = false;  ///< messages that were not delivered (M4)
  bool failures = false;  ///< handlers, starts and stops that threw; supervisors that gave up; slow shutdowns
  bool warnings = false;  ///< log lines of level warning and error, but for those that tell of an event

  /// All of them.
  static constexpr unexpected all() noexcept { return {true, true, true}; }
};

/// See above (CA1-CA3). Thread-safe; expectations are for threads that are no workers.
class captured {
 public:
  /// Listens to `sys` until it is destroyed; that may be before or after the system goes.
  explicit captured(troupe::system& sys, reporter_ptr report_to = nullptr, patience waits = {});
  ~captured();
  captured(const captured&) = delete;
  captured& operator=(const captured&) = delete;

  /// Takes a dead letter of an `M` to the actor at `path` (empty: to anybody), or fails the test.
  template <class M>
  event expect_dead_letter(std::string_view path = {}, source_location where = TROUPE_HERE) {
    return expect_event(event_kind::dead_letter, path, type_name_of<M>, where);
  }
  /// The same for the actor behind `to`.
  template <class M>
  event expect_dead_letter(const any_ref& to, source_location where = TROUPE_HERE) {
    return expect_dead_letter<M>(to.path(), where);
  }

  /// Takes a failure of the actor at `path` (empty: of anybody), or fails the test.
  event expect_failure(std::string_view path = {}, source_location where = TROUPE_HERE) {
    return expect_event(event_kind::actor_failed, path, {}, where);
  }
  /// The same for the actor behind `who`.
  event expect_failure(const any_ref& who, source_location where = TROUPE_HERE) {
    return expect_failure(who.path(), where);
  }

  /// Takes an event of that kind about `path` and the message of that name (empty: any), or fails the test.
  event expect_event(event_kind kind, std::string_view path = {}, std::string_view message = {},
                     source_location where = TROUPE_HERE);

  /// Takes a log line of that level that has `part` in it, or fails the test.
  log_line expect_log(log_level level, std::string_view part, source_location where = TROUPE_HERE);

  /// Fails the test when there was anything of these kinds that no expectation took (CA2). Waits for nothing.
  void expect_nothing_else(unexpected what = unexpected::all(), source_location where = TROUPE_HERE);

  /// What is unexpected, a line each; empty for nothing.
  std::vector<std::string> not_expected(unexpected what) const;

  /// What was there is forgotten: it is neither expected nor unexpected.
  void forget();

  /// All events that are kept, taken or not.
  std::vector<event> events() const;
  /// All log lines that are kept, taken or not.
  std::vector<log_line> log() const;
  /// The log as text, a line each.
  std::string log_text() const;

  /// Where in the order the next entry will be: for `since`.
  std::uint64_t mark() const;
  /// Dead letters and failures since then, a line each, `lines_max` at most and how many more.
  std::string since(std::uint64_t mark, std::size_t lines_max = 10) const;

 private:
  struct entry {
    std::uint64_t number;
    bool is_log;
    bool taken = false;
    event what = {};
    log_line line = {};
  };
  struct store;

  entry take(const std::function<bool(const entry&)>& fits, const std::string& expected,
             source_location where);

  std::shared_ptr<store> store_;  // the hub's: a call may be under way when this goes
  reporter_ptr report_to_;
  patience waits_;
};

/// One line: `dead_letter of bank.note to /user/x: stopped`.
std::string to_line(const event& e);
/// One line: `warning /user/x: text`.
std::string to_line(const log_line& l);

}  // namespace troupe::testkit
