// A pool below a supervisor (PO7).
#include <doctest/doctest.h>

#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>
#include <troupe/tree/child_pool.hpp>

namespace tree_child_pool_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

struct where {
  using reply = std::string;
};
struct crash {};
struct note_it {
  int n = 0;
};
TROUPE_CONTRACT(note_it, "child_pool.note_it", 1, n)

/// Fails to start in the pool's seat `bad`.
class member : public actor<where, crash, note_it> {
 public:
  member(ref<note_it> to, std::string bad) : to_(std::move(to)), bad_(std::move(bad)) {}
  void on_start() {
    if (!bad_.empty() && path().ends_with(bad_)) throw std::runtime_error{"this seat is broken"};
  }
  std::string on(const where&) { return path(); }
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  void on(const note_it& m) { to_.tell(m); }

 private:
  ref<note_it> to_;
  std::string bad_;
};

struct stage {
  test_system sys{for_doctest({.time = time_kind::manual})};
  probe<note_it> p{sys};

  stage() { sys.keep("/user/top"); }
  supervision top(pool_options options, std::string bad = {}) {
    sys.keep("/user/top/*");
    sys.keep("/user/top/pool/*");
    return supervise(
        sys, "top", one_for_one{.intensity = 2, .period = 1h},
        child_pool<member>("pool", options, round_robin{}, ref<note_it>{p.ref()}, std::move(bad)));
  }
  std::string ask(const ref<member>& r) { return sys.expect_reply(r.ask(where{}, 1h)); }
};

}  // namespace

TEST_CASE("PO7: a supervisor owns a pool: members take turns behind the pool's named ref, and stop with it") {
  stage s;
  auto top = s.top({.size = 2});
  const auto pool = top.ref<member>("pool");
  CHECK(s.ask(pool) == "/user/top/pool/1");
  CHECK(s.ask(pool) == "/user/top/pool/2");
  CHECK(s.ask(pool) == "/user/top/pool/1");
  top.stop();
  s.sys.settle();
  s.sys.expect_error(pool.ask(where{}, 1h), errc::stopped);
}

TEST_CASE(
    "PO7, S4: a member that fails to start fails the start of the pool, and the error names all three") {
  stage s;
  std::string text;
  try {
    s.top({.size = 3}, "/2");
  } catch (const failed& e) {
    text = to_string(e.why());
  }
  CHECK(text.find("child 'pool' failed to start: member 2 failed to start: this seat is broken") !=
        std::string::npos);
}

TEST_CASE(
    "PO7, S3: a pool that has used up its restarts is restarted by its supervisor, and its named ref and "
    "mailbox stay") {
  stage s;
  auto top = s.top({.size = 2, .restarts_max = 1, .restart_period = 1h});
  const auto pool = top.ref<member>("pool");
  const auto before = ref_to<member>(s.sys.env(), "/user/top/pool/1").address()->here();
  for (int i = 0; i < 2; ++i) pool.tell(crash{});
  for (int i = 1; i <= 4; ++i) pool.tell(note_it{i});
  s.sys.settle();
  CHECK(pool.address()->here()->incarnation() == 1);
  const auto now = ref_to<member>(s.sys.env(), "/user/top/pool/1").address()->here();
  REQUIRE(now);
  CHECK(now->number() > before->number());
  // What the pool had handed to members before it failed went with them; what waited in its own mailbox did not.
  CHECK(s.ask(pool).starts_with("/user/top/pool/"));
  // And its limit begins anew.
  pool.tell(crash{});
  s.sys.settle();
  CHECK(pool.address()->here()->incarnation() == 1);
}

TEST_CASE("PO7: a message that waits in the mailbox of a failed pool is handled by the members of the next") {
  stage s;
  auto top = s.top({.size = 1, .restarts_max = 0});
  const auto pool = top.ref<member>("pool");
  const auto cell_itself = pool.address()->here();
  cell_itself->run_inside([&](cell& c) {
    c.fail({errc::io, "as if its members had"}, nullptr);
    pool.tell(note_it{5});
  });
  s.sys.settle();
  CHECK(cell_itself->incarnation() == 1);
  s.p.expect_message(note_it{5});
}

TEST_CASE("PO7: resize, size and broadcast work by the named ref") {
  stage s;
  auto top = s.top({.size = 2});
  const router_pool<member> pool{top.ref<member>("pool")};
  CHECK(pool.size() == 2);
  pool.resize(3);
  s.sys.settle();
  CHECK(pool.size() == 3);
  pool.broadcast(note_it{1});
  CHECK(s.p.receive_n<note_it>(3).size() == 3);
  pool.resize(1);
  s.sys.settle();
  CHECK(pool.size() == 1);
  top.stop();
  s.sys.settle();
  CHECK(pool.size() == 0);
  CHECK_THROWS_WITH(pool.resize(2), "not_found: pool /user/top/pool: there is none in this process");
  pool.broadcast(note_it{2});
  s.sys.expect_dead_letter<note_it>("/user/top/pool");
}

TEST_CASE("PO7: what is no pool can't be resized, and says so") {
  stage s;
  const auto m = s.sys.spawn<member>("single", ref<note_it>{s.p.ref()}, std::string{});
  router_pool<member>{m}.resize(3);
  s.sys.expect_log(log_level::error, "it is no pool");
  router_pool<member>{m}.broadcast(note_it{1});
  s.sys.expect_dead_letter<note_it>("/user/single");
}

TEST_CASE("PO7: options of a pool below a supervisor that make no sense are one error that names it") {
  const auto text = [](pool_options o) {
    try {
      static_cast<void>(child_pool<member>("pool", o, round_robin{}, ref<note_it>{}, std::string{}));
    } catch (const failed& e) {
      return e.why().text;
    }
    return std::string{"nothing was thrown"};
  };
  CHECK(text({.name = "x"}) ==
        "pool 'pool': a supervisor's child is named by its id, so options.name ('x') must be empty");
  CHECK(text({.size = 0}) == "pool 'pool': a pool has 1 to 10000 members, not 0");
}

TEST_CASE("PO7: a setting of the strategy that makes no sense is an error of the pool's start") {
  stage s;
  std::string text;
  try {
    supervise(s.sys, "top2", one_for_one{},
              child_pool<member>("pool", {}, tail_chopping{0s}, ref<note_it>{s.p.ref()}, std::string{}));
  } catch (const failed& e) {
    text = e.why().text;
  }
  CHECK(text.find("child 'pool' failed to start: tail_chopping: interval must be more than 0") !=
        std::string::npos);
}

}  // namespace tree_child_pool_test
