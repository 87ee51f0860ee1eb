// One handler for several messages (AC1): what it takes, returns and leaves whole.
#include <doctest/doctest.h>

#include <concepts>
#include <stdexcept>
#include <troupe/testkit/doctest.hpp>
#include <troupe/tree/supervise.hpp>
#include <vector>

#include "unit/cell/world.hpp"

namespace actor_several_messages_test {

using namespace troupe;
using namespace std::chrono_literals;
using life::lines;

namespace {

/// Counts how often it was copied and moved.
struct parcel {
  parcel() = default;
  parcel(const parcel& other) : copies(other.copies + 1), moves(other.moves) {}
  parcel(parcel&& other) noexcept : copies(other.copies), moves(other.moves + 1) {}
  parcel& operator=(const parcel&) = delete;
  int copies = 0;
  int moves = 0;
};

struct letter {
  static constexpr const char* kind = "letter";
  std::string text;
};
struct package {
  static constexpr const char* kind = "package";
  std::shared_ptr<parcel> what;
};
struct stamp {
  static constexpr const char* kind = "stamp";
  std::unique_ptr<int> cents;  // can't be copied
};
struct weigh {
  int grams = 0;
  using reply = int;
};
struct name_it {
  int number = 0;
  using reply = std::string;
};
struct fetch {
  parcel content;
  using reply = std::vector<int>;
};
struct crash {};

/// One handler for whatever it only looks at, and some of their own.
class post_office : public actor<letter, package, stamp, weigh, name_it, fetch, crash> {
 public:
  explicit post_office(life::journal_ptr to) : to_(std::move(to)) {}

  void on(const auto& m) { to_->note(std::string{"a "} + m.kind); }
  // An exact one is preferred.
  void on(const crash&) { throw std::runtime_error{"crash"}; }
  // Several that are answered, each with a reply of its own type.
  template <class M>
  requires std::same_as<M, weigh> || std::same_as<M, name_it>
  typename M::reply on(const M& m) {
    if constexpr (std::same_as<M, weigh>)
      return m.grams;
    else
      return "number " + std::to_string(m.number);
  }
  std::vector<int> on(const fetch& m) { return {m.content.copies, m.content.moves}; }

 private:
  const life::journal_ptr to_;
};

struct small {
  int n = 0;
  using reply = int;
};
struct large {
  std::vector<int> all;
  parcel content;
  using reply = int;
};

/// Takes whatever comes by value, and waits.
class by_value : public actor<small, large> {
 public:
  task<int> on(auto m) {
    co_await sleep(1ms);
    if constexpr (std::same_as<decltype(m), small>)
      co_return m.n;
    else
      co_return static_cast<int>(m.all.size()) + 100 * m.content.copies;
  }
};

/// The same by const reference, which lives as long as the coroutine (L6).
class by_reference : public actor<small, large> {
 public:
  task<int> on(const auto& m) {
    co_await sleep(1ms);
    if constexpr (requires { m.n; })
      co_return m.n;
    else
      co_return static_cast<int>(m.all.size()) + 100 * m.content.copies;
  }
};

/// Fails on whatever comes first.
class fails_first : public actor<letter, package> {
 public:
  explicit fails_first(life::journal_ptr to) : to_(std::move(to)) {}
  void on(const auto& m) {
    if (incarnation() == 0) throw std::runtime_error{"not yet"};
    if constexpr (requires { m.text; }) to_->note(m.text);
  }

 private:
  const life::journal_ptr to_;
};

struct stage {
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
  life::journal_ptr j = std::make_shared<life::journal>();
};

}  // namespace

TEST_CASE("AC1: one `on(const auto&)` is the handler of several messages, and exact ones go before it") {
  stage s;
  s.sys.keep("/user/top");
  s.sys.keep("/user/top/*");
  const auto top = supervise(s.sys, "top", one_for_one{}, child<post_office>("office", s.j));
  const auto o = top.ref<post_office>("office");
  o.tell(letter{"dear"});
  o.tell(package{std::make_shared<parcel>()});
  o.tell(stamp{std::make_unique<int>(85)});
  CHECK(s.sys.expect_reply(o.ask(letter{"asked"}, 1s)) == unit{});
  s.sys.settle();
  CHECK(s.j->all() == lines{"a letter", "a package", "a stamp", "a letter"});
  o.tell(crash{});
  s.sys.expect_failure("/user/top/office");
  o.tell(letter{"again"});
  s.sys.settle();
  CHECK(s.j->count("a letter") == 3);
}

TEST_CASE("AC1, AC2: a template of several messages answers each with a reply of its own type") {
  stage s;
  const auto o = s.sys.spawn<post_office>("office", s.j);
  CHECK(s.sys.expect_reply(o.ask(weigh{20}, 1s)) == 20);
  CHECK(s.sys.expect_reply(o.ask(name_it{7}, 1s)) == "number 7");
}

TEST_CASE(
    "AC1: a message that a handler only looks at is neither copied nor moved on its way out of the mailbox") {
  stage s;
  const auto o = s.sys.spawn<post_office>("office", s.j);
  const auto seen = s.sys.expect_reply(o.ask(fetch{}, 1s));
  REQUIRE(seen.size() == 2);
  CHECK(seen[0] == 0);
  CHECK(seen[1] == 1);  // into the envelope
}

TEST_CASE("AC1, L6: a coroutine for several messages has them by value or by reference, uncopied in both") {
  stage s;
  const auto v = s.sys.spawn<by_value>("v");
  const auto r = s.sys.spawn<by_reference>("r");
  CHECK(s.sys.expect_reply(v.ask(small{4}, 1s), 2ms) == 4);
  CHECK(s.sys.expect_reply(v.ask(large{{1, 2, 3}, {}}, 1s), 2ms) == 3);
  CHECK(s.sys.expect_reply(r.ask(small{4}, 1s), 2ms) == 4);
  CHECK(s.sys.expect_reply(r.ask(large{{1, 2, 3}, {}}, 1s), 2ms) == 3);
}

TEST_CASE("S7: what one handler of several messages fails on is whole when it is run again") {
  stage s;
  s.sys.keep("/user/top");
  s.sys.keep("/user/top/*");
  const auto top =
      supervise(s.sys, "top", one_for_one{}, child<fails_first>("f", s.j).poison(poison_policy::retry(1)));
  top.ref<fails_first>("f").tell(letter{"a text that is too long for a small string"});
  s.sys.expect_failure("/user/top/f");
  s.sys.settle();
  CHECK(s.j->all() == lines{"a text that is too long for a small string"});
}

}  // namespace actor_several_messages_test
