// Actors that ask along a route that the test lays out, for cycles of asks (M7, cycle_probe.hpp).
#pragma once

#include <string>
#include <troupe/actor/spawn.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>
#include <vector>

#include "unit/cell/world.hpp"

namespace cycles {

using namespace std::chrono_literals;

/// Longer than any test lets pass: nothing here ends by its time.
inline constexpr auto very_long = 1000h;

struct leg;
/// Goes along the rest of the route; while it waits nothing else is handled.
struct walk {
  std::vector<leg> route;
  using reply = std::string;
};
/// The same, and others are let in.
struct visit {
  std::vector<leg> route;
  using reply = std::string;
};
/// Lets the next one of the route answer.
struct hand_on {
  std::vector<leg> route;
  using reply = std::string;
};
/// Is put aside until `unstash`.
struct put_aside {
  using reply = std::string;
};
struct unstash {};
/// How many `fill` came.
struct count_fills {
  using reply = int;
};
/// Wants no answer; fills a mailbox.
struct fill {};

/// How one gets to the next station.
enum class by {
  sleeping,  ///< for an hour; then the way goes on from here
  pausing,   ///< it is asked, and then the way goes on from here
  walking,
  telling,  ///< walking, behind a message that is no ask
  visiting,
  handing_on,
  putting_aside,
  offering,
};
/// A station of a route.
struct leg {
  by how;
  troupe::ref<walk, visit, hand_on, put_aside, unstash, fill, count_fills> to;
};

/// Walks. Answers with the names of those who came after it, or with the error that one of them met.
class peer : public troupe::actor<walk, visit, hand_on, put_aside, unstash, fill, count_fills> {
 public:
  using interleaved = troupe::messages<visit>;
  static constexpr std::size_t stash_max = 10;

  /// `at_start`: a route to go while it starts.
  explicit peer(std::vector<leg> at_start = {}) : at_start_(std::move(at_start)) {}

  troupe::task<void> on_start() {
    if (!at_start_.empty()) started_ = co_await along(at_start_);
  }
  troupe::task<std::string> on(walk m) { co_return co_await along(m.route); }
  troupe::task<std::string> on(visit m) { co_return co_await along(m.route); }
  troupe::delegated<std::string> on(const hand_on& m) {
    return delegate<walk>(m.route.front().to, std::vector<leg>(m.route.begin() + 1, m.route.end()));
  }
  std::string on(const put_aside&) {
    if (!unstashed_) return stash();
    return "put aside";
  }
  void on(const unstash&) {
    unstashed_ = true;
    unstash_all();
  }
  void on(const fill&) { ++fills_; }
  int on(const count_fills&) { return fills_; }

 private:
  troupe::task<std::string> along(const std::vector<leg>& route) {
    if (route.empty()) co_return path() + " " + started_;
    const leg next = route.front();
    const std::vector<leg> rest(route.begin() + 1, route.end());
    troupe::result<std::string> what = std::string{};
    if (next.how == by::sleeping) {
      co_await sleep(1h);
      co_return co_await along(rest);
    }
    if (next.how == by::pausing) {
      static_cast<void>(co_await ask<walk>(next.to, very_long));
      co_return co_await along(rest);
    }
    switch (next.how) {
      case by::sleeping:
      case by::pausing:
        break;
      case by::telling:
        next.to.tell(fill{});
        [[fallthrough]];
      case by::walking:
        what = co_await ask<walk>(next.to, very_long, rest);
        break;
      case by::visiting:
        what = co_await ask<visit>(next.to, very_long, rest);
        break;
      case by::handing_on:
        what = co_await ask<hand_on>(next.to, very_long, rest);
        break;
      case by::putting_aside:
        what = co_await ask<put_aside>(next.to, very_long);
        break;
      case by::offering: {
        const auto queued = co_await offer<fill>(next.to);
        if (!queued) what = queued.error();
        break;
      }
    }
    if (what) co_return path() + " " + *what;
    co_return path() + " met " + std::string{to_string(what.error().code)} + " at " + what.error().path +
        ": " + what.error().text;
  }

  const std::vector<leg> at_start_;
  std::string started_;
  bool unstashed_ = false;
  int fills_ = 0;
};

/// A system in which no time passes.
struct world {
  explicit world(unsigned workers = 2) : sys(troupe::testkit::for_doctest(options(workers))) {}

  troupe::testkit::test_system sys;

  /// How many cycles were found.
  std::uint64_t found() { return sys.events().count(troupe::event_kind::ask_cycle); }
  /// No time passes by itself.
  static troupe::testkit::test_options options(unsigned workers) {
    troupe::testkit::test_options o{.time = troupe::testkit::time_kind::manual};
    o.system.workers = workers;
    return o;
  }
  /// A peer of that name.
  troupe::ref<peer> make(std::string name) { return sys.spawn<peer>(std::move(name)); }
};

/// Whoever can be asked along a route.
using any_peer = decltype(leg::to);
/// One that the test answers for.
using stand_in = troupe::testkit::probe<walk, visit, hand_on, put_aside, unstash, fill, count_fills>;

/// Holds the thread that runs a cell, so that its signals wait.
class held_cell {
 public:
  explicit held_cell(const troupe::any_ref& r) {
    life::cell_of(r)->run_inside([g = gate_, j = begun_](troupe::cell&) {
      j->note("held");
      g->pass();
    });
    REQUIRE(begun_->wait_for("held"));
  }
  void let_go() { gate_->open(); }
  ~held_cell() { let_go(); }

 private:
  life::gate_ptr gate_ = std::make_shared<life::gate>();
  life::journal_ptr begun_ = std::make_shared<life::journal>();
};

/// Returns when the cell has been through some turns, and with them through what was in its lanes before.
inline void a_few_turns(const troupe::ref<peer>& of) {
  const auto turns = std::make_shared<life::journal>();
  for (std::ptrdiff_t i = 1; i <= 3; ++i) {
    life::cell_of(of)->run_inside([turns](troupe::cell&) { turns->note("turn"); });
    REQUIRE(turns->wait_for("turn", i));
  }
}

/// `WHO waits for WHOM (MESSAGE)`.
template <class M>
std::string waits(const std::string& who, const std::string& whom) {
  return who + " waits for " + whom + " (" + std::string{troupe::type_name_of<M>} + ")";
}
/// The error text that begins with these waits.
inline std::string text_of(const std::vector<std::string>& all) {
  std::string out = "the ask would wait for itself: ";
  for (std::size_t i = 0; i < all.size(); ++i) out += (i ? ", " : "") + all[i];
  return out;
}

}  // namespace cycles
