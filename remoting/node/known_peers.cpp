#include <algorithm>
#include <mutex>
#include <troupe/node/known_peers.hpp>
#include <utility>

namespace troupe::detail {

void known_peers::add(const std::string& peer, const port::endpoint& at) {
  const std::unique_lock hold{mutex_};
  all_.emplace(peer, known{make_(peer, at, known_by::settings, epoch_), false});
}

known_peers::greeted known_peers::greet(const inbound& connection, const std::string& peer,
                                        const std::optional<port::endpoint>& at) {
  const std::unique_lock hold{mutex_};
  auto found = all_.find(peer);
  const bool is_new = found == all_.end();
  if (is_new || found->second.has_gone || found->second.introduced) {
    if (by_hello_ == by_hello_max_ || (is_new && !at)) return {};
    if (is_new) found = all_.emplace(peer, known{make_(peer, *at, known_by::hello, epoch_), true}).first;
    if (std::exchange(found->second.has_gone, false)) --gone_;
    if (std::exchange(found->second.introduced, false)) --introduced_;
    ++by_hello_;
  }
  known& one = found->second;
  one.connections.push_back(&connection);
  return {one.link, is_new, one.by_hello};
}

peer_link_ptr known_peers::introduce(const std::string& peer, const std::vector<told_address>& where) {
  peer_link_ptr link;
  std::vector<peer_link_ptr> over;  // go when the lock has been released
  {
    const std::unique_lock hold{mutex_};
    auto found = all_.find(peer);
    if (found == all_.end()) {
      if (introduced_ >= introduced_max_) over = left_alone();
      if (introduced_ >= introduced_max_) return {};
      found = all_.emplace(peer, known{make_(peer, where.front().at, known_by::introduction, epoch_), true})
                  .first;
      found->second.has_gone = found->second.introduced = true;
      ++introduced_;
      ++gone_;
    }
    link = found->second.link;
    if (!found->second.has_gone && !found->second.introduced) return link;
  }
  link->learn(where);
  return link;
}

void known_peers::met(const std::string& peer) {
  {
    const std::unique_lock hold{mutex_};
    const auto found = all_.find(peer);
    if (found == all_.end() || !std::exchange(found->second.has_gone, false)) return;
    --gone_;
    // One that was known by its hello, had gone, and has not said another yet.
    if (!std::exchange(found->second.introduced, true)) ++introduced_;
  }
  see_off(peer);  // it may have been declared down meanwhile
}

void known_peers::is_over(const inbound& connection, const std::string& peer) {
  {
    const std::unique_lock hold{mutex_};
    const auto found = all_.find(peer);
    if (found == all_.end() || std::erase(found->second.connections, &connection) == 0) return;
  }
  see_off(peer);
}

void known_peers::is_down(const std::string& peer) { see_off(peer); }

void known_peers::forget(const std::string& peer) {
  {
    const std::unique_lock hold{mutex_};
    const auto found = all_.find(peer);
    if (found == all_.end()) return;
    if (!std::exchange(found->second.by_hello, true)) ++by_hello_;
  }
  see_off(peer);
}

// KP3, KP4
void known_peers::see_off(const std::string& peer) {
  const peer_link_ptr link = link_to(peer);
  if (!link || !link->is_declared_down()) return;
  std::vector<peer_link_ptr> over;  // go when the lock has been released
  const std::unique_lock hold{mutex_};
  const auto found = all_.find(peer);
  if (found == all_.end()) return;
  known& one = found->second;
  if (!one.by_hello || one.has_gone || !one.connections.empty()) return;
  one.has_gone = true;
  if (!one.introduced) --by_hello_;
  if (++gone_ >= look_at_) over = left_alone();
}

// Nobody can get at a link meanwhile of which the only reference is in `all_`.
std::vector<peer_link_ptr> known_peers::left_alone() {
  std::vector<peer_link_ptr> out;
  for (auto at = all_.begin(); at != all_.end();) {
    const auto here = at++;
    if (!here->second.has_gone || !here->second.link->is_referred_to_once()) continue;
    if (here->second.introduced) --introduced_;
    out.push_back(std::move(here->second.link));
    all_.erase(here);
  }
  for (const auto& link : out) epoch_ = std::max(epoch_, link->epoch() + 1);
  gone_ -= out.size();
  look_at_ = 2 * gone_ + 16;
  return out;
}

peer_link_ptr known_peers::link_to(std::string_view peer) const {
  const std::shared_lock hold{mutex_};
  const auto found = all_.find(peer);
  return found == all_.end() ? nullptr : found->second.link;
}

peer_link_ptr known_peers::present(std::string_view peer) const {
  const std::shared_lock hold{mutex_};
  const auto found = all_.find(peer);
  return found == all_.end() || found->second.has_gone ? nullptr : found->second.link;
}

std::vector<peer_link_ptr> known_peers::those(bool also_gone) const {
  const std::shared_lock hold{mutex_};
  std::vector<peer_link_ptr> out;
  for (const auto& [name, one] : all_)
    if (also_gone || !one.has_gone) out.push_back(one.link);
  return out;
}

std::vector<peer_link_ptr> known_peers::all_present() const { return those(false); }

std::vector<peer_link_ptr> known_peers::all() const { return those(true); }

}  // namespace troupe::detail
