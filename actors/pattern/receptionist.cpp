#include <algorithm>
#include <troupe/cell/cell.hpp>
#include <troupe/pattern/receptionist.hpp>

namespace troupe {
namespace detail {

error receptionist_actor::refuse(error why) const {
  log(log_level::error, why.text);
  return why;
}

result<receptionist_actor::service*> receptionist_actor::open(const std::string& name,
                                                              const std::string& wanted) {
  const auto at = services_.find(name);
  if (at == services_.end()) return &services_.emplace(name, service{wanted, {}, {}}).first->second;
  if (at->second.protocol == wanted) return &at->second;
  return refuse({errc::invalid, "service '" + name + "' is there for the messages (" + at->second.protocol +
                                    "), not for (" + wanted + ")"});
}

result<std::uint64_t> receptionist_actor::watched_as(const std::string& name, const any_ref& who) {
  const std::uint64_t number = own_cell().watch(who.address());
  if (number == 0)
    return refuse({errc::not_found, "service '" + name + "': nobody is at '" + who.path() +
                                        "', or it can't be watched from here"});
  names_of_[number].insert(name);
  return number;
}

std::vector<any_ref> receptionist_actor::list(const service& s) {
  std::vector<any_ref> out;
  out.reserve(s.offered_by.size());
  for (const entry& e : s.offered_by) out.push_back(e.who);
  return out;
}

void receptionist_actor::tell_listeners(const service& s) {
  if (s.heard_by.empty()) return;
  const auto all = list(s);
  for (const entry& e : s.heard_by) e.tell(all);
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
  const auto in = put_in(m.name, m.protocol, &service::offered_by, {m.who, 0});
  if (!in) return in.error();
  if (*in) tell_listeners(**in);
  return *in != nullptr;
}

result<std::vector<any_ref>> receptionist_actor::on(const find_service& m) {
  const auto at = services_.find(m.name);
  if (at == services_.end()) return std::vector<any_ref>{};
  const auto found = open(m.name, m.protocol);
  if (!found) return found.error();
  return list(**found);
}

result<void> receptionist_actor::on(const listen_service& m) {
  const auto in = put_in(m.name, m.protocol, &service::heard_by, {m.who, 0, m.tell});
  if (!in) return in.error();
  if (*in) m.tell(list(**in));
  return {};
}

std::vector<service_info> receptionist_actor::on(const list_services&) const {
  std::vector<service_info> out;
  out.reserve(services_.size());
  for (const auto& [name, s] : services_)
    out.push_back({name, s.protocol, s.offered_by.size(), s.heard_by.size()});
  return out;
}

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
  const std::uint64_t number = gone->number;
  all.erase(gone);
  if (!is_in(name, number)) {
    auto& names = names_of_[number];
    names.erase(name);
    if (names.empty()) {
      names_of_.erase(number);
      own_cell().unwatch(who.address(), number);
    }
  }
  if (from == &service::offered_by) tell_listeners(at->second);
  forget_if_empty(name);
}

void receptionist_actor::on(const delist_service& m) { take_out(m.name, &service::offered_by, m.who); }
void receptionist_actor::on(const unlisten_service& m) { take_out(m.name, &service::heard_by, m.who); }

void receptionist_actor::on_terminated(const terminated& news) {
  const auto at = names_of_.find(news.number());
  if (at == names_of_.end()) return;
  const std::set<std::string> names = std::move(at->second);
  names_of_.erase(at);
  for (const std::string& name : names) {
    const auto found = services_.find(name);
    if (found == services_.end()) continue;
    const auto same = [&](const entry& e) { return e.number == news.number(); };
    std::erase_if(found->second.heard_by, same);
    if (std::erase_if(found->second.offered_by, same) != 0) tell_listeners(found->second);
    forget_if_empty(name);
  }
}

}  // namespace detail

void receptionist_extension::start(system& sys) {
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
