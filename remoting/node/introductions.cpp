#include <algorithm>
#include <troupe/node/introductions.hpp>

namespace troupe::detail {

nearness nearness_of(const port::endpoint& at) noexcept {
  return at.is_local() ? nearness::this_user : is_loopback(at) ? nearness::this_machine : nearness::elsewhere;
}

nearness nearness_of(const port::stream& stream, const node_options& options) {
  if (stream.proof().how == port::peer_proof::kind::local_user) return nearness::this_user;
  const auto from = port::parse_endpoint(stream.peer());
  // Nobody else gets there.
  const bool is_here = is_loopback(options.listen) || (from && is_loopback(*from));
  return is_here ? nearness::this_machine : nearness::elsewhere;
}

bool means_something(const port::endpoint& at, nearness whom) noexcept {
  if (at.is_local()) return whom == nearness::this_user;
  // These are the dialler's own machine for the kernel, and nobody's address.
  if (at.port == 0 || at.host.empty() || at.host == "0.0.0.0" || at.host == "::") return false;
  const bool is_own = is_loopback(at) || at.host.starts_with("::ffff:127.");
  return !is_own || whom != nearness::elsewhere;
}

result<port::endpoint> judge_introduction(const node_options& options, nearness from,
                                          const wire::introduction& what) {
  const auto& allowed = options.tls_allow;
  if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), what.node) == allowed.end())
    return error{errc::refused, "node.tls.allow here does not name it"};
  return judge_address(options, from, what.address);
}

result<port::endpoint> judge_address(const node_options& options, nearness from, const std::string& address) {
  auto at = port::parse_endpoint(address);
  if (!at) return at.error();
  if (!means_something(*at, from)) return error{errc::refused, "that means this machine here"};
  if (!options.tls && !options.insecure && !is_loopback(*at))
    return error{errc::refused,
                 "this node has neither certificates (node.tls) nor node.insecure = true, so it dials nobody "
                 "over a network on another's word (R7)"};
  return at;
}

// ---- what is said

bool introduced_nodes::is_news(const wire::introduction& one) {
  const auto [at, is_new] = said_.try_emplace(one.node, one.address);
  if (!is_new) return std::exchange(at->second, one.address) != one.address;
  order_.push_back(one.node);
  if (order_.size() > wire::introductions_max) {
    said_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

// ---- what is heard

void introductions::add(const connection& on, const std::string& by, const std::string& node,
                        result<port::endpoint> at) {
  const std::lock_guard hold{mutex_};
  auto& all = by_node_[node];
  if (const auto known = std::find_if(all.begin(), all.end(), [&](const said& one) { return one.on == on; });
      known != all.end()) {
    all.erase(known);
    all.push_back({on, by, std::move(at)});
    return;
  }
  all.push_back({on, by, std::move(at)});
  auto& order = order_[on];
  order.push_back(node);
  if (order.size() <= wire::introductions_max) return;
  forget(on, order.front());
  order.pop_front();
}

void introductions::forget(const connection& on, const std::string& node) {
  const auto found = by_node_.find(node);
  if (found == by_node_.end()) return;
  std::erase_if(found->second, [&](const said& one) { return one.on == on; });
  if (found->second.empty()) by_node_.erase(found);
}

void introductions::over(const connection& on) {
  const std::lock_guard hold{mutex_};
  const auto found = order_.find(on);
  if (found == order_.end()) return;
  for (const std::string& node : found->second) forget(on, node);
  order_.erase(found);
}

std::vector<told_address> introductions::of(std::string_view node) const {
  std::vector<told_address> out;
  const std::lock_guard hold{mutex_};
  const auto found = by_node_.find(node);
  if (found == by_node_.end()) return out;
  for (auto one = found->second.rbegin(); one != found->second.rend(); ++one)
    if (one->at) out.push_back({*one->at, one->by});
  return out;
}

std::string introductions::why_not(std::string_view node) const {
  const std::lock_guard hold{mutex_};
  const auto found = by_node_.find(node);
  if (found == by_node_.end()) return {};
  const said& last = found->second.back();
  if (last.at) return {};
  return ", and takes the address that node '" + last.by +
         "' has given for it for none: " + last.at.error().text;
}

}  // namespace troupe::detail
