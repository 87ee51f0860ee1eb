// What the tests of CAF interoperability share: messages both sides know, and a troupe actor that talks to CAF.
#pragma once

#include <caf/all.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <troupe/contract/contract.hpp>
#include <troupe/ref/caf.hpp>

#include "unit/cell/world.hpp"

namespace caf_test {

/// Answered with the sum so far.
struct add {
  std::int32_t n = 0;
  using reply = std::int32_t;
};
/// Noted; has no reply.
struct note {
  std::string line;
};
TROUPE_CONTRACT(note, "caf_test.note", 1, line)
/// Makes the handler throw.
struct boom {
  std::int32_t n = 0;
  using reply = std::int32_t;
};
/// Waits for the gate.
struct hold_up {};
/// Can't be copied.
struct secret {
  std::unique_ptr<int> what;
  using reply = std::int32_t;
};
/// No troupe actor here understands it.
struct stranger {
  std::int32_t n = 0;
};

/// A troupe actor that CAF actors talk to.
class account : public troupe::actor<add, note, boom, hold_up> {
 public:
  account(life::journal_ptr to, life::gate_ptr held_by) : to_(std::move(to)), gate_(std::move(held_by)) {}
  std::int32_t on(const add& m) { return total_ += m.n; }
  void on(const note& m) { to_->note(m.line); }
  std::int32_t on(const boom& m) {
    to_->note("boom " + std::to_string(m.n));
    throw std::runtime_error{"asked to"};
  }
  void on(const hold_up&) {
    to_->note("holds");
    gate_->pass();
  }
  void on_stop() override { to_->note("account stopped"); }

 private:
  life::journal_ptr to_;
  life::gate_ptr gate_;
  std::int32_t total_ = 0;
};

/// A system with such an actor and a journal.
struct world {
  life::journal_ptr j = std::make_shared<life::journal>();
  life::gate_ptr g = std::make_shared<life::gate>();
  troupe::system sys{life::quiet()};
  troupe::ref<account> a = troupe::spawn<account>(sys, "account", j, g);

  /// Keeps the account in a handler until the gate is opened.
  void hold() {
    a.tell(hold_up{});
    REQUIRE(j->wait_for("holds"));
  }
};

}  // namespace caf_test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_test::add)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_test::note)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_test::boom)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_test::hold_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_test::stranger)
