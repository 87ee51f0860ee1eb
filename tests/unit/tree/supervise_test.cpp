// Supervision on real threads: restart types, the window, start and stop order, what survives a restart (S1-S7).
#include <doctest/doctest.h>

#include "unit/tree/noted.hpp"

namespace tree_supervise_test {

using namespace troupe;
using namespace life;
using namespace noting;

namespace {

struct write_it {
  int n;
  using reply = int;
};
/// Acknowledges a turn's writes after its end; fails at the one it is told to, once.
class held : public actor<write_it, slow> {
 public:
  static constexpr bool held_replies = true;
  held(journal_ptr to, gate_ptr g, std::shared_ptr<std::atomic<int>> fail_at,
       std::shared_ptr<std::atomic<int>> bad_ends)
      : to_(std::move(to)),
        gate_(std::move(g)),
        fail_at_(std::move(fail_at)),
        bad_ends_(std::move(bad_ends)) {}
  int on(const slow&) {
    to_->note("waits");
    gate_->pass();
    return 0;
  }
  int on(const write_it& m) {
    to_->note("write " + std::to_string(m.n));
    int expected = m.n;
    if (fail_at_->compare_exchange_strong(expected, -1)) throw std::runtime_error{"write"};
    return m.n;
  }
  void on_turn_end() override {
    if (bad_ends_->fetch_sub(1) > 0) throw std::runtime_error{"disk"};
  }

 private:
  journal_ptr to_;
  gate_ptr gate_;
  std::shared_ptr<std::atomic<int>> fail_at_, bad_ends_;
};

struct supervise_here {
  troupe::system* sys;
  using reply = int;
};
/// Wants a supervisor of its own, and does not know how.
class would_be_boss : public actor<supervise_here> {
 public:
  int on(const supervise_here& m) {
    supervise(*m.sys, "mine", one_for_one{});
    return 1;
  }
};

}  // namespace

TEST_CASE(
    "S1, S6: one_for_one restarts the failed child alone, in its cell, with what waited for it in order") {
  auto j = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  auto top = supervise(sys, "top", one_for_one{.intensity = 3}, noted("a", j, {}, g), noted("b", j));
  const cell_ptr before = sys.env().resolve("/user/top/a");
  ref<worker_actor> a{address_ptr{before}};
  CHECK(a.ask(ping{}, patience).get().value() == 1);
  a.tell(crash{});
  REQUIRE(j->wait_for("a crash"));
  for (int i = 0; i < 100; ++i) a.tell(say{i});
  g->open();
  CHECK(a.ask(ping{}, patience).get().value() == 1);  // a new object
  CHECK(a.incarnation() == 1);
  CHECK(sys.env().resolve("/user/top/a") == before);
  lines said;
  for (const auto& line : j->all())
    if (line.starts_with("a ") && line.find_first_of("0123456789") != std::string::npos) said.push_back(line);
  REQUIRE(said.size() == 100);
  for (int i = 0; i < 100; ++i) CHECK(said[static_cast<std::size_t>(i)] == "a " + std::to_string(i));
  CHECK(j->count("b made") == 1);
  CHECK(j->count("a made") == 2);
}

TEST_CASE("S2: permanent children come back always, transient ones after a failure, temporary ones never") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto top = supervise(sys, "top", one_for_one{.intensity = 10}, noted("p", j), noted("t", j).transient(),
                       noted("n", j).temporary(), noted("u", j).transient(), noted("m", j).temporary());
  for (const char* id : {"p", "t", "n"}) top.ref<crash>(id).tell(crash{});
  REQUIRE(j->wait_for("p start", 2));
  REQUIRE(j->wait_for("t start", 2));
  REQUIRE(j->wait_for("n stop"));
  for (const char* id : {"p", "u", "m"}) top.ref<quit>(id).tell(quit{});
  REQUIRE(j->wait_for("p start", 3));
  REQUIRE(j->wait_for("u stop"));
  REQUIRE(j->wait_for("m stop"));
  CHECK(top.ref<ping>("p").ask(ping{}, patience).get().value() == 1);
  CHECK(top.ref<ping>("u").ask(ping{}, patience).get().error().code == errc::stopped);
  CHECK(j->count("n start") == 1);
  CHECK(j->count("u start") == 1);
  CHECK(j->count("m start") == 1);
}

TEST_CASE(
    "S3: past its window an inner supervisor fails; its parent restarts it and its children are new cells") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  auto events = listen(sys);
  std::vector<child_spec> inner;
  inner.push_back(noted("a", j));
  inner.push_back(noted("b", j));
  auto top = supervise(sys, "top", one_for_one{.intensity = 1, .period = 60s},
                       child_supervisor("inner", one_for_one{.intensity = 1, .period = 60s}, inner));
  const cell_ptr before = sys.env().resolve("/user/top/inner/a");
  auto a = top.ref<worker_actor>("inner/a");
  a.tell(crash{});
  REQUIRE(j->wait_for("a start", 2));  // within the limit
  a.tell(crash{});
  REQUIRE(events->wait_for("escalated /user/top/inner"));
  REQUIRE(j->wait_for("b start", 2));
  CHECK(sys.env().resolve("/user/top/inner/a") != before);
  CHECK(top.ref<ping>("inner/b").ask(ping{}, patience).get().value() == 1);
  auto end = std::make_shared<journal>();
  note_end(sys.env().resolve("/user/top"), end);
  a.tell(crash{});
  REQUIRE(j->wait_for("a start", 4));
  a.tell(crash{});  // inner fails again: that is too much for top as well, and /user stops it
  CHECK(end->wait_for("gone /user/top failed"));
}

TEST_CASE("S4: a child that fails to start stops the earlier ones in reverse; the name can be used again") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  for (int i = 0; i < 50; ++i) {
    try {
      supervise(sys, "top", one_for_one{}, noted("a", j), noted("b", j), noted("c", j, number(1)));
      FAIL("started");
    } catch (const failed& e) {
      REQUIRE(e.why().code == errc::start_failed);
      REQUIRE(e.why().text.find("'c'") != std::string::npos);
    }
  }
  const lines all = j->all();
  CHECK(lines(all.begin(), all.begin() + 7) ==
        lines{"a made", "a start", "b made", "b start", "c made", "b stop", "a stop"});
  auto top = supervise(sys, "top", one_for_one{}, noted("a", j), noted("c", j, number(0)));
  CHECK(top.ref<ping>("c").ask(ping{}, patience).get().value() == 1);
}

TEST_CASE("S5: shutdown is in reverse; a child that overruns its time is reported, killed and detached") {
  auto j = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  auto events = listen(sys);
  auto top =
      supervise(sys, "top", one_for_one{}, noted("a", j), noted("b", j, {}, g).shutdown(20ms), noted("c", j));
  auto end = std::make_shared<journal>();
  note_end(sys.env().resolve("/user/top"), end);
  top.ref<crash>("b").tell(crash{});
  REQUIRE(j->wait_for("b crash"));
  top.stop();
  CHECK(end->wait_for("gone /user/top shutdown"));
  CHECK(events->count("shutdown_slow /user/top/b") == 1);
  CHECK(j->count("b stop") == 0);
  g->open();
  sys.shutdown();  // waits for its turn
  lines stops;
  for (const auto& line : j->all())
    if (line.ends_with(" stop")) stops.push_back(line);
  CHECK(stops == lines{"c stop", "a stop"});  // KI5: who is killed runs no on_stop
}

TEST_CASE(
    "S4: who supervises in an actor, which can't wait for the start, fails with a line that says what to "
    "do") {
  troupe::system sys{quiet()};
  auto events = listen(sys);
  const auto w = spawn<would_be_boss>(sys, "w");
  const error why = w.ask(supervise_here{&sys}, patience).get().error();
  CHECK(why.code == errc::handler_failed);
  CHECK(why.text ==
        "supervise 'mine' on a worker, where it can't wait for the start: inside an actor spawn children, or "
        "name it as child_supervisor in the spec of a supervisor");
  CHECK(events->wait_for("actor_failed /user/w"));
  CHECK_FALSE(sys.env().resolve("/user/mine"));
  supervise(sys, "mine", one_for_one{}).stop();
}

TEST_CASE("S2, S4: a temporary child that ends while its siblings start does not hold them up") {
  auto j = std::make_shared<journal>();
  troupe::system sys{quiet()};
  struct ends_at_once : actor<ping> {
    void on_start() { stop_self(); }
    int on(const ping&) { return 1; }
  };
  for (int i = 0; i < 100; ++i) {
    auto top = supervise(sys, "top" + std::to_string(i), one_for_one{}, child<ends_at_once>("x").temporary(),
                         noted("a", j), noted("b", j));
    REQUIRE(top.ref<ping>("b").ask(ping{}, patience).get().value() == 1);
  }
}

TEST_CASE("S9: a child whose restart keeps failing does not keep its supervisor from stopping") {
  auto j = std::make_shared<journal>();
  auto bad = number(0);
  troupe::system sys{quiet()};
  auto top = supervise(sys, "top", one_for_one{.intensity = 1'000'000'000}, noted("a", j, bad));
  auto end = std::make_shared<journal>();
  note_end(sys.env().resolve("/user/top"), end);
  bad->store(2'000'000'000);
  top.ref<crash>("a").tell(crash{});
  REQUIRE(j->wait_for("a made", 20));
  top.stop();
  CHECK(end->wait_for("gone /user/top shutdown"));
}

TEST_CASE(
    "AC3: a throw in mid-turn puts the turn's earlier requests back, in order; their askers see a delay") {
  auto j = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  auto fail_at = number(3);
  auto bad_ends = number(0);
  troupe::system sys{quiet()};
  auto top = supervise(sys, "top", one_for_one{.intensity = 3}, child<held>("h", j, g, fail_at, bad_ends));
  auto h = top.ref<held>("h");
  SUBCASE("in a handler") {}
  SUBCASE("in on_turn_end") {
    fail_at->store(-1);
    bad_ends->store(1);
  }
  const bool handler_fails = fail_at->load() == 3;
  auto first = h.ask(slow{}, patience);
  REQUIRE(j->wait_for("waits"));
  std::vector<future<int>> answers;
  for (int i = 1; i <= 4; ++i) answers.push_back(h.ask(write_it{i}, patience));
  g->open();
  CHECK(first.get().value() == 0);
  for (int i = 1; i <= 4; ++i) {
    const auto r = answers[static_cast<std::size_t>(i - 1)].get();
    if (handler_fails && i == 3)
      CHECK(r.error().code == errc::handler_failed);
    else
      CHECK(r.value() == i);
  }
  if (handler_fails)
    CHECK(j->all() ==
          lines{"waits", "write 1", "write 2", "write 3", "waits", "write 1", "write 2", "write 4"});
  else
    CHECK(j->all() == lines{"waits", "write 1", "write 2", "write 3", "write 4", "waits", "write 1",
                            "write 2", "write 3", "write 4"});
}

}  // namespace tree_supervise_test
