// What a pool of blocks must hold under every order of steps: its owner takes and gives back, others give back what
// they were handed; no block is in two hands, and none is lost.
//
// `Pool` is the pool, or a thin adapter to it, on model_atomics, with room for `Blocks` blocks:
//
//   struct Pool {
//     explicit Pool(std::span<block> all);   // all of them free
//     block* take();                         // the owner; null when none is free as far as it can see
//     void give(block* b);                   // the owner
//     void give_from_afar(block* b);         // any other thread
//   };
#pragma once

#include <array>
#include <span>

#include "unit/interleave/explore.hpp"

namespace interleave {

/// What is pooled. `next` is the pool's while the block is free.
struct block {
  model_plain<block*> next;
  model_plain<bool> held;
};

/// A pool, and a way from the owner to each of the others.
template <class Pool, unsigned Blocks, unsigned Others>
struct lending {
  /// The owner: takes one; whoever has it owns it alone.
  block* take() {
    block* const b = pool.take();
    if (!b) return nullptr;
    require(!b->held, "a block is in two hands");
    b->held = true;
    return b;
  }
  void give(block* b) {
    b->held = false;
    pool.give(b);
  }
  /// Another thread: gives back what it finds has been sent to it.
  void give_back(unsigned other) {
    block* const b = sent[other].exchange(nullptr);
    if (!b) return;
    require(b->held, "a block that is free was sent");
    b->held = false;
    pool.give_from_afar(b);
  }

  std::array<block, Blocks> all;
  Pool pool{std::span<block>(all)};
  std::array<model_atomic<block*>, Others> sent;
};

/// The owner takes and sends `Rounds` blocks to each of the others, keeping what it can't send; the others give back.
/// In the end the owner can take every block once.
template <class Pool, unsigned Blocks = 2, unsigned Others = 2, unsigned Rounds = 1>
program<lending<Pool, Blocks, Others>> no_block_is_lost() {
  using state = lending<Pool, Blocks, Others>;
  program<state> p;
  p.threads.push_back([](state& s) {
    for (unsigned i = 0; i < Rounds * Others; ++i) {
      block* const b = s.take();
      if (!b) continue;
      block* nothing = nullptr;
      if (!s.sent[i % Others].compare_exchange_strong(nothing, b)) s.give(b);
    }
    if (block* const b = s.take()) s.give(b);
  });
  for (unsigned o = 0; o < Others; ++o)
    p.threads.push_back([o](state& s) {
      for (unsigned i = 0; i < Rounds; ++i) s.give_back(o);
    });
  p.check = [](state& s) {
    for (unsigned o = 0; o < Others; ++o) s.give_back(o);
    for (unsigned i = 0; i < Blocks; ++i) require(s.take() != nullptr, "a block was lost");
    require(s.take() == nullptr, "a block came out twice");
  };
  return p;
}

}  // namespace interleave
