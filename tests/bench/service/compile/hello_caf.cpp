// samples/hello in CAF: an account fails on a negative deposit, and whoever watches it puts a new one in its place.
#include <caf/all.hpp>
#include <iostream>
#include <stdexcept>

CAF_BEGIN_TYPE_ID_BLOCK(hello, first_custom_type_id)
CAF_ADD_ATOM(hello, hello, deposit_atom, "deposit")
CAF_ADD_ATOM(hello, hello, balance_atom, "balance")
CAF_END_TYPE_ID_BLOCK(hello)

using hello::balance_atom;
using hello::deposit_atom;

struct account_state {
  std::int64_t cents = 0;
};

caf::behavior account(caf::stateful_actor<account_state>* self) {
  return {
      [=](deposit_atom, std::int64_t cents) {
        if (cents < 0) throw std::invalid_argument("a negative deposit");
        self->state.cents += cents;
      },
      [=](balance_atom) { return self->state.cents; },
  };
}

struct bank_state {
  caf::actor ada;
};

// Keeps the name that outlives the accounts.
caf::behavior bank(caf::stateful_actor<bank_state>* self) {
  self->state.ada = self->spawn<caf::monitored>(account);
  self->set_down_handler([=](caf::down_msg&) { self->state.ada = self->spawn<caf::monitored>(account); });
  return {
      [=](deposit_atom what, std::int64_t cents) { self->send(self->state.ada, what, cents); },
      [=](balance_atom what) { return self->delegate(self->state.ada, what); },
  };
}

int main() {
  caf::actor_system_config config;
  caf::actor_system sys{config};
  {
    caf::scoped_actor self{sys};
    const auto ada = sys.spawn(bank);
    // No deposit that fails: what comes before the new account is there is lost, and the program would not print 100.
    self->send(ada, hello::deposit_atom_v, std::int64_t{100});
    self->request(ada, std::chrono::seconds{1}, hello::balance_atom_v)
        .receive([](std::int64_t cents) { std::cout << cents << "\n"; },
                 [&](const caf::error& why) { std::cerr << sys.render(why) << "\n"; });
    self->send_exit(ada, caf::exit_reason::user_shutdown);
  }
}
