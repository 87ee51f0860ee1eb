// The smallest promises of an actor: tell, ask, order, failure, coroutine handlers.
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>

namespace actor_hello_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

struct add {
  int n;
  using reply = int;
};
struct note {
  int n;
};
struct get_notes {
  using reply = std::vector<int>;
};
struct boom {
  using reply = int;
};

class counter : public actor<add, note, get_notes, boom> {
 public:
  int on(const add& m) { return total_ += m.n; }
  void on(const note& m) { notes_.push_back(m.n); }
  std::vector<int> on(const get_notes&) { return notes_; }
  int on(const boom&) { throw std::runtime_error{"asked to"}; }

 private:
  int total_ = 0;
  std::vector<int> notes_;
};

struct add_twice {
  ref<add> to;
  int n;
  using reply = int;
};

class asker : public actor<add_twice> {
 public:
  task<result<int>> on(add_twice m) {
    auto first = co_await ask<add>(m.to, 5s, m.n);
    if (!first) co_return first.error();
    auto second = co_await ask<add>(m.to, 5s, m.n);
    co_return second;
  }
};

struct make_child {
  std::string name;
  using reply = ref<add, note, get_notes>;
};
struct whoami {
  using reply = ref<make_child>;
};

class parent : public actor<make_child, whoami> {
 public:
  ref<add, note, get_notes> on(const make_child& m) { return spawn<counter>({.name = m.name}); }
  ref<make_child> on(const whoami&) { return self(); }
};

/// Somebody writes the runtime's part as well, so that it can be made by hand.
class by_hand : public actor<note> {
 public:
  void on(const note&) {}
  void receive(delivery&) override {}
};

system_options quiet() {
  system_options o;
  o.workers = 2;
  o.log = log_level::error;
  return o;
}

}  // namespace

TEST_CASE("M5: an ask from a plain thread is answered by the handler's return value") {
  troupe::system sys{quiet()};
  auto c = spawn<counter>(sys, "counter");
  CHECK(c.path() == "/user/counter");
  CHECK(c.ask(add{2}, 5s).get().value() == 2);
  CHECK(c.ask(add{3}, 5s).get().value() == 5);
}

TEST_CASE("M3: messages of one sender arrive in the order sent") {
  troupe::system sys{quiet()};
  auto c = spawn<counter>(sys, "counter");
  std::vector<int> sent;
  for (int i = 0; i < 1000; ++i) {
    c.tell(note{i});
    sent.push_back(i);
  }
  CHECK(c.ask(get_notes{}, 5s).get().value() == sent);
}

TEST_CASE(
    "M5, S11: an ask whose handler throws is answered handler_failed; without a supervisor the actor stops") {
  troupe::system sys{quiet()};
  auto c = spawn<counter>(sys, "counter");
  const auto failed = c.ask(boom{}, 5s).get();
  REQUIRE(failed.has_error());
  CHECK(failed.error().code == errc::handler_failed);
  CHECK(failed.error().text == "asked to");
  CHECK(failed.error().type == "std::runtime_error");
  CHECK(failed.error().path == "/user/counter");
  const auto after = c.ask(add{1}, 5s).get();
  REQUIRE(after.has_error());
  CHECK(after.error().code == errc::stopped);
}

TEST_CASE("M5: an ask nobody answers completes with timeout") {
  struct silent {
    using reply = int;
  };
  troupe::system sys{quiet()};
  ref<silent> nobody = ref_to<silent>(sys.env(), "/user/nobody");
  const auto r = nobody.ask(silent{}, 5s).get();
  REQUIRE(r.has_error());
  CHECK(r.error().code == errc::stopped);
}

TEST_CASE("a coroutine handler asks another actor and replies with what it learns") {
  troupe::system sys{quiet()};
  auto c = spawn<counter>(sys, "counter");
  auto a = spawn<asker>(sys, "asker");
  CHECK(a.ask(add_twice{c, 21}, 5s).get().value() == 42);
  c.ask(boom{}, 5s).get().has_error();
  const auto r = a.ask(add_twice{c, 1}, 5s).get();
  REQUIRE(r.has_error());
  CHECK(r.error().code == errc::stopped);
}

TEST_CASE("L1: an actor spawns children below itself; they stop with it") {
  troupe::system sys{quiet()};
  const auto top = spawn<parent>(sys, "top");
  CHECK(top.ask(whoami{}, 5s).get().value().path() == "/user/top");
  const auto child = top.ask(make_child{"one"}, 5s).get().value();
  CHECK(child.path() == "/user/top/one");
  CHECK(child.ask(add{2}, 5s).get().value() == 2);
  const auto unnamed = top.ask(make_child{}, 5s).get().value();
  REQUIRE(unnamed.path().starts_with("/user/top/$"));
  CHECK(ref_to<add>(sys.env(), unnamed.path()).ask(add{3}, 5s).get().value() == 3);
  CHECK_THROWS_WITH_AS(spawn<counter>(sys, "$1"), doctest::Contains("is no actor name"), failed);
  const auto again = top.ask(make_child{"one"}, 5s).get();
  REQUIRE(again.has_error());
  CHECK(again.error().text.find("already") != std::string::npos);
}

TEST_CASE("L3: stop(ref) ends an actor and its children; asks to them answer stopped") {
  troupe::system sys{quiet()};
  const auto top = spawn<parent>(sys, "top");
  const auto child = top.ask(make_child{"one"}, 5s).get().value();
  stop(top);
  result<int> last{0};
  do last = child.ask(add{1}, 5s).get();
  while (last);
  CHECK(last.error().code == errc::stopped);
}

TEST_CASE(
    "L1: an actor that is made by its constructor is refused, with what to use: it would have no cell") {
  CHECK_THROWS_WITH_AS(by_hand{},
                       "invalid: an actor was made by its constructor: use spawn or a child spec, which give "
                       "it a cell to live "
                       "in",
                       failed);
}

}  // namespace actor_hello_test
