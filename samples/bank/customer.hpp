// A customer: makes transfers at random, one after the other, and asks again when he is not sure.
#pragma once

#include <troupe/pattern/retrying.hpp>

#include "messages.hpp"

namespace bank {

/// How a shopping spree went.
struct tally {
  std::array<std::int64_t, step_names.size()> ended{};
  std::int64_t asked_again = 0;
};

/// Make so many transfers.
struct go_shopping {
  int transfers = 0;
  using reply = tally;
};

class customer : public troupe::actor<go_shopping> {
 public:
  customer(std::int64_t branches, std::int64_t accounts)
      : branches_(branches), accounts_(accounts), chance_(ports().entropy().next()) {}

  troupe::task<tally> on(go_shopping m) {
    using namespace std::chrono_literals;
    const std::string mine = std::to_string(chance_.next());
    tally out;
    for (int i = 0; i < m.transfers; ++i) {
      const transfer t{mine + "." + std::to_string(i), any_account(accounts_), any_account(accounts_ + 1),
                       1 + static_cast<std::int64_t>(chance_.below(3'000))};
      // Whatever happens on the way, the question can be asked again: it has a name.
      troupe::retry_settings how{
          .attempts_max = 1'000,
          .waits = {.min = 1ms, .max = 100ms},
          .within = 60s,
          .retried = [](const troupe::error& e) { return troupe::is_callee_trouble(e.code); }};
      std::int64_t times = 0;
      auto ended = co_await troupe::retrying(how, [&] {
        ++times;
        return ask<transfer>(teller_, 30s, t.id, t.from, t.to, t.cents);
      });
      if (!ended) throw troupe::failed{ended.error()};
      ++out.ended[static_cast<std::size_t>(*ended)];
      out.asked_again += times - 1;
    }
    co_return out;
  }

 private:
  // One account more than there are: what is sent there comes back.
  account any_account(std::int64_t accounts) {
    return {static_cast<std::int64_t>(chance_.below(static_cast<std::uint64_t>(branches_))),
            static_cast<std::int64_t>(chance_.below(static_cast<std::uint64_t>(accounts)))};
  }

  const std::int64_t branches_;
  const std::int64_t accounts_;
  const troupe::ref<transfer> teller_ = find<transfer>("/user/bank/teller");
  troupe::prng chance_;
};

}  // namespace bank
