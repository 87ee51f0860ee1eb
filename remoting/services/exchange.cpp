#include <algorithm>
#include <troupe/actor/spawn.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/names.hpp>
#include <troupe/port/platform.hpp>
#include <troupe/services/exchange.hpp>
#include <troupe/wire/one_line.hpp>
#include <utility>

namespace troupe::services {

namespace {

/// Ends of offers that are remembered, for peers that have not heard of them (OL1).
constexpr std::size_t ends_max = 10'000;

std::string shown(std::string_view text) { return wire::one_line(text.substr(0, limits::name_bytes_max)); }

/// What is wrong with what a service is called, here or there; empty: nothing.
std::string mistake_in(std::string_view name, std::string_view protocol) {
  if (name.empty() || name.size() > exchange::name_bytes_max)
    return "the name of a shared service has 1 to " + std::to_string(exchange::name_bytes_max) + " bytes";
  if (wire::one_line(name) != name) return "the name of a shared service has no control characters";
  if (protocol.size() > exchange::protocol_bytes_max)
    return "the names of its messages have more than " + std::to_string(exchange::protocol_bytes_max) +
           " bytes";
  if (wire::one_line(protocol) != protocol) return "names of messages have no control characters";
  return {};
}

/// Of a ref, besides its path: the node's name, a run, a number and a seal (ref_token.hpp).
std::size_t front_bytes(std::string_view node) {
  constexpr std::uint64_t most = ~std::uint64_t{0};
  return token_front(node, most).size() + local_token(most, most, {}).size();
}

}  // namespace

exchange::exchange(exchange_host* host) : host_(host), log_(ends_max, front_bytes(host->own_name())) {}

void exchange::on_start() {
  do epoch_ = ports().entropy().next();
  while (epoch_ == 0);
  desk_ = find<detail::receptionist_actor>("/system/receptionist");
  const std::uint64_t life = own_cell().incarnation();
  desk_.tell(follow_offers{self(), [me = self(), life](const offers_changed& m) {
                             me.tell(enlisted_here{life, m});
                           }});
  for (const std::string& peer : host_->met_peers()) on(peer_met{peer});
}

// ---- what is told

bool exchange::has_news(std::uint64_t after, const rights::rights_of_peer& may) const {
  return log_.has_news(after, [&may](std::string_view name) { return may.shares(name); });
}

services_told exchange::page(std::uint64_t after, bool anew, const rights::rights_of_peer& may) const {
  services_told out = log_.page(after, anew, [&may](std::string_view name) { return may.shares(name); });
  out.epoch = epoch_;
  return out;
}

promise<services_told> exchange::on(const services_wanted& m) {
  const auto owed = detail::promise_reply(message_type_of<services_told>);
  const promise<services_told> who{owed};
  const std::string peer = host_->asker(owed->slot());
  if (peer.empty()) {
    who.fail({errc::invalid, "on this node services are found by its receptionist", {}, path()});
    return who;
  }
  rights::rights_of_peer may = host_->rights_of(peer);
  if (!may.shares_any()) {
    const std::string here{host_->own_name()};
    who.fail({errc::refused,
              "node " + here + " shares no services with " + peer +
                  ": name them in node.services or "
                  "node.rights." +
                  peer + ".services there",
              {},
              path()});
    return who;
  }
  open_.erase(peer);  // SX8
  const bool lost_track = m.epoch != epoch_ || m.after > log_.last() || log_.has_forgotten(m.after);
  if (m.at_once || lost_track || has_news(m.after, may)) {
    who.reply(page(m.after, lost_track || m.after == 0, may));
    return who;
  }
  std::erase_if(open_, [](const auto& one) { return !one.second.who.is_awaited(); });
  open_[peer] = {who, m.after, std::move(may)};
  return who;
}

// SX4
std::string exchange::why_not_told(const service_offer& o) const {
  if (std::string why = mistake_in(o.name, o.protocol); !why.empty()) return why;
  const std::string token = own_cell().env().names().token_of(*o.who.address());
  const auto what = ref_token::parse(token);
  if (!what || what->node != host_->own_name() || !names::is_named_outside(what->path))
    return "it can't be named on other nodes";
  return {};
}

void exchange::on(const enlisted_here& m) {
  if (m.of != own_cell().incarnation()) return;  // SX9: it is told all of that again
  for (const ended_offer& end : m.what.gone) log_.ended(end.number);
  for (const service_offer& o : m.what.come) {
    if (!host_->shares(o.name)) continue;
    if (const std::string why = why_not_told(o); why.empty())
      log_.began(o);
    else
      log(log_level::warning,
          "service '" + shown(o.name) + "': " + o.who.path() + " is not told to other nodes: " + why);
  }
  answer_open();
}

void exchange::answer_open() {
  for (auto at = open_.begin(); at != open_.end();) {
    const auto here = at++;
    open_question& q = here->second;
    if (!q.who.is_awaited()) {
      open_.erase(here);
    } else if (has_news(q.after, q.may)) {
      const open_question answered = std::move(q);
      open_.erase(here);
      answered.who.reply(page(answered.after, answered.after == 0, answered.may));
    } else {
      q.after = log_.last();  // what has changed since is none of that peer's business (OL3)
    }
  }
}

// ---- what is heard

void exchange::on(const peer_met& m) {
  auto at = peers_.find(m.peer);
  if (at == peers_.end()) {
    rights::rights_of_peer may = host_->rights_of(m.peer);
    if (!may.shares_any()) return;
    at = peers_.emplace(m.peer, known_peer{std::move(may), heard_offers{host_->offers_max()}}).first;
  }
  known_peer& p = at->second;
  ++p.met;
  p.is_down = false;
  if (!p.is_asked) begin(m.peer, p);
}

void exchange::on(const peer_lost& m) {
  const auto at = peers_.find(m.peer);
  if (at == peers_.end()) return;
  known_peer& p = at->second;
  p.is_down = true;
  if (!p.is_asked) p.heard.forget();  // else when the question has failed: they may have met again already
}

void exchange::begin(const std::string& peer, known_peer& p) {
  cancel_timer(peer);
  p.is_asked = true;
  launch(ask_peer(peer));
}

task<void> exchange::ask_peer(std::string peer) {
  known_peer& p = peers_.at(peer);  // which stays there
  std::uint64_t met = 0;
  bool has_more = false;
  for (;;) {
    const bool at_once = met != p.met || has_more || p.heard.wants_all();
    met = p.met;
    const auto from = p.heard.question();
    const ref<services_wanted> to = host_->exchange_of(peer);
    const auto got = co_await ask<services_wanted>(to, question_time, from.first, from.second, at_once);
    if (got && take(peer, p, *got, at_once)) {
      has_more = got->more;
      p.retry = retry_min;
      co_await sleep(answer_interval);  // SX7
      continue;
    }
    if (!got && got.error().code == errc::timeout) {  // nothing has changed for long
      has_more = true;
      co_await sleep(answer_interval);
      continue;
    }
    lose(peer, p, got ? error{errc::invalid, "its answer was none"} : got.error());
    if (met != p.met) continue;
    p.is_asked = false;
    const bool is_no = !got && (got.error().code == errc::refused || got.error().code == errc::not_permitted);
    const bool was_dropped =
        !got && got.error().code == errc::broken_promise;  // SX9: its exchange is made anew
    const duration wait = was_dropped ? p.retry : retry_time;
    if (was_dropped) p.retry = std::min(2 * p.retry, retry_time);
    if (!is_no)
      key_timer(peer, after_delay(wait, [this, peer] {
                  known_peer& again = peers_.at(peer);
                  if (!again.is_asked && host_->is_met(peer)) begin(peer, again);
                }));
    co_return;
  }
}

bool exchange::take(const std::string& peer, known_peer& p, const services_told& m, bool at_once) {
  auto news = p.heard.take(m, at_once, [&](const told_offer& o) { return is_believed(peer, p, o); });
  if (!news) {
    host_->refused(peer, "what node " + peer + " says of its services can't be: " + news.error().text);
    return false;
  }
  if (news->left_out != 0)
    host_->refused(peer, "node " + peer + " offers more services than the " +
                             std::to_string(host_->offers_max()) + " that are taken of it: " +
                             std::to_string(news->left_out) + " are not listed (node.services_max)");
  p.why_not.clear();
  p.is_down = false;
  if (!std::exchange(p.is_listed, true))
    list(peer, true, {}, p.heard.all());
  else if (!news->gone.empty() || !news->come.empty())
    list(peer, false, std::move(news->gone), std::move(news->come));
  return true;
}

// SX5
bool exchange::is_believed(const std::string& peer, const known_peer& p, const told_offer& o) const {
  if (!p.may.shares(o.name)) return false;
  if (const std::string why = mistake_in(o.name, o.protocol); !why.empty()) {
    host_->refused(peer, "node " + peer + " offers '" + shown(o.name) + "', but " + why);
    return false;
  }
  const address_ptr& who = o.who.address();
  std::optional<ref_token> what;
  std::string token;
  if (who && who->is_elsewhere()) {
    token = who->token();
    what = ref_token::parse(token);
  }
  if (what && what->node == peer) return true;
  host_->refused(peer, "node " + peer + " says that " + shown(to_string(any_ref{o.who})) + " offers '" +
                           shown(o.name) + "', and that is no actor of " + peer);
  return false;
}

void exchange::lose(const std::string& peer, known_peer& p, const error& why) {
  p.why_not = why.text;
  if (std::exchange(p.is_listed, false)) list(peer, true, {}, {});
  if (p.is_down) p.heard.forget();
  log(log_level::info, "the services of node " + peer + " are not listed: " + shown(why.text));
}

void exchange::list(const std::string& peer, bool anew, std::vector<ended_offer> gone,
                    std::vector<service_offer> come) const {
  desk_.tell(offers_elsewhere{self(), peer, anew, std::move(gone), std::move(come)});
}

std::vector<shared_with> exchange::on(const list_shared&) const {
  std::map<std::string, shared_with> all;
  for (const auto& [peer, p] : peers_) all[peer] = {peer, p.is_listed, p.heard.size(), p.why_not};
  for (const auto& [peer, q] : open_) {
    shared_with& one = all.emplace(peer, shared_with{peer}).first->second;
    one.asks = q.who.is_awaited();
  }
  std::vector<shared_with> out;
  for (auto& [peer, one] : all) out.push_back(std::move(one));
  return out;
}

}  // namespace troupe::services
