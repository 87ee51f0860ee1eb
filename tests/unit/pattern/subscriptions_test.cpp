// The list of subscribers by itself: its order, and that it does not grow with those who have left.
#include <doctest/doctest.h>

#include <deque>
#include <troupe/actor/spawn.hpp>
#include <troupe/pattern/subscriptions.hpp>
#include <troupe/testkit/doctest.hpp>

#include "unit/pattern/elsewhere.hpp"

namespace pattern_subscriptions_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

struct leaves {};
/// Add the actor, and take it out again.
struct come_and_go {
  any_ref who;
};
/// What the test does with the list, in its actor's turn.
struct in_turn {
  void (*what)(troupe::detail::subscriptions& all, std::deque<routed::elsewhere>& far);
  using reply = bool;
};

class keeper : public actor<in_turn, come_and_go> {
 public:
  explicit keeper(std::deque<routed::elsewhere>* far) : far_(far), all_(own_cell()) {}
  bool on(const in_turn& m) {
    m.what(all_, *far_);
    return true;
  }
  void on(const come_and_go& m) {
    CHECK(all_.add(m.who));
    CHECK_FALSE(all_.add(m.who));
    all_.remove(m.who);
    CHECK(all_.size() == 0);
  }
  void on_terminated(const terminated&) override { FAIL("told of the end of one who had left"); }

 private:
  std::deque<routed::elsewhere>* far_;
  troupe::detail::subscriptions all_;
};

/// A list of 100 subscribers.
struct stage {
  std::deque<routed::elsewhere> far;
  test_system sys{for_doctest()};
  ref<keeper> k;

  stage() {
    for (std::uint64_t n = 1; n <= 100; ++n) far.emplace_back("s" + std::to_string(n), n << 40);
    k = sys.spawn<keeper>("keeper", &far);
    run([](auto& all, auto& from) {
      for (auto& f : from) CHECK(all.add(any_ref{address_ptr{&f}}));
      CHECK(all.size() == 100);
      CHECK(all.places() == 100);
    });
  }
  void run(decltype(in_turn::what) what) { sys.expect_reply(k.ask(in_turn{what}, 5s)); }
};

constexpr auto nothing = [](const any_ref&) {};

}  // namespace

TEST_CASE("those who leave, or have stopped, make the list shorter, and those who stay keep their order") {
  stage t;
  t.run([](auto& all, auto& far) {
    for (std::size_t i = 0; i < far.size(); ++i) {
      if (i % 10 == 0) continue;
      if (i % 2 != 0)
        all.remove(any_ref{address_ptr{&far[i]}});
      else
        all.gone(std::uint64_t{i + 1} << 40);
      CHECK(all.places() < 2 * all.size() + 16);
    }
    CHECK(all.size() == 10);
    std::vector<address*> told;
    all.each(0, troupe::detail::slow_subscriber::skip, message_type_of<leaves>,
             [&](const any_ref& who) { told.push_back(who.address().get()); });
    REQUIRE(told.size() == 10);
    for (std::size_t i = 0; i < 10; ++i) CHECK(told[i] == &far[10 * i]);
    all.gone(std::uint64_t{1} << 40);
    all.gone(std::uint64_t{1} << 40);  // nobody any more
    CHECK(all.size() == 9);
    all.remove(any_ref{});
    CHECK(all.size() == 9);
  });
}

TEST_CASE("TP5: those who are too slow make the list shorter too, with skip nobody goes") {
  stage t;
  t.run([](auto& all, auto& far) {
    for (std::size_t i = 1; i < far.size(); ++i) far[i].backlog = 3;
    all.each(2, troupe::detail::slow_subscriber::skip, message_type_of<leaves>, nothing);
    CHECK(all.size() == 100);
    all.each(2, troupe::detail::slow_subscriber::unsubscribe, message_type_of<leaves>, nothing);
    CHECK(all.size() == 1);
    CHECK(all.places() < 2 + 16);
    CHECK(far[0].watched);
    CHECK_FALSE(far[99].watched);
    CHECK(far[99].references == 0);
  });
}

TEST_CASE("L4: who has left is not watched any more") {
  struct guest : actor<leaves> {
    void on(const leaves&) {}
  };
  std::deque<routed::elsewhere> none;
  test_system sys{for_doctest()};
  const auto k = sys.spawn<keeper>("keeper", &none);
  const auto g = sys.spawn<guest>("guest");
  k.tell(come_and_go{g});
  sys.settle();
  stop(g);
  sys.settle();
  sys.said().expect_nothing_else({.failures = true});
}

}  // namespace pattern_subscriptions_test
