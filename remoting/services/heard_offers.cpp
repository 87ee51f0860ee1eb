#include <set>
#include <troupe/services/heard_offers.hpp>

namespace troupe::services {

std::string heard_offers::mistake_in(const services_told& m, bool at_once) const {
  if (m.epoch == 0) return "it has no epoch";
  if (!m.anew && m.epoch != epoch_) return "it goes on in another epoch";
  if (!m.anew && wants_all_) return "it does not begin anew";
  const std::uint64_t from = m.anew ? 0 : upto_;
  if (m.upto < from) return "it goes back";
  if (!m.anew && !at_once && m.upto == from) return "it has no news";
  if (m.come.size() > answer_offers_max) return "it has " + std::to_string(m.come.size()) + " offers";
  std::uint64_t last = from;
  for (const told_offer& o : m.come) {
    if (o.number <= last || o.number > m.upto) return "its numbers do not rise";
    last = o.number;
  }
  return {};
}

result<heard_offers::news> heard_offers::take(const services_told& m, bool at_once,
                                              const std::function<bool(const told_offer&)>& believed) {
  if (const std::string why = mistake_in(m, at_once); !why.empty()) return error{errc::invalid, why};
  std::vector<const told_offer*> come;
  const bool other_run = m.epoch != epoch_;
  const std::set<std::uint64_t> gone{m.gone.begin(), m.gone.end()};
  std::set<key> in_it;
  for (const told_offer& o : m.come) {
    if (!believed(o)) continue;
    key who{o.name, any_ref{o.who}};
    const auto known = other_run ? numbers_.end() : numbers_.find(who);
    const bool lasts = known != numbers_.end() && !m.anew && !offers_.at(known->second).is_old &&
                       !gone.contains(known->second);
    if (lasts || !in_it.insert(std::move(who)).second)
      return error{errc::invalid, o.who.path() + " offers '" + o.name + "' twice"};
    come.push_back(&o);
  }
  news out;
  if (other_run) {
    while (!offers_.empty()) end(offers_.begin(), out);
    has_left_out_ = false;
  } else if (m.anew) {
    for (auto& [number, o] : offers_) o.is_old = true;
    has_left_out_ = false;
  }
  for (const std::uint64_t number : gone)
    if (const auto at = offers_.find(number); at != offers_.end()) end(at, out);
  for (const told_offer* const o : come) {
    service_offer what{o->number, o->name, o->protocol, any_ref{o->who}};
    if (const auto at = offers_.find(o->number); at != offers_.end()) {
      if (at->second.what == what) {
        at->second.is_old = false;
        continue;
      }
      end(at, out);
    }
    const auto known = numbers_.find({what.name, what.who});
    if (known != numbers_.end()) end(offers_.find(known->second), out);
    if (offers_.size() >= offers_max_) {
      has_left_out_ = true;
      ++out.left_out;
      continue;
    }
    numbers_.emplace(key{what.name, what.who}, what.number);
    offers_.emplace(what.number, one{what});
    out.come.push_back(std::move(what));
  }
  epoch_ = m.epoch;
  upto_ = m.upto;
  wants_all_ = false;
  if (!m.more) {
    for (auto at = offers_.begin(); at != offers_.end();) {
      const auto here = at++;
      if (here->second.is_old) end(here, out);
    }
    wants_all_ = has_left_out_ && m.total <= offers_max_;  // HO3
  }
  return out;
}

void heard_offers::end(std::map<std::uint64_t, one>::iterator at, news& out) {
  out.gone.push_back({at->first, at->second.what.name});
  numbers_.erase({at->second.what.name, at->second.what.who});
  offers_.erase(at);
}

std::vector<service_offer> heard_offers::all() const {
  std::vector<service_offer> out;
  out.reserve(offers_.size());
  for (const auto& [number, o] : offers_) out.push_back(o.what);
  return out;
}

void heard_offers::forget() {
  epoch_ = upto_ = 0;
  has_left_out_ = wants_all_ = false;
  offers_.clear();
  numbers_.clear();
}

}  // namespace troupe::services
