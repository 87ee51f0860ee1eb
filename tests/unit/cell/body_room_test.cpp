// Where bodies lie, what makes them, and what a cell costs (C7, RE1, ST1, EX2).
#include <doctest/doctest.h>

#include <array>

#include "unit/cell/world.hpp"

namespace cell_body_room_test {

using namespace troupe;
using namespace life;

namespace {

struct where {
  using reply = std::uintptr_t;
};
struct value {
  using reply = int;
};
struct fail_now {};
struct spawn_one {
  using reply = std::string;
};

class small : public actor<where, value> {
 public:
  explicit small(int n) : n_(n) {}
  std::uintptr_t on(const where&) { return reinterpret_cast<std::uintptr_t>(this); }
  int on(const value&) { return n_; }

 private:
  int n_;
};

class large : public actor<where, value> {
 public:
  explicit large(int n) { numbers_.fill(n); }
  std::uintptr_t on(const where&) { return reinterpret_cast<std::uintptr_t>(this); }
  int on(const value&) { return numbers_.back(); }

 private:
  std::array<int, 5000> numbers_;
};

struct alignas(128) wide {
  int n;
};

class aligned : public actor<where, value> {
 public:
  explicit aligned(int n) : wide_{n} {}
  std::uintptr_t on(const where&) { return reinterpret_cast<std::uintptr_t>(&wide_); }
  int on(const value&) { return wide_.n; }

 private:
  wide wide_;
};

struct mixin {
  virtual ~mixin() = default;
  int before = 7;
};

class mixed : public mixin, public actor<value> {
 public:
  explicit mixed(int n) : n_(n) {}
  int on(const value&) { return n_ * before; }

 private:
  int n_;
};

class owner : public actor<value> {
 public:
  explicit owner(std::unique_ptr<int> p) : p_(std::move(p)) {}
  int on(const value&) { return *p_; }

 private:
  std::unique_ptr<int> p_;
};

class owner_of_several : public actor<value> {
 public:
  explicit owner_of_several(std::vector<std::unique_ptr<int>> all) : all_(std::move(all)) {}
  int on(const value&) { return *all_.front(); }

 private:
  std::vector<std::unique_ptr<int>> all_;
};

class noting : public actor<value, fail_now> {
 public:
  explicit noting(std::shared_ptr<int> alive) : alive_(std::move(alive)) {}
  int on(const value&) { return static_cast<int>(alive_.use_count()); }
  void on(const fail_now&) { throw std::runtime_error{"on purpose"}; }

 private:
  std::shared_ptr<int> alive_;
};

class throws : public actor<value> {
 public:
  explicit throws(std::shared_ptr<int> alive) : alive_(std::move(alive)) {
    throw std::runtime_error{"on purpose"};
  }
  int on(const value&) { return 0; }

 private:
  std::shared_ptr<int> alive_;
};

class brood : public actor<spawn_one> {
 public:
  std::string on(const spawn_one&) { return spawn<small>(1).path(); }
};

template <class A, class... Args>
ref<A> start(troupe::system& sys, Args... args) {
  return spawn<A>(sys, spawn_options{}, std::move(args)...);
}

}  // namespace

TEST_CASE("C7: a small body lies behind its cell, in the same block") {
  troupe::system sys{quiet()};
  const auto a = start<small>(sys, 3);
  CHECK(a.ask(value{}, patience).get().value() == 3);
  const auto at = reinterpret_cast<std::uintptr_t>(cell_of(a).get());
  CHECK(a.ask(where{}, patience).get().value() == at + sizeof(cell));
  CHECK(CAF_CACHE_LINE_SIZE + sizeof(cell) + sizeof(small) <= 304);
}

TEST_CASE("C7: a body that is large or strictly aligned lies apart, as it needs") {
  troupe::system sys{quiet()};
  const auto a = start<large>(sys, 4);
  CHECK(a.ask(value{}, patience).get().value() == 4);
  const auto at = reinterpret_cast<std::uintptr_t>(cell_of(a).get());
  CHECK(a.ask(where{}, patience).get().value() != at + sizeof(cell));
  const auto b = start<aligned>(sys, 5);
  CHECK(b.ask(value{}, patience).get().value() == 5);
  CHECK(b.ask(where{}, patience).get().value() % 128 == 0);
}

TEST_CASE("C7: an actor may have other bases before it") {
  troupe::system sys{quiet()};
  CHECK(start<mixed>(sys, 6).ask(value{}, patience).get().value() == 42);
}

TEST_CASE("RE1: what an actor spawned by hand is made of is moved into it, and gone with it") {
  troupe::system sys{quiet()};
  CHECK(start<owner>(sys, std::make_unique<int>(9)).ask(value{}, patience).get().value() == 9);
  std::vector<std::unique_ptr<int>> several;  // says of itself that it can be copied
  several.push_back(std::make_unique<int>(4));
  CHECK(start<owner_of_several>(sys, std::move(several)).ask(value{}, patience).get().value() == 4);
  auto alive = std::make_shared<int>();
  const auto a = start<noting>(sys, alive);
  CHECK(a.ask(value{}, patience).get().value() == 2);  // ours and its own: the recipe is gone
  CHECK(stop_and_wait(a));
  CHECK(alive.use_count() == 1);
}

TEST_CASE("RE1: arguments are gone when the constructor throws, and when the actor never started") {
  auto alive = std::make_shared<int>();
  {
    troupe::system sys{quiet()};
    const auto a = start<throws>(sys, alive);
    const auto end = std::make_shared<journal>();
    note_end(cell_of(a), end);
    CHECK(end->wait_for("gone " + cell_of(a)->path() + " failed"));
    CHECK(alive.use_count() == 1);
    for (int i = 0; i < 100; ++i) start<noting>(sys, alive);
  }
  CHECK(alive.use_count() == 1);
}

TEST_CASE("RE1, S11: an actor that was spawned by hand is not restarted, also when somebody asks for it") {
  troupe::system sys{quiet()};
  const auto end = std::make_shared<journal>();
  const auto a = start<noting>(sys, std::make_shared<int>());
  note_end(cell_of(a), end);
  cell_of(a)->request_restart();
  CHECK(end->wait_for("gone " + cell_of(a)->path() + " failed"));
}

TEST_CASE("L1: a child that goes by its number is found by it while it lives") {
  troupe::system sys{quiet()};
  const auto b = start<brood>(sys);
  const std::string first = b.ask(spawn_one{}, patience).get().value();
  const auto found = sys.env().resolve(first);
  REQUIRE(found);
  CHECK(found->path() == first);
  const std::string second = b.ask(spawn_one{}, patience).get().value();  // after the first look-up
  CHECK(sys.env().resolve(second)->path() == second);
  CHECK_FALSE(sys.env().resolve(second + "0"));
  const auto end = std::make_shared<journal>();
  note_end(found, end);
  found->request_stop({exit_kind::shutdown, {}});
  CHECK(end->wait_for("gone " + first + " shutdown"));
  CHECK(b.ask(spawn_one{}, patience).get().value() != first);  // the parent has heard of the end by now
  CHECK_FALSE(sys.env().resolve(first));
}

TEST_CASE("ST1: cells told the same share it; a thousand different ones are served too") {
  troupe::system sys{quiet()};
  const auto a = start<small>(sys, 1), b = start<small>(sys, 2);
  CHECK(&cell_of(a)->settings() == &cell_of(b)->settings());
  std::vector<ref<small>> all;
  for (int i = 0; i < 2000; ++i) {
    all.push_back(spawn<small>(sys, spawn_options{.shutdown_time = milliseconds{1000 + i}}, i));
    REQUIRE(cell_of(all.back())->settings().shutdown_time == milliseconds{1000 + i});
  }
  for (int i = 0; i < 2000; ++i)
    REQUIRE(all[static_cast<std::size_t>(i)].ask(value{}, patience).get().value() == i);
}

TEST_CASE("EX2: an actor that has stopped or is stopping takes no children, with and without extras") {
  troupe::system sys{quiet()};
  for (const bool named : {false, true}) {
    const auto a = spawn<small>(sys, spawn_options{.name = named ? "named" : ""}, 1);
    const auto c = cell_of(a);
    CHECK(stop_and_wait(a));
    const auto refused = cell::spawn(sys.env(), c, props_of<small>(sys.env(), {}, 1));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::stopped);
  }
}

}  // namespace cell_body_room_test
