#include <troupe/services/offer_log.hpp>
#include <utility>

namespace troupe::services {

// What an offer costs in a page, as much as can be said without coding it: numbers and lengths are some bytes each.
std::size_t offer_log::size_of(const service_offer& o) const {
  constexpr std::size_t numbers = 16;
  return o.name.size() + o.protocol.size() + o.who.path().size() + front_bytes_ + numbers;
}

void offer_log::began(const service_offer& what) {
  began_[what.number] = ++last_;
  lasts_.emplace(last_, what);
  ++counts_[what.name];
}

std::string offer_log::ended(std::uint64_t number) {
  const auto known = began_.find(number);
  if (known == began_.end()) return {};
  const auto at = lasts_.find(known->second);
  std::string name = std::move(at->second.name);
  ends_.emplace(++last_, ended_one{known->second, name});
  if (const auto count = counts_.find(name); --count->second == 0) counts_.erase(count);
  lasts_.erase(at);
  began_.erase(known);
  if (ends_.size() > ends_max_) {
    forgotten_ = ends_.begin()->first;
    ends_.erase(ends_.begin());
  }
  return name;
}

bool offer_log::has_news(std::uint64_t after, const service_filter& filter) const {
  for (auto at = lasts_.upper_bound(after); at != lasts_.end(); ++at)
    if (filter(at->second.name)) return true;
  for (auto at = ends_.upper_bound(after); at != ends_.end(); ++at)
    if (at->second.began <= after && filter(at->second.name)) return true;
  return false;
}

services_told offer_log::page(std::uint64_t after, bool anew, const service_filter& filter) const {
  services_told out;
  out.anew = anew;
  const std::uint64_t from = anew ? 0 : after;
  out.upto = from;
  auto come = lasts_.upper_bound(from);
  auto end = ends_.upper_bound(from);
  std::size_t bytes = 0;
  for (; come != lasts_.end() || end != ends_.end();) {
    // The next change, of whichever kind.
    const bool is_end = come == lasts_.end() || (end != ends_.end() && end->first < come->first);
    if (is_end) {
      if (!anew && end->second.began <= from && filter(end->second.name)) {
        if (bytes >= page_bytes_max) break;
        out.gone.push_back(end->second.began);
        bytes += sizeof(std::uint64_t) + 2;
      }
      out.upto = (end++)->first;
      continue;
    }
    if (const service_offer& o = come->second; filter(o.name)) {
      const std::size_t size = size_of(o);
      if (out.come.size() == page_offers_max || (bytes != 0 && bytes + size > page_bytes_max)) break;
      bytes += size;
      out.come.push_back({come->first, o.name, o.protocol, ref<service_word>{o.who.address()}});
    }
    out.upto = (come++)->first;
  }
  out.more = has_news(out.upto, filter);
  if (!out.more) out.upto = last_;
  for (const auto& [name, count] : counts_)
    if (filter(name)) out.total += count;
  return out;
}

}  // namespace troupe::services
