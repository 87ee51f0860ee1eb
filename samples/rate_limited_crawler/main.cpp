// rate_limited_crawler: a small web that misbehaves, and a crawler that does not. See README.md.
#include <cstdio>
#include <troupe/pattern/pool.hpp>

#include "frontier.hpp"
#include "test_site.hpp"

namespace {

using namespace std::chrono_literals;
using crawl::outcome;

troupe::config_schema schema() {
  troupe::config_schema s{"CRAWLER"};
  s.integer("crawler.fetchers").def(4).range(1, 100).help("connections at once");
  s.integer("crawler.pages_max").def(1'000).range(1, 1'000'000).help("how many pages are visited at most");
  s.boolean("crawler.polite").def(true).help("false: robots.txt is not read and nothing is waited for");
  s.boolean("crawler.breaker").def(true).help("false: a site in trouble is asked again and again");
  s.duration("crawler.outage").def(300ms).range(0ms, 1s).help("how long one of the sites is out of order");
  return s;
}

int wrong = 0;
void expect(bool holds, const std::string& what) {
  if (holds) return;
  ++wrong;
  std::printf("  not so: %s\n", what.c_str());
}

struct visit_book {
  const char* name;
  const crawl::running_site* site;
  crawl::complain::complaints said{};
  std::array<int, crawl::outcome_names.size()> pages{};
  int of(outcome o) const { return pages[static_cast<std::size_t>(o)]; }
};

}  // namespace

int main(int argc, char** argv) {
  const auto config = troupe::config::from(argc, argv, schema());
  troupe::system sys{config};

  // The web. What the first site links to leads to the others.
  const crawl::running_site moody{sys, "moody", {.pages = 40, .moody = true}};
  const crawl::running_site shaky{
      sys, "shaky", {.pages = 20, .outage = config.get_duration("crawler.outage")}};
  const crawl::running_site plain{
      sys, "plain", {.pages = 60, .delay = 5ms, .leads_to = {to_string(moody.at), to_string(shaky.at)}}};

  // The crawler.
  const auto fetchers = troupe::spawn_pool<crawl::fetcher>(
      sys, {.name = "fetchers", .size = static_cast<std::size_t>(config.get_int("crawler.fetchers"))},
      troupe::least_loaded{});
  const crawl::bounds how{.pages_max = static_cast<std::size_t>(config.get_int("crawler.pages_max")),
                          .gates = {config.get_bool("crawler.polite"), config.get_bool("crawler.breaker")}};
  const auto frontier =
      troupe::spawn<crawl::frontier>(sys, "frontier", how, troupe::ref<crawl::get>{fetchers});
  const auto report = frontier.ask(crawl::crawl_from{{plain.at, "/page/0"}}, 1min).get();
  if (!report) {
    std::printf("rate_limited_crawler: FAILED: %s\n", to_string(report.error()).c_str());
    return 1;
  }

  std::array books{visit_book{"plain", &plain}, visit_book{"moody", &moody}, visit_book{"shaky", &shaky}};
  std::printf("%-6s", "site");
  for (const char* name : crawl::outcome_names) std::printf(" %10s", name);
  std::printf(" | %8s %9s\n", "requests", "in outage");
  for (auto& b : books) {
    b.said = b.site->site.ask(crawl::complain{}, 10s).get().value();
    if (const auto found = report->sites.find(to_string(b.site->at)); found != report->sites.end())
      b.pages = found->second;
    std::printf("%-6s", b.name);
    for (const int n : b.pages) std::printf(" %10d", n);
    std::printf(" | %8d %9d\n", b.said.requests, b.said.in_outage);
    const std::string name{b.name};
    expect(b.said.of_disallowed == 0, name + " was not visited where it does not want to be");
    expect(!b.said.too_fast, name + " was not asked faster than it wishes");
    expect(b.of(outcome::lost) == 0, "no page of " + name + " was lost");
  }
  std::printf("%d pages known, %d links not followed, at most %d pages held back by full gates\n",
              report->known, report->not_followed, static_cast<int>(report->most_held));

  const auto& [p, m, s] = books;
  expect(p.of(outcome::fetched) == 60, "all pages of plain were fetched");
  expect(s.of(outcome::fetched) == 20, "all pages of shaky were fetched, in spite of its outage");
  expect(s.said.in_outage <= 8, "shaky was left in peace while it was out of order");
  expect(m.of(outcome::fetched) >= 35, "all pages of moody were fetched that can be");
  expect(m.of(outcome::given_up) == 1 && m.of(outcome::broken) == 1 && m.of(outcome::too_large) == 1 &&
             m.of(outcome::redirected) == 1 && m.of(outcome::missing) == 1,
         "what can't be fetched of moody is known for what it is");
  expect(static_cast<std::size_t>(report->known) <= how.pages_max, "no more pages are known than allowed");
  expect(report->not_followed > 0, "the trap has an end");
  if (wrong != 0) {
    std::printf("rate_limited_crawler: FAILED: %d\n", wrong);
    return 1;
  }
  std::printf("rate_limited_crawler: everything that could be fetched was, and no site complains\n");
}
