// What finds cycles of asks (M7), as production compiles it but for its atomics: the word that a holder leaves in a request, and a
// deaf receiver that looks at what came, under every order of their steps.
#include <troupe/engine/inbox.hpp>
#include <troupe/engine/left_word.hpp>

#include "unit/interleave/explore.hpp"
#include "unit/interleave/inbox_programs.hpp"
#include "unit/interleave/verdict.hpp"

namespace interleave_asks_test {

using namespace interleave;
namespace engine = troupe::engine;

namespace {

/// Somebody who has requests, and dies with the last reference.
struct holder {
  alignas(8) model_atomic<int> references{1};
  model_plain<int> made{1};

  void add_reference() noexcept { references.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept {
    if (references.fetch_sub(1, std::memory_order_acq_rel) == 1) made = 0;
  }
};

using word = engine::left_word<holder, model_atomics>;

struct desk {
  bool leave(holder& h, const void* note, engine::word_kind kind = engine::word_kind::waits) {
    h.add_reference();
    if (in.leave(h, kind, note)) return true;
    h.release_reference();
    return false;
  }
  void take_back(holder& h) {
    if (in.take_back()) h.release_reference();
  }
  void find() {
    holder* const h = in.find();
    if (!h) return;
    require(h->made == 1, "LW2: the holder that was found is gone");
    h->release_reference();
  }

  word in;
  std::array<holder, 2> holders;
  std::array<int, 4> notes{};
  bool gave_up = false;
};

/// Two holders have the request one after the other, each twice, and the second goes when it is done; the asker looks, and perhaps
/// gives up.
program<desk> word_is_left_and_found(unsigned looks, bool gives_up) {
  program<desk> p;
  p.threads.push_back([](desk& d) {
    for (unsigned i = 0; i < 2; ++i) {
      holder& h = d.holders[i];
      if (d.leave(h, &d.notes[i])) {
        const auto left = d.in.of(h);
        if (left) require(left->note == &d.notes[i], "LW3: a note is another's");
        require(!d.in.of(d.holders[1 - i]), "LW3: a word is another's");
      }
      d.take_back(h);
      h.release_reference();  // it goes; who has found it keeps it
    }
  });
  p.threads.push_back([=](desk& d) {
    for (unsigned i = 0; i < looks; ++i) d.find();
    if (!gives_up) return;
    const auto left = d.in.close();
    if (left.holder) left.holder->release_reference();
  });
  p.check = [](desk& d) {
    for (holder& h : d.holders)
      require(h.references.load() == 0, "LW1: a reference is lost, or given back twice");
  };
  return p;
}

/// Leaves word in one request, then looks who has the other; and the other way round.
template <class Word>
struct crossed {
  std::array<Word, 2> in;
  std::array<holder, 2> holders;
  std::array<bool, 2> found{};

  void leave_and_look(unsigned i) {
    holders[i].add_reference();
    require(in[i].leave(holders[i], engine::word_kind::waits, nullptr), "nobody else leaves word here");
    if (holder* const h = in[1 - i].find()) {
      found[i] = true;
      h->release_reference();
    }
  }
};

template <class Word>
program<crossed<Word>> one_of_two_sees_the_other() {
  using state = crossed<Word>;
  program<state> p;
  for (unsigned i = 0; i < 2; ++i) p.threads.push_back([i](state& s) { s.leave_and_look(i); });
  p.check = [](state& s) { require(s.found[0] || s.found[1], "LW4: neither sees the other's word"); };
  return p;
}

/// A receiver that is deaf for good and counts what it has looked at, and senders who wake it.
template <bool Wakes>
struct deaf_receiver {
  using box_type = engine::inbox<message, model_atomics>;

  void send(unsigned i) {
    if (box.push(&sent[i]) != engine::pushed::unheard || !Wakes) return;
    if (box.wake() == box_type::woken::must_schedule) turns.unpark();
  }
  void look() {
    message* known = nullptr;
    for (;;) {
      message* newest = nullptr;
      do {
        newest = box.newest();
        for (message* m = newest; m != known; m = m->next) ++looked_at;
        known = newest;
      } while (!box.sleep(true, newest));
      if (looked_at == sent.size()) return;
      turns.park();
    }
  }

  box_type box;
  std::array<message, 2> sent;
  unsigned looked_at = 0;
  model_parker turns;
};

template <bool Wakes>
program<deaf_receiver<Wakes>> everything_is_looked_at() {
  using state = deaf_receiver<Wakes>;
  program<state> p;
  for (unsigned i = 0; i < 2; ++i) p.threads.push_back([i](state& s) { s.send(i); });
  p.threads.push_back([](state& s) { s.look(); });
  p.check = [](state& s) { require(s.looked_at == 2, "CY2: an ask was overlooked"); };
  return p;
}

}  // namespace

TEST_CASE(
    "LW1-LW3: a word that is left, found and taken back keeps its holder alive and loses no reference") {
  must_pass(explore(word_is_left_and_found(1, false)));
  must_pass(explore(word_is_left_and_found(1, true)));
  must_pass(run_seeded(word_is_left_and_found(3, true), 1, 100'000));
}

TEST_CASE("LW4: of two who leave word and then look at the other's, one sees it") {
  must_pass(explore(one_of_two_sees_the_other<word>()));
}

TEST_CASE(
    "CY2: an ask that comes while its receiver goes to sleep deafly is looked at, in every order of steps") {
  must_pass(explore(everything_is_looked_at<true>()));
}

TEST_CASE("CY2: without the wake of its sender it may be overlooked") {
  const auto p = everything_is_looked_at<false>();
  must_fail(p, explore(p), "no thread can run");
}

}  // namespace interleave_asks_test
