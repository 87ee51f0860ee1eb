#include "frontier.hpp"

#include <algorithm>

namespace crawl {

troupe::promise<report> frontier::on(const crawl_from& m) {
  owed_ = answer_later<report>();
  add(m.first, 0);
  return owed_;
}

void frontier::add(url what, int depth) {
  const std::string name = troupe::port::to_string(what.site);
  if (known_.contains(to_string(what))) return;
  const bool is_new = !sites_.contains(name);
  if (depth > how_.depth_max || known_.size() >= how_.pages_max ||
      (is_new && sites_.size() >= how_.sites_max)) {
    ++report_.not_followed;
    return;
  }
  known_.insert(to_string(what));
  site& at = sites_[name];
  if (is_new) {
    at.way = spawn<gate>(
        troupe::spawn_options{.name = name,
                              .mailbox = troupe::bounded(how_.waiting_max, troupe::overflow::push_back)},
        what.site, how_.gates, fetchers_, troupe::ref<visited>{self()});
    watch(at.way);
  }
  at.to_do.push_back({std::move(what), depth});
  ++open_;
  report_.most_held = std::max(report_.most_held, ++held_);
  if (!std::exchange(at.fed, true)) launch(feed(name));
}

// One coroutine a site, so that a slow site holds up nobody but itself. It waits while the gate's mailbox is full.
troupe::task<void> frontier::feed(std::string name) {
  site& at = sites_.at(name);
  while (!at.to_do.empty()) {
    const visit next = std::move(at.to_do.front());
    at.to_do.pop_front();
    --held_;
    ++at.under_way;
    const auto queued = co_await offer<visit>(at.way, next.what, next.depth);
    if (!queued) break;  // the gate has stopped: `on_terminated` counts what it had
  }
  at.fed = false;
}

void frontier::on(const visited& m) {
  const std::string name = troupe::port::to_string(m.what.site);
  for (const std::string& link : m.links)
    if (auto to = follow(m.what, link)) add(std::move(*to), m.depth + 1);
  site& at = sites_.at(name);
  --at.under_way;
  over_with(name, m.how, 1);
}

// Not what should happen; all that it had is lost, and the crawl ends all the same.
void frontier::on_terminated(const troupe::terminated& news) {
  for (auto& [name, at] : sites_) {
    if (at.way.path() != news.path()) continue;
    held_ -= at.to_do.size();
    const std::size_t lost = std::exchange(at.to_do, {}).size() + std::exchange(at.under_way, 0);
    log(troupe::log_level::error, "the gate to " + name + " has ended: " + to_string(news.reason()));
    return over_with(name, outcome::lost, lost);
  }
}

void frontier::over_with(const std::string& name, outcome how, std::size_t count) {
  report_.sites[name][static_cast<std::size_t>(how)] += static_cast<int>(count);
  open_ -= count;
  if (open_ != 0) return;
  report_.known = static_cast<int>(known_.size());
  owed_.reply(report_);
}

}  // namespace crawl
