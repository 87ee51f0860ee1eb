// A flight recorder's ring gives out whole entries only, under every order of steps (FL1, FL2).
#include <troupe/cell/flight_ring.hpp>

#include "unit/interleave/explore.hpp"
#include "unit/interleave/verdict.hpp"

namespace interleave_flight_ring_test {

using namespace interleave;

namespace {

enum class mistake {
  none,
  looks_once,       // the reader does not look at the id again
  says_nothing,     // the writer does not say that it writes
  id_before_words,  // nor waits for its words
  shares_a_place,   // two writers at once
};

/// The shortest form of what flight_ring.hpp does, to be wrong in.
template <mistake Mistake>
struct sketch {
  std::uint64_t write(const troupe::flight_entry& e, std::uint64_t id) {
    if (Mistake != mistake::says_nothing) id_.store(0, std::memory_order_release);
    if (Mistake == mistake::id_before_words) id_.store(id, std::memory_order_release);
    actor_.store(e.actor, std::memory_order_release);
    sender_.store(e.sender, std::memory_order_release);
    id_.store(id, std::memory_order_release);
    return id;
  }
  std::optional<troupe::flight_entry> read() const {
    troupe::flight_entry e{.id = id_.load(std::memory_order_acquire)};
    if (e.id == 0) return {};
    e.actor = actor_.load(std::memory_order_acquire);
    e.sender = sender_.load(std::memory_order_acquire);
    if (Mistake != mistake::looks_once && id_.load(std::memory_order_acquire) != e.id) return {};
    return e;
  }

  model_atomic<std::uint64_t> id_{0}, actor_{0}, sender_{0};
};

/// All words of the entry `n` are about `n`.
troupe::flight_entry entry(std::uint64_t n) {
  return {.at = troupe::time_point{troupe::duration{static_cast<std::int64_t>(n)}},
          .actor = n,
          .sender = n,
          .cause = n,
          .failed = n % 2 == 0};
}

void require_whole(const troupe::flight_entry& e) {
  const std::uint64_t n = e.actor;
  require(e.at == entry(n).at && e.sender == n && e.cause == n && e.failed == entry(n).failed,
          "FL1: words of two entries");
}

/// A ring of one place, so that each entry replaces the one before.
struct one_place {
  troupe::flight_ring<model_atomics> ring{1, 1};
  std::uint64_t given_up = 0;
};

template <mistake Mistake>
program<sketch<Mistake>> sketched(unsigned writers) {
  program<sketch<Mistake>> p;
  p.set_up = [](sketch<Mistake>& s) { s.write(entry(1), 1); };
  for (unsigned w = 0; w < writers; ++w)
    p.threads.push_back([w](sketch<Mistake>& s) { s.write(entry(2 + w), 2 + w); });
  p.threads.push_back([](sketch<Mistake>& s) {
    if (const auto e = s.read()) require(e->actor == e->sender, "FL1: words of two entries");
  });
  return p;
}

template <mistake Mistake>
void is_found(unsigned writers = 1) {
  const auto p = sketched<Mistake>(writers);
  must_fail(p, explore(p), "FL1");
}

}  // namespace

TEST_CASE("FL1: what is read while it is written is whole, or left out") {
  program<one_place> p;
  p.set_up = [](one_place& s) { s.ring.write(entry(1)); };
  p.threads.push_back([](one_place& s) { s.ring.write(entry(2)); });
  p.threads.push_back([](one_place& s) {
    if (const auto e = s.ring.read(0)) require_whole(*e);
  });
  p.check = [](one_place& s) {
    const auto e = s.ring.read(0);
    require(e && e->actor == 2, "the last entry is there");
    require_whole(*e);
  };
  must_pass(explore(p));
}

TEST_CASE("FL1: the same when the writer has come around twice") {
  program<one_place> p;
  p.threads.push_back([](one_place& s) {
    for (std::uint64_t n = 1; n <= 3; ++n) s.ring.write(entry(n));
  });
  p.threads.push_back([](one_place& s) {
    if (const auto e = s.ring.read(0)) require_whole(*e);
  });
  must_pass(run_seeded(p, 1, 200'000));
}

TEST_CASE(
    "FL2: of two that write to one place of a shared ring one may give up, and what is there is whole") {
  program<one_place> p;
  for (std::uint64_t n = 1; n <= 2; ++n)
    p.threads.push_back([n](one_place& s) {
      if (s.ring.write_shared(entry(n)) == 0) ++s.given_up;
    });
  p.threads.push_back([](one_place& s) {
    if (const auto e = s.ring.read(0)) require_whole(*e);
  });
  p.check = [](one_place& s) {
    const auto e = s.ring.read(0);
    require(e.has_value() && s.given_up <= 1, "FL2: one of them is there");
    require_whole(*e);
  };
  must_pass(explore(p, {.runs_max = 2'000'000}));
}

TEST_CASE("FL1: a sketch of the ring that is right holds") { must_pass(explore(sketched<mistake::none>(1))); }

TEST_CASE("FL1: a reader that does not look again is found") { is_found<mistake::looks_once>(); }
TEST_CASE("FL1: a writer that does not say that it writes is found") { is_found<mistake::says_nothing>(); }
TEST_CASE("FL1: a writer whose id comes before its words is found") { is_found<mistake::id_before_words>(); }
TEST_CASE("FL2: two writers that do not keep each other out are found") {
  is_found<mistake::shares_a_place>(2);
}

}  // namespace interleave_flight_ring_test
