// Asks that go to several members, step by step in manual time (RO4, GA1, GA2).
#include <doctest/doctest.h>

#include <map>
#include <troupe/cell/context.hpp>
#include <troupe/pattern/group.hpp>
#include <troupe/pattern/pool.hpp>
#include <troupe/ref/find.hpp>
#include <troupe/testkit/doctest.hpp>

namespace pattern_gathering_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

struct question {
  using reply = std::string;
};
/// Can be copied so often.
struct scarce {
  std::shared_ptr<int> copies = std::make_shared<int>(0);
  scarce() = default;
  explicit scarce(int n) : copies(std::make_shared<int>(n)) {}
  scarce(scarce&&) = default;
  scarce(const scarce& other) : copies(other.copies) {
    if ((*copies)-- == 0) throw std::runtime_error{"no more copies"};
  }
  scarce& operator=(const scarce&) = delete;
};
/// Not in the protocol.
struct stranger {};
struct go {};

/// What the members do, in the order in which they are asked, whoever it is.
enum class way { holds, fails, answers };
struct script {
  std::vector<way> ways;
  std::vector<std::string> asked;
  std::vector<time_point> deadlines;
  std::vector<promise<std::string>> owed;
  int scarce_ones = 0;
};
using script_ptr = std::shared_ptr<script>;

class member : public actor<question, scarce> {
 public:
  explicit member(script_ptr s) : s_(std::move(s)) {}
  promise<std::string> on(const question&) {
    const std::size_t n = s_->asked.size();
    s_->asked.push_back(path());
    s_->deadlines.push_back(turn_context::current().deadline);
    const auto owed = answer_later<std::string>();
    s_->owed.push_back(owed);
    const way w = n < s_->ways.size() ? s_->ways[n] : way::holds;
    if (w == way::fails) owed.fail({errc::not_found, "not at " + std::to_string(n)});
    if (w == way::answers) owed.reply("answer " + std::to_string(n));
    return owed;
  }
  void on(const scarce&) { ++s_->scarce_ones; }

 private:
  script_ptr s_;
};

class asker : public actor<go> {
 public:
  explicit asker(ref<question> to) : to_(std::move(to)) {}
  task<void> on(go) { static_cast<void>(co_await ask<question>(to_, 1h)); }

 private:
  ref<question> to_;
};

test_options one_worker() {
  test_options o = for_doctest({.time = time_kind::manual});
  o.system.workers = 1;  // members share the script
  return o;
}

struct stage {
  script_ptr s = std::make_shared<script>();
  test_system sys{one_worker()};

  explicit stage(std::vector<way> ways = {}) { s->ways = std::move(ways); }
  template <class How>
  router_group<member> group(int n, How how) {
    std::vector<ref<member>> all;
    for (int i = 0; i < n; ++i) all.push_back(sys.spawn<member>("m" + std::to_string(i), s));
    sys.keep("/user/group");
    return spawn_group(sys, {.name = "group"}, how, all);
  }
  std::size_t asked() {
    sys.settle();
    return s->asked.size();
  }
};

}  // namespace

TEST_CASE("RO4: when only one member was asked its error is the answer as it is") {
  stage t{{way::fails}};
  CHECK(t.sys.expect_error(t.group(3, scatter_gather{.members = 1}).ask(question{}, 5s), errc::not_found)
            .text == "not at 0");
}

TEST_CASE("GA1: scatter_gather waits for the last when all others have failed, and drops what comes later") {
  stage t{{way::fails, way::fails}};
  auto answer = t.group(3, scatter_gather{}).ask(question{}, 5s);
  REQUIRE(t.asked() == 3);
  CHECK(t.s->owed[2].reply("late but good"));
  CHECK(t.sys.expect_reply(std::move(answer)) == "late but good");
}

TEST_CASE("M6: each member that is asked has the asker's deadline") {
  stage t;
  auto answer = t.group(3, scatter_gather{}).ask(question{}, 5s);
  REQUIRE(t.asked() == 3);
  for (const time_point d : t.s->deadlines) {
    CHECK(d >= t.sys.now() + 5s);
    CHECK(d <= t.sys.now() + 6s);
  }
  t.sys.advance(6s);
  t.sys.expect_error(std::move(answer), errc::timeout);
}

TEST_CASE("GA1: tail_chopping still takes the answer of one that was not waited for") {
  stage t{{way::holds, way::fails}};
  auto answer = t.group(2, tail_chopping{1s}).ask(question{}, 1h);
  CHECK(t.asked() == 1);
  t.sys.advance(1s);
  REQUIRE(t.asked() == 2);
  CHECK(t.s->asked[0] != t.s->asked[1]);
  CHECK(t.s->owed[0].reply("the first"));
  CHECK(t.sys.expect_reply(std::move(answer)) == "the first");
}

TEST_CASE(
    "GA1: an answer ends tail_chopping: nobody else is asked, and a failure that comes later changes "
    "nothing") {
  stage t{{way::holds, way::holds}};
  auto answer = t.group(4, tail_chopping{1s}).ask(question{}, 1h);
  CHECK(t.asked() == 1);
  t.sys.advance(1s);
  REQUIRE(t.asked() == 2);
  CHECK(t.s->owed[1].reply("the second"));
  CHECK(t.sys.expect_reply(std::move(answer)) == "the second");
  t.s->owed[0].fail({errc::io, "too late"});
  t.sys.advance(1min);
  CHECK(t.asked() == 2);
}

TEST_CASE("GA1: tail_chopping asks nobody for an asker that has given up") {
  stage t;
  const auto group = t.group(3, tail_chopping{1s});
  const auto a = t.sys.spawn<asker>("asker", ref<question>{group});
  a.tell(go{});
  CHECK(t.asked() == 1);
  stop(a);
  t.sys.advance(1min);
  CHECK(t.asked() == 1);
}

TEST_CASE("tail_chopping: as many members are asked as the deadline has intervals, each once") {
  stage t;
  auto answer = t.group(5, tail_chopping{1s}).ask(question{}, 2500ms);
  for (std::size_t n = 1; n <= 3; ++n) {
    CHECK(t.asked() == n);
    t.sys.advance(n < 3 ? 1s : 400ms);
  }
  CHECK(t.asked() == 3);
  t.sys.advance(1s);
  t.sys.expect_error(std::move(answer), errc::timeout);
  CHECK(std::map<std::string, int>{{t.s->asked[0], 1}, {t.s->asked[1], 1}, {t.s->asked[2], 1}}.size() == 3);
}

TEST_CASE("tail_chopping: who is asked first is drawn") {
  stage t;
  const auto group = t.group(3, tail_chopping{1s});
  for (int i = 0; i < 100; ++i) group.tell(question{});
  CHECK(t.asked() == 100);
  std::map<std::string, int> of;
  for (const auto& path : t.s->asked) ++of[path];
  CHECK(of.size() == 3);
  for (const auto& [path, n] : of) CHECK(n > 10);
}

TEST_CASE(
    "a message that a router can't copy, because its protocol has it not, is a dead letter that says so") {
  stage t;
  const auto group = t.group(2, scatter_gather{});
  const ref<stranger> wrong{group.address()};
  t.sys.expect_error(wrong.ask(stranger{}, 5s), errc::not_understood);
  CHECK(t.sys.expect_dead_letter<stranger>("/user/group").reason == "not_understood");
  // One member needs no copy: it judges itself.
  const auto one =
      spawn_group(t.sys, {.name = "one"}, scatter_gather{}, std::vector{find<member>(t.sys, "/user/m0")});
  t.sys.keep("/user/one");
  ref<stranger>{one.address()}.tell(stranger{});
  CHECK(t.sys.expect_dead_letter<stranger>("/user/m0").reason == "not_understood");
}

TEST_CASE("a message whose copy throws reaches none of the members, is a dead letter, and the log says why") {
  stage t;
  const auto group = t.group(3, scatter_gather{});
  group.tell(scarce{2});
  t.sys.settle();
  CHECK(t.s->scarce_ones == 3);
  t.sys.expect_error(group.ask(scarce{1}, 5s), errc::invalid);
  CHECK(t.sys.expect_dead_letter<scarce>("/user/group").reason == "invalid");
  t.sys.expect_log(
      log_level::error,
      "a message for several members can't be copied: invalid: std::runtime_error: no more copies");
  CHECK(t.s->scarce_ones == 3);
}

}  // namespace pattern_gathering_test
