// What a coroutine of an actor can wait for, and what waiting lets in: sleep, work elsewhere, interleaved handlers, a start that
// waits (M6, M7, L6).
#include <doctest/doctest.h>

#include <stdexcept>
#include <troupe/actor/work_elsewhere.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace actor_coroutine_test {

using namespace troupe;
using namespace life;

namespace {

struct nap {
  duration how_long;
  using reply = std::string;
};
struct compute {
  int n = 0;
  using reply = int;
};
struct compute_apart {
  int n = 0;
};
struct computed {
  result<int> n;
};
struct ping {
  using reply = int;
};
struct crash {};

class worker : public actor<nap, compute, compute_apart, computed, ping, crash> {
 public:
  using interleaved = messages<nap>;
  explicit worker(journal_ptr to) : to_(std::move(to)) {}
  task<std::string> on(nap m) {
    ++naps_;
    const time_point from = ports().clock().now();
    co_await sleep(m.how_long);
    --naps_;
    co_return ports().clock().now() - from >= m.how_long ? "slept" : "woken too early";
  }
  task<result<int>> on(compute m) {
    co_return co_await run_blocking(
        [](int n, const std::string& text) -> int {
          if (text.size() != 100) throw std::logic_error{"the text is gone"};
          if (n < 0) throw std::invalid_argument{"negative"};
          return 2 * n;
        },
        m.n, std::string(100, 'x'));
  }
  void on(const compute_apart& m) {
    pipe(
        [n = m.n]() -> result<int> {
          if (n < 0) return error{errc::invalid, "negative"};
          return 2 * n;
        },
        self(), [](result<int> r) { return computed{std::move(r)}; });
  }
  void on(const computed& m) {
    to_->note(m.n ? "computed " + std::to_string(*m.n) : "computed " + m.n.error().text);
  }
  int on(const ping&) { return naps_; }
  void on(const crash&) { throw std::runtime_error{"crash"}; }

 private:
  journal_ptr to_;
  int naps_ = 0;
};

class never_starts : public actor<ping> {
 public:
  task<void> on_start() { co_await sleep(1h); }
  int on(const ping&) { return 1; }
};

/// Starts once somebody has answered it.
class late_starter : public actor<ping> {
 public:
  late_starter(ref<worker> first, bool fails) : first_(std::move(first)), fails_(fails) {}
  task<void> on_start() {
    co_await sleep(1ms);
    const auto answer = co_await ask<ping>(first_, patience);
    if (fails_) throw std::runtime_error{"no luck"};
    naps_ = answer.value();
  }
  int on(const ping&) { return 10 + naps_; }

 private:
  ref<worker> first_;
  bool fails_;
  int naps_ = -1;
};

struct fixture {
  journal_ptr j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  supervision top = supervise(sys, "top", one_for_one{}, child<worker>("worker", j));
  ref<worker> w = top.ref<worker>("worker");
};

}  // namespace

TEST_CASE("M7: an interleaved handler lets others in while it waits, and they may wait too") {
  fixture f;
  auto a = f.w.ask(nap{50ms}, patience);
  auto b = f.w.ask(nap{50ms}, patience);
  CHECK(f.w.ask(ping{}, patience).get().value() == 2);
  CHECK(a.get().value() == "slept");
  CHECK(b.get().value() == "slept");
  CHECK(f.w.ask(ping{}, patience).get().value() == 0);
}

TEST_CASE("L6: a restart ends interleaved handlers too, and their askers hear `restarted`") {
  fixture f;
  auto a = f.w.ask(nap{1h}, patience);
  CHECK(f.w.ask(ping{}, patience).get().value() == 1);
  f.w.tell(crash{});
  CHECK(a.get().error().code == errc::restarted);
  CHECK(f.w.ask(ping{}, patience).get().value() == 0);
}

TEST_CASE("WE2: blocking work is awaited, and what it throws is its result") {
  fixture f;
  CHECK(f.w.ask(compute{21}, patience).get().value() == 42);
  const auto why = f.w.ask(compute{-1}, patience).get().error();
  CHECK(why.text == "negative");
  CHECK(cell_of(f.w)->status() == cell_status::running);
}

TEST_CASE("WE1: work that is piped comes back as a message of its own, with its value or its error") {
  fixture f;
  f.w.tell(compute_apart{4});
  CHECK(f.j->wait_for("computed 8"));
  f.w.tell(compute_apart{-4});
  CHECK(f.j->wait_for("computed negative"));
}

TEST_CASE("WE3: a worker's children for work elsewhere are gone when it is done") {
  fixture f;
  for (int i = 0; i < 20; ++i) CHECK(f.w.ask(compute{i}, patience).get().value() == 2 * i);
  // The last child ends in a turn of its own: its parent has heard when it answers behind that.
  const cell_ptr c = cell_of(f.w);
  for (const cell_ptr& kid : c->children()) {
    const auto end = std::make_shared<journal>();
    note_end(kid, end);
    CHECK(end->wait_for("gone " + kid->path() + " normal"));
  }
}

TEST_CASE("L2: a start may wait; messages come after it, and its supervisor waits for it") {
  fixture f;
  auto sup = supervise(f.sys, "late", one_for_one{}, child<late_starter>("a", f.w, false));
  CHECK(sup.ref<late_starter>("a").ask(ping{}, patience).get().value() == 10);
}

TEST_CASE("L2, S4: a start that waits and then throws is a failed start") {
  fixture f;
  try {
    supervise(f.sys, "late", one_for_one{.intensity = 0}, child<late_starter>("a", f.w, true));
    FAIL("it started");
  } catch (const failed& why) {
    CHECK(why.why().code == errc::start_failed);
    CHECK(why.why().text.find("no luck") != std::string::npos);
  }
}

TEST_CASE("L2: an actor that is stopped while its start waits ends without a message") {
  fixture f;
  const auto late = spawn<never_starts>(f.sys, "never");
  auto asked = late.ask(ping{}, patience);
  CHECK(stop_and_wait(late));
  CHECK(asked.get().error().code == errc::stopped);
}

}  // namespace actor_coroutine_test
