// The two lanes with several senders.
#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/engine/mailbox.hpp>
#include <vector>

using namespace troupe;
using namespace troupe::engine;

namespace {

struct item {
  unsigned sender;
  unsigned number;
};

struct note {
  note* next = nullptr;
  unsigned sender = 0;
  unsigned number = 0;
};

envelope_ptr make(unsigned sender, unsigned number) {
  return make_envelope<item>(message_type_of<item>, sender, number);
}

constexpr unsigned senders = 3;
constexpr unsigned each = 30'000;

}  // namespace

TEST_CASE("a user lane that is empty says so, and gives out what was pushed in order") {
  user_lane lane;
  envelope_ptr e;
  CHECK(lane.pop(e) == lane_state::empty);
  CHECK(lane.looks_empty());
  for (int round = 0; round < 3; ++round) {
    for (unsigned i = 0; i < 3; ++i) lane.push(make(0, i));
    CHECK_FALSE(lane.looks_empty());
    for (unsigned i = 0; i < 3; ++i) {
      REQUIRE(lane.pop(e) == lane_state::item);
      CHECK(e->as<item>().number == i);
    }
    CHECK(lane.pop(e) == lane_state::empty);
    CHECK(lane.looks_empty());
  }
}

TEST_CASE("a user lane that is destroyed destroys what waits in it") {
  struct holder {
    std::shared_ptr<int> what;
  };
  auto held = std::make_shared<int>(1);
  {
    user_lane lane;
    for (int i = 0; i < 3; ++i) lane.push(make_envelope<holder>(message_type_of<holder>, held));
    CHECK(held.use_count() == 4);
  }
  CHECK(held.use_count() == 1);
}

TEST_CASE(
    "M3, MB1, MB2: with several senders nothing is lost and each sender's order is kept; pop never waits") {
  user_lane lane;
  std::vector<std::thread> threads;
  for (unsigned s = 0; s < senders; ++s)
    threads.emplace_back([&lane, s] {
      for (unsigned i = 0; i < each; ++i) lane.push(make(s, i));
    });
  std::vector<unsigned> next(senders, 0);
  unsigned got = 0, out_of_order = 0;
  while (got < senders * each) {
    envelope_ptr e;
    if (lane.pop(e) != lane_state::item) {  // empty or half-linked: the receiver gives its turn up
      std::this_thread::yield();
      continue;
    }
    const auto& m = e->as<item>();
    if (m.number != next[m.sender]++) ++out_of_order;
    ++got;
  }
  for (auto& t : threads) t.join();
  envelope_ptr e;
  CHECK(lane.pop(e) == lane_state::empty);
  CHECK(lane.looks_empty());
  CHECK(out_of_order == 0);
}

TEST_CASE("M9, MB3: signals of several senders arrive once each, in each sender's order") {
  system_lane<note> lane;
  CHECK(lane.take_all() == nullptr);
  std::vector<std::vector<note>> notes(senders, std::vector<note>(each));
  std::vector<std::thread> threads;
  for (unsigned s = 0; s < senders; ++s)
    threads.emplace_back([&, s] {
      for (unsigned i = 0; i < each; ++i) {
        notes[s][i].sender = s;
        notes[s][i].number = i;
        lane.push(&notes[s][i]);
      }
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
