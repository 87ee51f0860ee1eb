#include <algorithm>
#include <optional>
#include <troupe/actor/spawn.hpp>
#include <troupe/base/path_pattern.hpp>
#include <troupe/link/dial_pace.hpp>
#include <troupe/node/admission_policy.hpp>
#include <troupe/node/known_peers.hpp>
#include <troupe/node/refusals.hpp>
#include <troupe/node/remote_address.hpp>
#include <troupe/node/remoting.hpp>
#include <troupe/node/session_table.hpp>
#include <troupe/node/sharing.hpp>
#include <troupe/node/spawner.hpp>
#include <troupe/system/guardian.hpp>
#include <troupe/system/system.hpp>
#include <troupe/wire/one_line.hpp>
#include <vector>

namespace troupe {

/// The living parts: they stay where they are while the extension is moved into its system.
class remoting::parts final : public detail::inbound_host,
                              public detail::link_host,
                              public node_directory,
                              private engine::timer {
 public:
  explicit parts(node_options o) : options(std::move(o)) {}

  void start(system& sys);
  void stop() noexcept;
  void accept_next();
  void accepted(result<std::unique_ptr<port::stream>> stream);
  result<std::size_t> reload(const node_options* anew);
  port::transport& transport() noexcept override { return lets_in->transport(); }
  std::string objection_to(const port::peer_proof& proof, std::string_view node) const override {
    return lets_in->objection_to(proof, node);
  }
  std::string objection_to_age(const port::peer_proof& proof) const override {
    return lets_in->objection_to_age(proof);
  }

  bool is_replaced(std::string_view node, std::uint64_t incarnation) const override;
  void admit(detail::inbound& connection, const wire::hello& theirs) override;
  void forget(detail::inbound& connection, const std::string& peer) override;
  time_point dial_turn(time_point now) noexcept override { return redials.turn(now); }
  time_point meet_turn(time_point now) noexcept override { return meetings.turn(now); }
  std::optional<std::string> address_for(std::string_view node, detail::nearness whom) const override;
  void introduced(const detail::introductions::connection& on, const std::string& by, detail::nearness from,
                  const wire::introduction& what) override;
  void introducer_gone(const detail::introductions::connection& on) override { heard.over(on); }
  void met(const std::string& peer) override {
    known->met(peer);
    if (shared) shared->met(peer);
  }
  void declared_down(const std::string& peer, const link_effect::declare_down& how,
                     std::function<void()> then) override;
  std::string_view own_name() const noexcept override { return options.name; }
  address_ptr address_at(const ref_token& there) override;
  std::string why_not(std::string_view node) const override;
  std::uint64_t seal_of(std::uint64_t number, std::string_view path) const noexcept override {
    return seals_of_refs->of(number, path);
  }

  node_options options;
  node_identity self;
  std::optional<detail::wait_seals> seals;
  std::optional<rights::rights_table> table;
  std::optional<rights::ref_seals> seals_of_refs;
  std::optional<detail::refusals> refused;
  std::optional<detail::sharing> shared;  // none: no services are
  boost::intrusive_ptr<environment> env;
  std::optional<detail::admission_policy> lets_in;  // from the start on
  std::unique_ptr<port::acceptor> acceptor;
  std::optional<detail::session_table> sessions;
  mutable std::mutex mutex;
  // In the order they came (D1); guarded by mutex.
  std::vector<detail::inbound_ptr> strangers;  // who have not said yet who they are (N9)
  std::vector<detail::inbound_ptr> inbounds;   // who have
  bool stopped = false;                        // guarded by mutex

  std::optional<detail::known_peers> known;  // from the start on
  detail::introductions heard;

  /// The link to a peer that is known and has not gone; null: there is none.
  detail::peer_link_ptr present(const std::string& peer) const {
    return known ? known->present(peer) : nullptr;
  }

 private:
  static constexpr unsigned redials_a_second = 20;   // of all peers that are declared down
  static constexpr unsigned meetings_a_second = 20;  // with nodes that others have introduced
  static constexpr duration accept_retry_delay = milliseconds{100};

  dial_pace redials{redials_a_second, redials_a_second};
  dial_pace meetings{meetings_a_second, meetings_a_second};

  detail::peer_link_ptr make_link(const std::string& peer, const port::endpoint& at, detail::known_by how,
                                  std::uint64_t epoch);
  std::string own_address() const;
  void say_not_dialled(const wire::hello& theirs, const std::string& mistake);
  detail::peer_gate_ptr gate_for(const std::string& peer);
  void judge_rights();
  spawn_right spawn_rights() const;
  std::function<bool(const std::string&, const std::string&)> child_rights() const;

  void fired() noexcept override;
  // No references: the system forgets its timers before it destroys its extensions.
  void timer_add_ref() noexcept override {}
  void timer_release() noexcept override {}
};

void remoting::parts::start(system& sys) {
  if (!is_loopback(options.listen) && !options.insecure && !options.tls)
    throw failed{
        {errc::invalid, "node " + options.name + " would listen on " + to_string(options.listen) +
                            " without TLS; listen on a loopback address, give it certificates (node.tls), or "
                            "set node.insecure = true (R7)"}};
  for (const auto& [peer, at] : options.peers)
    if (!is_loopback(at) && !options.insecure && !options.tls)
      throw failed{
          {errc::invalid, "node " + options.name + " would dial " + peer + " at " + to_string(at) +
                              " without TLS; give it a loopback address, give this node certificates "
                              "(node.tls), or set node.insecure = true (R7)"}};
  for (const std::string& pattern : options.bulk)
    if (const std::string problem = path_pattern_problem(pattern); !problem.empty())
      throw failed{
          {errc::invalid, "node " + options.name + ": node.bulk: " + problem + ", got \"" + pattern + "\""}};
  detail::sharing::check(sys, options);
  try {
    auto open = options.public_paths;
    if (!options.types.empty()) open.emplace_back(spawner_path);  // which judges each request itself (NS4)
    table.emplace(options.name, open, detail::sharing::rights_with_services(options));
  } catch (const failed& no) {
    throw failed{{errc::invalid, "node " + options.name + ": " + no.why().text}};
  }
  env = &sys.env();
  env->platform().keep_freed_memory(options.freed_memory_kept);
  lets_in.emplace(*env, options);
  self = {options.name, env->names().incarnation(),
          wire::can_trace | wire::can_cancel | wire::can_probe | wire::can_route | wire::can_join |
              wire::can_offer | wire::can_link | wire::can_pack |
              (options.contracts.messages.empty() ? 0 : wire::can_compare) |
              (options.introduced_max == 0 ? 0 : wire::can_introduce),
          options.heartbeat_interval, options.message_max};
  const hash_key secret{env->platform().entropy().next(), env->platform().entropy().next()};
  seals.emplace(self, secret);
  seals_of_refs.emplace(secret);
  refused.emplace(*env);
  judge_rights();
  acceptor = transport().listen(options.listen).value();
  if (!options.unix_users.empty()) acceptor->admit_other_users().value();
  env->events().log(log_level::info, options.name,
                    "node listens on " + to_string(acceptor->local()) + ", incarnation " +
                        std::to_string(self.incarnation));
  if (const auto fine = detail::peer_link::check(options, self, own_address()); !fine)
    throw failed{{errc::invalid, "node " + wire::one_line(options.name) + ": " + fine.error().text}};
  sessions.emplace(*env, options);
  known.emplace(options.inbound_max, options.introduced_max,
                [this](const std::string& peer, const port::endpoint& at, detail::known_by how,
                       std::uint64_t epoch) { return make_link(peer, at, how, epoch); });
  for (const auto& [name, at] : options.peers) known->add(name, at);
  env->names().known_nodes(this);
  if (!options.types.empty())
    detail::start_below(
        *sys.user_root(),
        kept_running(props_of<detail::spawner>(
            *env, {.name = "spawned", .poison = poison_policy::retry(1), .shutdown_time = duration::max()},
            detail::spawner_options{options.name, options.types, spawn_rights(), options.spawned_max,
                                    child_rights()},
            std::make_shared<detail::spawn_ledger>())));
  if (shares_services(options)) {
    shared.emplace(
        options, *table, *refused, *this,
        [this](const std::string& peer) {
          const auto link = known->link_to(peer);
          return link && link->status().reachable;
        },
        [this] {
          std::vector<std::string> met;
          for (const auto& link : known->all_present())
            if (link->status().reachable) met.push_back(link->peer());
          return met;
        });
    shared->start(sys);
  }
  accept_next();
  for (const auto& link : known->all()) link->start();
}

// Whoever comes while this is under way is held against what is new (admission_policy.hpp, LN2), or is in the lists by now.
result<std::size_t> remoting::parts::reload(const node_options* anew) {
  if (!known) return error{errc::invalid, "node " + options.name + " has not started yet"};
  if (anew && !anew->unix_users.empty()) {
    // Each of them is looked at, so to open the socket first does no harm.
    const std::lock_guard hold{mutex};
    if (!stopped)
      if (const auto open = acceptor->admit_other_users(); !open) return open.error();
  }
  if (const auto done = anew ? lets_in->reload(*anew) : lets_in->reload(); !done) return done.error();
  std::vector<detail::inbound_ptr> open;
  {
    const std::lock_guard hold{mutex};
    open = strangers;
    open.insert(open.end(), inbounds.begin(), inbounds.end());
  }
  std::size_t closed = 0;
  for (const auto& connection : open) closed += connection->recheck();
  for (const auto& link : known->all()) closed += link->recheck();
  return closed;
}

detail::peer_link_ptr remoting::parts::make_link(const std::string& peer, const port::endpoint& at,
                                                 detail::known_by how, std::uint64_t epoch) {
  return new detail::peer_link{*env,           options, self,          *seals, *this, peer,
                               gate_for(peer), at,      own_address(), how,    epoch};
}

std::string remoting::parts::own_address() const {
  if (options.advertise) return to_string(*options.advertise);
  const port::endpoint at = acceptor->local();
  // An address that stands for all of this machine is none that others can dial.
  return at.host == "0.0.0.0" || at.host == "::" ? std::string{} : to_string(at);
}

address_ptr remoting::parts::address_at(const ref_token& there) {
  detail::peer_link_ptr link = known->present(there.node);
  if (!link) {
    const auto where = heard.of(there.node);
    link = where.empty() ? known->link_to(there.node) : known->introduce(there.node, where);
  }
  if (!link) return {};
  return address_ptr{new detail::remote_address{std::move(link), detail::target_at(options, there)}};
}

// ---- nodes that others speak of (introductions.hpp)

std::optional<std::string> remoting::parts::address_for(std::string_view node, detail::nearness whom) const {
  if (options.introduced_max == 0) return {};
  const auto link = known->link_to(node);
  const auto at = link ? link->address_for(whom) : std::nullopt;
  if (!at) return {};
  std::string text = to_string(*at);
  if (text.size() > limits::name_bytes_max || wire::one_line(text) != text) return {};
  return text;
}

void remoting::parts::introduced(const detail::introductions::connection& on, const std::string& by,
                                 detail::nearness from, const wire::introduction& what) {
  if (what.node != options.name) heard.add(on, by, what.node, judge_introduction(options, from, what));
}

std::string remoting::parts::why_not(std::string_view node) const {
  if (const auto where = heard.of(node); !where.empty())
    return ", but for the word of node '" + where.front().by + "', and knows as many like that as may be " +
           "(node.introduced_max): " + std::to_string(options.introduced_max);
  return heard.why_not(node);
}

detail::peer_gate_ptr remoting::parts::gate_for(const std::string& peer) {
  std::string its;
  if (!options.types.empty()) its = detail::spawned_path(peer) + "/";
  return std::make_shared<const detail::peer_gate>(options.name, peer, table->of(peer), *seals_of_refs,
                                                   *refused, std::move(its));
}

// Names that nobody proves are no ground for rights; on a machine of one's own that may be all right.
void remoting::parts::judge_rights() {
  const auto by_name = std::find_if(options.rights.begin(), options.rights.end(),
                                    [](const auto& one) { return one.first != "*"; });
  if (!options.tls && by_name != options.rights.end())
    env->events().log(
        log_level::warning, options.name,
        "node.rights." + by_name->first +
            " goes by the name that a peer says, which nobody proves without certificates (node.tls)");
}

// What `node.spawnable` lets everybody, and `node.rights` some (RI2); or what the program says itself.
spawn_right remoting::parts::spawn_rights() const {
  if (options.may_spawn) return options.may_spawn;
  return [everybody = spawn_right_of(options), some = *table](std::string_view peer, std::string_view type) {
    return everybody(peer, type) || some.may_spawn(peer, type);
  };
}

// CN2
std::function<bool(const std::string&, const std::string&)> remoting::parts::child_rights() const {
  return [of_all = *table](const std::string& peer, const std::string& path) {
    const rights::rights_of_peer may = of_all.of(peer);
    return may.to(path) == rights::reach::all || may.may_send(path, start_child_right);
  };
}

void remoting::parts::accept_next() {
  acceptor->accept([this, keep = env](result<std::unique_ptr<port::stream>> s) { accepted(std::move(s)); });
}

void remoting::parts::accepted(result<std::unique_ptr<port::stream>> stream) {
  detail::inbound_ptr made, oldest;
  std::optional<event> news;
  {
    const std::lock_guard hold{mutex};
    if (stopped) return;
    if (!stream) {
      news = event{event_kind::accept_failed, env->now(),        options.name, {},
                   stream.error().text,       "tried again (N4)"};
      env->timers().arm(*this, after(env->now(), accept_retry_delay));
    } else if (std::string why = lets_in->objection_to_user((*stream)->proof()); !why.empty()) {
      news = event{event_kind::peer_refused, env->now(), (*stream)->peer(), {}, why, "closed its connection"};
    } else {
      if (strangers.size() >= options.strangers_max) {  // N9
        oldest = std::move(strangers.front());
        strangers.erase(strangers.begin());
      }
      made = new detail::inbound{*env, options, self, *seals, *this, std::move(*stream)};
      strangers.push_back(made);
    }
    if (stream) accept_next();
  }
  if (news) env->events().publish(*news);
  if (oldest)
    oldest->gives_way(std::to_string(options.strangers_max) +
                      " connections have not said yet who they are (node.strangers_max): the oldest goes");
  if (made) made->start();
  lets_in->warn_when_due();
}

void remoting::parts::fired() noexcept {
  const std::lock_guard hold{mutex};
  if (!stopped) accept_next();
}

bool remoting::parts::is_replaced(std::string_view node, std::uint64_t incarnation) const {
  const auto link = known->link_to(node);
  return link && link->is_replaced(incarnation);
}

void remoting::parts::admit(detail::inbound& connection, const wire::hello& theirs) {
  {
    const std::lock_guard hold{mutex};
    const auto at = std::find(strangers.begin(), strangers.end(), detail::inbound_ptr{&connection});
    if (at == strangers.end()) return;  // it has had to go, or all have
    inbounds.push_back(std::move(*at));
    strangers.erase(at);
  }
  const auto address = detail::judge_address(options, connection.near(), theirs.address);
  const auto at = address ? std::optional{*address} : std::nullopt;
  const auto [back, is_new, by_hello] = known->greet(connection, theirs.node, at);
  if (connection.is_over())
    known->is_over(connection, theirs.node);  // it has said so too early, perhaps (KP4)
  if (is_new) back->start();
  const std::uint64_t epoch = back ? back->seen(theirs, at, by_hello) : 0;
  if (!back) say_not_dialled(theirs, address ? std::string{} : address.error().text);
  sessions->admit(connection, theirs, back, epoch, gate_for(theirs.node));
  // It was declared down while it was being admitted.
  if (back && back->epoch() != epoch)
    sessions->declared_down(theirs.node, {theirs.incarnation, theirs.epoch}, [] {});
}

// N6. `mistake`: of the address that it says.
void remoting::parts::say_not_dialled(const wire::hello& theirs, const std::string& mistake) {
  std::string why = theirs.address.empty() ? "it says no address where it can be dialled"
                                           : "its address can't be dialled: " + mistake;
  why += "; set node.advertise there, or name it in node.peers here";
  if (mistake.empty())
    why = "as many peers are known by their hello only as may be (node.inbound_max): " +
          std::to_string(options.inbound_max);
  env->events().publish({event_kind::peer_unreachable,
                         env->now(),
                         theirs.node,
                         {},
                         std::move(why),
                         "watches and links from there end at once (N6)"});
}

void remoting::parts::forget(detail::inbound& connection, const std::string& peer) {
  if (sessions->forget(peer, connection))
    if (const auto link = known->link_to(peer)) link->unheard();
  known->is_over(connection, peer);
  heard.over({&connection, 0});
  refused->tell_rest(peer);
  const std::lock_guard hold{mutex};
  std::erase(strangers, detail::inbound_ptr{&connection});
  std::erase(inbounds, detail::inbound_ptr{&connection});
}

void remoting::parts::declared_down(const std::string& peer, const link_effect::declare_down& how,
                                    std::function<void()> then) {
  if (shared && how.who) shared->lost(peer);
  if (how.all_runs)
    sessions->all_declared_down(peer, how.reason, std::move(then));
  else
    sessions->declared_down(peer, *how.who, std::move(then));
  known->is_down(peer);
}

void remoting::parts::stop() noexcept {
  std::vector<detail::inbound_ptr> open;
  {
    const std::lock_guard hold{mutex};
    if (std::exchange(stopped, true)) return;
    open.swap(strangers);
    open.insert(open.end(), inbounds.begin(), inbounds.end());
    inbounds.clear();
    if (acceptor) acceptor->close();
    if (env) env->timers().cancel(*this);
    if (env) env->names().known_nodes(nullptr);
  }
  for (const auto& connection : open) connection->stop();
  if (known)
    for (const auto& link : known->all()) link->stop();
  if (sessions) sessions->end_all();
}

remoting::remoting(node_options options) : parts_(std::make_unique<parts>(std::move(options))) {}
remoting::remoting(remoting&&) noexcept = default;
remoting::~remoting() = default;

void remoting::start(system& sys) { parts_->start(sys); }
void remoting::stop(system&) noexcept { parts_->stop(); }
const std::string& remoting::name() const noexcept { return parts_->options.name; }
result<std::size_t> remoting::reload_certificates() { return parts_->reload(nullptr); }
result<std::size_t> remoting::reload_admission(const node_options& anew) { return parts_->reload(&anew); }
port::endpoint remoting::listens_on() const { return parts_->acceptor->local(); }

std::vector<peer_status> remoting::peers() const {
  std::vector<peer_status> out;
  if (parts_->known)
    for (const auto& link : parts_->known->all_present()) out.push_back(link->status());
  return out;
}

bool remoting::disconnect(const std::string& peer) {
  const auto link = parts_->present(peer);
  if (link) link->give_up(name() + " was told to disconnect from " + peer);
  return link != nullptr;
}

bool remoting::forget_peer(const std::string& peer) {
  const auto link = parts_->present(peer);
  if (!link) return false;
  parts_->known->forget(peer);
  link->forget(name() + " was told to forget " + peer);
  parts_->known->is_down(peer);
  return true;
}

address_ptr remoting::address_of(const std::string& peer, std::string path) const {
  if (const auto what = parse_local_token(path); !what || what->number != 0 || what->seal != 0)
    throw failed{{errc::invalid, "'" + path + "' is no path of an actor on node " + peer +
                                     ": write the names from the top, as in /user/bank/ledger"}};
  if (parts_->present(peer))
    if (address_ptr found = parts_->address_at({.node = peer, .path = path})) return found;
  throw failed{{errc::not_found, "node " + name() + " knows no peer '" + peer + "'; add it to node.peers"}};
}

peer_node node(system& sys, std::string name) {
  auto* const r = sys.find_extension<remoting>();
  if (!r) throw failed{{errc::invalid, "this system is no node: construct it with troupe::remoting{...}"}};
  return {*r, std::move(name)};
}

result<std::size_t> reload_certificates(system& sys) {
  auto* const r = sys.find_extension<remoting>();
  return r ? r->reload_certificates() : error{errc::invalid, "this system is no node"};
}

result<std::size_t> reload_admission(system& sys, const node_options& anew) {
  auto* const r = sys.find_extension<remoting>();
  return r ? r->reload_admission(anew) : error{errc::invalid, "this system is no node"};
}

bool disconnect(system& sys, const std::string& peer) {
  auto* const r = sys.find_extension<remoting>();
  return r && r->disconnect(peer);
}

bool forget_peer(system& sys, const std::string& peer) {
  auto* const r = sys.find_extension<remoting>();
  return r && r->forget_peer(peer);
}

std::vector<peer_status> peers(system& sys) {
  auto* const r = sys.find_extension<remoting>();
  return r ? r->peers() : std::vector<peer_status>{};
}

}  // namespace troupe
