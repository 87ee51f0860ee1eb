// Messages that are put back and fail each time (S7, S3, S9): the limit, or the waits, end that.
#include <doctest/doctest.h>

#include <troupe/pattern/pool.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace tree_put_back_test {

using namespace troupe;
using namespace std::chrono_literals;
using life::journal;
using life::journal_ptr;

namespace {

struct letter {
  int number = 0;
  using reply = int;
};

/// Fails on letter 2, each time.
class printer : public actor<letter> {
 public:
  explicit printer(journal_ptr to) : to_(std::move(to)) {}
  int on(const letter& m) {
    to_->note("tries " + std::to_string(m.number));
    if (m.number == 2) throw std::runtime_error{"it jams"};
    return m.number;
  }

 private:
  const journal_ptr to_;
};

struct stage {
  journal_ptr j = std::make_shared<journal>(), ended = std::make_shared<journal>();
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual, .leftovers = false})};

  supervision office(one_for_one how, child_builder one) {
    auto top = supervise(sys, "top", std::move(how), std::move(one));
    top.when_ended([to = ended](const exit_reason& why) { to->note(to_string(why)); });
    return top;
  }
};

}  // namespace

TEST_CASE("S7, S3: each time that a message is put back counts, so one that always fails uses the limit up") {
  stage s;
  const auto top =
      s.office({.intensity = 3, .period = 10s}, child<printer>("p", s.j).poison(poison_policy::put_back()));
  const auto to = top.ref<printer>("p");
  CHECK(s.sys.expect_reply(to.ask(letter{1}, 1h)) == 1);
  auto second = to.ask(letter{2}, 1h), third = to.ask(letter{3}, 1h);
  s.sys.settle();
  CHECK(s.j->count("tries 2") == 4);
  CHECK(s.j->count("tries 3") == 0);
  CHECK(second.get().error().code == errc::stopped);
  CHECK(third.get().error().code == errc::stopped);
  REQUIRE(s.ended->all().size() == 1);
  CHECK(s.ended->all()[0].find("too many restarts: 4 of 3 restarts in 10000 ms") != std::string::npos);
}

TEST_CASE("S7, S3: the so many retries of one message count once, and it is given up after them") {
  stage s;
  const auto top =
      s.office({.intensity = 1, .period = 10s}, child<printer>("p", s.j).poison(poison_policy::retry(5)));
  const auto to = top.ref<printer>("p");
  auto second = to.ask(letter{2}, 1h), third = to.ask(letter{3}, 1h);
  s.sys.settle();
  CHECK(s.j->count("tries 2") == 6);
  CHECK(second.get().error().code == errc::handler_failed);
  CHECK(third.get().value() == 3);
  CHECK(s.ended->all().empty());
}

TEST_CASE("S9: what is put back waits as its child's backoff says, and is tried no more often") {
  stage s;
  const auto top = s.office({.intensity = 0}, child<printer>("p", s.j)
                                                  .poison(poison_policy::put_back())
                                                  .backoff({.min = 1s, .max = 4s, .jitter = 0.0}));
  auto second = top.ref<printer>("p").ask(letter{2}, 1h);
  s.sys.settle();
  CHECK(s.j->count("tries 2") == 1);
  s.sys.advance(1s);
  CHECK(s.j->count("tries 2") == 2);
  s.sys.advance(2s);
  CHECK(s.j->count("tries 2") == 3);
  s.sys.advance(12s);
  CHECK(s.j->count("tries 2") == 6);
  CHECK(s.ended->all().empty());
}

TEST_CASE("S7, PO2: what a member of a pool has put back counts against the pool's restarts") {
  stage s;
  const auto any = spawn_pool<printer>(
      s.sys, {.name = "any", .size = 1, .member = {.poison = poison_policy::put_back()}, .restarts_max = 3},
      round_robin{}, s.j);
  auto second = any.ask(letter{2}, 1h);
  s.sys.settle();
  CHECK(s.j->count("tries 2") == 4);
  CHECK(second.get().error().code == errc::stopped);
}

}  // namespace tree_put_back_test
