// Futures that are cancelled by the thread that asked (FU1-FU3, M5, M6).
#include <doctest/doctest.h>

#include <future>
#include <thread>

#include "unit/actor/oracle.hpp"

namespace ref_future_test {

using namespace troupe;
using namespace life;

namespace {

struct dig {
  using reply = int;
};
struct hi {
  using reply = int;
};

/// Digs for ever, and notes when it begins and ends.
class digger : public actor<dig, hi> {
 public:
  explicit digger(journal_ptr to) : to_(std::move(to)) {}
  task<int> on(dig) {
    to_->note("begins");
    const std::shared_ptr<void> seen{nullptr, [to = to_](void*) { to->note("ends"); }};
    co_await sleep(1000h);
    co_return 0;
  }
  int on(const hi&) { return 1; }

 private:
  journal_ptr to_;
};

/// What became of an ask, in one word.
std::string word_for(const result<int>& r) {
  return r ? std::to_string(*r) : std::string{to_string(r.error().code)};
}

struct field {
  journal_ptr j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  ref<digger> d = spawn<digger>(sys, "digger", j);
};

}  // namespace

TEST_CASE("FU2: who cancels ends the handler that waits for him, and has `cancelled` once") {
  field f;
  auto dug = f.d.ask(dig{}, 1000h);
  REQUIRE(f.j->wait_for("begins"));
  CHECK(dug.cancel());
  CHECK_FALSE(dug.cancel());
  CHECK(f.j->wait_for("ends"));
  CHECK(f.d.ask(hi{}, patience).get().value() == 1);  // it lets others in again
  const auto what = dug.get();
  REQUIRE(what.has_error());
  CHECK(what.error().code == errc::cancelled);
  CHECK_FALSE(dug.cancel());  // it was taken
}

TEST_CASE("FU2: what waits to be run when it is cancelled is dropped unrun, and counted") {
  field f;
  const auto g = std::make_shared<gate>();
  const auto o = spawn<oracle>(f.sys, "oracle", f.j, g);
  o.tell(hold_up{});
  REQUIRE(f.j->wait_for("held up"));
  const auto before = f.sys.events().count(event_kind::dead_letter);
  auto asked = o.ask(question{}, 1000h);
  CHECK(asked.cancel());
  g->open();
  CHECK(o.ask(question{}, patience).get().value() == 7);
  CHECK(f.j->count("asked") == 1);
  CHECK(f.sys.events().count(event_kind::dead_letter) == before + 1);
}

TEST_CASE("FU1: who cancels too late changes nothing") {
  field f;
  auto asked = f.d.ask(hi{}, 1000h);
  std::promise<void> there;
  const canceller c = asked.make_canceller();
  asked.then([&](const result<int>& r) {
    f.j->note(word_for(r));
    there.set_value();
  });
  there.get_future().get();
  CHECK_FALSE(c.cancel());
  CHECK_FALSE(asked.cancel());
  CHECK(f.j->all() == lines{"1"});
  auto to_nobody = ref_to<hi>(f.sys.env(), "/user/nobody").ask(hi{}, 1000h);
  CHECK_FALSE(to_nobody.cancel());
  CHECK(to_nobody.get().error().code == errc::stopped);
  CHECK_FALSE(canceller{}.cancel());
}

TEST_CASE("FU2: another thread cancels what a thread waits for in `get`") {
  field f;
  auto dug = f.d.ask(dig{}, 1000h);
  const canceller c = dug.make_canceller();
  std::thread waits{[&] { f.j->note(word_for(dug.get())); }};
  REQUIRE(f.j->wait_for("begins"));
  CHECK(c.cancel());
  waits.join();
  CHECK(f.j->wait_for("ends"));
  CHECK(f.j->count("cancelled") == 1);
}

TEST_CASE("FU2: what was passed to `then` runs in the call that cancels, and may ask again") {
  field f;
  auto dug = f.d.ask(dig{}, 1000h);
  canceller c = dug.make_canceller();
  bool heard = false;
  dug.then([&](const result<int>& r) {
    c = {};  // the last one but the caller's
    heard = !r && r.error().code == errc::cancelled;
    f.d.ask(hi{}, patience).then([&](const result<int>& again) { f.j->note(word_for(again)); });
  });
  CHECK(c.cancel());
  CHECK(heard);
  CHECK(f.j->wait_for("1"));
}

TEST_CASE("FU2, RS4: a handler that is about to begin when its asker gives up ends as well") {
  field f;
  for (int round = 0; round < 500; ++round) {
    auto dug = f.d.ask(dig{}, 1000h);
    for (int i = 0; i < round % 50; ++i) std::this_thread::yield();
    CHECK(dug.cancel());
    REQUIRE(f.d.ask(hi{}, patience).get() == 1);
  }
}

TEST_CASE("FU3: to destroy a future gives nothing up") {
  field f;
  { const auto dropped = f.d.ask(dig{}, 1000h); }
  REQUIRE(f.j->wait_for("begins"));
  auto behind = f.d.ask(hi{}, 1ms);
  CHECK(behind.get().error().code == errc::timeout);  // it is let in by nobody
  CHECK(f.j->count("ends") == 0);
}

TEST_CASE("FU1: an answer and two who cancel at the same time: one outcome, as all of them were told") {
  field f;
  int answered = 0, given_up = 0;
  for (int round = 0; round < 2000; ++round) {
    auto asked = f.d.ask(hi{}, 1000h);
    const canceller c = asked.make_canceller();
    bool other = false;
    std::thread beside;
    if (round % 20 == 0) beside = std::thread{[&] { other = c.cancel(); }};
    for (int spin = 0; spin < round % 50 * 20; ++spin) std::atomic_signal_fence(std::memory_order_seq_cst);
    const bool mine = asked.cancel();
    if (beside.joinable()) beside.join();
    const auto what = asked.get();
    CHECK_FALSE((mine && other));
    CHECK((mine || other) == what.has_error());
    if (what) {
      ++answered;
    } else {
      ++given_up;
      CHECK(what.error().code == errc::cancelled);
    }
  }
  CHECK(answered + given_up == 2000);
  CHECK(given_up > 0);
  CHECK(f.d.ask(hi{}, patience).get().value() == 1);
}

TEST_CASE("FU1: who takes an answer twice is told so, whichever way he took it first") {
  field f;
  auto got = f.d.ask(hi{}, patience);
  CHECK(got.get().value() == 1);
  const char* const again = "invalid: future::get: the answer was taken before; keep the result of the first";
  CHECK_THROWS_WITH(static_cast<void>(got.get()), again);
  CHECK_THROWS_WITH(got.then([](const result<int>&) {}),
                    "invalid: future::then: the answer was taken before; keep the result of the first");
  CHECK_FALSE(got.cancel());
  auto left = f.d.ask(hi{}, patience);
  left.then([](const result<int>&) {});
  CHECK_THROWS_WITH(static_cast<void>(left.get()), again);
  auto moved = f.d.ask(hi{}, patience);
  auto to = std::move(moved);
  CHECK_THROWS_WITH(static_cast<void>(moved.get()), again);
  CHECK(to.get().value() == 1);
}

TEST_CASE("a worker that runs no actor may not wait for an answer either, and is told what to use") {
  field f;
  const auto waiting = std::make_shared<future<int>>(f.d.ask(dig{}, patience));
  std::promise<std::string> said;
  // The deadline passes on a worker, outside of all turns.
  f.d.ask(hi{}, 1ms).then([&](const result<int>&) {
    try {
      static_cast<void>(waiting->get());
      said.set_value("it waited");
    } catch (const failed& no) {
      said.set_value(to_string(no.why()));
    }
  });
  CHECK(said.get_future().get() ==
        "invalid: future::get on a worker, which might starve what it waits for: use future::then there");
}

}  // namespace ref_future_test
