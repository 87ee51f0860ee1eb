// The bounded mailbox of the engine under every order of its steps (small cases), and under long seeded orders. And the ways
// to get it wrong that these programs must find.
#include <troupe/engine/bounded_mailbox.hpp>

#include "unit/interleave/bounded_programs.hpp"
#include "unit/interleave/verdict.hpp"

namespace interleave_bounded_test {

using namespace interleave;
namespace engine = troupe::engine;

namespace {

using shared_type = engine::inbox<message, model_atomics>;

/// The mailbox as the programs know it.
template <unsigned Capacity, bool Drops>
struct engine_mailbox {
  engine_mailbox() { require(shared.sleep(false), "an empty inbox does not let its receiver sleep"); }

  bounded_outcome post(message* m) {
    const auto out = mailbox.post(shared, m);
    switch (out.how) {
      case engine::posted::queued:
        return {pushed::behind, out.undelivered};
      case engine::posted::must_schedule:
        return {pushed::onto_idle, out.undelivered};
      default:
        return {pushed::refused, out.undelivered};
    }
  }
  message* next() { return mailbox.next(shared); }
  bool try_idle() { return shared.sleep(false); }
  message* close() { return mailbox.close(shared.close()); }
  bool ring() { return shared.wake() == shared_type::woken::must_schedule; }

  shared_type shared;
  engine::bounded_mailbox<message, model_atomics> mailbox{Capacity, Drops};
};

template <unsigned Capacity>
using rejecting = engine_mailbox<Capacity, false>;
template <unsigned Capacity>
using dropping = engine_mailbox<Capacity, true>;

enum class mistake {
  none,
  no_nudge,             // the message goes into the ring, nobody is told
  nudge_before_push,    // told of what is not there yet
  full_by_a_look,       // a count that was read before decides
  leaves_rest_behind,   // a sender that meets a closed receiver gives up nothing
  forgets_the_barrier,  // what came through the inbox is run at once
};

/// A mailbox with a lock around a list for a ring, which is right unless told otherwise.
template <mistake Mistake, unsigned Capacity = 1>
struct simple_mailbox {
  simple_mailbox() { static_cast<void>(shared.sleep(false)); }

  bounded_outcome post(message* m) {
    m->next = nullptr;
    if (!m->counted) {
      const auto how = shared.push(m);
      if (how == engine::pushed::refused) return {pushed::refused, m};
      return {how == engine::pushed::must_schedule ? pushed::onto_idle : pushed::behind, nullptr};
    }
    auto told = shared_type::woken::at_work;
    if (Mistake == mistake::nudge_before_push) told = shared.nudge();
    if (!push(m)) return {pushed::refused, m};
    if (Mistake != mistake::nudge_before_push && Mistake != mistake::no_nudge) told = shared.nudge();
    if (told == shared_type::woken::refused)
      return {pushed::refused, Mistake == mistake::leaves_rest_behind ? nullptr : rest()};
    return {told == shared_type::woken::must_schedule ? pushed::onto_idle : pushed::behind, nullptr};
  }
  message* next() {
    if (!late) {
      late = shared.take().first;
      lock.lock();
      late_after = end;
      lock.unlock();
    }
    if (late && Mistake == mistake::forgets_the_barrier) return first_late();
    if (late && begin >= late_after) return first_late();
    if (message* const m = pop()) return m;
    return late ? first_late() : nullptr;
  }
  bool try_idle() { return shared.sleep(false); }
  message* close() {
    const auto left = shared.close();
    require(!late && !left.first, "not in these programs");
    return rest();
  }
  bool ring() { return shared.wake() == shared_type::woken::must_schedule; }

 private:
  bool push(message* m) {
    if (Mistake == mistake::full_by_a_look) {
      if (looked.load() != 0) return false;
    }
    lock.lock();
    const bool room = end - begin < Capacity;
    if (room) slots[end++ % Capacity] = m;
    lock.unlock();
    looked.store(1);
    return room;
  }
  message* pop() {
    lock.lock();
    message* const m = begin != end ? slots[begin++ % Capacity] : nullptr;
    lock.unlock();
    return m;
  }
  message* rest() {
    message* const m = pop();
    if (m) m->next = nullptr;  // there is one at most
    return m;
  }
  message* first_late() {
    message* const m = late;
    late = m->next;
    return m;
  }

  shared_type shared;
  model_mutex lock;
  std::array<message*, Capacity> slots{};
  unsigned begin = 0, end = 0;
  model_atomic<unsigned> looked{0};
  message* late = nullptr;
  unsigned late_after = 0;
};

}  // namespace

TEST_CASE(
    "M8, BR1-BR3: in every order of steps each message of a rejecting mailbox is run or rejected, once, in "
    "order") {
  must_pass(explore(each_is_run_or_given_up<rejecting<1>, 1, 2, 1>()));
  must_pass(explore(each_is_run_or_given_up<rejecting<2>, 1, 2, 2>()));  // there is room for all
  must_pass(explore(each_is_run_or_given_up<rejecting<1>, 2, 1, 1>()));
  must_pass(explore(each_is_run_or_given_up<rejecting<2>, 2, 1, 2>()));
  must_pass(explore(full_at_first<rejecting<1>, 3>()));
  must_pass(run_seeded(each_is_run_or_given_up<rejecting<2>, 3, 3, 2>(), 1, 200'000));
  must_pass(run_seeded(each_is_run_or_given_up<rejecting<3>, 3, 20, 3>(), 1, 200'000));
}

TEST_CASE("M8: in every order of steps a mailbox that drops the oldest loses none, and keeps the newest") {
  must_pass(explore(newest_are_run<dropping<1>, 2, 1>()));
  must_pass(run_seeded(newest_are_run<dropping<2>, 20, 2>(), 1, 200'000));
  must_pass(explore(each_is_run_or_given_up<dropping<1>, 2, 1, 1>()));
  // All orders in which threads are cut off twice; all at all are more than a test may take.
  must_pass(explore(full_at_first<dropping<1>, 3>(), {.search = {.preemptions_max = 2}}));
  must_pass(run_seeded(full_at_first<dropping<1>, 3>(), 1, 200'000));
  must_pass(run_seeded(each_is_run_or_given_up<dropping<1>, 2, 2, 1>(), 1, 300'000));
  must_pass(run_seeded(each_is_run_or_given_up<dropping<2>, 3, 3, 2>(), 1, 200'000));
  must_pass(run_seeded(each_is_run_or_given_up<dropping<3>, 3, 20, 3>(), 1, 200'000));
}

TEST_CASE(
    "M4, BM2: in every order of steps a bounded mailbox that is closed loses nothing and keeps nothing") {
  must_pass(explore(bounded_close_loses_nothing<rejecting<1>, 1, 2>()));
  must_pass(explore(bounded_close_loses_nothing<rejecting<2>, 2, 1>()));
  must_pass(explore(bounded_close_loses_nothing<dropping<1>, 2, 1>()));
  must_pass(run_seeded(bounded_close_loses_nothing<rejecting<2>, 3, 3>(), 1, 200'000));
  must_pass(run_seeded(bounded_close_loses_nothing<dropping<2>, 3, 20>(), 1, 200'000));
}

TEST_CASE(
    "M9, L4, BM3: an uncounted message passes a full mailbox and comes behind what its sender sent before") {
  must_pass(explore(uncounted_come_last<rejecting<1>, 1, 2>()));
  must_pass(explore(uncounted_come_last<dropping<1>, 1, 2>()));
  must_pass(run_seeded(uncounted_come_last<rejecting<1>, 2, 2>(), 1, 200'000));
  must_pass(run_seeded(uncounted_come_last<rejecting<2>, 3, 4>(), 1, 200'000));
  must_pass(run_seeded(uncounted_come_last<dropping<2>, 3, 4>(), 1, 200'000));
}

TEST_CASE("a right mailbox around a lock passes the same programs") {
  must_pass(explore(each_is_run_or_given_up<simple_mailbox<mistake::none>, 2, 1, 1>()));
  must_pass(explore(bounded_close_loses_nothing<simple_mailbox<mistake::none>, 1, 2>()));
  must_pass(explore(uncounted_come_last<simple_mailbox<mistake::none>, 1, 2>()));
}

TEST_CASE("a bounded mailbox that tells nobody of a message is found") {
  const auto p = each_is_run_or_given_up<simple_mailbox<mistake::no_nudge>, 1, 1, 1>();
  must_fail(p, explore(p), "");
}
TEST_CASE("a bounded mailbox that tells of a message before it is there is found") {
  const auto p = each_is_run_or_given_up<simple_mailbox<mistake::nudge_before_push, 2>, 1, 2, 2>();
  must_fail(p, explore(p), "");
}
TEST_CASE("a bounded mailbox that rejects although there is room is found") {
  const auto p = each_is_run_or_given_up<simple_mailbox<mistake::full_by_a_look, 2>, 1, 2, 2>();
  must_fail(p, explore(p), "M8");
}
TEST_CASE("a bounded mailbox whose senders leave what a closed receiver left is found") {
  const auto p = bounded_close_loses_nothing<simple_mailbox<mistake::leaves_rest_behind>, 1, 2>();
  must_fail(p, explore(p), "M4");
}
TEST_CASE("a bounded mailbox that runs an uncounted message at once is found") {
  const auto p = uncounted_come_last<simple_mailbox<mistake::forgets_the_barrier>, 1, 2>();
  must_fail(p, explore(p), "");
}

}  // namespace interleave_bounded_test
