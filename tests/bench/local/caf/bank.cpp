// A thousand accounts, SIZE transfers: a teller asks the source, which asks the destination before it answers, and takes no
// other order meanwhile (Savina banking).
#include <memory>
#include <vector>

#include "caf/scenarios.hpp"
#include "measure/random.hpp"

namespace bench {
namespace {

struct account_state {
  std::int64_t cents = 0;
};

// `await` is CAF's way to take no other order meanwhile.
caf::behavior account(caf::stateful_actor<account_state>* self) {
  return {
      [=](deposit_atom, std::int64_t cents) {
        self->state.cents += cents;
        return cents;
      },
      [=](transfer_atom, const caf::actor& to, std::int64_t cents) {
        self->state.cents -= cents;
        auto answer = self->make_response_promise<std::int64_t>();
        self->request(to, work::ask_timeout, deposit_atom_v, cents)
            .await(
                [=](std::int64_t taken) mutable {
                  expect(taken == cents, "bank: a deposit");
                  answer.deliver(taken);
                },
                [](const caf::error&) { expect(false, "bank: a deposit failed"); });
        return answer;
      },
      [=](balance_atom) { return self->state.cents; },
  };
}

using accounts = std::shared_ptr<const std::vector<caf::actor>>;

struct teller_state {
  std::uint64_t random;
  std::uint64_t transfers = 0;
  std::uint64_t left = 0;
};
using teller_actor = caf::stateful_actor<teller_state>;

void next(teller_actor* self, const accounts& all, finish_line* finish) {
  auto& state = self->state;
  if (state.left-- == 0) return finish->arrive(state.transfers);
  const std::uint64_t from = random_below(state.random, work::bank_sources);
  const std::uint64_t to = from + 1 + random_below(state.random, work::bank_accounts - from - 1);
  const auto cents = static_cast<std::int64_t>(1 + random_below(state.random, work::bank_amount_max));
  self->request((*all)[from], work::ask_timeout, transfer_atom_v, (*all)[to], cents)
      .then(
          [=](std::int64_t moved) {
            expect(moved == cents, "bank: a transfer");
            next(self, all, finish);
          },
          [](const caf::error&) { expect(false, "bank: a transfer failed"); });
}

caf::behavior teller(teller_actor* self, std::uint64_t index, const accounts& all, finish_line* finish) {
  self->state.random = index;
  return {
      [=](begin_atom, std::uint64_t transfers) {
        self->state.transfers = transfers;
        self->state.left = transfers;
        next(self, all, finish);
      },
  };
}

std::int64_t balance_of(caf::scoped_actor& self, const caf::actor& a) {
  std::int64_t cents = 0;
  self->request(a, work::ask_timeout, balance_atom_v)
      .receive([&](std::int64_t c) { cents = c; },
               [](const caf::error&) { expect(false, "bank: a balance"); });
  return cents;
}

}  // namespace

void bank(const settings& s) {
  auto& sys = immortal<caf_system>(s);
  auto& finish = immortal<finish_line>(work::bank_tellers);
  const std::uint64_t each = s.size / work::bank_tellers;
  std::vector<caf::actor> made;
  for (std::uint64_t i = 0; i < work::bank_accounts; ++i) made.push_back(sys->spawn(account));
  const accounts all = std::make_shared<const std::vector<caf::actor>>(std::move(made));
  std::vector<caf::actor> tellers;
  for (std::uint64_t i = 0; i < work::bank_tellers; ++i)
    tellers.push_back(sys->spawn(teller, i, all, &finish));
  const stopwatch time;
  for (const auto& t : tellers) caf::anon_send(t, begin_atom_v, each);
  expect(finish.wait() == each * work::bank_tellers, "bank: the count");
  report_each("bank", time.elapsed(), each * work::bank_tellers, "ns/transfer");
  caf::scoped_actor self{*sys};
  std::int64_t sum = 0;
  for (const auto& a : *all) sum += balance_of(self, a);
  expect(sum == 0, "bank: money was lost or made");
}

}  // namespace bench
