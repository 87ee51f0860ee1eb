#include "teller.hpp"

namespace replay {

using namespace std::chrono_literals;
using troupe::task;

namespace {

constexpr auto answer_within = 2s;
constexpr auto counting = 20ms;  // what a cent takes
constexpr auto pause = 10ms;
constexpr auto until_next = 100ms;  // while another teller has the account

}  // namespace

task<void> teller::work() {
  while (!promises_->over) {
    // His lease counts from before he asked for it, so that for him it ends earlier than for the locks.
    const auto asked = now();
    const auto mine = co_await ask<borrow>(locks_, answer_within, name_);
    if (mine) {
      co_await pay_in(*mine, asked + mine->lasts_ms * 1ms);
      locks_.tell(bring_back{mine->number});
    }
    co_await sleep(mine ? pause : until_next);
  }
}

task<void> teller::pay_in(lease mine, troupe::time_point until) {
  const auto there = co_await ask<look>(account_, answer_within, mine.number);
  if (!there) co_return;
  co_await sleep(counting);
  // He looks at the clock: without his lease he must not write. And yet.
  if (now() >= until) co_return;
  const auto done = co_await ask<write>(account_, answer_within, mine.number, *there + 1);
  if (done) ++promises_->cents;  // without an answer nobody knows, so nothing is promised
}

}  // namespace replay
