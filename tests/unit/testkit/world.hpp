// What the testkit's own tests share: a small bank, and the text of an expectation that must fail.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <troupe/contract/contract.hpp>
#include <troupe/testkit/probe.hpp>
#include <troupe/testkit/test_system.hpp>

namespace kit {

using namespace std::chrono_literals;

/// How long a failing expectation waits in these tests.
inline troupe::testkit::patience short_patience() { return {.expect = 20ms, .nothing = 20ms}; }

struct note {
  std::string line;
  std::int64_t cents = 0;
};
TROUPE_CONTRACT(note, "kit.note", 1, line, cents)
struct plain {
  int n = 0;
};
struct balance {
  std::string account;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(balance, "kit.balance", 1, account)
struct crash {};
struct later {
  troupe::duration delay;
  note what;
};
struct ask_on {
  troupe::ref<balance> whom;
  using reply = std::int64_t;
};

/// Passes notes on to `to`, at once or later, and asks when it is told to.
class clerk : public troupe::actor<note, later, crash, ask_on> {
 public:
  explicit clerk(troupe::ref<note> to) : to_(std::move(to)) {}
  void on(const note& m) { to_.tell(m); }
  void on(const later& m) {
    after_delay(m.delay, [this, what = m.what] { to_.tell(what); });
  }
  void on(const crash&) { throw std::runtime_error{"asked to"}; }
  troupe::task<std::int64_t> on(ask_on m) {
    auto answer = co_await ask<balance>(m.whom, 5s, "ada");
    co_return answer ? *answer : -1;
  }

 private:
  troupe::ref<note> to_;
};

/// What an expectation says when it fails; "(it was met)" when it does not.
template <class F>
std::string failure_of(F f) {
  try {
    f();
  } catch (const troupe::testkit::expectation_failed& e) {
    return e.what();
  }
  return "(it was met)";
}

/// Whether `text` has `part` in it; says so when it has not.
inline bool has(const std::string& text, const std::string& part) {
  const bool yes = text.find(part) != std::string::npos;
  if (!yes) MESSAGE("no '" << part << "' in: " << text);
  return yes;
}

}  // namespace kit
