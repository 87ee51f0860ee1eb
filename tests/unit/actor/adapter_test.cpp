// Message adapters: refs of another protocol onto an actor (adapter.hpp).
#include <doctest/doctest.h>

#include <troupe/pattern/topic.hpp>
#include <troupe/testkit/probe.hpp>
#include <troupe/testkit/test_system.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace actor_adapter_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

// ---- theirs
struct charged {
  int order = 0;
};
struct refused {
  std::string why;
};
struct price {
  std::string item;
  using reply = int;
};
struct quote {
  std::string item;
  using reply = std::string;
};
struct done {
  using reply = unit;
};
struct only_moved {
  std::unique_ptr<int> n;
};

// ---- the shop's own
struct payment {
  int order = 0;
  std::string text;
};
struct look_up {
  std::string item;
  using reply = int;
};
struct note {
  std::string line;
};
struct hand_out {
  using reply = any_ref;
};
struct release {
  any_ref who;
  using reply = bool;
};
struct crash {};
struct wait_here {};

using life::gate_ptr;
using life::journal;
using life::journal_ptr;

/// Says in a journal when it is destroyed: with it the function that captured it.
struct trace {
  trace(journal_ptr where, std::string name) : to(std::move(where)), what(std::move(name)) {}
  ~trace() { to->note(what + (cell::current() ? " in a turn" : " outside")); }
  journal_ptr to;
  std::string what;
};

/// Takes part in the conversations of a bank.
class shop : public actor<payment, look_up, note, hand_out, release, crash, wait_here> {
 public:
  explicit shop(journal_ptr j, gate_ptr g = {}) : j_(std::move(j)), gate_(std::move(g)) {}

  void on(const payment& m) {
    j_->note("payment " + std::to_string(m.order) + " " + m.text);
    if (m.text == "poison") throw std::runtime_error{"the handler threw"};
  }
  result<int> on(const look_up& m) {
    if (m.item.empty()) return error{errc::not_found, "no such item"};
    return static_cast<int>(m.item.size());
  }
  void on(const note& m) { j_->note(m.line); }
  any_ref on(const hand_out&) {
    const auto last = std::make_shared<trace>(j_, "function gone");
    const auto turn = overloaded_turn{this, last};
    const auto back = [this](int n) {
      if (n == 13) throw std::runtime_error{"unlucky"};
      return "number " + std::to_string(n) + (cell::current() == &own_cell() ? "" : " outside");
    };
    return adapt<charged, refused, price, quote, done, only_moved>(turn, back);
  }
  bool on(const release& m) { return release_adapter(m.who); }
  void on(const crash&) { throw std::runtime_error{"asked to"}; }
  void on(const wait_here&) {
    j_->note("waits");
    gate_->pass();
  }

 private:
  struct overloaded_turn {
    shop* self;
    std::shared_ptr<trace> last;

    payment operator()(const charged& m) const {
      self->j_->note(cell::current() == &self->own_cell() ? "turned" : "turned outside");
      if (m.order < 0) throw std::runtime_error{"no such order"};
      return {m.order, "charged"};
    }
    result<payment> operator()(refused m) const {
      if (m.why.empty()) return error{errc::invalid, "refused without a reason"};
      return payment{0, std::move(m.why)};
    }
    look_up operator()(const price& m) const { return {m.item}; }
    look_up operator()(const quote& m) const { return {m.item}; }
    look_up operator()(const done&) const { return {"done"}; }
    note operator()(only_moved m) const { return {"moved " + std::to_string(*m.n)}; }
  };

  journal_ptr j_;
  gate_ptr gate_;
};

struct slow_look_up {
  using reply = int;
};

using shops_ref = ref<charged, refused, price, quote, done, only_moved>;

struct stage {
  journal_ptr j = std::make_shared<journal>();
  gate_ptr g = std::make_shared<life::gate>();
  test_system sys;
  ref<shop> s = sys.spawn<shop>("shop", j, g);
  shops_ref adapter = take(s);

  shops_ref take(const ref<shop>& from) {
    return shops_ref{sys.expect_reply(from.ask(hand_out{}, 5s)).address()};
  }
  std::string last() {
    sys.settle();
    return j->all().empty() ? "" : j->all().back();
  }
};

}  // namespace

TEST_CASE("AD1: a message to an adapter is turned in its owner's turn and handled there") {
  stage t;
  t.adapter.tell(charged{7});
  t.sys.settle();
  CHECK(t.j->all() == life::lines{"turned", "payment 7 charged"});
  t.adapter.tell(refused{"no money"});
  CHECK(t.last() == "payment 0 no money");
  t.adapter.tell(only_moved{std::make_unique<int>(5)});
  CHECK(t.last() == "moved 5");
}

TEST_CASE("AD1, M3: what one sender sends through an adapter and past it arrives in the order sent") {
  stage t;
  for (int n = 0; n < 200; ++n) {
    t.adapter.tell(refused{"a" + std::to_string(n)});
    t.s.tell(note{"b" + std::to_string(n)});
  }
  t.sys.settle();
  const auto all = t.j->all();
  REQUIRE(all.size() == 400);
  for (int n = 0; n < 200; ++n) {
    const auto at = static_cast<std::size_t>(2 * n);
    CHECK(all[at] == "payment 0 a" + std::to_string(n));
    CHECK(all[at + 1] == "b" + std::to_string(n));
  }
}

TEST_CASE("AD2: what the function throws is the actor's failure, and its message the poison") {
  stage t;
  t.adapter.tell(charged{-1});
  const auto why = t.sys.expect_failure(t.s.path());
  CHECK(why.reason.find("no such order") != std::string::npos);
  CHECK(why.message.find("charged") != std::string::npos);
  t.sys.expect_dead_letter<charged>(t.s.path());
}

TEST_CASE(
    "AD2, S7: a message on which the function threw is not lost when it is retried: the adapter ended, and "
    "its asker is told") {
  auto j = std::make_shared<journal>();
  test_system sys;
  const auto top =
      supervise(sys, "top", one_for_one{}, child<shop>("shop", j).poison({poison_policy::fate::retry, 3}));
  sys.keep("/user/top");
  sys.keep("/user/top/shop");
  const auto s = top.ref<shop>("shop");
  const auto a = shops_ref{sys.expect_reply(s.ask(hand_out{}, 5s)).address()};
  sys.expect_error(a.ask(charged{-1}, 5s), errc::stopped);
  sys.expect_failure("/user/top/shop");
  sys.expect_dead_letter<charged>(a.path());
  CHECK(j->count("turned") == 1);
  CHECK(sys.expect_reply(s.ask(look_up{"pen"}, 5s)) == 3);
}

TEST_CASE(
    "AD2: a function that returns an error refuses the message: a dead letter, and the asker's answer") {
  stage t;
  t.adapter.tell(refused{""});
  CHECK(t.sys.expect_dead_letter<refused>(t.adapter.path()).reason == "invalid");
  t.adapter.tell(charged{1});
  CHECK(t.last() == "payment 1 charged");
}

TEST_CASE("AD2: a throw of the handler fails on the turned message, not on what came") {
  stage t;
  t.adapter.tell(refused{"poison"});
  CHECK(t.sys.expect_failure(t.s.path()).message.find("payment") != std::string::npos);
  t.sys.expect_dead_letter<payment>(t.s.path());
}

TEST_CASE(
    "AD3, M5: an ask through an adapter is answered, with the value or the error, turned back where replies "
    "differ") {
  stage t;
  CHECK(t.sys.expect_reply(t.adapter.ask(price{"pen"}, 5s)) == 3);
  CHECK(t.sys.expect_reply(t.adapter.ask(quote{"book"}, 5s)) == "number 4");
  t.sys.expect_reply(t.adapter.ask(done{}, 5s));
  t.sys.expect_error(t.adapter.ask(price{""}, 5s), errc::not_found);
  t.sys.expect_error(t.adapter.ask(quote{""}, 5s), errc::not_found);
  t.sys.expect_reply(t.adapter.ask(charged{3}, 5s));  // no `using reply`: it was handled
}

TEST_CASE("AD3, AD2: a second function that throws answers the asker and fails its actor") {
  stage t;
  const auto why = t.sys.expect_error(t.adapter.ask(quote{std::string(13, 'x')}, 5s), errc::handler_failed);
  CHECK(why.text == "unlucky");
  CHECK(why.path == t.s.path());
  t.sys.expect_failure(t.s.path());
}

TEST_CASE("AD4, M5: who asks through an adapter whose actor stops before it answers hears of it") {
  stage t;
  t.s.tell(wait_here{});
  REQUIRE(t.j->wait_for("waits"));
  auto queued = t.adapter.ask(quote{"pen"}, 5s);
  stop(t.s);
  t.g->open();
  t.sys.expect_error(std::move(queued), errc::stopped);
  t.sys.settle();
  t.sys.expect_error(t.adapter.ask(price{"pen"}, 5s), errc::stopped);
  t.sys.expect_dead_letter<quote>();
  t.sys.expect_dead_letter<price>();
}

TEST_CASE(
    "AD4: when nobody has a ref to it any more an adapter ends, and its function goes in its owner's turn") {
  stage t;
  auto second = t.adapter;
  t.adapter = {};
  t.sys.settle();
  CHECK(t.j->all().empty());
  second.tell(charged{1});
  second = {};  // the message has one still
  t.sys.settle();
  CHECK(t.j->all() == life::lines{"turned", "payment 1 charged", "function gone in a turn"});
}

TEST_CASE("AD4: a released adapter takes no more messages, those that wait among them; its actor goes on") {
  stage t;
  t.s.tell(wait_here{});
  REQUIRE(t.j->wait_for("waits"));
  auto released = t.s.ask(release{t.adapter}, 5s);
  t.adapter.tell(charged{1});  // behind the release
  t.g->open();
  CHECK(t.sys.expect_reply(std::move(released)));
  t.sys.settle();
  CHECK(t.sys.expect_dead_letter<charged>(t.adapter.path()).reason == "stopped");
  CHECK(t.j->count("turned") == 0);
  CHECK(t.j->count("function gone in a turn") == 1);
  CHECK_FALSE(t.sys.expect_reply(t.s.ask(release{t.adapter}, 5s)));
  CHECK_FALSE(t.sys.expect_reply(t.s.ask(release{t.s}, 5s)));  // no adapter at all
  t.sys.expect_error(t.adapter.ask(price{"pen"}, 5s), errc::stopped);
  t.sys.expect_dead_letter<price>(t.adapter.path());
  const auto another = t.take(t.s);
  CHECK(t.sys.expect_reply(another.ask(price{"pen"}, 5s)) == 3);
}

TEST_CASE(
    "AD4, S6: a restart ends an adapter before the new object is made; what waits for it is a dead letter") {
  auto j = std::make_shared<journal>();
  test_system sys;
  const auto top = supervise(sys, "top", one_for_one{}, child<shop>("shop", j));
  sys.keep("/user/top");
  sys.keep("/user/top/shop");
  const auto s = top.ref<shop>("shop");
  const auto a = shops_ref{sys.expect_reply(s.ask(hand_out{}, 5s)).address()};
  probe<note> p{sys};
  s.tell(crash{});
  sys.expect_failure("/user/top/shop");
  sys.expect_dead_letter<crash>();
  sys.settle();
  CHECK(j->count("function gone in a turn") == 1);
  a.tell(charged{1});
  CHECK(sys.expect_dead_letter<charged>(a.path()).reason == "stopped");
  CHECK(j->count("turned") == 0);
  CHECK(s.incarnation() == 1);
  const auto fresh = shops_ref{sys.expect_reply(s.ask(hand_out{}, 5s)).address()};
  CHECK(sys.expect_reply(fresh.ask(price{"pen"}, 5s)) == 3);
  CHECK(fresh != a);
}

TEST_CASE(
    "AD4, L4: an adapter can be watched: who does is told once when it ends, also when it has already") {
  stage t;
  struct watch_it {
    any_ref who;
  };
  struct watcher : actor<watch_it> {
    explicit watcher(journal_ptr to) : j(std::move(to)) {}
    void on(const watch_it& m) {
      watch(m.who);
      watch(m.who);
    }
    void on_terminated(const terminated& m) override { j->note("gone " + m.path()); }
    journal_ptr j;
  };
  const auto w = t.sys.spawn<watcher>("watcher", t.j);
  w.tell(watch_it{t.adapter});
  t.sys.settle();
  CHECK(t.j->all().empty());
  CHECK(t.sys.expect_reply(t.s.ask(release{t.adapter}, 5s)));
  t.sys.settle();
  CHECK(t.j->count("gone " + t.adapter.path()) == 1);
  w.tell(watch_it{t.adapter});
  t.sys.settle();
  CHECK(t.j->count("gone " + t.adapter.path()) == 2);
  stop(t.s);
  t.sys.settle();
  CHECK(t.j->count("gone " + t.adapter.path()) == 2);
}

TEST_CASE("AD1, M8: messages through an adapter count in the owner's bounded mailbox") {
  auto j = std::make_shared<journal>();
  auto g = std::make_shared<life::gate>();
  test_system sys;
  const auto s = sys.spawn<shop>({.name = "shop", .mailbox = bounded(2, overflow::reject)}, j, g);
  const auto a = shops_ref{sys.expect_reply(s.ask(hand_out{}, 5s)).address()};
  s.tell(wait_here{});
  REQUIRE(j->wait_for("waits"));
  for (int n = 0; n < 3; ++n) a.tell(charged{n});
  CHECK(sys.expect_dead_letter<charged>(s.path()).reason == "mailbox_full");
  CHECK(a.address()->waiting() == 2);
  g->open();
  sys.settle();
  CHECK(j->count("turned") == 2);
}

TEST_CASE("AD1, M8: an offer through an adapter waits for room in the owner's mailbox") {
  struct offer_it {
    int order;
  };
  struct sender : actor<offer_it> {
    sender(shops_ref r, journal_ptr where) : to(std::move(r)), j(std::move(where)) {}
    task<void> on(offer_it m) {
      const auto how = co_await offer<charged>(to, m.order);
      j->note("offer " + std::to_string(m.order) + (how ? " queued" : " refused"));
    }
    shops_ref to;
    journal_ptr j;
  };
  auto j = std::make_shared<journal>();
  auto g = std::make_shared<life::gate>();
  test_system sys;
  const auto s = sys.spawn<shop>({.name = "shop", .mailbox = bounded(1, overflow::push_back)}, j, g);
  const auto a = shops_ref{sys.expect_reply(s.ask(hand_out{}, 5s)).address()};
  s.tell(wait_here{});
  REQUIRE(j->wait_for("waits"));
  const auto from = sys.spawn<sender>("sender", a, j);
  from.tell(offer_it{1});
  from.tell(offer_it{2});
  REQUIRE(j->wait_for("offer 1 queued"));
  g->open();
  sys.settle();
  CHECK(j->count("offer 2 queued") == 1);
  CHECK(j->count("payment 2 charged") == 1);
  CHECK(sys.expect_reply(s.ask(release{a}, 5s)));
  from.tell(offer_it{3});
  sys.settle();
  CHECK(j->count("offer 3 refused") == 1);
}

TEST_CASE("AD3, RS4: when the asker gives up, the handler that works on his turned request ends") {
  struct slow : actor<slow_look_up, hand_out> {
    explicit slow(journal_ptr to) : j(std::move(to)) {}
    task<int> on(slow_look_up) {
      const trace end{j, "handler gone"};
      j->note("works");
      co_await sleep(1h);
      co_return 1;
    }
    any_ref on(const hand_out&) {
      return adapt<quote>([](const quote&) { return slow_look_up{}; },
                          [](int n) { return std::to_string(n); });
    }
    journal_ptr j;
  };
  auto j = std::make_shared<journal>();
  test_system sys{{.time = time_kind::manual}};
  const auto s = sys.spawn<slow>("slow", j);
  const auto a = ref<quote>{sys.expect_reply(s.ask(hand_out{}, 5s)).address()};
  auto asked = a.ask(quote{"pen"}, 2s);
  sys.settle();
  CHECK(j->count("works") == 1);
  sys.advance(3s);
  sys.expect_error(std::move(asked), errc::timeout);
  CHECK(j->count("handler gone in a turn") == 1);
}

TEST_CASE("AD3, M6: a request whose asker has given up when its turn comes is neither turned nor handled") {
  stage t;
  t.s.tell(wait_here{});
  REQUIRE(t.j->wait_for("waits"));
  CHECK(t.adapter.ask(charged{1}, 1ms).get().error().code == errc::timeout);
  t.g->open();
  t.sys.settle();
  CHECK(t.j->count("turned") == 0);
  t.sys.expect_dead_letter<charged>(t.s.path());
}

TEST_CASE("AD4: an adapter subscribes like any other, and a topic forgets it when its actor is restarted") {
  auto j = std::make_shared<journal>();
  test_system sys;
  const auto top = supervise(sys, "top", one_for_one{}, child<shop>("shop", j));
  const auto news = spawn_topic<refused>(sys, {.name = "news"});
  for (const char* path : {"/user/top", "/user/top/shop", "/user/news"}) sys.keep(path);
  const auto s = top.ref<shop>("shop");
  const auto a = shops_ref{sys.expect_reply(s.ask(hand_out{}, 5s)).address()};
  news.subscribe(a);
  news.publish(refused{"closed on Monday"});
  sys.settle();
  CHECK(j->count("payment 0 closed on Monday") == 1);
  CHECK(sys.expect_reply(news.ask(count_subscribers{}, 5s)) == 1);
  s.tell(crash{});
  sys.expect_failure("/user/top/shop");
  sys.expect_dead_letter<crash>();
  sys.settle();
  CHECK(sys.expect_reply(news.ask(count_subscribers{}, 5s)) == 0);
  news.publish(refused{"open again"});
  sys.settle();
  sys.said().expect_nothing_else({.dead_letters = true});
}

TEST_CASE("AD4, C5: an adapter may outlive its actor and its system") {
  shops_ref kept;
  auto j = std::make_shared<journal>();
  {
    test_system sys;
    const auto s = sys.spawn<shop>("shop", j);
    kept = shops_ref{sys.expect_reply(s.ask(hand_out{}, 5s)).address()};
  }
  CHECK(j->count("function gone in a turn") == 1);
  kept.tell(charged{1});
  CHECK(kept.path().starts_with("/user/shop/$"));
  kept = {};
}

}  // namespace actor_adapter_test
