// Messages put aside for later: a handler that can't deal with its message now stashes it, and gets all of them back, in order and
// before everything else, with `unstash_all`.
//
//     class door : public troupe::actor<knock, unlock> {
//      public:
//       static constexpr std::size_t stash_max = 100;
//       int on(const knock&) {
//         if (locked_) return stash();
//         return ++guests_;
//       }
//       void on(const unlock&) { locked_ = false; unstash_all(); }
//
// Rules
//  SH1 The stash holds `stash_max` messages; who puts one more in fails with `overloaded`.
//  SH2 A stashed message keeps its asker, its deadline and its place. It is run again as if it had just come: one that was put aside in
//      `on_unknown` comes there again.
//  SH3 A coroutine can't stash: its message is its own already. Let it answer with an error, or decide before it waits.
//  SH4 Restart and stop empty the stash to the dead letters; askers hear `restarted` or `stopped` (S6).
#pragma once

namespace troupe {

/// What `stash` returns: whatever the handler returns, which nobody will see. REQUIRES: that can be made of nothing.
struct stashed {
  template <class T>
  operator T() const {
    return T{};
  }
};

}  // namespace troupe
