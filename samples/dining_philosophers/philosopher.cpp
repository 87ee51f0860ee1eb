#include "philosopher.hpp"

#include <algorithm>

namespace dining {

philosopher::philosopher(int seat, int guests, manners how, troupe::ref<ate> table, std::vector<fork> forks)
    : seat_(seat),
      how_(how),
      table_(std::move(table)),
      sides_{side{.number = seat}, side{.number = (seat + 1) % guests}},
      chance_(ports().entropy().next()) {
  for (fork& f : forks) side_of(f.number()).here.emplace(std::move(f));
}

void philosopher::on(const take_seat& m) {
  sides_[0].who = m.left;
  sides_[1].who = m.right;
  be_hungry();
}

void philosopher::on(const please& m) {
  side_of(m.fork).asked_by_him = true;
  settle();
}

void philosopher::on(fork f) {
  side& s = side_of(f.number());
  s.here.emplace(std::move(f));
  s.asked_by_me = false;
  s.given_to_me = does_ == does::waiting;
  settle();
}

std::string philosopher::on(const look&) const {
  constexpr const char* names[] = {"thinks", "waits", "eats", "leaves"};
  std::string out = names[static_cast<int>(does_)];
  for (const side& s : sides_) out += (s.here ? ", has fork " : ", lacks fork ") + std::to_string(s.number);
  return out;
}

// Forks that he is asked for he gives away still.
void philosopher::on(const go_home&) {
  does_ = does::leaving;
  cancel_timer("next");
  settle();
}

void philosopher::be_hungry() {
  does_ = does::waiting;
  hungry_since_ = now();
  settle();
}

bool philosopher::gives_away(const side& s) const {
  if (!s.here || !s.asked_by_him || does_ == does::eating) return false;
  return does_ != does::waiting || (how_.polite && !s.here->is_clean());  // PH1
}

// Whatever has changed: gives what is due, asks for what is missing, eats if he can.
void philosopher::settle() {
  if (!sides_[0].who) return;  // a neighbour was seated first
  for (side& s : sides_) {
    if (gives_away(s)) {
      overtakes_ = std::max(overtakes_, std::exchange(s.begun_while_he_waits, 0));
      s.asked_by_him = false;
      if (std::exchange(s.given_to_me, false)) ++robbed_;
      s.here->wash();
      s.who.tell(std::move(*s.here));
      s.here.reset();
    }
    if (does_ == does::waiting && !s.here && !std::exchange(s.asked_by_me, true))
      s.who.tell(please{s.number});
  }
  if (does_ == does::waiting && sides_[0].here && sides_[1].here) eat();
}

void philosopher::eat() {
  does_ = does::eating;
  const troupe::duration waited = now() - hungry_since_;
  for (side& s : sides_) {
    s.here->use();
    s.given_to_me = false;
    if (s.asked_by_him) ++s.begun_while_he_waits;
  }
  key_timer("next", after_delay(about(how_.meal), [this, waited] {
              table_.tell(ate{seat_, waited, overtakes_, robbed_});
              think();
            }));
}

void philosopher::think() {
  does_ = does::thinking;
  settle();
  if (how_.thought > troupe::duration::zero())
    key_timer("next", after_delay(about(how_.thought), [this] { be_hungry(); }));
  else
    be_hungry();
}

troupe::duration philosopher::about(troupe::duration mean) {
  return troupe::duration{
      static_cast<troupe::duration::rep>(chance_.below(2 * static_cast<std::uint64_t>(mean.count()) + 1))};
}

}  // namespace dining
