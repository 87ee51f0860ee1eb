// Actors that answer later, let others answer, or never do, for tests over nodes, on sockets and simulated.
#pragma once

#include <map>
#include <string>
#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>
#include <utility>

#include "unit/cell/world.hpp"

namespace answers_test {

/// Is answered when its number is called.
struct ticket {
  std::int32_t number = 0;
  using reply = std::string;
};
TROUPE_CONTRACT(ticket, "answers_test.ticket", 1, number)
struct call {
  std::int32_t number = 0;
};
TROUPE_CONTRACT(call, "answers_test.call", 1, number)
/// The promise goes without an answer.
struct drop {
  std::int32_t number = 0;
};
TROUPE_CONTRACT(drop, "answers_test.drop", 1, number)
/// How many promises are owed to somebody?
struct owed {
  using reply = std::int32_t;
};
TROUPE_CONTRACT(owed, "answers_test.owed", 1)
/// Ends the office.
struct close_down {};
TROUPE_CONTRACT(close_down, "answers_test.close_down", 1)

/// Owes answers.
class office : public troupe::actor<ticket, call, drop, owed, close_down> {
 public:
  explicit office(life::journal_ptr to) : to_(std::move(to)) {}
  troupe::promise<std::string> on(const ticket& m) {
    auto one = answer_later<std::string>();
    waiting_[m.number] = one;
    to_->note("took " + std::to_string(m.number));
    return one;
  }
  void on(const call& m) {
    to_->note(waiting_[m.number].reply("window " + std::to_string(m.number)) ? "answered" : "too late");
  }
  void on(const drop& m) { waiting_.erase(m.number); }
  std::int32_t on(const owed&) {
    std::int32_t n = 0;
    for (const auto& [number, one] : waiting_) n += one.is_awaited();
    return n;
  }
  void on(const close_down&) { stop_self(); }

 private:
  life::journal_ptr to_;
  std::map<std::int32_t, troupe::promise<std::string>> waiting_;
};

/// Is answered by somebody else.
struct errand {
  std::int32_t number = 0;
  using reply = std::string;
};
TROUPE_CONTRACT(errand, "answers_test.errand", 1, number)

/// Answers nothing itself: a ticket it hands on as it is, an errand as a ticket.
class porter : public troupe::actor<ticket, errand> {
 public:
  explicit porter(troupe::ref<ticket> to) : to_(std::move(to)) {}
  troupe::delegated<std::string> on(ticket) { return forward<ticket>(to_); }
  troupe::delegated<std::string> on(const errand& m) { return delegate<ticket>(to_, m.number); }

 private:
  troupe::ref<ticket> to_;
};

}  // namespace answers_test
