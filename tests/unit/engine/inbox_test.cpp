// The shared end of a mailbox and its system lane, with several senders on real threads. Every interleaving of small cases
// is run in tests/unit/interleave.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <troupe/engine/inbox.hpp>
#include <troupe/engine/system_lane.hpp>
#include <vector>

namespace engine_inbox_test {

using namespace troupe::engine;

namespace {

struct alignas(64) note {
  note* next = nullptr;
  bool counted = true;
  unsigned sender = 0;
  unsigned number = 0;
};

using notes = inbox<note>;

constexpr unsigned senders = 3;
constexpr unsigned each = 30'000;

std::vector<unsigned> numbers(taken<note> what) {
  std::vector<unsigned> out;
  for (note* n = what.first; n; n = n->next) out.push_back(n->number);
  return out;
}

std::vector<std::vector<note>> make_notes() {
  std::vector<std::vector<note>> all(senders, std::vector<note>(each));
  for (unsigned s = 0; s < senders; ++s)
    for (unsigned i = 0; i < each; ++i) all[s][i].sender = s, all[s][i].number = i;
  return all;
}

}  // namespace

TEST_CASE("IN2: an inbox gives out what was pushed, oldest first, and counts it") {
  notes box;
  std::vector<note> n(4);
  for (unsigned i = 0; i < 4; ++i) n[i].number = i;
  n[2].counted = false;
  for (auto& one : n) CHECK(box.push(&one) == pushed::queued);  // it begins scheduled
  CHECK(box.count() == 3);
  const auto all = box.take();
  CHECK(all.counted == 3);
  CHECK(numbers(all) == std::vector<unsigned>{0, 1, 2, 3});
  CHECK(box.count() == 0);
  CHECK(box.take().first == nullptr);
}

TEST_CASE("IN3: the first push to a sleeping receiver has to schedule it, later ones need not") {
  notes box;
  note a, b;
  REQUIRE(box.sleep(false));
  CHECK(box.push(&a) == pushed::must_schedule);
  CHECK(box.push(&b) == pushed::queued);
  CHECK_FALSE(box.sleep(false));  // there is something to run
  CHECK(box.take().counted == 2);
  CHECK(box.sleep(false));
}

TEST_CASE("IN4: a wake schedules a sleeper once, and keeps one at work from sleeping") {
  notes box;
  CHECK(box.wake() == notes::woken::at_work);
  CHECK_FALSE(box.sleep(false));  // it has to look at its signals
  CHECK(box.sleep(false));
  CHECK(box.wake() == notes::woken::must_schedule);
  CHECK(box.wake() == notes::woken::at_work);
  CHECK_FALSE(box.sleep(true));
  CHECK(box.sleep(true));
}

TEST_CASE("M7: a deaf receiver is not woken by messages, keeps them, and is woken by a signal") {
  notes box;
  note a, b;
  CHECK(box.push(&a) == pushed::queued);
  CHECK_FALSE(box.is_deaf());
  CHECK_FALSE(box.sleep(true));  // one came that it has not looked at
  REQUIRE(box.sleep(true, box.newest()));
  CHECK(box.is_deaf());
  CHECK(box.push(&b) == pushed::unheard);
  CHECK(box.count() == 2);
  CHECK(box.newest() == &b);
  CHECK(box.wake() == notes::woken::must_schedule);
  CHECK(box.take().counted == 2);
}

TEST_CASE("a closed inbox gives out what is there and refuses pushes and wakes") {
  notes box;
  note a, b;
  box.push(&a);
  CHECK_FALSE(box.is_closed());
  CHECK(box.close().first == &a);
  CHECK(box.is_closed());
  CHECK(box.push(&b) == pushed::refused);
  CHECK(box.wake() == notes::woken::refused);
  CHECK(box.count() == 0);
}

TEST_CASE("IN6: the count stops at its maximum, the receiver still counts right") {
  notes box;
  const std::size_t many = notes::count_max + 10;
  std::vector<note> n(many);
  for (auto& one : n) box.push(&one);
  CHECK(box.count() == notes::count_max);
  CHECK(box.take().counted == many);
  CHECK(box.count() == 0);
}

TEST_CASE("M3, IN3: with several senders nothing is lost, order is kept, and one schedule is out at a time") {
  notes box;
  REQUIRE(box.sleep(false));
  auto all = make_notes();
  std::atomic<unsigned> schedules{0}, got{0}, out_of_order{0}, doubled{0};
  std::vector<unsigned> next(senders, 0);
  // Whoever has to schedule the receiver runs it at once, as a worker would.
  const auto run = [&] {
    if (schedules.fetch_add(1) != 0) ++doubled;
    for (;;) {
      for (note* n = box.take().first; n;) {
        note* const following = n->next;
        if (n->number != next[n->sender]++) ++out_of_order;
        ++got;
        n = following;
      }
      schedules.fetch_sub(1);
      if (box.sleep(false)) return;
      schedules.fetch_add(1);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned s = 0; s < senders; ++s)
    threads.emplace_back([&, s] {
      for (auto& n : all[s])
        if (box.push(&n) == pushed::must_schedule) run();
    });
  for (auto& t : threads) t.join();
  CHECK(got == senders * each);
  CHECK(out_of_order == 0);
  CHECK(doubled == 0);
}

TEST_CASE("M9, SL1: signals of several senders arrive once each, in each sender's order") {
  system_lane<note> lane;
  CHECK(lane.take_all() == nullptr);
  auto all = make_notes();
  std::vector<std::thread> threads;
  for (unsigned s = 0; s < senders; ++s)
    threads.emplace_back([&, s] {
      for (auto& n : all[s]) lane.push(&n);
    });
  std::vector<unsigned> next(senders, 0);
  unsigned got = 0, out_of_order = 0;
  while (got < senders * each) {
    note* n = lane.take_all();
    if (!n) std::this_thread::yield();
    for (; n; n = n->next, ++got)
      if (n->number != next[n->sender]++) ++out_of_order;
  }
  for (auto& t : threads) t.join();
  CHECK(lane.empty());
  CHECK(out_of_order == 0);
}

}  // namespace engine_inbox_test
