// A branch: accounts in a database of its own. No transaction spans two branches.
#pragma once

#include <memory>

#include "ledger.hpp"
#include "messages.hpp"
#include "mishap.hpp"

namespace bank {

/// What makes a branch.
struct branch_settings {
  std::int64_t number = 0;
  std::string directory;
  std::int64_t accounts = 10;
  std::int64_t opening_cents = 10'000;  ///< of each account, when the branch opens for the first time
  bool remember = true;                 ///< false: it does not know what it has done already
  std::uint32_t mishaps = 0;            ///< per mille of the bookings
};

class branch : public troupe::actor<book, total> {
 public:
  /// A reply leaves after `on_turn_end` has committed. If the branch fails before, what it has booked in the turn is undone with the
  /// transaction, and the requests run again (AC3).
  static constexpr bool held_replies = true;

  explicit branch(branch_settings how);
  ~branch() override;

  void on_start();
  void on_turn_end() override { ledger_->commit(); }
  troupe::result<void> on(const book& m);
  std::int64_t on(const total&);

 private:
  struct statements;
  troupe::result<void> change(const book& m);

  const branch_settings how_;
  mishap mishap_;
  std::unique_ptr<ledger> ledger_;
  std::unique_ptr<statements> sql_;
};

}  // namespace bank
