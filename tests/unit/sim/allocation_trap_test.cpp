// Allocations that fail, as operator new sees them (AT1).
#include <doctest/doctest.h>

#include <string>
#include <troupe/sim/allocation_trap.hpp>
#include <vector>

namespace sim_allocation_trap_test {

using namespace troupe;

namespace {

/// The `which`th fails, counted from 1; asks for memory itself on the way.
struct one_of_them final : sim::allocation_trap {
  explicit one_of_them(int which) : left(which) {}
  bool fails() override {
    nested += sim::allocations_are_watched();
    nested += sim::allocation_fails();
    return --left == 0;
  }
  std::string cause() const override { return "4s no_memory n1 /user/** * #2 1s"; }
  int left;
  int nested = 0;
};

}  // namespace

TEST_CASE(
    "AT1: nothing is watched but while a trap is set, and what the trap itself allocates is not offered") {
  CHECK(!sim::allocations_are_watched());
  CHECK(!sim::allocation_fails());
  one_of_them second{2};
  CHECK(sim::set_allocation_trap(&second) == nullptr);
  CHECK(sim::allocations_are_watched());
  CHECK(!sim::allocation_fails());
  CHECK(sim::allocation_fails());
  CHECK(second.nested == 0);
  std::string why;
  try {
    sim::fail_allocation();
  } catch (const std::bad_alloc& e) {
    why = e.what();
  }
  CHECK(why == "std::bad_alloc, injected by the fault '4s no_memory n1 /user/** * #2 1s'");
  CHECK(sim::set_allocation_trap(nullptr) == &second);
  CHECK(!sim::allocations_are_watched());
}

TEST_CASE("AT2: a program whose operator new does not ask is known as such") {
  CHECK(!sim::can_fail_allocations());  // this one
}

}  // namespace sim_allocation_trap_test
