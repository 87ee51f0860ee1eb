// What a handler is given of its message: the message itself, or a look at it (AC1, S7).
#include <doctest/doctest.h>

#include <string>
#include <troupe/actor/actor.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/test_system.hpp>
#include <troupe/tree/supervise.hpp>

namespace actor_given_message_test {

using namespace troupe;

namespace {

/// Knows how it was made.
struct parcel {
  parcel() = default;
  parcel(const parcel&) : how("copied") {}
  parcel(parcel&&) noexcept : how("moved") {}
  std::string how = "made";
};
struct by_value : parcel {
  using reply = std::string;
};
struct by_look : parcel {
  using reply = bool;
};
struct by_either : parcel {
  using reply = std::string;
};

class taker : public actor<by_value, by_look, by_either> {
 public:
  std::string on(by_value m) { return m.how; }
  bool on(const by_look& m) { return m.how == "moved"; }  // into its envelope, and no further
  std::string on(const by_either&) { return "looked"; }
  std::string on(by_either&&) { return "taken"; }
};

}  // namespace

TEST_CASE(
    "AC1: a handler that takes its message by value or as an rvalue gets the message itself, one that looks "
    "at it a look") {
  testkit::test_system sys{testkit::for_doctest()};
  const auto to = sys.spawn<taker>("to");
  CHECK(sys.expect_reply(to.ask(by_value{}, seconds{1})) == "moved");
  CHECK(sys.expect_reply(to.ask(by_look{}, seconds{1})));
  CHECK(sys.expect_reply(to.ask(by_either{}, seconds{1})) == "taken");
}

TEST_CASE(
    "S7: where a message may be run again its handler gets a copy or a look, and the message stays whole") {
  testkit::test_system sys{testkit::for_doctest()};
  sys.keep("/user/top");
  sys.keep("/user/top/to");
  const auto top =
      supervise(sys, "top", one_for_one{.intensity = 3}, child<taker>("to").poison(poison_policy::retry(1)));
  const auto to = top.ref<taker>("to");
  CHECK(sys.expect_reply(to.ask(by_value{}, seconds{1})) == "copied");
  CHECK(sys.expect_reply(to.ask(by_look{}, seconds{1})));
  CHECK(sys.expect_reply(to.ask(by_either{}, seconds{1})) == "looked");
}

}  // namespace actor_given_message_test
