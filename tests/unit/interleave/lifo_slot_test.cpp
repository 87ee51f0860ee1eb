// The worker's LIFO slot, as production compiles it but for its atomics and its lock: its owner puts and takes while others
// rescue, under every order of their steps.
#include <troupe/engine/lifo_slot.hpp>

#include "unit/interleave/explore.hpp"
#include "unit/interleave/verdict.hpp"

namespace interleave_lifo_slot_test {

using namespace interleave;
namespace engine = troupe::engine;

namespace {

struct work {
  model_plain<unsigned> made_ready{0};  // written by the owner before it puts the work in
  unsigned number = 0;
};

/// A rescuer that says nothing to the owner's processor (BI2).
struct without_heavy_fence : model_atomics {
  static void heavy_fence() noexcept {}
};

template <class Atomics>
struct desk {
  desk() {
    for (unsigned i = 0; i < works.size(); ++i) works[i].number = i;
  }
  void put(unsigned i) {
    works[i].made_ready = 1;
    got(slot.put(&works[i]));
  }
  void got(work* w) {
    if (!w) return;
    require(w->made_ready == 1, "LS1: what made it ready is not seen");
    require(ran[w->number].fetch_add(1) == 0, "LS1: it was given out twice");
  }

  engine::lifo_slot<work, Atomics> slot;
  std::array<work, 3> works;
  std::array<model_atomic<unsigned>, 3> ran;
};

/// The owner puts and takes as the scheduler does; each rescuer looks once.
template <class Atomics, unsigned Rescuers>
program<desk<Atomics>> put_take_and_rescue(unsigned puts, bool takes_between) {
  using state = desk<Atomics>;
  program<state> p;
  p.threads.push_back([=](state& d) {
    for (unsigned i = 0; i < puts; ++i) {
      d.put(i);
      if (takes_between) d.got(d.slot.take());
    }
  });
  for (unsigned r = 0; r < Rescuers; ++r) p.threads.push_back([](state& d) { d.got(d.slot.rescue()); });
  p.check = [puts](state& d) {
    d.got(d.slot.take());
    for (unsigned i = 0; i < puts; ++i) require(d.ran[i].load() == 1, "LS1: it was lost");
  };
  return p;
}

}  // namespace

TEST_CASE("LS1, BI1: what is put into a LIFO slot comes out once, in every order of steps") {
  must_pass(explore(put_take_and_rescue<model_atomics, 1>(2, true)));
  must_pass(explore(put_take_and_rescue<model_atomics, 1>(3, false)));
  must_pass(run_seeded(put_take_and_rescue<model_atomics, 2>(3, true), 1, 100'000));
  must_pass(run_seeded(put_take_and_rescue<model_atomics, 2>(3, false), 1, 100'000));
}

TEST_CASE("BI2: without the rescuer's heavy fence both take the same") {
  const auto p = put_take_and_rescue<without_heavy_fence, 1>(2, true);
  must_fail(p, explore(p), "LS1: it was given out twice");
}

}  // namespace interleave_lifo_slot_test
