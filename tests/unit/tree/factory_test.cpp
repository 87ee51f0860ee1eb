// Where the code of a user runs that makes a child: in the child's own turn, never in its supervisor's (S4, RE2).
#include <doctest/doctest.h>

#include <latch>
#include <troupe/testkit/doctest.hpp>

#include "unit/tree/noted.hpp"

namespace tree_factory_test {

using namespace troupe;
using namespace noting;

namespace {

struct fail {};
struct where {
  using reply = std::string;
};

/// Knows in whose turn it was copied last; "" for nobody's.
struct traveller {
  traveller() = default;
  traveller(const traveller&) : copied_in(cell::current() ? cell::current()->path() : "") {}
  traveller(traveller&& other) noexcept : copied_in(std::move(other.copied_in)) {}
  traveller& operator=(const traveller&) = delete;
  std::string copied_in = "nowhere";
};

class hotel : public actor<where, fail> {
 public:
  explicit hotel(const traveller& guest) : guest_(guest) {}
  std::string on(const where&) const { return guest_.copied_in; }
  void on(const fail&) { throw std::runtime_error{"fire"}; }

 private:
  traveller guest_;
};

/// By value: the copy is made for the constructor.
class hostel : public actor<where, fail> {
 public:
  explicit hostel(traveller guest) : where_(guest.copied_in) {}
  std::string on(const where&) const { return where_; }
  void on(const fail&) { throw std::runtime_error{"fire"}; }

 private:
  std::string where_;
};

/// Is made for as long as the test likes.
class slow_to_make : public actor<fail> {
 public:
  explicit slow_to_make(std::shared_ptr<std::latch> until) { until->wait(); }
  void on(const fail&) {}
};

}  // namespace

TEST_CASE("S4, RE2: arguments of a child are copied in its own turn, at its start and at a restart") {
  testkit::test_system sys{testkit::for_doctest({.leftovers = false})};
  const auto top =
      supervise(sys, "top", one_for_one{.intensity = 9}, child<hotel>("hotel", traveller{}),
                child<hostel>("hostel", traveller{}),
                child_supervisor("d", troupe::dynamic{}, child_template<hotel>(traveller{}).transient()));
  for (const std::string id : {"hotel", "hostel"}) {
    const std::string path = "/user/top/" + id;
    CHECK(sys.expect_reply(top.ref<where>(id).ask(where{}, seconds{5})) == path);
    top.ref<fail>(id).tell(fail{});
    CHECK(sys.expect_reply(top.ref<where>(id).ask(where{}, seconds{5})) == path);
  }
  const child_info made = sys.expect_reply(top.admin("d").ask(start_from_pattern{}, seconds{5}));
  const auto of_pattern = ref_to<where>(sys.env(), made.path);
  CHECK(sys.expect_reply(of_pattern.ask(where{}, seconds{5})) == made.path);
  const traveller own;
  const child_info started = sys.expect_reply(top.children<hotel>("d").start_and_tell(seconds{5}, own));
  CHECK(sys.expect_reply(ref_to<where>(sys.env(), started.path).ask(where{}, seconds{5})) == started.path);
}

TEST_CASE("S4, AD1: a constructor that takes long keeps nobody from its supervisor") {
  testkit::test_system sys{testkit::for_doctest({.leftovers = false})};
  const auto top = supervise(sys, "top", one_for_one{});
  const auto until = std::make_shared<std::latch>(1);
  auto started = top.admin().ask(start_child{child<slow_to_make>("slow", until).blocking()}, seconds{20});
  const auto all = sys.expect_reply(top.admin().ask(which_children{}, seconds{5}));
  REQUIRE(all.size() == 1);
  CHECK(all.front().phase == child_phase::starting);
  CHECK(
      sys.expect_reply(top.admin().ask(start_child{child<hotel>("hotel", traveller{})}, seconds{5})).phase ==
      child_phase::up);
  until->count_down();
  CHECK(sys.expect_reply(std::move(started)).phase == child_phase::up);
}

}  // namespace tree_factory_test
