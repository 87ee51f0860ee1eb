// The other side of the tests of remoting/basp: messages, actors and configuration as a program on stock CAF 0.17 has them, which knows
// nothing of troupe. Included by `basp_peer`, and by the tests that have such a system in their own process.
#pragma once

#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace plain {

struct place {
  std::int32_t x = 0;
  std::string name;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, place& m) {
  return f(caf::meta::type_name("place"), m.x, m.name);
}

/// Answered with the sum so far.
struct deposit {
  std::string account;
  std::int64_t cents = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, deposit& m) {
  return f(caf::meta::type_name("deposit"), m.account, m.cents);
}

/// Answered with a `statement`.
struct ask_statement {
  std::string account;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, ask_statement& m) {
  return f(caf::meta::type_name("ask_statement"), m.account);
}
struct statement {
  std::string account;
  std::int64_t cents = 0;
  std::vector<std::int64_t> all;
  std::map<std::string, double> rates;
  caf::optional<place> where;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, statement& m) {
  return f(caf::meta::type_name("statement"), m.account, m.cents, m.all, m.rates, m.where);
}

/// Answered by nobody.
struct hold_on {
  std::int32_t n = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, hold_on& m) {
  return f(caf::meta::type_name("hold_on"), m.n);
}

/// Has `news` sent to somebody.
struct listen_to {
  std::string line;
  caf::actor who;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, listen_to& m) {
  return f(caf::meta::type_name("listen_to"), m.line, m.who);
}
struct news {
  std::string line;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, news& m) {
  return f(caf::meta::type_name("news"), m.line);
}

/// Ends with that `caf::exit_reason`.
struct leave {
  std::int32_t reason = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, leave& m) {
  return f(caf::meta::type_name("leave"), m.reason);
}

/// The other side's answer is none that could come here.
struct ask_unheard_of {
  std::int32_t n = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, ask_unheard_of& m) {
  return f(caf::meta::type_name("ask_unheard_of"), m.n);
}

/// Only this side has heard of it.
struct stranger {
  std::int32_t n = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, stranger& m) {
  return f(caf::meta::type_name("stranger"), m.n);
}

// As most programs on CAF 0.17 write it: no struct, an atom and the values.
using add_atom = caf::atom_constant<caf::atom("add")>;
using sum_atom = caf::atom_constant<caf::atom("sum")>;

inline caf::behavior calculator() {
  auto total = std::make_shared<std::int32_t>(0);
  return {[=](add_atom, std::int32_t a, std::int32_t b) { return *total += a + b; },
          [=](sum_atom) { return *total; }};
}

/// A stock configuration, with the messages under the names that troupe's contracts have.
struct config : caf::actor_system_config {
  explicit config(const std::string& application = {}, std::chrono::milliseconds heartbeat = {}) {
    load<caf::io::middleman>();
    set("scheduler.max-threads", 2);
    set("scheduler.policy", caf::atom("sharing"));  // its queue has a mutex, which ThreadSanitizer sees
    if (heartbeat.count() > 0) set("middleman.heartbeat-interval", caf::timespan{heartbeat});
    if (!application.empty()) set("middleman.app-identifiers", std::vector<std::string>{application});
    add_message_type<deposit>("basp_test.deposit");
    add_message_type<ask_statement>("basp_test.ask_statement");
    add_message_type<statement>("basp_test.statement");
    add_message_type<hold_on>("basp_test.hold_on");
    add_message_type<listen_to>("basp_test.listen_to");
    add_message_type<news>("basp_test.news");
    add_message_type<leave>("basp_test.leave");
    add_message_type<ask_unheard_of>("basp_test.ask_unheard_of");
    add_message_type<stranger>("basp_test.stranger");
  }
};

struct teller_state {
  std::int64_t total = 0;
  std::vector<std::int64_t> all;
  std::vector<caf::response_promise> never;
};

/// What a program had before there was troupe.
inline caf::behavior teller(caf::stateful_actor<teller_state>* self) {
  return {
      [=](const deposit& m) {
        self->state.all.push_back(m.cents);
        return self->state.total += m.cents;
      },
      [=](const ask_statement& m) {
        return statement{m.account, self->state.total, self->state.all, {{"eur", 1.5}}, place{7, "town"}};
      },
      [=](const hold_on&) -> caf::result<std::int64_t> {
        self->state.never.push_back(self->make_response_promise());
        return caf::delegated<std::int64_t>{};
      },
      [=](const listen_to& m) { self->send(m.who, news{m.line}); },
      [=](const news& m) {
        if (const auto from = caf::actor_cast<caf::actor>(self->current_sender()))
          self->send(from, news{m.line + " yourself"});
      },
      [=](const leave& m) { self->quit(caf::make_error(static_cast<caf::exit_reason>(m.reason))); },
  };
}

}  // namespace plain
