// A system for one test: few workers, silent, its events and log captured, its time real or manual, and at its end a report of
// what the test left behind.
//
//     troupe::testkit::test_system sys{{.time = troupe::testkit::time_kind::manual}};
//     auto bank = sys.spawn<ledger>("ledger");
//     bank.tell(deposit{"ada", 100});
//     sys.settle();                                  // everything has been handled
//     sys.advance(5s);                               // what is due in 5 s has happened
//     sys.expect_dead_letter<note>("/user/nobody");
//
// Rules
//  TS1 It is a `troupe::system`; whatever takes one takes it. Its functions are for the test's thread.
//  TS2 At the end, or in `finish`, it waits until the system is quiet (QU2), and fails the test for what is left below
//      `/user`: actors that are alive and that the test has not declared (`spawn` of this class, `keep`), coroutines that are
//      suspended, asks that are open, and for what was unexpected and `test_options::refuse` names. Then it shuts down.
//  TS3 A test that has failed already is not told of leftovers; it is shown the log, on standard error. So is one that fails
//      here. Any other sees nothing.
//  TS4 Where time is manual it runs again from the end on (TP4), so that a shutdown does not wait for ever.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <troupe/actor/spawn.hpp>
#include <troupe/testkit/captured.hpp>
#include <troupe/testkit/print.hpp>
#include <troupe/testkit/test_platform.hpp>
#include <troupe/testkit/test_scope.hpp>
#include <utility>
#include <vector>

namespace troupe::testkit {

/// The settings of a test system.
struct test_options {
  time_kind time = time_kind::real;
  /// Workers, dispatchers, actors as for any system. Workers: 0 means two. What it logs goes nowhere but to the captured
  /// log, whatever `log` says.
  system_options system = {};
  reporter_ptr report_to = nullptr;  ///< null: failures are thrown
  patience waits = {};
  bool leftovers = true;             ///< whether the end fails for what is left (TS2)
  unexpected refuse = {};            ///< what else the end fails for
  source_location at = TROUPE_HERE;  ///< where the test made it: of failures at its end
};

/// See above (TS1-TS4).
class test_system : public troupe::system {
 public:
  /// A system with these options and extensions (moved in). What goes wrong in it is thrown as for any system.
  template <class... Extensions>
  requires(std::is_base_of_v<extension, std::remove_cvref_t<Extensions>>&&...) explicit test_system(
      test_options options = {}, Extensions&&... extensions)
      : test_system(std::move(options), list_of(std::forward<Extensions>(extensions)...)) {}

  /// The end (TS2). Throws only where no adapter takes the failure and no exception is under way (RP1).
  ~test_system() noexcept(false);

  /// Ends the test's use of the system now: looks for leftovers, shuts down (TS2). Once; later calls do nothing. Probes may
  /// still be looked at.
  void finish(source_location where = TROUPE_HERE);

  // ---- actors
  /// As `troupe::spawn`, and declares the actor: it may be alive at the end (TS2), its children may not.
  template <class A, class... Args>
  ref<A> spawn(spawn_options options, Args... args) {
    auto made = troupe::spawn<A>(*this, std::move(options), std::move(args)...);
    keep(made.path());
    return made;
  }
  /// The same with a name and no other choice.
  template <class A, class... Args>
  ref<A> spawn(std::string name, Args... args) {
    return spawn<A>(spawn_options{.name = std::move(name)}, std::move(args)...);
  }
  /// Actors with a path of this pattern (`/user/bank`, `/user/bank/*`) may be alive at the end. Throws `failed` with `invalid`
  /// for what is no pattern.
  void keep(std::string pattern);
  /// The same, and they may be waiting for something.
  void keep_waiting(std::string pattern);

  // ---- time
  /// Waits until the system has nothing left to do (QU2): each message sent so far, and all that it has caused, has been handled.
  /// Fails the test, with who is at work, when that does not come within `patience::settle`.
  void settle(source_location where = TROUPE_HERE);
  /// Lets `d` pass, timer by timer (TP1), and returns when all is done that it has caused. Fails the test where time is real.
  void advance(duration d, source_location where = TROUPE_HERE);
  /// What the system's clock says.
  time_point now() { return platform().clock().now(); }

  // ---- answers
  /// The reply to come, or the test fails: with the error, or because none came within `within`, which passes as in PB3;
  /// default: `patience::expect`.
  template <class R>
  R expect_reply(future<R> to_come, std::optional<duration> within = {},
                 source_location where = TROUPE_HERE) {
    auto came = outcome_of(std::move(to_come), within, where);
    if (!came)
      fail(joined({"expected a reply of type ", type_name_of<R>,
                   ", but the ask failed: ", to_string(came.error())}),
           where);
    return std::move(*came);
  }
  /// The error to come, which must have the code `code`; else as `expect_reply`.
  template <class R>
  error expect_error(future<R> to_come, errc code, std::optional<duration> within = {},
                     source_location where = TROUPE_HERE) {
    const auto came = outcome_of(std::move(to_come), within, where);
    if (came)
      fail(joined({"expected the ask to fail with ", to_string(code), ", but it was answered with ",
                   printed(*came)}),
           where);
    if (came.error().code != code)
      fail(joined({"expected the ask to fail with ", to_string(code), ", but it failed with ",
                   to_string(came.error())}),
           where);
    return came.error();
  }

  // ---- what it said
  /// Its events and log, with their expectations (captured.hpp).
  testkit::captured& said() noexcept { return *scope_.seen; }
  /// As `captured::expect_dead_letter`.
  template <class M>
  event expect_dead_letter(std::string_view path = {}, source_location where = TROUPE_HERE) {
    return said().expect_dead_letter<M>(path, where);
  }
  /// As `captured::expect_failure`.
  event expect_failure(std::string_view path = {}, source_location where = TROUPE_HERE) {
    return said().expect_failure(path, where);
  }
  /// As `captured::expect_log`.
  log_line expect_log(log_level level, std::string_view part, source_location where = TROUPE_HERE) {
    return said().expect_log(level, part, where);
  }

  /// What its probes have in common: `probe<receipt> p{sys}`.
  operator test_scope() const { return scope_; }

 private:
  template <class... Extensions>
  static std::vector<std::unique_ptr<extension>> list_of(Extensions&&... extensions) {
    std::vector<std::unique_ptr<extension>> out;
    (out.push_back(std::make_unique<std::remove_cvref_t<Extensions>>(std::forward<Extensions>(extensions))),
     ...);
    return out;
  }
  test_system(test_options options, std::vector<std::unique_ptr<extension>> extensions);

  [[noreturn]] void fail(const std::string& text, source_location where);
  std::string who_is_at_work();
  std::vector<std::string> problems();
  /// Has the time of an expectation pass until `there()`; see PB3.
  bool pass_time(std::optional<duration> within, const std::function<bool(duration)>& there);

  template <class R>
  result<R> outcome_of(future<R> to_come, std::optional<duration> within, source_location where) {
    struct arrival {
      std::mutex mutex;
      std::condition_variable came;
      std::optional<result<R>> what;  // guarded by mutex
    };
    const auto box = std::make_shared<arrival>();
    to_come.then([box](result<R> what) {
      const std::lock_guard hold{box->mutex};
      box->what.emplace(std::move(what));
      box->came.notify_all();
    });
    const bool there = pass_time(within, [&](duration limit) {
      std::unique_lock hold{box->mutex};
      return box->came.wait_for(hold, limit, [&] { return box->what.has_value(); });
    });
    if (!there)
      fail(joined({"expected an answer to an ask, but none came within ",
                   printed_time(within ? *within : dilated(options_.waits.expect))}),
           where);
    const std::lock_guard hold{box->mutex};
    return std::move(*box->what);
  }

  test_options options_;
  test_scope scope_;
  std::vector<std::string> kept_;
  std::vector<std::string> may_wait_;
  int exceptions_before_;
  bool finished_ = false;
};

}  // namespace troupe::testkit
