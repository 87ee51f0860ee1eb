// A thousand accounts, SIZE transfers: a teller asks the source, which asks the destination before it answers, and takes no
// other order meanwhile (Savina banking).
#include <memory>
#include <vector>

#include "measure/random.hpp"
#include "troupe/scenarios.hpp"

namespace bench {
namespace {

struct deposit {
  std::int64_t cents;
  using reply = std::int64_t;
};
struct transfer {
  troupe::ref<deposit> to;
  std::int64_t cents;
  using reply = std::int64_t;
};
struct balance {
  using reply = std::int64_t;
};
struct begin {
  std::uint64_t transfers;
};

class account : public troupe::actor<transfer, deposit, balance> {
 public:
  std::int64_t on(const deposit& m) {
    cents_ += m.cents;
    return m.cents;
  }

  troupe::task<std::int64_t> on(transfer m) {
    cents_ -= m.cents;
    const auto taken = co_await ask<deposit>(m.to, work::ask_timeout, m.cents);
    expect(taken.has_value() && taken.value() == m.cents, "bank: a deposit");
    co_return m.cents;
  }

  std::int64_t on(const balance&) { return cents_; }

 private:
  std::int64_t cents_ = 0;
};

using accounts = std::vector<troupe::ref<account>>;

class teller : public troupe::actor<begin> {
 public:
  teller(std::uint64_t index, std::shared_ptr<const accounts> all, finish_line* finish)
      : random_(index), accounts_(std::move(all)), finish_(finish) {}

  troupe::task<void> on(begin m) {
    for (std::uint64_t i = 0; i < m.transfers; ++i) {
      const std::uint64_t from = random_below(random_, work::bank_sources);
      const std::uint64_t to = from + 1 + random_below(random_, work::bank_accounts - from - 1);
      const auto cents = static_cast<std::int64_t>(1 + random_below(random_, work::bank_amount_max));
      const auto moved =
          co_await ask<transfer>((*accounts_)[from], work::ask_timeout, (*accounts_)[to], cents);
      expect(moved.has_value() && moved.value() == cents, "bank: a transfer");
    }
    finish_->arrive(m.transfers);
  }

 private:
  std::uint64_t random_;
  std::shared_ptr<const accounts> accounts_;
  finish_line* finish_;
};

}  // namespace

void bank(const settings& s) {
  auto& sys = immortal<troupe::system>(options_of(s));
  auto& finish = immortal<finish_line>(work::bank_tellers);
  const std::uint64_t each = s.size / work::bank_tellers;
  accounts made;
  for (std::uint64_t i = 0; i < work::bank_accounts; ++i)
    made.push_back(troupe::spawn<account>(sys, "account" + std::to_string(i)));
  const auto all = std::make_shared<const accounts>(std::move(made));
  std::vector<troupe::ref<teller>> tellers;
  for (std::uint64_t i = 0; i < work::bank_tellers; ++i)
    tellers.push_back(troupe::spawn<teller>(sys, "teller" + std::to_string(i), i, all, &finish));
  const stopwatch time;
  for (const auto& t : tellers) t.tell(begin{each});
  expect(finish.wait() == each * work::bank_tellers, "bank: the count");
  report_each("bank", time.elapsed(), each * work::bank_tellers, "ns/transfer");
  std::int64_t sum = 0;
  for (const auto& a : *all) sum += a.ask(balance{}, work::ask_timeout).get().value();
  expect(sum == 0, "bank: money was lost or made");
}

}  // namespace bench
