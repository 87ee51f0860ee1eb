// The bounded mailbox on real threads. Every order of small cases is run in tests/unit/interleave.
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <thread>
#include <troupe/engine/bounded_mailbox.hpp>
#include <vector>

namespace engine_bounded_mailbox_test {

using namespace troupe::engine;

namespace {

struct alignas(64) note {
  note* next = nullptr;
  bool counted = true;
  unsigned sender = 0;
  unsigned number = 0;
};

using ring = bounded_lane<note>;
using mailbox = bounded_mailbox<note>;

constexpr unsigned senders = 3;
constexpr unsigned each = 30'000;

std::vector<unsigned> numbers(const note* first) {
  std::vector<unsigned> out;
  for (; first; first = first->next) out.push_back(first->number);
  return out;
}

std::vector<note> numbered(unsigned n) {
  std::vector<note> all(n);
  for (unsigned i = 0; i < n; ++i) all[i].number = i;
  return all;
}

/// Senders, and a receiver that whoever has to schedules, as a worker would.
struct traffic {
  explicit traffic(std::size_t capacity, bool drops) : box(capacity, drops) {
    static_cast<void>(shared.sleep(false));
    for (unsigned s = 0; s < senders; ++s)
      for (unsigned i = 0; i < each; ++i) all[s][i].sender = s, all[s][i].number = i;
  }

  void send(note& n) {
    const auto out = box.post(shared, &n);
    for (const note* gone = out.undelivered; gone; gone = gone->next) ++given_up[gone->sender];
    if (out.how == posted::must_schedule) run();
  }
  void run() {
    if (schedules.fetch_add(1) != 0) ++doubled;
    for (;;) {
      while (const note* const n = box.next(shared)) {
        if (n->number < next[n->sender]) ++out_of_order;
        next[n->sender] = n->number + 1;
        ++got[n->sender];
      }
      schedules.fetch_sub(1);
      if (shared.sleep(false)) return;
      schedules.fetch_add(1);
    }
  }
  void send_all() {
    std::vector<std::thread> threads;
    for (unsigned s = 0; s < senders; ++s)
      threads.emplace_back([this, s] {
        for (auto& n : all[s]) send(n);
      });
    for (auto& t : threads) t.join();
  }

  inbox<note> shared;
  mailbox box;
  std::vector<std::vector<note>> all{senders, std::vector<note>(each)};
  std::array<unsigned, senders> next{}, got{};  // the receiver's
  std::array<std::atomic<unsigned>, senders> given_up{};
  std::atomic<unsigned> schedules{0}, doubled{0};
  unsigned out_of_order = 0;
};

}  // namespace

TEST_CASE(
    "BR2, BR3: a ring gives out what went in, oldest first, and takes no more than its capacity, round after "
    "round") {
  for (const std::size_t capacity : {1u, 2u, 3u, 7u}) {
    ring r{capacity};
    auto n = numbered(8);
    for (unsigned round = 0; round < 50; ++round) {
      CHECK(r.pop() == nullptr);
      for (std::size_t i = 0; i < capacity; ++i) CHECK(r.push(&n[i]));
      CHECK(r.count() == capacity);
      CHECK_FALSE(r.push(&n[7]));
      CHECK(r.end() - r.begin() == capacity);
      for (std::size_t i = 0; i < capacity; ++i) CHECK(r.pop() == &n[i]);
      CHECK(r.count() == 0);
    }
  }
}

TEST_CASE("BR5: a ring goes on when its rounds begin anew") {
  ring r{1};
  note n;
  std::uint64_t lost = 0;
  for (std::uint32_t i = 0; i < (1u << 22) + 10; ++i)
    if (!r.push(&n) || r.pop() != &n) ++lost;
  CHECK(lost == 0);
}

TEST_CASE("M8: who drops the oldest gets it back, in order, and never the newest") {
  ring r{2};
  auto n = numbered(4);
  CHECK(r.push_over(&n[0]) == nullptr);
  CHECK(r.push_over(&n[1]) == nullptr);
  CHECK(r.push_over(&n[2]) == &n[0]);
  CHECK(r.push_over(&n[3]) == &n[1]);
  CHECK(r.begin() == 2);
  CHECK(r.end() == 4);
  CHECK(r.pop() == &n[2]);
  CHECK(r.pop() == &n[3]);
}

TEST_CASE("M8: a full mailbox rejects the newest or drops the oldest; its owner is scheduled once") {
  for (const bool drops : {false, true}) {
    CAPTURE(drops);
    inbox<note> shared;
    mailbox box{2, drops};
    REQUIRE(shared.sleep(false));
    auto n = numbered(3);
    CHECK(box.post(shared, &n[0]).how == posted::must_schedule);
    CHECK(box.post(shared, &n[1]).how == posted::queued);
    CHECK(box.count() == 2);
    const auto third = box.post(shared, &n[2]);
    CHECK(third.how == (drops ? posted::queued : posted::full));
    CHECK(third.undelivered == (drops ? &n[0] : &n[2]));
    CHECK_FALSE(shared.sleep(false));
    CHECK(box.next(shared) == (drops ? &n[1] : &n[0]));
    CHECK(box.next(shared) == (drops ? &n[2] : &n[1]));
    CHECK(box.next(shared) == nullptr);
    CHECK(shared.sleep(false));
  }
}

TEST_CASE(
    "M7, IN7: a deaf receiver is not woken by a message in its ring, and finds it when it hears again") {
  inbox<note> shared;
  mailbox box{2, false};
  REQUIRE(shared.sleep(true));
  note n;
  CHECK(box.post(shared, &n).how == posted::queued);
  CHECK(shared.wake() == inbox<note>::woken::must_schedule);
  CHECK(box.next(shared) == &n);
}

TEST_CASE(
    "M9, BM3: an uncounted message passes a full mailbox and waits for what was there before, not for what "
    "comes") {
  inbox<note> shared;
  mailbox box{2, false};
  auto n = numbered(5);
  n[2].counted = false;
  box.post(shared, &n[0]);
  box.post(shared, &n[1]);
  CHECK(box.post(shared, &n[2]).how == posted::queued);
  CHECK(box.count() == 2);
  CHECK(box.next(shared) == &n[0]);
  CHECK(box.post(shared, &n[3]).how == posted::queued);
  CHECK(box.next(shared) == &n[1]);
  CHECK(box.next(shared) == &n[2]);
  CHECK(box.next(shared) == &n[3]);
  CHECK(box.next(shared) == nullptr);
}

TEST_CASE("M4, BM2: a close gives out all that is there; a later post gives its own back") {
  inbox<note> shared;
  mailbox box{3, false};
  auto n = numbered(7);
  n[3].counted = n[4].counted = n[6].counted = false;
  box.post(shared, &n[0]);
  box.post(shared, &n[3]);
  CHECK(box.next(shared) == &n[0]);
  box.post(shared, &n[1]);
  box.post(shared, &n[4]);
  box.post(shared, &n[2]);
  CHECK(numbers(box.close(shared.close())) == std::vector<unsigned>{3, 4, 1, 2});
  const auto counted = box.post(shared, &n[5]);
  CHECK(counted.how == posted::refused);
  CHECK(numbers(counted.undelivered) == std::vector<unsigned>{5});
  const auto uncounted = box.post(shared, &n[6]);
  CHECK(uncounted.how == posted::refused);
  CHECK(numbers(uncounted.undelivered) == std::vector<unsigned>{6});
  CHECK(box.count() == 0);
}

TEST_CASE("M3, M8: with several senders each message is run or given up, in order, within the bound") {
  for (const bool drops : {false, true})
    for (const std::size_t capacity : {1u, 3u, 64u, 100'000u}) {
      CAPTURE(drops);
      CAPTURE(capacity);
      traffic t{capacity, drops};
      t.send_all();
      for (unsigned s = 0; s < senders; ++s) CHECK(t.got[s] + t.given_up[s] == each);
      CHECK(t.out_of_order == 0);
      CHECK(t.doubled == 0);
      if (capacity > senders * each)
        for (unsigned s = 0; s < senders; ++s) CHECK(t.given_up[s] == 0);
    }
}

TEST_CASE("M4, BM2: with several senders and a receiver that closes, each message has one end") {
  for (int round = 0; round < 200; ++round) {
    inbox<note> shared;
    mailbox box{4, round % 2 == 0};
    std::vector<std::vector<note>> all(senders, std::vector<note>(50));
    std::atomic<unsigned> ends{0}, go{0};
    const auto count = [&](const note* first) {
      for (; first; first = first->next) ++ends;
    };
    std::vector<std::thread> threads;
    for (unsigned s = 0; s < senders; ++s)
      threads.emplace_back([&, s] {
        ++go;
        for (auto& n : all[s]) count(box.post(shared, &n).undelivered);
      });
    while (go.load() == 0) std::this_thread::yield();
    for (int i = 0; i < 20; ++i)
      if (box.next(shared)) ++ends;
    count(box.close(shared.close()));
    for (auto& t : threads) t.join();
    CHECK(box.count() == 0);
    CHECK(ends == senders * 50);
  }
}

}  // namespace engine_bounded_mailbox_test
