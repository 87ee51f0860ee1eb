#include <troupe/pattern/far_offers.hpp>
#include <utility>

namespace troupe::detail {

std::set<std::string> far_offers::change(const std::string& node, const std::vector<ended_offer>& gone,
                                         const std::vector<service_offer>& come) {
  std::set<std::string> changed;
  if (gone.empty() && come.empty()) return changed;
  by_name& its = nodes_[node];
  for (const ended_offer& end : gone) {
    const auto at = its.find(end.name);
    if (at == its.end() || at->second.erase(end.number) == 0) continue;
    if (at->second.empty()) its.erase(at);
    changed.insert(end.name);
  }
  for (const service_offer& o : come) {
    one added{o.protocol, o.who};
    one& there = its[o.name][o.number];
    if (there == added) continue;
    there = std::move(added);
    changed.insert(o.name);
  }
  if (its.empty()) nodes_.erase(node);
  return changed;
}

std::set<std::string> far_offers::replace(const std::string& node, const std::vector<service_offer>& all) {
  by_name before;
  if (const auto known = nodes_.find(node); known != nodes_.end()) {
    before = std::move(known->second);
    nodes_.erase(known);
  }
  std::set<std::string> changed = change(node, {}, all);
  const auto now = nodes_.find(node);
  for (const auto& [name, offers] : before) {
    const bool same = now != nodes_.end() && now->second.contains(name) && now->second.at(name) == offers;
    if (same)
      changed.erase(name);
    else
      changed.insert(name);
  }
  return changed;
}

void far_offers::list(const std::string& name, const std::string& protocol, std::vector<any_ref>& to) const {
  for (const auto& [node, its] : nodes_) {
    const auto at = its.find(name);
    if (at == its.end()) continue;
    for (const auto& [number, o] : at->second)
      if (o.protocol == protocol) to.push_back(o.who);
  }
}

std::size_t far_offers::count(const std::string& name, const std::string& protocol) const {
  std::vector<any_ref> all;
  list(name, protocol, all);
  return all.size();
}

const std::string* far_offers::other_protocol(const std::string& name, const std::string& protocol,
                                              std::string& node) const {
  for (const auto& [of, its] : nodes_) {
    const auto at = its.find(name);
    if (at == its.end()) continue;
    for (const auto& [number, o] : at->second)
      if (o.protocol != protocol) {
        node = of;
        return &o.protocol;
      }
  }
  return nullptr;
}

std::map<std::string, std::string> far_offers::services() const {
  std::map<std::string, std::string> out;
  for (const auto& [node, its] : nodes_)
    for (const auto& [name, offers] : its) out.emplace(name, offers.begin()->second.protocol);
  return out;
}

}  // namespace troupe::detail
