// What becomes of a pool's members that end (PO2, PO6), in manual time; and `broadcast` (PO5).
#include <doctest/doctest.h>

#include <troupe/pattern/group.hpp>
#include <troupe/pattern/pool.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>

namespace pattern_pool_restart_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

struct note {
  std::string from;
  int number = 0;
};
TROUPE_CONTRACT(note, "pool_restart.note", 1, from, number)

struct say {
  int number = 0;
};
/// Fails, and says so before.
struct crash {};
struct leave {};

/// May not be made: what it is made of can't be copied any more.
struct ticket {
  std::shared_ptr<bool> void_now = std::make_shared<bool>(false);
  ticket() = default;
  ticket(const ticket& other) : void_now(other.void_now) {
    if (*void_now) throw std::runtime_error{"the ticket is void"};
  }
  ticket& operator=(const ticket&) = delete;
};

class member : public actor<say, crash, leave> {
 public:
  explicit member(ref<note> to, const ticket& t = {}) : to_(std::move(to)), void_now_(t.void_now) {}
  void on_start() {
    if (*void_now_) throw std::runtime_error{"no ticket"};
    to_.tell(note{path() + " starts"});
  }
  void on(const say& m) { to_.tell(note{path(), m.number}); }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  void on(const leave&) { stop_self(); }

 private:
  ref<note> to_;
  std::shared_ptr<bool> void_now_;
};

struct stage {
  test_system sys{for_doctest({.time = time_kind::manual})};
  probe<note> p{sys}, ends{sys};
  ticket t;

  stage() {
    sys.keep("/user/pool");
    sys.keep("/user/pool/*");
  }
  router_pool<member> pool(pool_options options) {
    options.name = "pool";
    auto made = spawn_pool<member>(sys, options, round_robin{}, ref<note>{p.ref()}, t);
    sys.settle();
    static_cast<void>(notes());
    return made;
  }
  ref<member> one(int n) { return ref_to<member>(sys.env(), "/user/pool/" + std::to_string(n)); }
  /// What has come, by itself: a settled system sends no more.
  std::vector<std::string> notes() {
    sys.settle();
    std::vector<std::string> out;
    for (auto n = p.queued(); n > 0; --n) {
      const auto m = p.expect<note>();
      out.push_back(m.from + (m.number ? " " + std::to_string(m.number) : ""));
    }
    return out;
  }
};

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE(
    "PO2: a transient member that stops is not replaced, one that fails is restarted; the pool stops with "
    "the last") {
  stage s;
  const auto pool = s.pool({.size = 2, .restart = restart_type::transient});
  s.ends.watch(pool);
  s.one(1).tell(crash{});
  CHECK(s.notes() == lines{"/user/pool/1 starts"});
  s.one(1).tell(leave{});
  s.sys.settle();
  CHECK(pool.size() == 1);
  for (int i = 1; i <= 3; ++i) pool.tell(say{i});
  CHECK(s.notes() == lines{"/user/pool/2 1", "/user/pool/2 2", "/user/pool/2 3"});
  s.one(2).tell(leave{});
  CHECK(s.ends.expect_terminated(pool).kind == exit_kind::normal);
}

TEST_CASE("PO2: a temporary member that fails goes; what comes meanwhile goes to the others") {
  stage s;
  const auto pool = s.pool({.size = 3, .restart = restart_type::temporary, .restarts_max = 0});
  s.one(2).tell(crash{});
  s.sys.settle();
  CHECK(pool.size() == 2);
  for (int i = 1; i <= 4; ++i) pool.tell(say{i});
  for (const auto& line : s.notes()) CHECK_FALSE(line.starts_with("/user/pool/2"));
  pool.resize(3);  // takes the free number
  CHECK(s.notes() == lines{"/user/pool/2 starts"});
  CHECK(pool.size() == 3);
}

TEST_CASE("PO2: restarts count while they are at most the period old, and one too many fails the pool") {
  stage s;
  const auto pool = s.pool({.size = 2, .restarts_max = 2, .restart_period = 10s});
  s.ends.watch(pool);
  s.one(1).tell(crash{});
  s.one(2).tell(leave{});
  s.sys.settle();
  s.sys.advance(10s + 1ms);
  s.one(1).tell(crash{});
  s.one(2).tell(crash{});
  s.sys.settle();
  CHECK(pool.size() == 2);
  s.sys.advance(10s);
  s.one(1).tell(crash{});
  s.sys.settle();
  CHECK(pool.size() == 0);
  const auto end = s.ends.expect_terminated(pool);
  CHECK(end.kind == exit_kind::failed);
  CHECK(end.why.text.starts_with("too many of its members failed; the last: handler_failed at /user/pool/1"));
}

TEST_CASE("PO2: retries of one poison message count once (S7)") {
  stage s;
  const auto pool = s.pool({.size = 1, .member = {.poison = poison_policy::retry(3)}, .restarts_max = 1});
  s.one(1).tell(crash{});
  CHECK(s.notes().size() == 4);  // its starts: three retries, and then the message is dropped
  s.one(1).tell(say{7});
  CHECK(s.notes() == lines{"/user/pool/1 7"});
}

TEST_CASE("PO2: a member that can't be made again fails the pool, with its name") {
  stage s;
  const auto pool = s.pool({.size = 2});
  s.ends.watch(pool);
  *s.t.void_now = true;
  s.one(2).tell(leave{});
  s.sys.settle();
  CHECK(s.ends.expect_terminated(pool).why.text.find("member 2 can't be made: the ticket is void") !=
        std::string::npos);
}

TEST_CASE("PO2: a pool that can't grow for want of a member fails, and does not stay as it is unsaid") {
  stage s;
  const auto pool = s.pool({.size = 1});
  s.ends.watch(pool);
  *s.t.void_now = true;
  pool.resize(2);
  s.sys.settle();
  CHECK(s.ends.expect_terminated(pool).kind == exit_kind::failed);
}

TEST_CASE(
    "PO6: a member that failed waits longer each time, keeps its mailbox and its place, and begins anew "
    "after a quiet time") {
  stage s;
  const auto pool =
      s.pool({.size = 2, .backoff = backoff_settings{.min = 1s, .max = 4s, .jitter = 0, .reset_after = 60s}});
  s.one(1).tell(crash{});
  s.sys.settle();
  for (int i = 1; i <= 4; ++i) pool.tell(say{i});
  CHECK(s.notes() == lines{"/user/pool/2 2", "/user/pool/2 4"});
  CHECK(pool.size() == 2);
  s.sys.advance(999ms);
  CHECK(s.notes().empty());
  s.sys.advance(1ms);
  CHECK(s.notes() == lines{"/user/pool/1 starts", "/user/pool/1 1", "/user/pool/1 3"});
  s.one(1).tell(crash{});
  s.one(2).tell(crash{});  // by itself: its first wait
  s.sys.advance(1s);
  CHECK(s.notes() == lines{"/user/pool/2 starts"});
  s.sys.advance(1s);
  CHECK(s.notes() == lines{"/user/pool/1 starts"});
  s.sys.advance(60s);
  s.one(1).tell(crash{});
  s.sys.advance(1s);
  CHECK(s.notes() == lines{"/user/pool/1 starts"});
}

TEST_CASE("PO6: a member that stopped gets nothing until it has been replaced, after its wait") {
  stage s;
  const auto pool = s.pool({.size = 2, .backoff = backoff_settings{.min = 1s, .max = 4s, .jitter = 0}});
  s.one(1).tell(leave{});
  s.sys.settle();
  CHECK(pool.size() == 1);
  for (int i = 1; i <= 2; ++i) pool.tell(say{i});
  CHECK(s.notes() == lines{"/user/pool/2 1", "/user/pool/2 2"});
  s.sys.advance(1s);
  CHECK(s.notes() == lines{"/user/pool/1 starts"});
  CHECK(pool.size() == 2);
}

TEST_CASE("PO6: who is not wanted any more is not put back when its wait is over") {
  stage s;
  const auto pool = s.pool({.size = 2, .backoff = backoff_settings{.min = 1s, .max = 4s, .jitter = 0}});
  s.one(2).tell(leave{});
  s.sys.settle();
  pool.resize(1);
  s.sys.advance(1min);
  CHECK(s.notes().empty());
  CHECK(pool.size() == 1);
  pool.resize(2);
  CHECK(s.notes() == lines{"/user/pool/2 starts"});
}

TEST_CASE("PO3, PO6: a member that failed and is not wanted any more still finishes what it was sent") {
  stage s;
  const auto pool = s.pool({.size = 2, .backoff = backoff_settings{.min = 1s, .max = 4s, .jitter = 0}});
  s.one(2).tell(crash{});
  s.one(2).tell(say{5});
  s.sys.settle();
  pool.resize(1);
  s.sys.advance(1s);
  CHECK(s.notes() == lines{"/user/pool/2 starts", "/user/pool/2 5"});
  CHECK_FALSE(s.one(2).address()->here());
}

TEST_CASE("PO6: the wait of a member that has gone is not that of the next on its seat") {
  stage s;
  const auto pool = s.pool({.size = 2, .backoff = backoff_settings{.min = 1s, .max = 4s, .jitter = 0}});
  s.one(2).tell(crash{});
  s.sys.settle();
  pool.resize(1);
  stop(s.one(2));
  s.sys.settle();
  pool.resize(2);
  CHECK(s.notes() == lines{"/user/pool/2 starts"});
  s.sys.advance(1min);
  CHECK(s.notes().empty());
  CHECK(s.one(2).incarnation() == 0);
}

TEST_CASE("PO6: a stop does not wait for the waits of its members") {
  stage s;
  const auto pool = s.pool({.size = 2, .backoff = backoff_settings{.min = 1h, .max = 2h, .jitter = 0}});
  s.ends.watch(pool);
  s.one(1).tell(crash{});
  s.one(2).tell(leave{});
  s.sys.settle();
  stop(pool);
  CHECK(s.ends.expect_terminated(pool).kind == exit_kind::shutdown);
}

TEST_CASE("PO5: broadcast reaches each member once, whatever the strategy; with none it is a dead letter") {
  stage s;
  const auto pool = s.pool({.size = 3});
  pool.broadcast(say{1});
  auto all = s.notes();
  std::sort(all.begin(), all.end());
  CHECK(all == lines{"/user/pool/1 1", "/user/pool/2 1", "/user/pool/3 1"});
  s.sys.keep("/user/group");
  const auto group = spawn_group(s.sys, {.name = "group"}, round_robin{}, std::vector{s.one(1), s.one(2)});
  group.broadcast(say{2});
  CHECK(s.notes().size() == 2);
  const auto empty = spawn_group(s.sys, {.name = "group2"}, round_robin{}, std::vector<ref<member>>{});
  s.sys.keep("/user/group2");
  empty.broadcast(say{3});
  s.sys.expect_dead_letter<say>("/user/group2");
}

TEST_CASE("pool options that make no sense are one error that names the pool and the option") {
  stage s;
  const auto text = [&](pool_options o) {
    o.name = "p";
    try {
      spawn_pool<member>(s.sys, o, round_robin{}, ref<note>{s.p.ref()});
    } catch (const failed& e) {
      return e.why().text;
    }
    return std::string{"nothing was thrown"};
  };
  CHECK(text({.restart_period = 0s}) == "pool 'p': restart_period must be more than 0");
  CHECK(text({.backoff = backoff_settings{.min = 0s}}) == "pool 'p': backoff: min must be more than 0");
  CHECK(text({.member = {.name = "m"}}) ==
        "pool 'p': members are named by their numbers, so member.name ('m') must be empty");
  CHECK(text({.size = 10'001}) == "pool 'p': a pool has 1 to 10000 members, not 10001");
  CHECK_THROWS_WITH(s.pool({}).resize(0), "invalid: pool /user/pool: a pool has 1 to 10000 members, not 0");
}

}  // namespace pattern_pool_restart_test
