// Messages that are run where they are, in the mailbox (inbox.hpp, IN8): what a body, its messages and their destructors see is what
// they see of one that was taken out.
#include <doctest/doctest.h>

#include <troupe/tree/supervise.hpp>

#include "unit/cell/world.hpp"

namespace actor_in_place_test {

using namespace troupe;
using namespace life;

namespace {

/// Counts in a plain variable of its receiver's: the end of a message is part of the turn that ran it.
struct counting_end {
  explicit counting_end(int* n) : ended(n) {}
  counting_end(counting_end&& other) noexcept : ended(std::exchange(other.ended, nullptr)) {}
  ~counting_end() {
    if (!ended) return;
    std::this_thread::yield();  // another worker could run the next message now, were the turn over
    ++*ended;
  }
  int* ended;
};
struct parcel {
  counting_end end;
};
struct verdict {
  using reply = bool;
};

class reader : public actor<parcel, verdict> {
 public:
  explicit reader(std::shared_ptr<int> ended) : ended_(std::move(ended)) {}
  void on(const parcel&) { in_turn_ = in_turn_ && *ended_ == ran_++; }
  bool on(const verdict&) { return in_turn_ && *ended_ == ran_; }

 private:
  std::shared_ptr<int> ended_;
  int ran_ = 0;
  bool in_turn_ = true;
};

struct wait_and_answer {
  int which;
  using reply = int;
};
struct launch_what_fails {
  using reply = int;
};

/// Holds its answers back to the end of its turn; something beside its handlers fails, once.
class holding : public actor<wait_and_answer, launch_what_fails> {
 public:
  static constexpr bool held_replies = true;
  holding(journal_ptr j, std::vector<gate_ptr> gates, std::shared_ptr<std::atomic<bool>> fails)
      : j_(std::move(j)), gates_(std::move(gates)), fails_(std::move(fails)) {}
  int on(const wait_and_answer& m) {
    j_->note("waits " + std::to_string(m.which));
    gates_[static_cast<std::size_t>(m.which)]->pass();
    return m.which;
  }
  int on(const launch_what_fails&) {
    if (fails_->exchange(false)) launch(fail());
    return 2;
  }

 private:
  task<void> fail() {
    throw std::runtime_error{"beside the handlers"};
    co_return;
  }
  journal_ptr j_;
  std::vector<gate_ptr> gates_;
  std::shared_ptr<std::atomic<bool>> fails_;
};

}  // namespace

TEST_CASE("C1: a message's destructor is over before the next message is run") {
  const auto ended =
      std::make_shared<int>(0);  // what the mailbox still has when the system ends counts as well
  troupe::system sys{quiet()};
  const auto r = spawn<reader>(sys, "reader", ended);
  // Each gives its core away once: where others wait for one, that is the better part of a millisecond.
  for (int i = 0; i < 2'000; ++i) r.tell(parcel{counting_end{ended.get()}});
  CHECK(r.ask(verdict{}, patience).get().value());
}

TEST_CASE("S7: what was put back while a message runs in its place is run again and answered") {
  const auto j = std::make_shared<journal>();
  const std::vector<gate_ptr> gates{std::make_shared<gate>(), std::make_shared<gate>()};
  troupe::system sys{quiet()};
  const auto fails = std::make_shared<std::atomic<bool>>(true);
  auto top = supervise(sys, "top", one_for_one{.intensity = 3}, child<holding>("h", j, gates, fails));
  const auto h = top.ref<holding>("h");
  // The second is taken out with the first, the third comes while the second runs: it is alone then.
  auto first = h.ask(wait_and_answer{0}, patience);
  REQUIRE(j->wait_for("waits 0"));
  auto second = h.ask(wait_and_answer{1}, patience);
  gates[0]->open();
  REQUIRE(j->wait_for("waits 1"));
  auto third = h.ask(launch_what_fails{}, patience);
  gates[1]->open();
  CHECK(first.get().value() == 0);
  CHECK(second.get().value() == 1);
  CHECK(j->count("waits 0") == 2);
  CHECK(j->count("waits 1") == 2);
  static_cast<void>(third.get());
}

}  // namespace actor_in_place_test
