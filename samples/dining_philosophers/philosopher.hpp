// A philosopher who shares his forks as K. M. Chandy and J. Misra had it (The Drinking Philosophers Problem, 1984).
//
// Rules
//  PH1 Who is hungry asks for the forks he does not have. A fork that is asked for is given away unless its holder is eating or the
//      fork is clean.
//  PH2 A fork is washed when it is given away and dirty once it was eaten with. So who has just eaten gives way, and who waits
//      keeps what he was given: a neighbour begins one more meal at most before he hands a fork over, and nobody starves.
//  PH3 All forks begin dirty, and with the lower seat of the two that share them. Who gives way to whom is then a graph without a
//      cycle, and stays one: there is no deadlock.
#pragma once

#include <array>
#include <optional>
#include <troupe/base/prng.hpp>

#include "messages.hpp"

namespace dining {

/// What makes a philosopher.
struct manners {
  bool polite = true;                                      ///< false: who is hungry keeps every fork he has
  troupe::duration meal = std::chrono::microseconds{200};  ///< on average
  troupe::duration thought = std::chrono::microseconds{200};  ///< between two meals; 0: always hungry
};

class philosopher : public troupe::actor<take_seat, please, fork, look, go_home> {
 public:
  /// At `seat` of a table for `guests`, with the forks that are his at first. They are moved into him, so he can't be restarted: that
  /// would take a second set of them.
  philosopher(int seat, int guests, manners how, troupe::ref<ate> table, std::vector<fork> forks);

  void on(const take_seat& m);
  void on(const please& m);
  void on(fork f);
  std::string on(const look&) const;
  void on(const go_home&);

 private:
  enum class does : std::uint8_t { thinking, waiting, eating, leaving };
  /// The fork to one side, and the neighbour there.
  struct side {
    int number;
    neighbour who = {};
    std::optional<fork> here = {};
    bool asked_by_me = false;
    bool asked_by_him = false;
    int begun_while_he_waits = 0;
    bool given_to_me = false;  // since I am hungry
  };

  side& side_of(int fork) { return sides_[0].number == fork ? sides_[0] : sides_[1]; }
  bool gives_away(const side& s) const;
  troupe::duration about(troupe::duration mean);
  void be_hungry();
  void settle();
  void eat();
  void think();

  const int seat_;
  const manners how_;
  const troupe::ref<ate> table_;
  std::array<side, 2> sides_;
  does does_ = does::thinking;
  troupe::time_point hungry_since_{};
  int overtakes_ = 0;
  int robbed_ = 0;
  troupe::prng chance_;
};

}  // namespace dining
