// A worker's outbox, as production compiles it but for its atomics and its lock: a turn sends while the lookout rescues, under
// every order of their steps.
#include <troupe/engine/outbox.hpp>

#include "unit/interleave/explore.hpp"
#include "unit/interleave/inbox_programs.hpp"
#include "unit/interleave/verdict.hpp"

namespace interleave_outbox_test {

using namespace interleave;
namespace engine = troupe::engine;

namespace {

/// A lookout that says nothing to the worker's processor (BI2).
struct without_heavy_fence : model_atomics {
  static void heavy_fence() noexcept {}
};

/// A receiver: a mailbox and a count of references.
struct receiver {
  engine::pushed accept(const engine::chain<message>& messages) noexcept {
    require(messages.newest && messages.oldest, "BI1: a chain that somebody else has taken apart");
    require(owners.load() > 0, "OB2: a chain for a receiver that may have gone");
    return box.push(messages);
  }
  void schedule() noexcept {}
  void refuse(const engine::chain<message>&) noexcept { require(false, "nobody has closed it"); }
  void add_reference() noexcept { owners.fetch_add(1); }
  void release_reference() noexcept { owners.fetch_sub(1); }

  engine::inbox<message, model_atomics> box;
  model_atomic<unsigned> owners{0};
};

template <class Atomics>
struct office {
  office() {
    for (unsigned i = 0; i < messages.size(); ++i) messages[i].number = i;
  }
  void send(unsigned to, unsigned number) {
    if (!out.keep(receivers[to], &messages[number])) receivers[to].box.push(&messages[number]);
  }
  // What receiver `of` was sent, as digits.
  unsigned numbers(unsigned of) {
    unsigned all = 0;
    for (message* m = receivers[of].box.take().first; m; m = m->next) all = 10 * all + m->number;
    return all;
  }

  engine::outbox<receiver, message, Atomics> out;
  std::array<receiver, 2> receivers;
  std::array<message, 8> messages;
  model_parker turn_is_over;
};

/// A turn sends three messages to the first receiver, one to the second and one to the first again; the cell's next turn, on another
/// worker, sends the first receiver a last one.
template <class Atomics>
program<office<Atomics>> a_turn_that_is_rescued(unsigned rescuers, unsigned first = 1) {
  using state = office<Atomics>;
  program<state> p;
  p.threads.push_back([first](state& o) {
    for (unsigned n = first; n <= 3; ++n) o.send(0, n);
    o.send(1, 4);
    o.send(0, 5);
    o.out.end_handler();
    o.turn_is_over.unpark();
  });
  p.threads.push_back([](state& o) {
    o.turn_is_over.park();
    o.receivers[0].box.push(&o.messages[6]);
  });
  for (unsigned i = 0; i < rescuers; ++i) p.threads.push_back([](state& o) { o.out.rescue(); });
  p.check = [first](state& o) {
    require(o.numbers(0) == (first == 1 ? 12356 : 2356), "M3: lost, twice or out of order");
    require(o.numbers(1) == 4, "M3: lost, twice or out of order");
    for (receiver& r : o.receivers) require(r.owners.load() == 0, "OB2: references are out of balance");
  };
  return p;
}

/// A thread that has heard of what the handler sent sends the same receiver something: it does not overtake it.
template <bool Settles>
program<office<model_atomics>> a_thread_that_has_heard() {
  using state = office<model_atomics>;
  program<state> p;
  p.threads.push_back([](state& o) {
    for (unsigned n = 1; n <= 3; ++n) o.send(0, n);
    o.turn_is_over.unpark();  // a latch of the user's: the handler goes on
    o.out.end_handler();
  });
  p.threads.push_back([](state& o) {
    o.turn_is_over.park();
    if (Settles) o.out.settle(o.receivers[0]);
    o.receivers[0].box.push(&o.messages[4]);
  });
  p.check = [](state& o) {
    require(o.numbers(0) == 1234, "OB4: overtaken");
    require(o.receivers[0].owners.load() == 0, "OB2: references are out of balance");
  };
  return p;
}

/// A receiver whose messages go together in one node (OB5): they are digits.
struct row_receiver {
  engine::pushed accept(const engine::chain<message>& messages) noexcept {
    require(messages.newest && messages.newest == messages.oldest, "OB5: one node is kept");
    take(messages.newest->number);
    return engine::pushed::queued;
  }
  void take(unsigned digits) noexcept {
    unsigned all = said.load();
    for (unsigned scale = digits; scale > 0; scale /= 10) all *= 10;
    said.store(all + digits);
  }
  void schedule() noexcept {}
  void refuse(const engine::chain<message>&) noexcept { require(false, "nobody has closed it"); }
  void add_reference() noexcept { owners.fetch_add(1); }
  void release_reference() noexcept { owners.fetch_sub(1); }

  model_atomic<unsigned> said{0};
  model_atomic<unsigned> owners{0};
};

struct row_office {
  void send(unsigned digit) {
    const auto add = [digit](message& kept) {
      kept.number = 10 * kept.number + digit;
      return kept.number >= 100 ? engine::grown::full : engine::grown::more;
    };
    if (out.grow(to, add)) return;
    if (out.follows_on(to)) {
      nodes[begun].number = digit;
      if (out.keep(to, &nodes[begun++])) return;
    }
    to.take(digit);
  }

  engine::outbox<row_receiver, message, model_atomics> out;
  row_receiver to;
  std::array<message, 8> nodes;
  unsigned begun = 0;
};

/// A turn sends some digits while others rescue what it keeps.
program<row_office> a_row_that_is_rescued(unsigned rescuers, unsigned digits) {
  program<row_office> p;
  p.threads.push_back([digits](row_office& o) {
    for (unsigned d = 1; d <= digits; ++d) o.send(d);
    o.out.end_handler();
  });
  for (unsigned i = 0; i < rescuers; ++i) p.threads.push_back([](row_office& o) { o.out.rescue(); });
  p.check = [digits](row_office& o) {
    unsigned all = 0;
    for (unsigned d = 1; d <= digits; ++d) all = 10 * all + d;
    require(o.to.said.load() == all, "OB5: lost, twice or out of order");
    require(o.to.owners.load() == 0, "OB2: references are out of balance");
  };
  return p;
}

}  // namespace

TEST_CASE("OB5: what goes together in one node arrives once and in order, whoever sends it") {
  must_pass(explore(a_row_that_is_rescued(1, 3)));
  must_pass(run_seeded(a_row_that_is_rescued(1, 6), 1, 200'000));
  must_pass(run_seeded(a_row_that_is_rescued(2, 6), 1, 200'000));
}

TEST_CASE(
    "OB1-OB3, BI1: what a turn sends arrives once and in order, whoever sends it, in every order of steps") {
  must_pass(explore(a_turn_that_is_rescued<model_atomics>(1, 2)));
  must_pass(run_seeded(a_turn_that_is_rescued<model_atomics>(1), 1, 200'000));
  must_pass(run_seeded(a_turn_that_is_rescued<model_atomics>(2), 1, 200'000));
}

TEST_CASE("OB4: a thread that has heard of a message does not overtake it") {
  // Who waits by looking again does so for ever in some order of steps: random ones, many.
  must_pass(run_seeded(a_thread_that_has_heard<true>(), 1, 300'000));
  const auto p = a_thread_that_has_heard<false>();
  must_fail(p, explore(p), "OB4: overtaken");
}

TEST_CASE("BI2: without the lookout's heavy fence two are inside at once") {
  const auto p = a_turn_that_is_rescued<without_heavy_fence>(1, 2);
  must_fail(p, explore(p), ":");
}

TEST_CASE("OB1: a chain is sent when it is as long as a chain may be") {
  engine::outbox<receiver, message, model_atomics> out;
  receiver r;
  std::array<message, 40> all;
  for (unsigned i = 0; i < all.size(); ++i) {
    all[i].number = i;
    if (!out.keep(r, &all[i])) r.box.push(&all[i]);
    // The first goes straight, then a chain at a time.
    CHECK(r.box.count() == (i < decltype(out)::most ? 1 : 1 + decltype(out)::most));
  }
  CHECK(r.owners.load() == 1);
  out.end_handler();
  CHECK(out.empty());
  CHECK(r.owners.load() == 0);
  unsigned expected = 0;
  for (message* m = r.box.take().first; m; m = m->next) CHECK(m->number == expected++);
  CHECK(expected == all.size());
}

}  // namespace interleave_outbox_test
