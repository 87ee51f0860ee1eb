// Timers that have fired while their actor was busy, and are cancelled or armed anew before they come to its turn: those are never
// delivered. Time is manual and there is one worker: the busy handler itself moves the clock and has what is due fire, as a second
// worker would meanwhile, so each of them waits in the actor's lane when the handler goes on.
#include <doctest/doctest.h>

#include <stdexcept>
#include <troupe/cell/cell.hpp>
#include <troupe/sys/sys.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace actor_late_timer_test {

using namespace troupe;
using namespace troupe::testkit;
using life::journal_ptr;
using life::lines;
using namespace std::chrono_literals;

namespace {

/// Which timer: plain, by key, repeating.
enum class kind : std::uint8_t { once, keyed, fixed_rate, fixed_delay };
constexpr kind all_kinds[] = {kind::once, kind::keyed, kind::fixed_rate, kind::fixed_delay};

/// What the busy handler does at its end.
enum class deed : std::uint8_t { nothing, cancel, arm_anew, fail };

/// Arm it, for a second.
struct arm {
  kind what;
};
/// Stay in the handler for that long, then do it.
struct be_busy {
  duration how_long;
  deed then = deed::nothing;
};
/// Wait in a coroutine, then cancel.
struct cancel_after {
  duration how_long;
};
/// Two timers of one instant, of which the first cancels the second.
struct arm_both {};
/// Whether it may still fire.
struct is_armed {
  using reply = bool;
};

class clockwork : public actor<arm, be_busy, cancel_after, arm_both, is_armed> {
 public:
  explicit clockwork(journal_ptr to) : to_(std::move(to)) {}

  void on(const arm& m) { start(m.what, 1s, "first"); }
  void on(const be_busy& m) {
    let_pass(m.how_long);
    to_->note(is_active() ? "armed still" : "over");
    if (m.then == deed::fail) throw std::runtime_error{"failed while it was busy"};
    if (m.then == deed::cancel) cancel();
    if (m.then == deed::arm_anew) start(what_, 5s, "second");
    to_->note("busy no more");
  }
  task<void> on(cancel_after m) {
    co_await sleep(m.how_long);
    cancel();
  }
  void on(const arm_both&) {
    const auto second = std::make_shared<timer_handle>();
    timer_ = after_delay(1s, [this, second] {
      to_->note("first");
      second->cancel();
    });
    *second = after_delay(1s, [this] { to_->note("second"); });
  }
  bool on(const is_armed&) const { return is_active(); }

 private:
  void start(kind what, duration delay, const std::string& line) {
    what_ = what;
    const auto tick = [to = to_, line] { to->note(line); };
    if (what == kind::keyed) return key_timer("k", after_delay(delay, tick));
    timer_.cancel();
    timer_ = what == kind::once         ? after_delay(delay, tick)
             : what == kind::fixed_rate ? at_fixed_rate(delay, tick)
                                        : with_fixed_delay(delay, tick);
  }
  void cancel() {
    if (what_ != kind::keyed) return timer_.cancel();
    if (!cancel_timer("k")) to_->note("there was none");  // it might still have come
  }
  bool is_active() const { return what_ == kind::keyed ? has_timer("k") : timer_.is_active(); }
  void let_pass(duration d) {
    environment& env = own_cell().env();
    auto& clock = static_cast<manual_clock&>(env.platform().clock());
    clock.set(clock.now() + d);
    env.timers().fire(clock.now());
  }

  journal_ptr to_;
  kind what_ = kind::once;
  timer_handle timer_;
};

test_options one_worker() {
  auto o = for_doctest({.time = time_kind::manual});
  o.system.workers = 1;
  return o;
}

struct shop {
  journal_ptr j = std::make_shared<life::journal>();
  test_system sys{one_worker()};
  ref<clockwork> c = sys.spawn<clockwork>("clockwork", j);

  bool armed() { return sys.expect_reply(c.ask(is_armed{}, 1h)); }
  lines noted() {
    sys.settle();
    return j->all();
  }
};

}  // namespace

TEST_CASE("a timer that fires while its actor is busy comes when the handler has returned, not before") {
  for (const kind what : all_kinds) {
    CAPTURE(static_cast<int>(what));
    shop s;
    s.c.tell(arm{what});
    s.c.tell(be_busy{1s});
    CHECK(s.noted() == lines{"armed still", "busy no more", "first"});
    CHECK(s.armed() == (what == kind::fixed_rate || what == kind::fixed_delay));
  }
}

TEST_CASE(
    "a timer that has fired and is cancelled by the handler that was busy meanwhile is never delivered") {
  for (const kind what : all_kinds) {
    CAPTURE(static_cast<int>(what));
    shop s;
    s.c.tell(arm{what});
    s.c.tell(be_busy{2500ms, deed::cancel});  // more than two periods
    CHECK(s.noted() == lines{"armed still", "busy no more"});
    CHECK_FALSE(s.armed());
    s.sys.advance(1h);
    CHECK(s.j->count("first") == 0);
  }
}

TEST_CASE(
    "a timer that has fired and is armed anew by the handler that was busy meanwhile comes once, at its new "
    "time") {
  for (const kind what : all_kinds) {
    CAPTURE(static_cast<int>(what));
    shop s;
    s.c.tell(arm{what});
    s.c.tell(be_busy{2500ms, deed::arm_anew});
    CHECK(s.noted() == lines{"armed still", "busy no more"});
    s.sys.advance(4999ms);
    CHECK(s.j->all().size() == 2);
    s.sys.advance(1ms);
    CHECK(s.j->all() == lines{"armed still", "busy no more", "second"});
    s.sys.advance(4999ms);
    CHECK(s.j->all().size() == 3);
    s.sys.advance(1ms);
    CHECK(s.j->count("second") == (what == kind::fixed_rate || what == kind::fixed_delay ? 2 : 1));
    CHECK(s.j->count("first") == 0);
  }
}

TEST_CASE("S6: a timer that has fired is not delivered to the object that takes the place of a failed one") {
  for (const kind what : all_kinds) {
    CAPTURE(static_cast<int>(what));
    const auto j = std::make_shared<life::journal>();
    test_system sys{one_worker()};
    sys.keep("/user/top");
    sys.keep("/user/top/c");
    const auto top = supervise(sys, "top", one_for_one{}, child<clockwork>("c", j));
    const auto c = top.ref<clockwork>("c");
    c.tell(arm{what});
    c.tell(be_busy{1s, deed::fail});
    sys.settle();
    CHECK(c.incarnation() == 1);
    sys.advance(1h);
    CHECK(j->all() == lines{"armed still"});
    CHECK_FALSE(sys.expect_reply(c.ask(is_armed{}, 1h)));
  }
}

TEST_CASE("of two timers of one instant the first may cancel the second, which has fired by then") {
  shop s;
  s.c.tell(arm_both{});
  s.c.tell(be_busy{1s});
  CHECK(s.noted() == lines{"armed still", "busy no more", "first"});
  s.c.tell(arm_both{});
  s.sys.advance(1h);
  CHECK(s.j->count("first") == 2);
  CHECK(s.j->count("second") == 0);
}

TEST_CASE(
    "SM2: a timer that a suspended actor's coroutine cancels is not delivered when the actor is resumed") {
  for (const kind what : all_kinds) {
    for (const bool cancels : {false, true}) {
      CAPTURE(static_cast<int>(what));
      CAPTURE(cancels);
      shop s;
      s.sys.keep_waiting("/user/clockwork");
      s.c.tell(arm{what});
      s.c.tell(cancel_after{cancels ? 2s : 2h});
      s.sys.settle();
      CHECK(s.sys.expect_reply(sys::of(s.c).ask(sys::suspend{}, 1h)));
      s.sys.advance(3s);  // it fires, and is held back; the coroutine goes on
      CHECK(s.noted().empty());
      CHECK(s.sys.expect_reply(sys::of(s.c).ask(sys::resume{}, 1h)));
      CHECK((s.noted().empty()) == cancels);
      s.sys.advance(1min);
      CHECK(s.j->all().empty() == cancels);
    }
  }
}

}  // namespace actor_late_timer_test
