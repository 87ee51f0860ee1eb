// Envelopes and reply slots: memory that comes back, answers that come once.
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/engine/envelope.hpp>
#include <troupe/engine/recipient.hpp>
#include <troupe/engine/timers.hpp>
#include <vector>

namespace engine_reply_slot_test {

using namespace troupe;
using namespace troupe::engine;

namespace {

struct answer {
  std::string text;
};

struct big {
  std::array<char, 4000> bytes;
};

struct test_slot final : reply_slot {
  explicit test_slot(std::atomic<int>& count) : reply_slot(message_type_of<answer>), settles(count) {}
  void settled() noexcept override { settles.fetch_add(1); }
  std::atomic<int>& settles;
};

envelope_ptr make(std::string text) {
  return make_envelope<answer>(message_type_of<answer>, std::move(text));
}

}  // namespace

TEST_CASE("E1, E2: an envelope constructs its payload behind its header, aligned, and destroys it") {
  struct holder {
    std::shared_ptr<int> what;
  };
  auto held = std::make_shared<int>(1);
  auto e = make_envelope<holder>(message_type_of<holder>, held);
  CHECK(reinterpret_cast<std::uintptr_t>(e->payload()) % alignof(holder) == 0);
  CHECK(held.use_count() == 2);
  e.reset();
  CHECK(held.use_count() == 1);
}

TEST_CASE("E1: a payload that asks for 16 bytes of alignment gets them, and finds itself where `as` looks") {
  struct alignas(16) wide {
    std::uint64_t a, b;
  };
  const auto e = make_envelope<wide>(message_type_of<wide>, 1u, 2u);
  CHECK(reinterpret_cast<std::uintptr_t>(&e->as<wide>()) % 16 == 0);
  CHECK(static_cast<const void*>(&e->as<wide>()) == e->payload());
}

TEST_CASE("E4: what few messages have lies behind the payload, and is not there otherwise") {
  auto e = allocate_envelope(message_type_of<answer>, true);
  ::new (e->payload()) answer{"far"};
  e->type = &message_type_of<answer>;
  REQUIRE(e->options() != nullptr);
  CHECK(e->deadline() == never);
  e->options()->deadline = time_point{milliseconds{5}};
  CHECK(e->deadline() == time_point{milliseconds{5}});
  CHECK(e->as<answer>().text == "far");
  CHECK(make("near")->options() == nullptr);
}

TEST_CASE("E3: a block that was freed is used again by the same thread; a large one is not kept") {
  auto e = make("one");
  const void* const block = e.get();
  e.reset();
  e = make("two");
  if (block_usage().slabs_in_use > 0)
    CHECK(static_cast<const void*>(e.get()) == block);  // BL5: not under sanitizers
  CHECK(e->as<answer>().text == "two");
  CHECK_FALSE(e->reply);
  CHECK(e->deadline() == never);
  CHECK(unsigned{e->retries} == 0);
  CHECK(make_envelope<big>(message_type_of<big>)->as<big>().bytes.size() == 4000);
}

TEST_CASE("E3: envelopes that are made on one thread and freed on another are neither lost nor mixed up") {
  constexpr int count = 5000;
  std::vector<envelope_ptr> made(count);
  std::thread{[&] {
    for (int i = 0; i < count; ++i) made[static_cast<std::size_t>(i)] = make(std::to_string(i));
  }}.join();
  for (int i = 0; i < count; ++i)
    CHECK(made[static_cast<std::size_t>(i)]->as<answer>().text == std::to_string(i));
  std::thread{[&] { made.clear(); }}.join();
  CHECK(made.empty());
}

TEST_CASE("RS3: an envelope that goes away with its slot settles it with broken_promise") {
  std::atomic<int> settles{0};
  boost::intrusive_ptr<test_slot> slot{new test_slot{settles}};
  auto e = make("?");
  e->reply = slot;
  e.reset();
  REQUIRE(settles == 1);
  CHECK(std::get<error>(slot->take()).code == errc::broken_promise);
  CHECK_FALSE(slot->complete(make("late")));
}

TEST_CASE(
    "RS1, M5: reply, error, deadline and loss race; exactly one settles, and the outcome is the winner's") {
  timers service{time_point{}, [] {}};
  constexpr int rounds = 1500;
  std::atomic<int> settles{0};
  std::vector<boost::intrusive_ptr<test_slot>> slots;
  for (int i = 0; i < rounds; ++i) {
    slots.emplace_back(new test_slot{settles});
    service.arm(*slots.back(), time_point{milliseconds{i + 1}});
  }
  std::array<std::vector<char>, 3> won;
  for (auto& w : won) w.assign(rounds, 0);
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    for (std::size_t i = 0; i < rounds; ++i) won[0][i] = slots[i]->complete(make("reply"));
  });
  threads.emplace_back([&] {
    for (std::size_t i = rounds; i-- > 0;) won[1][i] = slots[i]->fail({errc::stopped, "gone"});
  });
  threads.emplace_back([&] {
    for (std::size_t i = 0; i < rounds; ++i) {
      auto e = make("request");
      e->reply = slots[(i + rounds / 2) % rounds];
    }
  });
  threads.emplace_back([&] {
    for (std::size_t i = 0; i < rounds; ++i) service.fire(time_point{milliseconds{i + 1}});
  });
  for (auto& t : threads) t.join();
  CHECK(settles == rounds);
  int mismatched = 0;
  for (std::size_t i = 0; i < rounds; ++i) {
    const auto got = slots[i]->take();
    if (std::holds_alternative<envelope_ptr>(got) != (won[0][i] != 0)) ++mismatched;
    if (won[0][i] && won[1][i]) ++mismatched;
    if (won[1][i] && std::get<error>(got).code != errc::stopped) ++mismatched;
  }
  CHECK(mismatched == 0);
}

namespace {

/// Who has a request: how often it was told that nobody waits, and who keeps it.
struct patient_worker final : recipient {
  std::atomic<int> told{0};
  std::atomic<int> references{1};

  void asker_gave_up(reply_slot&) noexcept override {
    told.fetch_add(1);
    release_reference();
  }
  void add_reference() noexcept override { references.fetch_add(1); }
  void release_reference() noexcept override { references.fetch_sub(1); }
  void run_turn() override {}
  pushed accept(const chain<envelope>&) noexcept override { return pushed::refused; }
  void schedule() noexcept override {}
  void refuse(const chain<envelope>&) noexcept override {}

  /// Leaves word as a cell does.
  bool leaves_word(reply_slot& in, word_kind kind = word_kind::works, const void* note = nullptr) {
    add_reference();
    if (in.leave_word(*this, kind, note)) return true;
    release_reference();
    return false;
  }
  bool takes_back(reply_slot& in) {
    if (!in.take_word_back()) return false;
    release_reference();
    return true;
  }
};

}  // namespace

TEST_CASE("RS4: who works on a request is told when the asker gives up, not when it is answered") {
  std::atomic<int> settles{0};
  patient_worker w;
  {
    const boost::intrusive_ptr<test_slot> slot{new test_slot{settles}};
    CHECK(w.leaves_word(*slot));
    CHECK(slot->complete(make("here")));
    CHECK_FALSE(slot->abandon({errc::cancelled, "too late"}));
    CHECK(w.told == 0);
    CHECK(w.takes_back(*slot));
  }
  const boost::intrusive_ptr<test_slot> slot{new test_slot{settles}};
  CHECK(w.leaves_word(*slot));
  CHECK(slot->abandon({errc::cancelled, "no need"}));
  CHECK(w.told == 1);
  CHECK_FALSE(w.takes_back(*slot));
  CHECK_FALSE(slot->abandon({errc::cancelled, "again"}));
  CHECK(w.told == 1);
  CHECK_FALSE(w.leaves_word(*slot));  // nobody waits any more
}

TEST_CASE("RS4: a deadline that passes is an asker who gives up; a word taken back is never used") {
  std::atomic<int> settles{0};
  patient_worker w;
  const boost::intrusive_ptr<test_slot> slot{new test_slot{settles}};
  CHECK(w.leaves_word(*slot));
  CHECK(w.takes_back(*slot));
  slot->fired();
  CHECK(w.told == 0);
  const boost::intrusive_ptr<test_slot> other{new test_slot{settles}};
  CHECK(w.leaves_word(*other));
  other->fired();
  CHECK(w.told == 1);
}

TEST_CASE(
    "RS4: of an asker who gives up and a worker who ends, each sees what the other did, whoever is first") {
  for (int round = 0; round < 2000; ++round) {
    std::atomic<int> settles{0};
    patient_worker w;
    const boost::intrusive_ptr<test_slot> slot{new test_slot{settles}};
    bool back = false;
    std::thread asker{[&] { slot->abandon({errc::cancelled, "no need"}); }};
    if (w.leaves_word(*slot))
      back = w.takes_back(*slot);
    else
      back = true;  // it had nothing to take back
    asker.join();
    CHECK(w.told == (back ? 0 : 1));
    CHECK(w.references == 1);
  }
}

TEST_CASE("RS4, LW1: where a request only waits nobody is told when its asker gives up, and nobody is kept") {
  std::atomic<int> settles{0};
  patient_worker w;
  {
    const boost::intrusive_ptr<test_slot> slot{new test_slot{settles}};
    CHECK(w.leaves_word(*slot, word_kind::waits));
    CHECK(slot->abandon({errc::cancelled, "no need"}));
    CHECK(w.references == 1);
    const boost::intrusive_ptr<test_slot> dropped{new test_slot{settles}};
    CHECK(w.leaves_word(*dropped, word_kind::waits));
    CHECK(w.references == 2);
  }
  CHECK(w.told == 0);
  CHECK(w.references == 1);
}

TEST_CASE("LW2, LW3: an asker finds who has left word, and he his own note; nobody else's") {
  std::atomic<int> settles{0};
  patient_worker w, other;
  const boost::intrusive_ptr<test_slot> slot{new test_slot{settles}};
  const int note = 0;
  CHECK(slot->find_holder() == nullptr);
  CHECK(w.leaves_word(*slot, word_kind::waits, &note));
  CHECK_FALSE(other.leaves_word(*slot));
  CHECK(slot->find_holder() == &w);
  CHECK(w.references == 3);  // its own, the word's, the finder's
  w.release_reference();
  const auto left = slot->word_of(w);
  REQUIRE(left);
  CHECK(left->note == &note);
  CHECK(left->kind == word_kind::waits);
  CHECK_FALSE(slot->word_of(other));
  CHECK(w.takes_back(*slot));
  CHECK(slot->find_holder() == nullptr);
  CHECK_FALSE(slot->word_of(w));
  CHECK(w.references == 1);
}

}  // namespace engine_reply_slot_test
