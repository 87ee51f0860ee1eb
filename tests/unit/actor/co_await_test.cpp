// What is built inside a co_await operand is destroyed once (tests/promises has the form that is not).
#include <doctest/doctest.h>

#include <optional>

#include "unit/cell/world.hpp"

namespace actor_co_await_test {

using namespace troupe;
using namespace life;

namespace {

/// Counts the living.
class counted {
 public:
  explicit counted(std::shared_ptr<std::atomic<int>> alive) : alive_(std::move(alive)) {
    alive_->fetch_add(1);
  }
  counted(const counted& other) : alive_(other.alive_) { alive_->fetch_add(1); }
  counted& operator=(const counted&) = delete;
  ~counted() { alive_->fetch_sub(1); }

 private:
  std::shared_ptr<std::atomic<int>> alive_;
};

struct parcel {
  counted content;
  std::string label;
  using reply = int;
};
struct forward_it {
  std::shared_ptr<std::atomic<int>> alive;
  using reply = int;
};

class receiver : public actor<parcel> {
 public:
  int on(const parcel& m) { return static_cast<int>(m.label.size()); }
};

class sender : public actor<forward_it> {
 public:
  explicit sender(ref<parcel> to) : to_(std::move(to)) {}
  task<result<int>> on(forward_it m) {
    const std::string label(100, 'x');
    auto first = co_await ask<parcel>(to_, 20s, counted{m.alive}, label + label);
    if (!first) co_return first.error();
    const parcel named{counted{m.alive}, label};
    auto second = co_await ask<parcel>(to_, 20s, named);
    if (!second) co_return second.error();
    co_return *first + *second;
  }

 private:
  ref<parcel> to_;
};

}  // namespace

TEST_CASE("ask<M>(ref, timeout, fields...) builds, sends and destroys each message once") {
  auto alive = std::make_shared<std::atomic<int>>(0);
  {
    troupe::system sys{quiet()};
    auto to = spawn<receiver>(sys, "receiver");
    auto from = spawn<sender>(sys, "sender", ref<parcel>{to});
    CHECK(from.ask(forward_it{alive}, patience).get().value() == 300);
  }
  CHECK(alive->load() == 0);
}

}  // namespace actor_co_await_test
