#include <algorithm>
#include <troupe/sim/under_way.hpp>
#include <utility>

namespace troupe::sim {

void under_way::add(const std::string& way, std::string text, std::string host, origin from) {
  if (order_.size() == lines_max) {
    const entry oldest = std::move(order_.front());
    order_.pop_front();
    if (const auto at = waiting_.find(oldest.way); at != waiting_.end()) {
      if (at->second.front().number == oldest.number) at->second.pop_front();
      if (at->second.empty()) waiting_.erase(at);
    }
  }
  waiting_[way].push_back({next_, std::move(text), std::move(host), std::move(from)});
  order_.push_back({next_, way});
  ++next_;
}

origin under_way::take(const std::string& way, const std::string& text) {
  const auto found = waiting_.find(way);
  if (found == waiting_.end()) return {};
  auto& all = found->second;
  const auto has_text = [&](const sent& s) { return s.text == text; };
  const bool is_clear = std::any_of(all.begin(), all.end(), has_text);
  const auto is_meant = [&](const sent& s) { return !is_clear || has_text(s); };
  const auto first = std::find_if(all.begin(), all.end(), is_meant);
  const std::string host = first->host;
  if (std::any_of(first, all.end(), [&](const sent& s) { return is_meant(s) && s.host != host; })) return {};
  origin from = std::move(first->from);
  const std::uint64_t last = first->number;
  std::erase_if(all, [&](const sent& s) { return s.host == host && s.number <= last; });
  if (all.empty()) waiting_.erase(found);
  return from;
}

void under_way::add_span(std::uint64_t span, std::uint64_t line) {
  if (spans_.size() == lines_max) spans_.clear();
  spans_[span] = line;
}

std::uint64_t under_way::line_of_span(std::uint64_t span) const {
  const auto found = spans_.find(span);
  return found == spans_.end() ? 0 : found->second;
}

}  // namespace troupe::sim
