// What the tests of CAF peers share: the messages as troupe has them, a troupe actor, and a stock CAF system beside it.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <troupe/basp/basp.hpp>
#include <troupe/contract/caf_atom.hpp>
#include <troupe/ref/caf.hpp>
#include <troupe/ref/find.hpp>
#include <troupe/troupe.hpp>
#include <vector>

#include "basp_peer/plain.hpp"
#include "unit/cell/world.hpp"

namespace basp_test {

using namespace std::chrono_literals;
using troupe::errc;

struct place {
  std::int32_t x = 0;
  std::string name;
};
TROUPE_CONTRACT(place, "basp_test.place", 1, x, name)
struct deposit {
  std::string account;
  std::int64_t cents = 0;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(deposit, "basp_test.deposit", 1, account, cents)
struct statement {
  std::string account;
  std::int64_t cents = 0;
  std::vector<std::int64_t> all;
  std::map<std::string, double> rates;
  std::optional<place> where;
};
TROUPE_CONTRACT(statement, "basp_test.statement", 1, account, cents, all, rates, where)
struct ask_statement {
  std::string account;
  using reply = statement;
};
TROUPE_CONTRACT(ask_statement, "basp_test.ask_statement", 1, account)
struct hold_on {
  std::int32_t n = 0;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(hold_on, "basp_test.hold_on", 1, n)
struct news {
  std::string line;
};
TROUPE_CONTRACT(news, "basp_test.news", 1, line)
struct listen_to {
  std::string line;
  troupe::ref<news> who;
};
TROUPE_CONTRACT(listen_to, "basp_test.listen_to", 1, line, who)
struct leave {
  std::int32_t reason = 0;
};
TROUPE_CONTRACT(leave, "basp_test.leave", 1, reason)
/// Has a contract, and nobody told CAF of it.
struct unheard_of {
  std::int32_t n = 0;
};
TROUPE_CONTRACT(unheard_of, "basp_test.unheard_of", 1, n)
/// Answered with what can't go to a CAF peer.
struct ask_unheard_of {
  std::int32_t n = 0;
  using reply = unheard_of;
};
TROUPE_CONTRACT(ask_unheard_of, "basp_test.ask_unheard_of", 1, n)

/// In CAF: (add_atom, int32_t, int32_t), and (sum_atom).
struct add {
  std::int32_t a = 0;
  std::int32_t b = 0;
  using reply = std::int32_t;
};
TROUPE_CONTRACT(add, "basp_test.add", 1, a, b)
struct sum {
  using reply = std::int32_t;
};
TROUPE_CONTRACT(sum, "basp_test.sum", 1)

}  // namespace basp_test

TROUPE_CAF_ATOM(basp_test::add, "add")
TROUPE_CAF_ATOM(basp_test::sum, "sum")

namespace basp_test {

/// A calculator, for whoever says so with an atom.
class calculator : public troupe::actor<add, sum> {
 public:
  std::int32_t on(const add& m) { return total_ += m.a + m.b; }
  std::int32_t on(const sum&) { return total_; }

 private:
  std::int32_t total_ = 0;
};

/// The troupe actor that CAF programs reach. What it hears goes into a journal.
class teller : public troupe::actor<deposit, ask_statement, hold_on, listen_to, news, leave, ask_unheard_of> {
 public:
  explicit teller(life::journal_ptr to) : to_(std::move(to)) {}

  std::int64_t on(const deposit& m) {
    all_.push_back(m.cents);
    to_->note("deposit " + std::to_string(m.cents));
    return total_ += m.cents;
  }
  statement on(const ask_statement& m) { return {m.account, total_, all_, {{"eur", 1.5}}, place{7, "town"}}; }
  troupe::promise<std::int64_t> on(const hold_on&) {
    to_->note("holds on");
    return never_.emplace_back(answer_later<std::int64_t>());
  }
  void on(const listen_to& m) { m.who.tell(news{m.line}); }
  void on(const news&) {}
  void on(const leave& m) {
    if (m.reason != 0) throw std::runtime_error{"asked to"};
    stop_self();
  }
  unheard_of on(const ask_unheard_of& m) { return {m.n}; }

 private:
  life::journal_ptr to_;
  std::int64_t total_ = 0;
  std::vector<std::int64_t> all_;
  std::vector<troupe::promise<std::int64_t>> never_;
};

/// The messages that CAF is told of.
inline troupe::basp_options options() {
  troupe::basp_options o;
  o.types.protocol<deposit, ask_statement, hold_on, listen_to, leave, news, ask_unheard_of>();
  return o;
}

/// As it is without the one type that `ask_unheard_of` is answered with.
inline troupe::basp_options options_without_answer() {
  troupe::basp_options o;
  o.types.add<deposit>().add<ask_statement>().add<statement>().add<hold_on>().add<listen_to>();
  o.types.add<news>().add<leave>().add<ask_unheard_of>();
  return o;
}

/// What the other side's actors understand.
using plain_ref = troupe::ref<deposit, ask_statement, hold_on, listen_to, news, leave, unheard_of>;

/// A stock CAF system, as another program has it.
struct plain_side {
  explicit plain_side(const std::string& application = {}) : config(application), sys(config) {}

  /// Publishes a teller; its port.
  std::uint16_t serve() {
    served = sys.spawn(plain::teller);
    auto port = sys.middleman().publish(served, 0, "127.0.0.1");
    REQUIRE(static_cast<bool>(port));
    return *port;
  }
  /// Finds what is published there.
  caf::actor find(std::uint16_t port) {
    auto found = sys.middleman().remote_actor("127.0.0.1", port);
    REQUIRE(static_cast<bool>(found));
    return *found;
  }
  /// Asks; the answer as text.
  template <class Answer, class Message>
  std::string ask(const caf::actor& whom, const Message& m, std::chrono::milliseconds limit = 20s) {
    std::string out;
    caf::scoped_actor self{sys};
    self->request(whom, limit, m)
        .receive([&](const Answer& a) { out = caf::deep_to_string(a); },
                 [&](caf::error& e) { out = caf::to_string(e); });
    return out;
  }
  ~plain_side() { caf::anon_send_exit(served, caf::exit_reason::user_shutdown); }
  plain_side(const plain_side&) = delete;

  plain::config config;
  caf::actor_system sys;
  caf::actor served;
};

/// A troupe system with a teller.
struct world {
  life::journal_ptr j = std::make_shared<life::journal>();
  troupe::system sys;
  troupe::ref<teller> t = troupe::spawn<teller>(sys, "teller", j);

  explicit world(troupe::basp_options o = options()) : sys(life::quiet(), troupe::basp{std::move(o)}) {}
  std::uint16_t publish() { return troupe::basp_of(sys).publish(t).get().value(); }
  plain_ref connect(std::uint16_t port) {
    auto found =
        troupe::basp_of(sys).connect<deposit, ask_statement, hold_on, listen_to, news, leave, unheard_of>(
            {"127.0.0.1", port});
    REQUIRE_MESSAGE(found.has_value(), found.error().text);
    return *found;
  }
};

}  // namespace basp_test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(basp_test::deposit)
