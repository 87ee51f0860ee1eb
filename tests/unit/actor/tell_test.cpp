// What a tell may cost its sender: no wait, and no exception for what only others can know; and how often it is run: once at most (M2).
#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <stdexcept>
#include <troupe/cell/interceptor.hpp>
#include <troupe/tree/supervise.hpp>
#include <vector>

#include "unit/cell/world.hpp"

namespace actor_tell_test {

using namespace troupe;
using namespace life;

namespace {

struct say {
  int n = 0;
};
struct hold_up {};
struct crash {};
struct count {
  using reply = int;
};

/// Stays at a gate when it is told to, and fails at numbers that can be divided by seven.
class listener : public actor<say, hold_up, crash, count> {
 public:
  listener(journal_ptr to, gate_ptr g) : to_(std::move(to)), gate_(std::move(g)) {}
  void on(const say& m) {
    to_->note(std::to_string(m.n));
    if (m.n % 7 == 0) throw std::runtime_error{"seven"};
  }
  void on(const hold_up&) {
    to_->note("holds");
    gate_->pass();
  }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  int on(const count&) { return 1; }

 private:
  journal_ptr to_;
  gate_ptr gate_;
};

/// Tells everybody in one handler, and says whether it got to its end.
struct tell_all {
  std::vector<ref<say>> whom;
  using reply = std::string;
};
class speaker : public actor<tell_all> {
 public:
  std::string on(const tell_all& m) {
    for (const auto& to : m.whom) to.tell(say{1});
    return "told " + std::to_string(m.whom.size());
  }
};

/// Lets nothing of the class `say` through, and not gently.
class bouncer final : public interceptor {
 public:
  std::optional<error> before_send(const message_view& m) override {
    if (&m.type() == &message_type_of<say>) throw std::runtime_error{"not in here"};
    return {};
  }
};

/// Can't be copied without trouble, which is the sender's own.
struct stubborn {
  stubborn() = default;
  stubborn(const stubborn&) { throw std::runtime_error{"I won't be copied"}; }
  stubborn(stubborn&&) noexcept {}
};
class patient : public actor<stubborn, count> {
 public:
  void on(const stubborn&) { ++came_; }
  int on(const count&) { return came_; }

 private:
  int came_ = 0;
};

/// Opens its gate at the end, however that comes.
struct world {
  journal_ptr j = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  struct at_end {
    gate_ptr g;
    ~at_end() { g->open(); }
  } last{g};

  ref<listener> held(std::string name, mailbox_choice mailbox) {
    const auto before = j->count("holds");
    auto a = spawn<listener>(
        sys, spawn_options{.name = std::move(name), .dispatcher = "blocking", .mailbox = mailbox}, j, g);
    a.tell(hold_up{});
    REQUIRE(j->wait_for("holds", before + 1));
    return a;
  }
};

}  // namespace

TEST_CASE("M2: a tell returns while its recipient does not: however many wait there, nobody waits for them") {
  world w;
  const auto a = w.held("a", unbounded());
  for (int i = 1; i <= 5'000; ++i) a.tell(say{7 * i + 1});
  CHECK(w.j->all() == lines{"holds"});  // this thread is here, and the handler where it was
  w.g->open();
  CHECK(w.j->wait_for(std::to_string(7 * 5'000 + 1)));
}

TEST_CASE("M2: a tell never throws for what its sender can't see: who is gone, full, failing, or not there") {
  world w;
  const auto dead = [&] { return w.sys.events().count(event_kind::dead_letter); };
  const auto stopped = spawn<listener>(w.sys, "stopped", w.j, w.g);
  REQUIRE(stop_and_wait(stopped));
  const auto rejects = w.held("rejects", bounded(1));
  const auto pushes_back = w.held("pushes_back", bounded(1, overflow::push_back));
  const auto drops = w.held("drops", bounded(1, overflow::drop_oldest));
  for (const auto& full : {rejects, pushes_back, drops}) full.tell(say{2});
  const auto events = listen(w.sys);
  auto top = supervise(w.sys, "top", one_for_one{.intensity = 3},
                       child<listener>("failed", w.j, w.g).backoff({.min = 1h, .max = 1h}));
  const auto failed_one = top.ref<listener>("failed");
  failed_one.tell(crash{});
  REQUIRE(events->wait_for("dead_letter /user/top/failed"));  // what it failed on
  const auto nobody = ref_to<listener>(w.sys.env(), "/user/nobody");

  const std::vector<ref<say>> whom{stopped, rejects, pushes_back, drops, failed_one, nobody, ref<listener>{}};
  const auto before = dead();
  for (const auto& to : whom) CHECK_NOTHROW(to.tell(say{1}));
  CHECK(dead() - before == 5);  // each but who waits for its restart, who keeps it, and nobody at all (RF4)
  const auto speaks = spawn<speaker>(w.sys, "speaks");
  CHECK(speaks.ask(tell_all{whom}, patience).get().value() == "told 7");
  CHECK(dead() - before == 10);
  CHECK(cell_of(speaks)->status() == cell_status::running);
}

TEST_CASE("M2, IC3: nor for an interceptor that throws") {
  auto o = quiet();
  o.interceptors.push_back(std::make_shared<bouncer>());
  const auto j = std::make_shared<journal>();
  const auto g = std::make_shared<gate>();
  troupe::system sys{o};
  const auto a = spawn<listener>(sys, "a", j, g);
  CHECK_NOTHROW(a.tell(say{1}));
  CHECK(spawn<speaker>(sys, "speaks").ask(tell_all{{a, a}}, patience).get().value() == "told 2");
  CHECK(a.ask(count{}, patience).get().value() == 1);
  CHECK(j->all().empty());
  CHECK(sys.events().count(event_kind::dead_letter) == 3);
}

TEST_CASE("M2: nor when the system has gone down, whose refs outlive it") {
  const auto j = std::make_shared<journal>();
  const auto g = std::make_shared<gate>();
  std::optional<troupe::system> sys{std::in_place, quiet()};
  const ref<say> exact = spawn<listener>(*sys, "a", j, g);
  const ref<say> named = ref_to<listener>(sys->env(), "/user/a");
  sys->shutdown();
  CHECK_NOTHROW(exact.tell(say{1}));
  CHECK_NOTHROW(named.tell(say{1}));
  sys.reset();
  CHECK_NOTHROW(exact.tell(say{1}));
  CHECK_NOTHROW(named.tell(say{1}));
  CHECK(j->all().empty());
}

TEST_CASE("M2: what its sender can see it is told: a message that throws while it is copied was not sent") {
  troupe::system sys{quiet()};
  const auto a = spawn<patient>(sys, "a");
  const stubborn mine;
  CHECK_THROWS_WITH(a.tell(mine), "I won't be copied");
  a.tell(stubborn{});
  CHECK(a.ask(count{}, patience).get().value() == 1);
}

TEST_CASE("M2: a message is run once at most, also by an actor that fails on some and is restarted") {
  world w;
  auto top = supervise(w.sys, "top", one_for_one{.intensity = 1'000}, child<listener>("a", w.j, w.g));
  const auto a = top.ref<listener>("a");
  constexpr int numbers = 700;
  for (int n = 1; n <= numbers; ++n) a.tell(say{n});
  CHECK(a.ask(count{}, patience).get().value() == 1);
  std::map<std::string, int> times;
  for (const auto& line : w.j->all()) ++times[line];
  CHECK(times.size() == numbers);
  for (const auto& [line, n] : times) CHECK_MESSAGE(n == 1, line);
  CHECK(a.incarnation() == numbers / 7);
}

}  // namespace actor_tell_test
