// The frontier: which pages are known, which are to be visited. Everything here is bounded, since a web is not.
#pragma once

#include <deque>
#include <map>
#include <unordered_set>

#include "gate.hpp"

namespace crawl {

/// How far a crawl goes.
struct bounds {
  std::size_t pages_max = 1'000;  ///< pages that are visited; further links are counted and not followed
  std::size_t sites_max = 10;     ///< sites
  int depth_max = 10;             ///< links from the start
  std::uint32_t waiting_max = 8;  ///< visits that wait at one gate
  gate_settings gates = {};
};

/// How a crawl went.
struct report {
  /// By site: `127.0.0.1:4000`.
  std::map<std::string, std::array<int, outcome_names.size()>> sites;
  int known = 0;              ///< pages
  int not_followed = 0;       ///< links beyond the bounds
  std::size_t most_held = 0;  ///< pages the frontier held at once, because gates were full
};

/// Visit that page and all that it leads to.
struct crawl_from {
  url first;
  using reply = report;
};

class frontier : public troupe::actor<crawl_from, visited> {
 public:
  frontier(bounds how, troupe::ref<get> fetchers) : how_(how), fetchers_(std::move(fetchers)) {}

  troupe::promise<report> on(const crawl_from& m);
  void on(const visited& m);
  void on_terminated(const troupe::terminated& news) override;

 private:
  struct site {
    troupe::ref<gate> way;
    std::deque<visit> to_do;
    std::size_t under_way = 0;  // offered to the gate
    bool fed = false;           // a coroutine feeds it
  };

  void add(url what, int depth);
  troupe::task<void> feed(std::string name);
  void over_with(const std::string& site, outcome how, std::size_t count);

  const bounds how_;
  const troupe::ref<get> fetchers_;
  std::unordered_set<std::string> known_;
  std::map<std::string, site> sites_;
  std::size_t held_ = 0;
  std::size_t open_ = 0;  // pages that are not over
  report report_;
  troupe::promise<report> owed_;
};

}  // namespace crawl
