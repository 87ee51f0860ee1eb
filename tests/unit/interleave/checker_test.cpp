// The checker finds what it is there to find, and nothing else.
#include "unit/interleave/verdict.hpp"

namespace interleave_checker_test {

using namespace interleave;

namespace {

// ---- store, then load what the other stores: works only if the store is seen first

enum class how { release, seq_cst, full_fences, light_and_heavy, two_light };

struct dekker {
  model_atomic<bool> a{false}, b{false};
  bool saw_a = false, saw_b = false;
};

program<dekker> dekker_with(how h) {
  const auto order = h == how::seq_cst ? std::memory_order_seq_cst : std::memory_order_release;
  const auto between = [h](bool often) {
    if (h == how::full_fences) model_atomics::full_fence();
    if (h == how::two_light || (h == how::light_and_heavy && often)) model_atomics::light_fence();
    if (h == how::light_and_heavy && !often) model_atomics::heavy_fence();
  };
  return {{[=](dekker& d) {
             d.a.store(true, order);
             between(true);
             d.saw_b = d.b.load();
           },
           [=](dekker& d) {
             d.b.store(true, order);
             between(false);
             d.saw_a = d.a.load();
           }},
          [](dekker& d) { require(d.saw_a || d.saw_b, "both went past each other"); }};
}

// ---- a counter that is read and written apart

struct counter {
  model_atomic<int> n{0};
};

program<counter> increments(bool atomically) {
  const auto once = [atomically](counter& c) {
    if (atomically)
      c.n.fetch_add(1);
    else
      c.n.store(c.n.load() + 1);
  };
  return {{once, once, once}, [](counter& c) { require(c.n.load() == 3, "an increment was lost"); }};
}

// ---- publishing through a flag

struct publish {
  model_atomic<int> value{0};
  model_atomic<bool> ready{false};
};

}  // namespace

TEST_CASE("Dekker with release stores fails: both stores may still be in their buffers (IM2)") {
  const auto p = dekker_with(how::release);
  must_fail(p, explore(p), "both went past each other");
}

TEST_CASE("Dekker with seq_cst stores passes") { must_pass(explore(dekker_with(how::seq_cst))); }

TEST_CASE("Dekker with full fences passes") { must_pass(explore(dekker_with(how::full_fences))); }

TEST_CASE("AF1: Dekker with a light fence on one side and a heavy one on the other passes") {
  must_pass(explore(dekker_with(how::light_and_heavy)));
}

TEST_CASE("AF1: Dekker with two light fences fails") {
  const auto p = dekker_with(how::two_light);
  must_fail(p, explore(p), "both went past each other");
}

TEST_CASE("a heavy fence need not find all buffers empty at once: each has been empty since it began") {
  // Threads 1 and 2 fill their buffers in turn; a fence that waited for one moment for both would still end in
  // every run, so what is shown here is that no run waits for ever.
  struct state {
    model_atomic<int> a{0}, b{0}, done{0};
  };
  const program<state> p{{[](state& s) {
                            model_atomics::heavy_fence();
                            s.done.store(1);
                          },
                          [](state& s) {
                            s.a.store(1, std::memory_order_relaxed);
                            s.a.store(2, std::memory_order_relaxed);
                          },
                          [](state& s) {
                            s.b.store(1, std::memory_order_relaxed);
                            s.b.store(2, std::memory_order_relaxed);
                          }},
                         [](state& s) { require(s.done.load() == 1, "the fence never ended"); }};
  must_pass(explore(p));
}

TEST_CASE("an increment in two steps is lost, a fetch_add is not") {
  const auto broken = increments(false);
  must_fail(broken, explore(broken), "an increment was lost");
  must_pass(explore(increments(true)));
}

TEST_CASE("stores leave a buffer in their order: what is published behind a flag is there (IM2)") {
  const auto body = [](bool flag_first) {
    return program<publish>{{[flag_first](publish& s) {
                               if (flag_first) s.ready.store(true, std::memory_order_release);
                               s.value.store(7, std::memory_order_relaxed);
                               if (!flag_first) s.ready.store(true, std::memory_order_release);
                             },
                             [](publish& s) {
                               if (s.ready.load()) require(s.value.load() == 7, "published too early");
                             }}};
  };
  must_pass(explore(body(false)));
  const auto broken = body(true);
  must_fail(broken, explore(broken), "published too early");
}

TEST_CASE("a thread sees its own stores before anybody else does") {
  const program<counter> p{{[](counter& c) {
    c.n.store(5, std::memory_order_relaxed);
    require(c.n.load() == 5, "did not see its own store");
  }}};
  must_pass(explore(p));
}

TEST_CASE("a wake-up that comes before the sleep is remembered; one that never comes is a deadlock") {
  struct state {
    model_parker spot;
    model_atomic<bool> work{false};
  };
  const auto body = [](bool wakes) {
    return program<state>{{[](state& s) {
                             while (!s.work.load()) s.spot.park();
                           },
                           [wakes](state& s) {
                             s.work.store(true);
                             if (wakes) s.spot.unpark();
                           }}};
  };
  must_pass(explore(body(true)));
  const auto broken = body(false);
  must_fail(broken, explore(broken), "no thread can run: thread 0 waits to park");
}

TEST_CASE("two mutexes taken in opposite orders are a deadlock, in the same order they are not") {
  struct state {
    model_mutex a, b;
    int inside = 0;
  };
  const auto taking = [](model_mutex state::*first, model_mutex state::*second) {
    return [=](state& s) {
      (s.*first).lock();
      (s.*second).lock();
      require(++s.inside == 1, "two inside");
      --s.inside;
      (s.*second).unlock();
      (s.*first).unlock();
    };
  };
  const auto ab = taking(&state::a, &state::b), ba = taking(&state::b, &state::a);
  must_pass(explore(program<state>{{ab, ab, ab}}));
  const program<state> broken{{ab, ba}};
  must_fail(broken, explore(broken), "no thread can run");
}

TEST_CASE("a program that never ends fails") {
  const program<counter> p{{[](counter& c) {
    while (c.n.load() == 0) {
    }
  }}};
  must_fail(p, explore(p), "does not end within 2000 steps");
}

TEST_CASE("a search that is not finished fails: it proves nothing") {
  const report r = explore(increments(true), {.runs_max = 3});
  CHECK_FALSE(r.passed());
  CHECK(r.failure.find("gave up after 3 runs") != std::string::npos);
}

TEST_CASE("an exception that leaves a thread fails the run") {
  const program<counter> p{{[](counter&) { throw std::runtime_error("oh no"); }}};
  must_fail(p, explore(p), "oh no");
}

TEST_CASE("a report has the steps in words, and a schedule that fits no program is refused") {
  const auto p = dekker_with(how::release);
  const report r = explore(p);
  CHECK(r.text().find("thread 0: store into the buffer cell 1: 1") != std::string::npos);
  CHECK(r.steps.size() == r.schedule.size());
  CHECK(replay(p, "0000").failure == "the schedule does not fit the program");
}

TEST_CASE("D1: random orders find the same bugs, and the same seed the same one") {
  const auto p = dekker_with(how::release);
  const report r = run_seeded(p, 7, 100'000);
  must_fail(p, r, "both went past each other");
  CHECK(run_seeded(p, 7, 100'000).schedule == r.schedule);
  must_pass(run_seeded(dekker_with(how::seq_cst), 7, 100'000));
}

}  // namespace interleave_checker_test
