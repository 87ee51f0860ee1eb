// A gate: the only way to one site. Polite, patient, and shut while the site has trouble.
//
// Rules
//  GA1 One page after the other: `visit` waits in a coroutine, and its actor lets no other in (M7). So what is not visited yet waits in
//      the gate's mailbox, which is bounded and pushes back, and then with the frontier.
//  GA2 Before the first page the gate reads the site's robots.txt. It asks for nothing that is disallowed there, and never faster than
//      is wished there, retries included.
//  GA3 Trouble that may pass is met by trying again, within a time. After some failures in a row the breaker keeps all calls from the
//      site for a while, then lets one through.
#pragma once

#include <optional>
#include <troupe/pattern/circuit_breaker.hpp>
#include <troupe/pattern/rate_limiter.hpp>

#include "fetcher.hpp"
#include "robots.hpp"

namespace crawl {

/// What becomes of a page.
enum class outcome : std::uint8_t {
  fetched,
  redirected,
  disallowed,
  missing,
  broken,
  too_large,
  given_up,
  lost
};
inline constexpr std::array outcome_names{"fetched", "redirected", "disallowed", "missing",
                                          "broken",  "too large",  "given up",   "lost"};

/// To a gate: visit that page. Offered: `co_await offer<visit>(gate, ...)`.
struct visit {
  url what;
  int depth = 0;
};

/// To the frontier: what came of a visit.
struct visited {
  url what;
  int depth = 0;
  outcome how{};
  std::vector<std::string> links;
};

/// How a gate behaves.
struct gate_settings {
  bool polite = true;           ///< false: robots.txt is not read
  bool use_breaker = true;      ///< false: it never opens
  std::size_t links_max = 100;  ///< followed of one page
};

class gate : public troupe::actor<visit> {
 public:
  gate(troupe::port::endpoint site, gate_settings how, troupe::ref<get> fetchers,
       troupe::ref<visited> frontier);

  troupe::task<void> on(visit m);

 private:
  troupe::task<troupe::result<page>> fetch(url what);
  troupe::task<troupe::result<page>> try_once(url what);
  troupe::task<void> read_robots();
  static outcome outcome_of(const troupe::error& why);

  const troupe::port::endpoint site_;
  const gate_settings how_;
  const troupe::ref<get> fetchers_;
  const troupe::ref<visited> frontier_;
  std::optional<robots> wishes_;
  std::optional<troupe::rate_limiter> limiter_;  // once the wishes are known
  troupe::circuit_breaker breaker_;
};

}  // namespace crawl
