#include "gate.hpp"

#include <troupe/pattern/retrying.hpp>

namespace crawl {

using namespace std::chrono_literals;
using troupe::errc;
using troupe::result;
using troupe::task;

gate::gate(troupe::port::endpoint site, gate_settings how, troupe::ref<get> fetchers,
           troupe::ref<visited> frontier)
    : site_(std::move(site)),
      how_(how),
      fetchers_(std::move(fetchers)),
      frontier_(std::move(frontier)),
      breaker_({.name = to_string(site_),
                .failures_max = how.use_breaker ? 3u : 1'000'000u,
                .call_timeout = 150ms,
                .reset_timeout = {.min = 100ms, .max = 1s},
                // A response that was cut off is the site's trouble; what a page is, is not.
                .is_failure = troupe::counts_against_callee}) {}

task<void> gate::on(visit m) {
  if (!limiter_) co_await read_robots();
  visited news{m.what, m.depth, outcome::disallowed, {}};
  if (wishes_->allow(m.what.path)) {
    const auto what = co_await fetch(m.what);
    if (!what) {
      news.how = outcome_of(what.error());
      log(troupe::log_level::debug, crawl::to_string(m.what) + ": " + to_string(what.error()));
    } else if (!what->location.empty()) {
      news.how = outcome::redirected;
      news.links.push_back(what->location);
    } else {
      news.how = outcome::fetched;
      news.links = links_on(what->body, how_.links_max);
    }
  }
  frontier_.tell(std::move(news));
}

// A site that says nothing has no wishes (RFC 9309, 2.3.1.3); one that can't be asked is asked again with the next page it is tried for.
task<void> gate::read_robots() {
  wishes_.emplace();
  if (how_.polite) {
    limiter_.emplace(troupe::rate_limiter_settings{.rate = {.tokens = 1, .per = wishes_->delay}});
    const url wishes{site_,
                     "/robots.txt"};  // a named object: g++ 12 destroys a temporary inside co_await twice
    const auto text = co_await fetch(wishes);
    if (text) wishes_ = robots::from(text->body);
  } else {
    wishes_->delay = 0ms;
  }
  limiter_.emplace(troupe::rate_limiter_settings{
      .rate = {.tokens = 1, .per = std::max<troupe::duration>(wishes_->delay, 1us)}});
}

task<result<page>> gate::fetch(url what) {
  troupe::retry_settings how{
      .attempts_max = 200,
      .waits = {.min = 2ms, .max = 8ms},
      .within = 1500ms,
      .retried = [](const troupe::error& e) { return troupe::is_callee_trouble(e.code); }};
  co_return co_await troupe::retrying(how, [&] { return try_once(what); });
}

task<result<page>> gate::try_once(url what) {
  const auto may = co_await limiter_->acquire();
  if (!may) co_return may.error();
  co_return co_await breaker_.ask<get>(fetchers_, what);
}

outcome gate::outcome_of(const troupe::error& why) {
  switch (why.code) {
    case errc::not_found:
      return outcome::missing;
    case errc::decode_error:
      return outcome::broken;
    case errc::invalid:
      return outcome::too_large;
    default:
      return outcome::given_up;
  }
}

}  // namespace crawl
