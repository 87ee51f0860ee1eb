#include <algorithm>
#include <troupe/cell/cell.hpp>
#include <troupe/pattern/receptionist.hpp>
#include <utility>

namespace troupe {
namespace detail {

error receptionist_actor::refuse(error why) const {
  log(log_level::error, why.text);
  return why;
}

result<receptionist_actor::service*> receptionist_actor::open(const std::string& name,
                                                              const std::string& wanted) {
  const auto at = services_.find(name);
  if (at == services_.end()) {
    say_left_out(name, wanted);
    return &services_.emplace(name, service{wanted, {}, {}}).first->second;
  }
  if (at->second.protocol == wanted) return &at->second;
  return refuse(mismatch(name, at->second.protocol, {}, wanted));
}

error receptionist_actor::mismatch(const std::string& name, const std::string& there,
                                   const std::string& where, const std::string& wanted) {
  return {errc::invalid, "service '" + name + "' is there for the messages (" + there + ")" +
                             (where.empty() ? "" : " on node " + where) + ", not for (" + wanted + ")"};
}

// RC6. Other nodes decide how often there is something to say: at most a line a second.
void receptionist_actor::say_left_out(const std::string& name, const std::string& own) {
  std::string node;
  const std::string* const other = far_.other_protocol(name, own, node);
  if (!other) return;
  ++left_out_;
  if (said_at_ != time_point::min() && now() < after(said_at_, seconds{1})) return;
  said_at_ = now();
  const std::uint64_t before = std::exchange(left_out_, 0) - 1;
  log(log_level::warning,
      mismatch(name, *other, node, own).text + ": it is not listed here" +
          (before ? "; and " + std::to_string(before) + " more since the last such line" : ""));
}

result<std::uint64_t> receptionist_actor::watched_as(const std::string& name, const any_ref& who) {
  const std::uint64_t number = own_cell().watch(who.address());
  if (number == 0)
    return refuse({errc::not_found, "service '" + name + "': nobody is at '" + who.path() +
                                        "', or it can't be watched from here"});
  names_of_[number].insert(name);
  return number;
}

std::vector<any_ref> receptionist_actor::list(const std::string& name, const service& s) const {
  std::vector<any_ref> out;
  out.reserve(s.offered_by.size());
  for (const entry& e : s.offered_by) out.push_back(e.who);
  far_.list(name, s.protocol, out);
  return out;
}

void receptionist_actor::tell_listeners(const std::string& name, const service& s) const {
  if (s.heard_by.empty()) return;
  const auto all = list(name, s);
  for (const entry& e : s.heard_by) e.tell(all);
}

void receptionist_actor::tell_listeners(const std::set<std::string>& names) const {
  for (const std::string& name : names)
    if (const auto at = services_.find(name); at != services_.end()) tell_listeners(name, at->second);
}

void receptionist_actor::tell_followers(const offers_changed& news) const {
  for (const follower& f : followers_) f.tell(news);
}

void receptionist_actor::follow_end(const std::string& name, const entry& e) const {
  if (e.offer != 0 && !followers_.empty()) tell_followers({{{e.offer, name}}, {}});
}

// Whether the end of that actor is waited for on its own account, whatever it offers and hears.
bool receptionist_actor::is_needed(std::uint64_t number) const {
  return std::any_of(followers_.begin(), followers_.end(),
                     [number](const follower& f) { return f.number == number; }) ||
         std::any_of(brought_by_.begin(), brought_by_.end(),
                     [number](const auto& one) { return one.second == number; });
}

void receptionist_actor::forget_if_empty(const std::string& name) {
  const auto at = services_.find(name);
  if (at != services_.end() && at->second.offered_by.empty() && at->second.heard_by.empty())
    services_.erase(at);
}

bool receptionist_actor::is_in(const std::string& name, std::uint64_t number) const {
  const auto at = services_.find(name);
  if (at == services_.end()) return false;
  const auto same = [number](const entry& e) { return e.number == number; };
  return std::any_of(at->second.offered_by.begin(), at->second.offered_by.end(), same) ||
         std::any_of(at->second.heard_by.begin(), at->second.heard_by.end(), same);
}

// The service, with `one` in it at the end; null when it was in it before (RC5).
result<receptionist_actor::service*> receptionist_actor::put_in(const std::string& name,
                                                                const std::string& wanted,
                                                                std::vector<entry> service::*into,
                                                                entry one) {
  const auto found = open(name, wanted);
  if (!found) return found.error();
  const auto number = watched_as(name, one.who);
  if (!number) {
    forget_if_empty(name);
    return number.error();
  }
  one.number = *number;
  auto& all = (**found).*into;
  const auto same = [&one](const entry& e) { return e.number == one.number; };
  if (std::any_of(all.begin(), all.end(), same)) return nullptr;
  all.push_back(std::move(one));
  return *found;
}

result<bool> receptionist_actor::on(const enlist_service& m) {
  const bool is_told = m.crosses && m.who && !m.who.address()->is_elsewhere();  // RC7
  const auto in =
      put_in(m.name, m.protocol, &service::offered_by, {m.who, 0, {}, is_told ? ++last_offer_ : 0});
  if (!in) return in.error();
  if (!*in) return false;
  tell_listeners(m.name, **in);
  if (is_told) tell_followers({{}, {{last_offer_, m.name, m.protocol, m.who}}});
  return true;
}

result<std::vector<any_ref>> receptionist_actor::on(const find_service& m) {
  if (services_.contains(m.name)) {
    const auto found = open(m.name, m.protocol);
    if (!found) return found.error();
    return list(m.name, **found);
  }
  std::vector<any_ref> all;
  far_.list(m.name, m.protocol, all);
  std::string node;
  if (all.empty())
    if (const std::string* const other = far_.other_protocol(m.name, m.protocol, node))
      return refuse(mismatch(m.name, *other, node, m.protocol));
  return all;
}

result<void> receptionist_actor::on(const listen_service& m) {
  const auto in = put_in(m.name, m.protocol, &service::heard_by, {m.who, 0, m.tell});
  if (!in) return in.error();
  if (*in) m.tell(list(m.name, **in));
  return {};
}

std::vector<service_info> receptionist_actor::on(const list_services&) const {
  std::map<std::string, service_info> all;
  for (const auto& [name, s] : services_) {
    service_info& one = all[name] = {name, s.protocol, s.offered_by.size(), s.heard_by.size()};
    for (const entry& e : s.offered_by) one.elsewhere += e.who.address()->is_elsewhere();
  }
  for (const auto& [name, words] : far_.services()) {
    service_info& one = all.emplace(name, service_info{name, words}).first->second;
    const std::uint64_t far = far_.count(name, one.protocol);
    one.offered_by += far;
    one.elsewhere += far;
  }
  std::vector<service_info> out;
  for (auto& [name, one] : all) out.push_back(std::move(one));
  return out;
}

// ---- other nodes

void receptionist_actor::on(const follow_offers& m) {
  const std::uint64_t number = own_cell().watch(m.who.address());
  if (number == 0) return;
  std::erase_if(followers_, [&](const follower& f) { return f.number == number; });
  forget_brought_by(number);
  followers_.push_back({number, m.tell});
  offers_changed all;
  for (const auto& [name, s] : services_)
    for (const entry& e : s.offered_by)
      if (e.offer != 0) all.come.push_back({e.offer, name, s.protocol, e.who});
  std::sort(all.come.begin(), all.come.end(),
            [](const service_offer& a, const service_offer& b) { return a.number < b.number; });
  m.tell(all);
}

void receptionist_actor::on(const offers_elsewhere& m) {
  const std::uint64_t number = own_cell().watch(m.by.address());
  if (number == 0) return;
  brought_by_[m.node] = number;
  const auto changed = m.anew ? far_.replace(m.node, m.come) : far_.change(m.node, m.gone, m.come);
  for (const std::string& name : changed)
    if (const auto at = services_.find(name); at != services_.end()) say_left_out(name, at->second.protocol);
  tell_listeners(changed);
}

void receptionist_actor::forget_brought_by(std::uint64_t number) {
  for (auto one = brought_by_.begin(); one != brought_by_.end();) {
    const auto here = one++;
    if (here->second != number) continue;
    const auto changed = far_.replace(here->first, {});
    brought_by_.erase(here);
    tell_listeners(changed);
  }
}

// ---- ends

void receptionist_actor::take_out(const std::string& name, std::vector<entry> service::*from,
                                  const any_ref& who) {
  const auto at = services_.find(name);
  if (at == services_.end() || !who) return;
  auto& all = at->second.*from;
  const cell_ptr local = who.address()->here();
  const auto gone = std::find_if(all.begin(), all.end(), [&](const entry& e) {
    return local ? e.number == local->number() : e.who == who;
  });
  if (gone == all.end()) return;
  const entry ended = std::move(*gone);
  all.erase(gone);
  if (!is_in(name, ended.number)) {
    auto& names = names_of_[ended.number];
    names.erase(name);
    if (names.empty()) {
      names_of_.erase(ended.number);
      if (!is_needed(ended.number)) own_cell().unwatch(who.address(), ended.number);
    }
  }
  if (from == &service::offered_by) tell_listeners(name, at->second);
  follow_end(name, ended);
  forget_if_empty(name);
}

void receptionist_actor::on(const delist_service& m) { take_out(m.name, &service::offered_by, m.who); }
void receptionist_actor::on(const unlisten_service& m) { take_out(m.name, &service::heard_by, m.who); }

void receptionist_actor::on_terminated(const terminated& news) {
  std::erase_if(followers_, [&](const follower& f) { return f.number == news.number(); });
  forget_brought_by(news.number());
  const auto at = names_of_.find(news.number());
  if (at == names_of_.end()) return;
  const std::set<std::string> names = std::move(at->second);
  names_of_.erase(at);
  for (const std::string& name : names) {
    const auto found = services_.find(name);
    if (found == services_.end()) continue;
    const auto same = [&](const entry& e) { return e.number == news.number(); };
    std::erase_if(found->second.heard_by, same);
    auto& offered = found->second.offered_by;
    if (const auto one = std::find_if(offered.begin(), offered.end(), same); one != offered.end()) {
      const entry ended = std::move(*one);
      offered.erase(one);
      tell_listeners(name, found->second);
      follow_end(name, ended);
    }
    forget_if_empty(name);
  }
}

}  // namespace detail

void receptionist_extension::start(system& sys) {
  if (std::exchange(started_, true)) return;
  auto made =
      cell::spawn(sys.env(), sys.system_root(),
                  props_of<detail::receptionist_actor>(sys.env(), spawn_options{.name = "receptionist"}));
  if (!made) throw failed{made.error()};
}

receptionist_ref receptionist_of(system& sys) {
  if (!sys.find_extension<receptionist_extension>())
    throw failed{{errc::not_found,
                  "this system has no receptionist: construct it with troupe::receptionist_extension{}"}};
  return receptionist_ref{sys.env()};
}

receptionist_ref receptionist_here() {
  return receptionist_ref{
      detail::turn_of("receptionist_here is for actors; elsewhere use receptionist_of").env()};
}

}  // namespace troupe
