// The life of one actor: names, order of hooks, stopping, watching (L1-L5).
#include <doctest/doctest.h>

#include "unit/cell/world.hpp"

namespace cell_life_test {

using namespace troupe;
using namespace life;

namespace {

struct ping {
  using reply = int;
};
struct say {
  std::string line;
};
struct quit {};
struct hold_up {};
struct watch_it {
  any_ref who;
  using reply = bool;
};
struct unwatch_it {
  any_ref who;
  using reply = bool;
};

/// Notes everything that happens to it.
class noting : public actor<ping, say, quit, hold_up, watch_it, unwatch_it> {
 public:
  noting(std::string name, journal_ptr to, gate_ptr held_by = {}, bool stop_throws = false)
      : name_(std::move(name)), to_(std::move(to)), gate_(std::move(held_by)), stop_throws_(stop_throws) {
    to_->note(name_ + " made");
  }
  ~noting() override { to_->note(name_ + " destroyed"); }
  void on_start() { to_->note(name_ + " start"); }
  void on_stop() override {
    to_->note(name_ + " stop");
    if (stop_throws_) throw std::runtime_error{"on purpose"};
  }
  int on(const ping&) { return 1; }
  void on(const say& m) { to_->note(name_ + " " + m.line); }
  void on(const quit&) { stop_self(); }
  void on(const hold_up&) {
    to_->note(name_ + " holds");
    gate_->pass();
  }
  bool on(const watch_it& m) {
    watch(m.who);
    return true;
  }
  bool on(const unwatch_it& m) {
    unwatch(m.who);
    return true;
  }
  void on_terminated(const terminated& t) override { to_->note(name_ + " hears " + t.path()); }

 private:
  std::string name_;
  journal_ptr to_;
  gate_ptr gate_;
  bool stop_throws_;
};

/// Watches and does not handle the news.
class careless : public actor<watch_it> {
 public:
  bool on(const watch_it& m) {
    watch(m.who);
    return true;
  }
};

/// Starts children of its own.
class parent_of_three : public actor<ping> {
 public:
  explicit parent_of_three(journal_ptr to) : to_(std::move(to)) {}
  void on_start() {
    for (const char* name : {"a", "b", "c"})
      cell::spawn(own_cell().env(), cell_ptr{&own_cell()},
                  props_of<noting>(own_cell().env(), {.name = name}, std::string{name}, to_))
          .value();
  }
  void on_stop() override { to_->note("parent stop"); }
  int on(const ping&) { return 1; }

 private:
  journal_ptr to_;
};

/// Notices when two threads are in it.
class lonely : public actor<say, ping> {
 public:
  explicit lonely(std::shared_ptr<std::atomic<int>> crowded) : crowded_(std::move(crowded)) {}
  void on(const say&) {
    if (inside_.fetch_add(1) != 0) crowded_->store(1);
    ++handled_;
    inside_.fetch_sub(1);
  }
  int on(const ping&) { return handled_; }

 private:
  std::atomic<int> inside_{0};
  std::shared_ptr<std::atomic<int>> crowded_;
  int handled_ = 0;
};

template <class F>
errc refused_with(F f) {
  try {
    f();
  } catch (const failed& e) {
    return e.why().code;
  }
  return errc{};
}

}  // namespace

TEST_CASE("L1: a path is the names from the top; a name is unique among siblings and free after the end") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto a = spawn<noting>(sys, "a", std::string{"a"}, j);
  CHECK(a.path() == "/user/a");
  CHECK(refused_with([&] { spawn<noting>(sys, "a", std::string{"second"}, j); }) == errc::already_exists);
  CHECK(j->count("second made") == 0);
  for (int i = 0; i < 200; ++i) {  // whoever hears of the end may use the name at once
    REQUIRE(stop_and_wait(a));
    a = spawn<noting>(sys, "a", std::string{"a"}, j);
  }
  CHECK(a.ask(ping{}, patience).get().value() == 1);
}

TEST_CASE("L1: an actor without a name is given its number, and no two the same") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto a = spawn<noting>(sys, spawn_options{}, std::string{"a"}, j);
  auto b = spawn<noting>(sys, spawn_options{}, std::string{"b"}, j);
  CHECK(a.path() != b.path());
  CHECK(a.path() == "/user/$" + std::to_string(cell_of(a)->number()));
}

TEST_CASE("L1: a name with a slash or of more than 255 bytes is refused") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  for (const std::string& name : {std::string{"a/b"}, std::string(256, 'x')})
    CHECK(refused_with([&] { spawn<noting>(sys, name, std::string{"bad"}, j); }) == errc::invalid);
  auto good = spawn<noting>(sys, std::string(255, 'x'), std::string{"good"}, j);
  CHECK(good.ask(ping{}, patience).get().value() == 1);
}

TEST_CASE("L2: made, on_start, messages, on_stop, destroyed, in this order") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto a = spawn<noting>(sys, "a", std::string{"a"}, j);
  a.tell(say{"one"});
  a.tell(say{"two"});
  a.tell(quit{});
  REQUIRE(j->wait_for("a destroyed"));
  CHECK(j->all() == lines{"a made", "a start", "a one", "a two", "a stop", "a destroyed"});
}

TEST_CASE("L2: one thread at a time is in an actor") {
  auto crowded = std::make_shared<std::atomic<int>>(0);
  troupe::system sys{quiet()};
  auto a = spawn<lonely>(sys, "a", crowded);
  std::vector<std::thread> senders;
  for (int t = 0; t < 3; ++t)
    senders.emplace_back([a] {
      for (int i = 0; i < 2000; ++i) a.tell(say{});
    });
  for (auto& t : senders) t.join();
  CHECK(a.ask(ping{}, patience).get().value() == 6000);
  CHECK(crowded->load() == 0);
}

TEST_CASE("L2: a throwing on_stop is reported and stopping goes on") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto events = listen(sys);
  auto a = spawn<noting>(sys, "a", std::string{"a"}, j, gate_ptr{}, true);
  CHECK(stop_and_wait(a));
  CHECK(j->all().back() == "a destroyed");
  CHECK(events->count("actor_failed /user/a") == 1);
}

TEST_CASE("L3: children are stopped last started first, before their parent") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto p = spawn<parent_of_three>(sys, "p", j);
  CHECK(p.ask(ping{}, patience).get().value() == 1);
  for (const char* name : {"a", "b", "c"}) REQUIRE(j->wait_for(std::string{name} + " start"));
  REQUIRE(stop_and_wait(p));
  lines stops;
  for (const auto& line : j->all())
    if (line.ends_with(" stop")) stops.push_back(line);
  CHECK(stops == lines{"c stop", "b stop", "a stop", "parent stop"});
}

TEST_CASE("L3: each watcher hears of the end exactly once, and what was left becomes dead letters") {
  auto j = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  auto subject = spawn<noting>(sys, "subject", std::string{"subject"}, j, g);
  auto w = spawn<noting>(sys, "w", std::string{"w"}, j);
  CHECK(w.ask(watch_it{subject}, patience).get().value());
  CHECK(w.ask(watch_it{subject}, patience).get().value());  // twice is once
  auto seen = std::make_shared<journal>();
  note_end(cell_of(subject), seen);
  subject.tell(hold_up{});
  REQUIRE(j->wait_for("subject holds"));
  cell_of(subject)->request_stop({exit_kind::shutdown, {}});
  for (int i = 0; i < 10; ++i) subject.tell(say{"late"});
  auto left = subject.ask(ping{}, patience);
  const auto before = sys.events().count(event_kind::dead_letter);
  g->open();
  CHECK(left.get().error().code == errc::stopped);
  REQUIRE(seen->wait_for("gone /user/subject shutdown"));
  REQUIRE(j->wait_for("w hears /user/subject"));
  CHECK(stop_and_wait(w));
  CHECK(sys.events().count(event_kind::dead_letter) - before == 11);
  CHECK(j->count("w hears /user/subject") == 1);
  CHECK(j->count("subject late") == 0);
  CHECK(seen->all().size() == 1);
}

TEST_CASE("L4: watching an actor that has stopped is answered at once") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto subject = spawn<noting>(sys, "subject", std::string{"subject"}, j);
  REQUIRE(stop_and_wait(subject));
  auto w = spawn<noting>(sys, "w", std::string{"w"}, j);
  CHECK(w.ask(watch_it{subject}, patience).get().value());
  CHECK(j->wait_for("w hears /user/subject"));
}

TEST_CASE("L4: unwatch takes back a terminated that waits already") {
  auto j = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  auto subject = spawn<noting>(sys, "subject", std::string{"subject"}, j);
  auto w = spawn<noting>(sys, "w", std::string{"w"}, j, g);
  CHECK(w.ask(watch_it{subject}, patience).get().value());
  w.tell(hold_up{});
  REQUIRE(j->wait_for("w holds"));
  auto unwatched = w.ask(unwatch_it{subject}, patience);  // waits before the news
  REQUIRE(stop_and_wait(subject));                        // the news is behind it now
  g->open();
  CHECK(unwatched.get().value());
  CHECK(w.ask(ping{}, patience).get().value() == 1);
  CHECK(j->count("w hears /user/subject") == 0);
}

TEST_CASE("L4: a watcher that does not handle terminated fails") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto events = listen(sys);
  auto subject = spawn<noting>(sys, "subject", std::string{"subject"}, j);
  auto w = spawn<careless>(sys, "w");
  CHECK(w.ask(watch_it{subject}, patience).get().value());
  auto seen = std::make_shared<journal>();
  note_end(cell_of(w), seen);
  REQUIRE(stop_and_wait(subject));
  CHECK(seen->wait_for("gone /user/w failed"));
  CHECK(events->count("actor_failed /user/w") == 1);
}

TEST_CASE("L5: an exact ref answers stopped for ever, a named one finds the next holder of the path") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto first = spawn<noting>(sys, "a", std::string{"a"}, j);
  auto named = ref_to<noting>(sys.env(), "/user/a");
  CHECK(named.ask(ping{}, patience).get().value() == 1);
  REQUIRE(stop_and_wait(first));
  CHECK(first.ask(ping{}, patience).get().error().code == errc::stopped);
  CHECK(named.ask(ping{}, patience).get().error().code == errc::stopped);
  auto second = spawn<noting>(sys, "a", std::string{"a"}, j);
  CHECK(named.ask(ping{}, patience).get().value() == 1);
  CHECK(first.ask(ping{}, patience).get().error().code == errc::stopped);
  CHECK(first != second);
}

}  // namespace cell_life_test
