// Refs as values: comparison, order, hash, printing, narrowing, what they keep alive, and refs by path (RF1-RF5, FD1, FD2, L5).
#include <doctest/doctest.h>

#include <set>
#include <sstream>
#include <troupe/pattern/pool.hpp>
#include <troupe/ref/find.hpp>
#include <troupe/testkit/probe.hpp>
#include <troupe/testkit/test_system.hpp>
#include <troupe/tree/supervise.hpp>
#include <unordered_map>
#include <unordered_set>

#include "unit/cell/world.hpp"

namespace ref_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

struct add {
  int n = 0;
};
struct total {
  using reply = int;
};
struct unknown_here {
  using reply = int;
};

/// Adds; says in a flag that it is alive.
class sum : public actor<add, total> {
 public:
  explicit sum(std::shared_ptr<int> alive = {}) : alive_(std::move(alive)) {}
  void on(const add& m) { sum_ += m.n; }
  int on(const total&) { return sum_; }

 private:
  int sum_ = 0;
  std::shared_ptr<int> alive_;
};

struct use {
  ref<total> whom;
  std::vector<ref<add>> also;
  using reply = int;
};

/// Works with the refs that it is sent.
class user : public actor<use> {
 public:
  task<int> on(use m) {
    for (const auto& a : m.also) a.tell(add{10});
    const auto n = co_await ask<total>(m.whom, 5s);
    co_return n ? *n : -1;
  }
};

}  // namespace

TEST_CASE("RF2: a ref converts to every part of its protocol, and works as the whole one does") {
  test_system sys;
  const ref<sum> whole = sys.spawn<sum>("sum");
  const ref<add, total> same = whole;
  const ref<total, add> turned = same;
  const ref<add> part = turned;
  const ref<total> other = whole;
  part.tell(add{3});
  CHECK(sys.expect_reply(other.ask(total{}, 5s)) == 3);
  static_assert(std::is_convertible_v<ref<sum>, ref<add>>);
  static_assert(std::is_convertible_v<ref<add, total>, ref<sum>>);  // the same messages
  static_assert(std::is_constructible_v<any_ref, ref<sum>>);
}

TEST_CASE("RF5: refs to one actor are equal whatever their protocol; a ref by its path is another one") {
  test_system sys;
  const auto a = sys.spawn<sum>("a");
  const auto b = sys.spawn<sum>("b");
  const ref<add> narrow = a;
  CHECK(narrow == a);
  CHECK(a != b);
  CHECK(a != ref<sum>{});
  CHECK(ref<sum>{} == ref<add>{});
  const auto by_path = find<sum>(sys, "/user/a");
  CHECK(by_path == find<sum>(sys, "/user/a"));
  CHECK(by_path != find<sum>(sys, "/user/b"));
  CHECK(by_path != a);  // L5: tomorrow somebody else may be there
  CHECK(find_now<sum>(sys, "/user/a").value() == a);
}

TEST_CASE(
    "RF5, D1: refs are ordered by creation, named ones by path before them, and equal refs have equal "
    "hashes") {
  test_system sys;
  std::vector<any_ref> made;
  for (int i = 9; i >= 0; --i) made.push_back(sys.spawn<sum>("a" + std::to_string(i)));
  std::set<any_ref> sorted(made.rbegin(), made.rend());
  CHECK(std::vector<any_ref>(sorted.begin(), sorted.end()) == made);
  const any_ref named = find<sum>(sys, "/user/a0");
  CHECK(named < made.front());
  CHECK(any_ref{} < named);
  CHECK(find<sum>(sys, "/user/a0") < find<sum>(sys, "/user/a1"));
  std::unordered_set<any_ref> all(made.begin(), made.end());
  all.insert(find<sum>(sys, "/user/a0"));
  all.insert(find<sum>(sys, "/user/a0"));
  all.insert(find_now<sum>(sys, "/user/a3").value());
  CHECK(all.size() == 11);
  std::unordered_map<ref<add>, int> counts;
  ++counts[ref<sum>{made[0].address()}];
  ++counts[ref<add>{made[0].address()}];
  CHECK(counts.size() == 1);
}

TEST_CASE(
    "RF5: actors of two systems of one process are told apart, though their numbers and paths are the same") {
  test_system one, two;
  const auto a = one.spawn<sum>("a");
  const auto b = two.spawn<sum>("a");
  CHECK(a.address()->number() == b.address()->number());
  CHECK(a != b);
  CHECK((a <=> b) != 0);
  CHECK(find<sum>(one, "/user/a") != find<sum>(two, "/user/a"));
}

TEST_CASE("RF5: a router and the actor behind it are one") {
  test_system sys;
  const auto p = spawn_pool<sum>(sys, {.name = "pool", .size = 1}, round_robin{});
  sys.keep("/user/pool");
  sys.keep("/user/pool/*");
  CHECK(find_now<sum>(sys, "/user/pool").value() == p);
}

TEST_CASE("RF1: a ref prints as its path, into a stream, as a string and for fmt") {
  test_system sys;
  const auto a = sys.spawn<sum>("a");
  std::ostringstream out;
  out << a << " " << ref<add>{};
  CHECK(out.str() == "/user/a (no ref)");
  CHECK(to_string(a) == "/user/a");
  CHECK(format_as(find<sum>(sys, "/user/b")) == "/user/b");
}

TEST_CASE("RF1: a ref keeps no stopped actor's state, and no actor at all from stopping") {
  test_system sys;
  const auto alive = std::make_shared<int>(1);
  const std::weak_ptr<int> seen = alive;
  auto a = sys.spawn<sum>("a", alive);
  const auto named = find<sum>(sys, "/user/a");
  CHECK(sys.expect_reply(named.ask(total{}, 5s)) == 0);
  const_cast<std::shared_ptr<int>&>(alive).reset();
  CHECK_FALSE(seen.expired());
  stop(a);
  sys.settle();
  CHECK(seen.expired());
  sys.expect_error(a.ask(total{}, 5s), errc::stopped);
  sys.expect_error(named.ask(total{}, 5s), errc::stopped);
}

TEST_CASE("L5: an exact ref answers `stopped` for ever, a ref by path finds the next one there") {
  test_system sys;
  const auto first = sys.spawn<sum>("a");
  const auto named = find<sum>(sys, "/user/a");
  named.tell(add{1});
  CHECK(sys.expect_reply(first.ask(total{}, 5s)) == 1);
  stop(first);
  sys.settle();
  const auto second = sys.spawn<sum>("a");
  named.tell(add{5});
  CHECK(sys.expect_reply(second.ask(total{}, 5s)) == 5);
  CHECK(sys.expect_reply(named.ask(total{}, 5s)) == 5);
  sys.expect_error(first.ask(total{}, 5s), errc::stopped);
  CHECK(first != second);
}

TEST_CASE("FD1, M4: a ref by a wrong path or of a wrong type answers with the reason") {
  test_system sys;
  sys.spawn<sum>("a");
  sys.expect_error(find<sum>(sys, "/user/nobody").ask(total{}, 5s), errc::stopped);
  sys.expect_dead_letter<total>("/user/nobody");
  sys.expect_error(find<unknown_here>(sys, "/user/a").ask(unknown_here{}, 5s), errc::not_understood);
  CHECK(sys.expect_dead_letter<unknown_here>("/user/a").reason == "not_understood");
}

TEST_CASE("FD1: what is no path is refused with a line that says what a path is") {
  test_system sys;
  const auto said = [&](const std::string& path) {
    try {
      static_cast<void>(find<sum>(sys, path));
    } catch (const failed& f) {
      CHECK(f.why().code == errc::invalid);
      return f.why().text;
    }
    return std::string{"(accepted)"};
  };
  CHECK(said("user/a") ==
        "'user/a' is no path of an actor: write the names from the top, as in /user/bank/ledger");
  for (const char* wrong : {"", "a", "/user//a", "/user/", "17/user/a"})
    CHECK(said(wrong).find("is no path of an actor") != std::string::npos);
  CHECK(said("n2:/user/a").find("write troupe::node(sys, \"n2\").ref<...>(\"/user/a\")") !=
        std::string::npos);
  CHECK(said("/user/" + std::string(256, 'x')).find("is no path") != std::string::npos);
  CHECK(said(":/user/a") ==
        "':/user/a' is no path of an actor: write the names from the top, as in /user/bank/ledger");
}

TEST_CASE("FD2: who looks an actor up now is told which name is missing, and which there are") {
  test_system sys;
  sys.spawn<sum>("ledger");
  sys.spawn<sum>("audit");
  const auto text = [&](const std::string& path) {
    const auto found = find_now<sum>(sys, path);
    REQUIRE(found.has_error());
    CHECK(found.error().code == errc::not_found);
    return found.error().text;
  };
  CHECK(text("/user/leger") ==
        "there is no actor at '/user/leger': /user has no 'leger', did you mean 'ledger'?");
  CHECK(text("/user/xyz") == "there is no actor at '/user/xyz': /user has no 'xyz', it has ledger, audit");
  CHECK(text("/user/ledger/shard") ==
        "there is no actor at '/user/ledger/shard': /user/ledger has no 'shard', it has no children");
  CHECK(text("/usr/ledger") == "there is no actor at '/usr/ledger': / has no 'usr', did you mean 'user'?");
  CHECK(find_now<sum>(sys, "ledger").error().code == errc::invalid);
  for (int i = 0; i < 6; ++i) sys.spawn<sum>("c" + std::to_string(i));
  CHECK(text("/user/xyz").ends_with("it has ledger, audit, c0, c1, c2, c3, c4, c5"));
  sys.spawn<sum>("c6");
  CHECK(text("/user/xyz").ends_with("it has ledger, audit, c0, c1, c2, c3, c4, c5, ... (9 in all)"));
}

TEST_CASE(
    "FD2: who looks up an actor of another kind is told its class and the message that it does not "
    "understand") {
  test_system sys;
  sys.spawn<sum>("a");
  const auto wrong = find_now<add, unknown_here>(sys, "/user/a");
  REQUIRE(wrong.has_error());
  CHECK(wrong.error().code == errc::not_understood);
  CHECK(wrong.error().text.find("the actor at /user/a, a ") == 0);
  CHECK(wrong.error().text.find("::sum, does not understand ") != std::string::npos);
  CHECK(wrong.error().text.find("::unknown_here") != std::string::npos);
  CHECK(find_now<add>(sys, "/user/a").value().path() == "/user/a");
}

TEST_CASE("RF4: a thread that asks an empty ref is answered at once, whichever way it takes the answer") {
  const auto answer = ref<sum>{}.ask(total{}, 5s).get();
  CHECK(answer.error().code == errc::stopped);
  CHECK(answer.error().text == "an empty ref was asked");
  bool told = false;
  ref<sum>{}.ask(total{}, 5s).then([&](const result<int>& r) { told = r.has_error(); });
  CHECK(told);
  auto given_up = ref<sum>{}.ask(total{}, 5s);
  CHECK_FALSE(given_up.cancel());
  ref<sum>{}.tell(total{});
}

TEST_CASE("RF1: refs travel in messages") {
  test_system sys;
  const auto a = sys.spawn<sum>("a");
  const auto b = sys.spawn<sum>("b");
  const auto u = sys.spawn<user>("user");
  CHECK(sys.expect_reply(u.ask(use{a, {a, b, {}}}, 5s)) == 10);
  CHECK(sys.expect_reply(b.ask(total{}, 5s)) == 10);
  CHECK(sys.expect_reply(u.ask(use{{}, {}}, 5s)) == -1);  // RF4
}

}  // namespace ref_test
