// The README's first actor: it fails, and its supervisor puts a new one in its place.
#include <iostream>
#include <troupe/troupe.hpp>

struct deposit {
  std::int64_t cents;
};
struct balance {
  using reply = std::int64_t;
};

struct account : troupe::actor<deposit, balance> {  // the messages it understands
  void on(const deposit& m) {
    if (m.cents < 0) throw std::invalid_argument("a negative deposit");  // goes to the supervisor
    cents += m.cents;
  }
  std::int64_t on(const balance&) { return cents; }  // a returned value is the reply
  std::int64_t cents = 0;
};

int main() {
  troupe::system sys;
  auto bank = troupe::supervise(sys, "bank", troupe::one_for_one{}, troupe::child<account>("ada"));
  auto ada = bank.ref<account>("ada");  // stays valid across restarts
  ada.tell(deposit{-1});                // fails; a new account takes its place
  ada.tell(deposit{100});
  std::cout << ada.ask(balance{}, troupe::seconds{1}).get().value() << "\n";  // 100
}
