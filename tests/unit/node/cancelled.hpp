// Actors for tests of askers that give up: each passes its request on or waits for ever, and notes when it begins and when it ends.
#pragma once

#include <string>
#include <troupe/actor/spawn.hpp>
#include <troupe/contract/codecs.hpp>
#include <troupe/contract/contract.hpp>
#include <utility>
#include <vector>

#include "unit/cell/world.hpp"

namespace cancelled_test {

using namespace std::chrono_literals;

/// Longer than any test lets pass.
inline constexpr auto very_long = 1000h;

/// Asks along the route; the last one waits for ever.
struct work {
  std::vector<troupe::ref<work>> route;
  using reply = int;
};
TROUPE_CONTRACT(work, "cancelled_test.work", 1, route)
/// Is answered at once.
struct hello {
  using reply = int;
};
TROUPE_CONTRACT(hello, "cancelled_test.hello", 1)
/// Is answered after so long.
struct nap {
  std::int64_t micros = 0;
  using reply = int;
};
TROUPE_CONTRACT(nap, "cancelled_test.nap", 1, micros)

/// See above. Its lines begin with `name`.
class worker : public troupe::actor<work, hello, nap> {
 public:
  worker(std::string name, life::journal_ptr to) : name_(std::move(name)), to_(std::move(to)) {}

  troupe::task<troupe::result<int>> on(work m) {
    const presence here{*this};
    if (m.route.empty()) {
      co_await sleep(very_long);
      co_return 0;
    }
    const std::vector<troupe::ref<work>> rest(m.route.begin() + 1, m.route.end());
    auto what = co_await ask<work>(m.route.front(), very_long, rest);
    to_->note(name_ + " heard " + (what ? "an answer" : std::string{to_string(what.error().code)}));
    co_return what;
  }
  int on(const hello&) { return 7; }
  troupe::task<int> on(nap m) {
    const presence here{*this};
    co_await sleep(std::chrono::microseconds{m.micros});
    co_return 7;
  }

 private:
  struct presence {
    explicit presence(worker& w) : of(w) { of.to_->note(of.name_ + " begins"); }
    ~presence() { of.to_->note(of.name_ + " ends"); }
    worker& of;
  };

  std::string name_;
  life::journal_ptr to_;
};

}  // namespace cancelled_test
