// The child of most cases: it notes its life, and starts, fails, ends and hangs as it is told.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <troupe/actor/actor.hpp>
#include <troupe/cell/failure_rules.hpp>

namespace conformance {

/// Where actors note what happens to them. From any thread.
class notes {
 public:
  /// One line more.
  virtual void note(std::string line) = 0;

 protected:
  ~notes() = default;
};

/// What the workers of one id are going to do. Thread-safe.
struct worker_script {
  std::atomic<int> bad_starts{0};      ///< how many of its next starts fail
  std::atomic<int> ignored_starts{0};  ///< and how many do not want to be, after those
  std::atomic<int> short_lives{0};     ///< and how many end normally at once
  std::atomic<int> bad_lives{0};  ///< and how many fail in their first message, which they send themselves
  std::atomic<bool> bad_stop{false};  ///< `on_stop` throws
  std::atomic<int> alive{0};          ///< how many objects there are
  std::function<void()> hang;         ///< the stage's
  std::function<void()> at_start;     ///< called by each start, if there is one; set before it starts
};
/// Shared by all of the id.
using worker_script_ptr = std::shared_ptr<worker_script>;

/// How often this object was asked.
struct ping {
  using reply = int;
};
/// Fails.
struct crash {};
/// Fails with a `std::domain_error`.
struct stumble {};
/// Ends normally.
struct quit {};
/// Is noted.
struct say {
  int n;
};
/// Does not return until the stage lets it go.
struct hang {};
/// Answers with the incarnation, an hour later.
struct dawdle {
  using reply = int;
};
/// Makes a child of its own, which notes as `ID's child`.
struct beget {};
/// Notes `ID bell` in a second.
struct wind_up {};

/// See above.
class worker : public troupe::actor<ping, crash, stumble, quit, say, hang, dawdle, beget, wind_up> {
 public:
  worker(std::string id, notes* to, worker_script_ptr script);
  ~worker() override;

  void on_start();
  void on_stop() override;
  void on_terminated(const troupe::terminated& news) override;
  int on(const ping&) { return ++pings_; }
  void on(const crash&);
  void on(const stumble&);
  void on(const quit&) { stop_self(); }
  void on(const say& m);
  void on(const hang&);
  troupe::task<int> on(dawdle);
  void on(const beget&);
  void on(const wind_up&);

 private:
  const std::string id_;
  notes* const to_;
  const worker_script_ptr script_;
  int pings_ = 0;
};

/// One whose start takes half a second.
class slow_worker : public worker {
 public:
  using worker::worker;
  troupe::task<void> on_start();
};

}  // namespace conformance
