#include <algorithm>
#include <set>
#include <troupe/actor/spawn.hpp>
#include <troupe/base/check.hpp>
#include <troupe/base/limits.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/node/open_requests.hpp>
#include <troupe/node/spawnable.hpp>
#include <troupe/node/spawner.hpp>
#include <troupe/wire/one_line.hpp>
#include <vector>

namespace troupe::detail {

namespace {

/// `/user/spawned/n1`: has the actors of one peer, and takes no messages.
class spawned_for : public actor<spawn_lease_word> {
 public:
  void on(const spawn_lease_word&) {}
  stop_order children_stop_order() const noexcept override { return stop_order::together; }
};

/// The name of a place: a node's name may have bytes that an actor's may not.
std::string place_name(const std::string& peer) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : peer) {
    if (c != '/' && c != '%' && c != '$') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    (((out += '%') += digits[byte >> 4]) += digits[byte & 15]);
  }
  return out;
}

/// The node that asks, as its connection knows it; empty: none.
std::string peer_of(const engine::reply_slot* slot) {
  const auto* const request = dynamic_cast<const remote_request*>(slot);
  return request ? request->peer() : std::string{};
}

/// The same, for what it writes into arguments.
std::shared_ptr<const ref_guest> guest_of(const engine::reply_slot* slot) {
  const auto* const request = dynamic_cast<const remote_request*>(slot);
  return request ? request->guest() : nullptr;
}

/// What a peer has said, as far as it may stand in a text (R8).
std::string shown(std::string_view text) { return wire::one_line(text.substr(0, limits::name_bytes_max)); }

std::string quoted(std::string_view text) { return "'" + shown(text) + "'"; }

}  // namespace

std::string spawned_path(const std::string& peer) {
  return std::string{spawner_path} + "/" + place_name(peer);
}

const void* names_of(environment& env) noexcept { return &env.names(); }

// ---- beginning, and beginning anew (NS11)

void spawner::on_start() {
  std::vector<std::uint64_t> known;
  for (auto at = all_.begin(); at != all_.end();) {
    const auto here = at++;
    if (const entry& e = here->second; e.who || e.ended || e.waits)
      known.push_back(here->first);
    else
      all_.erase(here);
  }
  for (const std::uint64_t id : known) take_up(id, all_.at(id));
  for (const auto& [peer, place] : leaving_) {
    const any_ref one{address_ptr{place}};
    unwatch(one);
    watch(one);
  }
  end_strangers();
  make_those_who_wait();
}

// Ends that came while nobody heard them are told again to who watches anew (L4).
void spawner::take_up(std::uint64_t id, entry& e) {
  by_lease_.emplace(lease_key{e.peer, any_ref{e.lease}}, id);
  watched_.emplace(e.lease.get(), id);
  if (!e.lease_over) {
    unwatch(any_ref{e.lease});
    watch(any_ref{e.lease});
  }
  if (!e.who || e.ended) return;
  by_actor_.emplace(e.who->number(), id);
  if (!e.asked.name.empty()) by_name_[{e.peer, e.asked.name}] = id;
  const any_ref who{address_ptr{e.who}};
  unwatch(who);
  watch(who);
  e.started |=
      e.who->status() == cell_status::running;  // the news of that may be what the one before failed on
  if (e.started && !e.ending) tell(e);
  if (std::exchange(e.ending, false)) end(id, e);
}

void spawner::end_strangers() {
  std::set<const cell*> known;
  for (const auto& [id, e] : all_) known.insert(e.who.get());
  for (const auto* places : {&places_, &leaving_})
    for (const auto& [peer, place] : *places) known.insert(place.get());
  for (const cell_ptr& place : own_cell().children()) {
    for (const cell_ptr& one : place->children())
      if (!known.contains(one.get())) one->request_stop(exit_kind::shutdown);
    if (!known.contains(place.get())) place->request_stop(exit_kind::shutdown);
  }
}

void spawner::make_those_who_wait() {
  std::vector<std::uint64_t> waiting;
  for (const auto& [id, e] : all_)
    if (e.waits && !e.ended) waiting.push_back(id);
  for (const std::uint64_t id : waiting) {
    entry& e = all_.at(id);
    if (leaving_.contains(e.peer) || (!e.asked.name.empty() && by_name_.contains({e.peer, e.asked.name})))
      continue;
    make(id, e);
  }
}

// ---- requests

promise<spawned_actor> spawner::on(const spawn_request& m) {
  const auto owed = promise_reply(message_type_of<spawned_actor>);
  const promise<spawned_actor> who{owed};
  const std::string peer = peer_of(owed->slot());
  if (peer.empty()) {
    who.fail({errc::invalid, "what lives on this node is spawned here without " + path(), {}, path()});
    return who;
  }
  if (std::string why = why_no_lease(peer, m.lease); !why.empty()) {
    who.fail({errc::invalid, std::move(why), {}, path()});
    return who;
  }
  if (const auto known = by_lease_.find({peer, any_ref{m.lease}}); known != by_lease_.end()) {  // NS3
    entry& e = all_.at(known->second);
    e.answer = who;
    // It was thought to be lost with its node, and is not.
    if (e.lease_over && !e.ending && !e.ended) e.lease_over = own_cell().watch(e.lease) == 0;
    if (e.started) tell(e);
    return who;
  }
  if (auto no = objection(peer, m)) {
    if (no->code == errc::refused) say_refused(no->text);
    who.fail(std::move(*no));
    return who;
  }
  auto guest = guest_of(owed->slot());
  if (!guest) {
    who.fail({errc::closed, "the connection of " + peer + " is over", {}, path()});
    return who;
  }
  const std::uint64_t id = ++ledger_->last;
  entry& e =
      all_.emplace(id, entry{.peer = peer, .asked = m, .lease = m.lease.address(), .guest = std::move(guest)})
          .first->second;
  e.answer = who;
  by_lease_.emplace(lease_key{peer, any_ref{m.lease}}, id);
  watched_.emplace(e.lease.get(), id);
  try {
    watch(m.lease);  // NS5
    if (!waits_for_name(peer, m) && !leaving_.contains(peer))
      make(id, e);
    else if (waiting_bytes() > waiting_bytes_max)
      refuse(id,
             {errc::overloaded, "too much waits on " + options_.node + " for actors that are being stopped"});
  } catch (...) {
    refuse(id, current_exception_error(errc::closed));
  }
  return who;
}

void spawner::say_refused(const std::string& why) {
  ++refused_;
  if (said_at_ != time_point::min() && now() < after(said_at_, seconds{1})) return;
  said_at_ = now();
  const std::uint64_t others = std::exchange(refused_, 0) - 1;
  log(log_level::warning,
      wire::one_line(why) +
          (others ? "; and " + std::to_string(others) + " more since the last such line" : ""));
}

// NS1
promise<bool> spawner::on(const spawn_kept& m) {
  const auto owed = promise_reply(message_type_of<bool>);
  const promise<bool> who{owed};
  const std::string peer = peer_of(owed->slot());
  const auto at = by_lease_.find({peer, any_ref{m.lease}});
  const bool known = at != by_lease_.end();
  if (known && !all_.at(at->second).asked.bound) {
    const std::uint64_t id = at->second;
    entry& e = all_.at(id);
    if (!std::exchange(e.lease_over, true)) unwatch(any_ref{e.lease});
    forget_if_over(id);
  }
  who.reply(known);
  return who;
}

std::string spawner::why_no_lease(const std::string& peer, const any_ref& of) const {
  const address_ptr& lease = of.address();
  if (!lease || lease->number() == 0 || !lease->is_elsewhere())
    return "node " + options_.node + " can't hear of the end of " + peer + "'s lease '" + to_string(of) +
           "': it must be an actor of " + peer + ", and " + options_.node + " must be able to dial " + peer +
           " (node.peers here, node.advertise there)";
  if (const std::string at = lease->path(); !at.starts_with(peer + ":"))
    return "the lease " + at + " is no actor of " + peer + ", which asks (NS3)";
  return {};
}

std::optional<error> spawner::type_objection(const std::string& peer, const std::string& wanted,
                                             std::uint32_t version, const std::string& arguments) const {
  const auto no = [&](errc code, std::string why) { return error{code, std::move(why), {}, path()}; };
  const std::string& here = options_.node;
  if (!options_.may_spawn || !options_.may_spawn(peer, wanted))
    return no(errc::refused, "node " + peer + " may have no " + quoted(wanted) + " spawned on " + here +
                                 ": name it in node.spawnable there");
  const spawnable_type* const type = options_.types.find(wanted);
  if (!type)
    return no(errc::not_found, "node " + here + " makes no " + quoted(wanted) +
                                   ": its program has to add the type to node_options::types");
  if (type->version != version)
    return no(errc::invalid, "node " + here + " makes version " + std::to_string(type->version) + " of " +
                                 quoted(wanted) + ", and " + peer + " asks for version " +
                                 std::to_string(version) + ": run the same release on both");
  if (type->arguments != arguments)
    return no(errc::invalid, "version " + std::to_string(version) + " of " + quoted(wanted) + " is made of " +
                                 std::string{type->arguments} + " on " + here + ", and of " +
                                 shown(arguments) + " on " + peer + ": other arguments need another version");
  return {};
}

std::optional<error> spawner::objection(const std::string& peer, const spawn_request& m) const {
  const auto no = [&](errc code, std::string why) { return error{code, std::move(why), {}, path()}; };
  if (auto objection = type_objection(peer, m.type, m.version, m.arguments)) return objection;
  if (wire::one_line(m.name) != m.name)
    return no(errc::invalid, quoted(m.name) + " is no actor name: it has control characters");
  if (all_.size() >= options_.spawned_max)
    return no(errc::overloaded, "node " + options_.node + " has " + std::to_string(all_.size()) +
                                    " actors of other nodes already (node.spawned_max)");
  return {};
}

// NS7: the name is on the way out, or is now. Else whoever has it keeps it.
bool spawner::waits_for_name(const std::string& peer, const spawn_request& m) {
  if (m.name.empty()) return false;
  const auto at = by_name_.find({peer, m.name});
  if (at == by_name_.end()) return false;
  entry& other = all_.at(at->second);
  const bool replaces = m.owner != 0 && other.asked.owner != 0 &&
                        (other.asked.owner == m.owner || other.lease->run() != m.lease.address()->run());
  if (!other.ending && !replaces) return false;
  end(at->second, other);
  return true;
}

std::size_t spawner::waiting_bytes() const {
  std::size_t sum = 0;
  for (const auto& [id, e] : all_) sum += e.asked.bytes.size();
  return sum;
}

// ---- making

void spawner::make(std::uint64_t id, entry& e) {
  e.waits = false;
  const std::string bytes = std::exchange(e.asked.bytes, {});
  try {
    environment& env = own_cell().env();
    const auto time = std::clamp(e.asked.shutdown_time, duration::zero(), shutdown_time_max);
    e.asked.shutdown_time = time;
    cell_props props = options_.types.find(e.asked.type)->make(env, bytes, e.guest.get());
    props.name = e.asked.name;
    props.shutdown_time = time;
    props.start_time = limits::start_time_max;
    props.on_first_start = [to = self(), id](result<void> how) {
      to.tell(spawn_began{id, how ? std::optional<error>{} : std::optional<error>{how.error()}});
    };
    result<cell_ptr> made = cell::spawn(env, place_of(e.peer), std::move(props));
    if (!made) {
      error why = made.error();
      if (why.code == errc::stopped) why = {errc::closed, "node " + options_.node + " is going down"};
      return refuse(id, std::move(why));
    }
    e.who = *made;
    by_actor_.emplace(e.who->number(), id);
    if (!e.asked.name.empty()) by_name_[{e.peer, e.asked.name}] = id;
    watch(any_ref{address_ptr{e.who}});
  } catch (...) {      // bytes that are no arguments; what a codec of theirs threw
    if (e.who) throw;  // it is there, and is taken up anew (NS11)
    refuse(id, current_exception_error(errc::start_failed));
  }
}

cell_ptr spawner::place_of(const std::string& peer) {
  if (!places_.contains(peer) && places_.size() >= options_.spawned_max)
    give_place_back();              // peers come and go under any names they can prove
  cell_ptr& place = places_[peer];  // before it is made: it is not to get lost (LD1)
  if (place && !place->has_ended()) return place;
  spawn_options how;
  how.name = place_name(peer);
  how.shutdown_time = duration::max();  // its actors have times of their own
  return place = spawn<spawned_for>(std::move(how)).address()->here();
}

// NS10. There is one: fewer others are remembered than there are places, and each has one peer.
void spawner::give_place_back() {
  std::set<std::string_view> needed;
  for (const auto& [id, e] : all_) needed.insert(e.peer);
  const auto empty = std::find_if(places_.begin(), places_.end(),
                                  [&](const auto& place) { return !needed.contains(place.first); });
  check(empty != places_.end(), "of so many places one is without actors");
  auto one = places_.extract(empty);
  if (!one.mapped()) return;
  watch(any_ref{address_ptr{one.mapped()}});
  one.mapped()->request_stop(exit_kind::shutdown);
  leaving_.insert(std::move(one));
}

void spawner::place_ended(const std::string& peer) {
  leaving_.erase(peer);
  std::vector<std::uint64_t> waiting;
  for (const auto& [id, e] : all_)
    if (e.waits && !e.ended && e.peer == peer) waiting.push_back(id);
  for (const std::uint64_t id : waiting)
    if (const auto& name = all_.at(id).asked.name; name.empty() || !by_name_.contains({peer, name}))
      make(id, all_.at(id));
}

void spawner::on(const spawn_began& m) {
  const auto at = all_.find(m.id);
  if (at == all_.end()) return;
  entry& e = at->second;
  if (m.failed) {
    e.failed = *m.failed;  // its end follows
    return;
  }
  e.started = true;
  if (!e.ending) tell(e);
}

void spawner::tell(entry& e) {
  std::exchange(e.answer, {}).reply(spawned_actor{ref<spawn_lease_word>{address_ptr{e.who}}});
}

// Nothing has come of it, and nothing is kept of it.
void spawner::refuse(std::uint64_t id, error why) {
  const auto at = all_.find(id);
  entry& e = at->second;
  if (why.path.empty()) why.path = path();
  std::exchange(e.answer, {}).fail(std::move(why));
  e.ended = true;
  if (!e.lease_over) unwatch(any_ref{e.lease});
  e.lease_over = true;
  forget_if_over(id);
}

// ---- ends

void spawner::on_terminated(const terminated& news) {
  if (!news.who()->is_elsewhere()) {
    if (const auto at = by_actor_.find(news.number()); at != by_actor_.end())
      return actor_ended(at->second, news.reason());
    const auto place = std::find_if(leaving_.begin(), leaving_.end(),
                                    [&](const auto& one) { return address_ptr{one.second} == news.who(); });
    if (place != leaving_.end()) place_ended(std::string{place->first});
  } else if (const auto at = watched_.find(news.who().get()); at != watched_.end()) {
    lease_ended(at->second, news.kind());
  }
}

void spawner::lease_ended(std::uint64_t id, exit_kind how) {
  entry& e = all_.at(id);
  e.lease_over = true;
  const bool goes_on = !e.asked.bound && how == exit_kind::unreachable && e.started;  // NS6
  if (!goes_on) {
    if (how == exit_kind::unreachable && !e.started && !e.failed)  // who asks can do so again
      e.failed = error{errc::unreachable, "node " + options_.node + " has declared " + e.peer +
                                              " down, or has not met it again yet"};
    end(id, e);
  }
  forget_if_over(id);
}

void spawner::end(std::uint64_t id, entry& e) {
  if (e.ended || std::exchange(e.ending, true)) return;
  if (!e.who) {  // it waits for its name, and nobody for it
    std::exchange(e.answer, {}).fail({errc::cancelled, "given up before it was made", {}, path()});
    e.ended = true;
    return;
  }
  const duration time = e.asked.shutdown_time;
  // Its parent alone can end it by force.
  const auto by_force = [who = e.who] {
    who->parent()->run_inside([who](cell& place) { place.give_up_child(*who); });
  };
  if (time == duration::zero()) return by_force();
  e.who->request_stop(exit_kind::shutdown);
  key_timer(std::to_string(id), after_delay(time, by_force));
}

void spawner::actor_ended(std::uint64_t id, const exit_reason& why) {
  entry& e = all_.at(id);
  cancel_timer(std::to_string(id));
  by_actor_.erase(e.who->number());
  e.ended = true;
  const name_key name{e.peer, e.asked.name};
  if (!name.second.empty()) by_name_.erase(name);
  if (!e.started) {
    error text =
        e.failed ? *e.failed : error{errc::start_failed, "it ended before it had started: " + to_string(why)};
    if (text.code == errc::start_failed)
      text.text = "the " + quoted(e.asked.type) + " on " + options_.node + " failed to start: " + text.text;
    refuse(id, std::move(text));
  } else {
    forget_if_over(id);
  }
  if (!name.second.empty()) name_is_free(name);
}

// The first who waits for it gets it; one that can't be made leaves it to the next.
void spawner::name_is_free(const name_key& name) {
  std::vector<std::uint64_t> waiting;
  for (const auto& [id, e] : all_)
    if (e.waits && !e.ended && e.peer == name.first && e.asked.name == name.second) waiting.push_back(id);
  for (const std::uint64_t id : waiting)
    if (!by_name_.contains(name)) make(id, all_.at(id));
}

// NS5
void spawner::forget_if_over(std::uint64_t id) {
  const auto at = all_.find(id);
  if (at == all_.end() || !at->second.ended || !at->second.lease_over) return;
  by_lease_.erase({at->second.peer, any_ref{at->second.lease}});
  watched_.erase(at->second.lease.get());
  all_.erase(at);
}

}  // namespace troupe::detail
