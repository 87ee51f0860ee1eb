// The teller: carries transfers out, step by step, and undoes what can't be finished (H. Garcia-Molina, K. Salem: Sagas, 1987).
//
// Rules
//  TL1 A step is in the journal before the next begins. Who carries a transfer out may crash anywhere: the next one reads the journal
//      and goes on, or does the last step again.
//  TL2 A step that may have been done is done again under the same name, which a branch does once. So `handler_failed`, `restarted` and
//      `timeout` are no answers: the teller asks until it has one.
//  TL3 Money that was taken and can't be given to the second account goes back to the first: the compensation. It is a step like any
//      other, so it can't be forgotten either.
#pragma once

#include <map>
#include <troupe/pattern/retrying.hpp>

#include "branch.hpp"
#include "journal.hpp"

namespace bank {

/// What makes a teller.
struct teller_settings {
  std::int64_t branches = 3;
  bool compensate = true;     ///< false: it forgets TL3
  std::uint32_t mishaps = 0;  ///< per mille of the steps
};

class teller : public troupe::actor<transfer> {
 public:
  explicit teller(teller_settings how);

  /// Goes on with what is unfinished.
  troupe::task<void> on_start();
  /// Answered when the transfer is over. Any number may ask about the same one.
  troupe::promise<step> on(const transfer& m);

 private:
  static constexpr std::size_t under_way_max = 1'000;

  troupe::task<void> carry_out(transfer t);
  troupe::task<step> advance(transfer t, step from);
  troupe::task<bool> booked(std::string op, account at, std::int64_t cents);
  template <class M, class... Ts, class... Fields>
  troupe::task<troupe::result<troupe::reply_of<M>>> answer_of(troupe::ref<Ts...> from, Fields... fields);

  const teller_settings how_;
  mishap mishap_;
  const troupe::ref<journal> journal_;
  std::vector<troupe::ref<branch>> branches_;
  std::map<std::string, std::vector<troupe::promise<step>>> under_way_;  // who waits for what
};

}  // namespace bank
