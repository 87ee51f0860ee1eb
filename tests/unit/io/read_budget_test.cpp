// A read budget by itself: who is served, when, and what comes back.
#include <doctest/doctest.h>

#include <string>
#include <troupe/io/read_budget.hpp>
#include <vector>

namespace io_read_budget_test {

using namespace troupe;
using namespace troupe::io;
using namespace std::chrono_literals;

namespace {

using names = std::vector<std::string>;

/// A budget with callers that note when they are served, and keep what they get.
struct counter {
  explicit counter(std::size_t bytes) : budget(std::make_shared<read_budget>(bytes)) {}

  void wait(std::uint64_t who, std::size_t bytes) { wait_at(who, budget->next_place(), bytes); }
  void wait_at(std::uint64_t who, std::uint64_t place, std::size_t bytes) {
    budget->wait(who, place, bytes, [this, who](const std::shared_ptr<budget_lease>& lease) {
      const bool lent = lease->lent();
      served.push_back(std::to_string(who) + (lent ? " borrows " : " gets ") + std::to_string(lease->keep()));
    });
  }

  std::shared_ptr<read_budget> budget;
  names served;
};

}  // namespace

TEST_CASE(
    "RB2: bytes that come back go to those who wait, first to who began first, and nobody overtakes them") {
  counter c{100};
  REQUIRE(c.budget->take(100));
  CHECK_FALSE(c.budget->take(1));
  const auto first = c.budget->next_place();
  c.wait(2, 40);
  c.wait(3, 10);
  c.wait_at(1, first, 30);
  CHECK(c.served.empty());
  c.budget->give_back(20);
  CHECK(c.served.empty());         // 3 would fit, but it is not its turn
  CHECK_FALSE(c.budget->take(5));  // nor that of somebody new
  c.budget->give_back(60);
  CHECK(c.served == names{"1 gets 30", "2 gets 40", "3 gets 10"});
  CHECK(c.budget->free_bytes() == 0);
  c.budget->give_back(100);
  CHECK(c.budget->take(100));
}

TEST_CASE("RB2: who leaves is not served, and a smaller wish behind it is") {
  counter c{50};
  REQUIRE(c.budget->take(40));
  c.wait(1, 30);
  c.wait(2, 10);
  CHECK(c.served.empty());
  c.budget->leave(1);
  CHECK(c.served == names{"2 gets 10"});
  c.budget->give_back(40);
  CHECK(c.served.size() == 1);
  CHECK(c.budget->free_bytes() == 40);
}

TEST_CASE("RB2: a lease that nobody keeps goes back") {
  auto budget = std::make_shared<read_budget>(10);
  REQUIRE(budget->take(10));
  int called = 0;
  budget->wait(1, budget->next_place(), 10, [&](const std::shared_ptr<budget_lease>&) { ++called; });
  budget->give_back(10);
  CHECK(called == 1);
  CHECK(budget->free_bytes() == 10);
}

TEST_CASE("RB3: a press tells all who have joined, once a gap, and nobody who has left") {
  read_budget budget{10};
  names told;
  for (const std::uint64_t who : {2u, 1u, 3u})
    budget.join(who, [&told, who] { told.push_back(std::to_string(who)); });
  budget.leave(3);
  const time_point start{1h};
  budget.press(start, 5s);
  CHECK(told == names{"1", "2"});
  budget.press(start + 4s, 5s);
  CHECK(told.size() == 2);
  budget.press(start + 5s, 5s);
  CHECK(told.size() == 4);
}

TEST_CASE("RB5: who began first is lent what it needs, one at a time, and the next one when that is repaid") {
  counter c{100};
  REQUIRE(c.budget->take(100));
  c.wait(1, 10);
  c.wait(2, 10);
  c.wait(3, 10);
  CHECK(c.served.empty());
  c.budget->lend(50);
  CHECK(c.served == names{"1 borrows 50"});
  CHECK(c.budget->free_bytes() == -50);
  c.budget->lend(50);
  CHECK(c.served.size() == 1);
  c.budget->give_back(50);
  CHECK(c.served.size() == 1);  // the debt is paid first
  c.budget->repaid();
  CHECK(c.served.back() == "2 borrows 50");
  c.budget->give_back(50 + 100);  // with the loan comes what others held
  c.budget->repaid();
  CHECK(c.served.back() == "3 gets 10");
  REQUIRE(c.budget->take(90));
  c.wait(4, 10);
  CHECK(c.served.size() == 3);  // there was enough again: no more loans
}

}  // namespace io_read_budget_test
