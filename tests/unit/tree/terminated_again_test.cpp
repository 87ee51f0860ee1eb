// A `terminated` is a message like any other when its handler throws (S7).
#include <doctest/doctest.h>

#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace tree_terminated_again_test {

using namespace troupe;
using namespace life;

namespace {

struct nothing {};
class subject : public actor<nothing> {
 public:
  void on(const nothing&) {}
};

struct look_after {
  ref<subject> whom;
};

/// Fails on the first news of an end that it hears.
class mourner : public actor<look_after> {
 public:
  explicit mourner(journal_ptr to) : to_(std::move(to)) {}
  void on(const look_after& m) {
    watch(m.whom);
    to_->note("watches");
  }
  void on_terminated(const terminated&) override {
    to_->note("heard by " + std::to_string(incarnation()));
    if (incarnation() == 0) throw std::runtime_error{"too much"};
  }

 private:
  journal_ptr to_;
};

}  // namespace

TEST_CASE("S7, L4: a `terminated` that its watcher failed on is put back and heard again after the restart") {
  troupe::system sys{quiet()};
  const auto j = std::make_shared<journal>();
  auto top =
      supervise(sys, "top", one_for_one{}, child<mourner>("mourner", j).poison(poison_policy::put_back()));
  const auto whom = spawn<subject>(sys, "whom");
  top.ref<mourner>("mourner").tell(look_after{whom});
  REQUIRE(j->wait_for("watches"));
  stop(whom);
  CHECK(j->wait_for("heard by 0"));
  CHECK(j->wait_for("heard by 1"));
  CHECK(j->count("heard by 0") == 1);
  CHECK(j->count("heard by 1") == 1);
}

}  // namespace tree_terminated_again_test
