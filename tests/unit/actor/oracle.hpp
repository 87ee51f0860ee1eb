// Somebody to ask who can be held up, for tests of what waits meanwhile.
#pragma once

#include "unit/cell/world.hpp"

namespace life {

/// Asks the oracle.
struct question {
  using reply = int;
};
/// Keeps the oracle busy until its gate is open.
struct hold_up {};

/// Notes `asked` and answers 7; notes `held up` when it is.
class oracle : public troupe::actor<question, hold_up> {
 public:
  oracle(journal_ptr to, gate_ptr g) : to_(std::move(to)), gate_(std::move(g)) {}
  int on(const question&) {
    to_->note("asked");
    return 7;
  }
  void on(const hold_up&) {
    to_->note("held up");
    gate_->pass();
  }

 private:
  journal_ptr to_;
  gate_ptr gate_;
};

}  // namespace life
