#include <algorithm>
#include <optional>
#include <shared_mutex>
#include <troupe/base/path_pattern.hpp>
#include <troupe/node/remote_address.hpp>
#include <troupe/node/remoting.hpp>
#include <troupe/node/session_table.hpp>
#include <troupe/system/system.hpp>
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

  bool is_replaced(std::string_view node, std::uint64_t incarnation) const override;
  void admit(detail::inbound& connection, const wire::hello& theirs) override;
  void forget(detail::inbound& connection, const std::string& peer) override;
  void declared_down(const std::string& peer, const peer_run& who, std::function<void()> then) override;
  std::string_view own_name() const noexcept override { return options.name; }
  address_ptr address_at(std::string_view node, std::uint64_t incarnation, std::uint64_t number,
                         std::string_view path) override;

  node_options options;
  node_identity self;
  std::optional<detail::wait_seals> seals;
  boost::intrusive_ptr<environment> env;
  std::unique_ptr<port::acceptor> acceptor;
  std::optional<detail::session_table> sessions;
  mutable std::mutex mutex;
  std::vector<detail::inbound_ptr> inbounds;  // in the order they came (D1); guarded by mutex
  bool stopped = false;                       // guarded by mutex

  /// The link to that peer; null for one that is not known.
  detail::peer_link_ptr link_to(std::string_view peer) const;
  /// All of them, in the order of the peers' names.
  std::vector<detail::peer_link_ptr> all_links() const;

 private:
  static constexpr duration accept_retry_delay = milliseconds{100};

  detail::peer_link_ptr add_link(const std::string& peer, const port::endpoint& at, bool by_hello);
  std::string own_address() const;

  void fired() noexcept override;
  // No references: the system forgets its timers before it destroys its extensions.
  void timer_add_ref() noexcept override {}
  void timer_release() noexcept override {}

  mutable std::shared_mutex links_mutex;
  std::map<std::string, detail::peer_link_ptr, std::less<>>
      links;                       // guarded by links_mutex; none is taken out
  std::size_t links_by_hello = 0;  // guarded by links_mutex
};

void remoting::parts::start(system& sys) {
  if (!is_loopback(options.listen) && !options.insecure)
    throw failed{
        {errc::invalid, "node " + options.name + " would listen on " + to_string(options.listen) +
                            " without TLS; listen on a loopback address or set node.insecure = true (R7)"}};
  env = &sys.env();
  self = {options.name, env->names().incarnation(),
          wire::can_trace | wire::can_cancel | wire::can_probe | wire::can_route | wire::can_join,
          options.heartbeat_interval, options.message_max};
  seals.emplace(self, hash_key{env->platform().entropy().next(), env->platform().entropy().next()});
  acceptor = sys.platform().transport().listen(options.listen).value();
  env->events().log(log_level::info, options.name,
                    "node listens on " + to_string(acceptor->local()) + ", incarnation " +
                        std::to_string(self.incarnation));
  sessions.emplace(*env);
  for (const auto& [name, at] : options.peers) add_link(name, at, false);
  env->names().known_nodes(this);
  accept_next();
  for (const auto& link : all_links()) link->start();
}

detail::peer_link_ptr remoting::parts::link_to(std::string_view peer) const {
  const std::shared_lock hold{links_mutex};
  const auto found = links.find(peer);
  return found == links.end() ? nullptr : found->second;
}

std::vector<detail::peer_link_ptr> remoting::parts::all_links() const {
  const std::shared_lock hold{links_mutex};
  std::vector<detail::peer_link_ptr> out;
  for (const auto& [name, link] : links) out.push_back(link);
  return out;
}

detail::peer_link_ptr remoting::parts::add_link(const std::string& peer, const port::endpoint& at,
                                                bool by_hello) {
  const std::unique_lock hold{links_mutex};
  if (const auto known = links.find(peer); known != links.end()) return known->second;
  if (by_hello && links_by_hello == options.inbound_max) return nullptr;
  detail::peer_link_ptr made{
      new detail::peer_link{*env, options, self, *seals, *this, peer, at, own_address(), by_hello}};
  links_by_hello += by_hello;
  return links.emplace(peer, std::move(made)).first->second;
}

std::string remoting::parts::own_address() const {
  if (options.advertise) return to_string(*options.advertise);
  const port::endpoint at = acceptor->local();
  // An address that stands for all of this machine is none that others can dial.
  return at.host == "0.0.0.0" || at.host == "::" ? std::string{} : to_string(at);
}

address_ptr remoting::parts::address_at(std::string_view node, std::uint64_t incarnation,
                                        std::uint64_t number, std::string_view path) {
  detail::peer_link_ptr link = link_to(node);
  if (!link) return {};
  const bool bulk = std::any_of(options.bulk.begin(), options.bulk.end(),
                                [&](const std::string& pattern) { return path_matches(pattern, path); });
  detail::remote_target to{std::string{path}, (number ? std::to_string(number) : "") + std::string{path},
                           number, incarnation, bulk ? wire::lane::bulk : wire::lane::ordinary};
  return address_ptr{new detail::remote_address{std::move(link), std::move(to)}};
}

void remoting::parts::accept_next() {
  acceptor->accept([this, keep = env](result<std::unique_ptr<port::stream>> s) { accepted(std::move(s)); });
}

void remoting::parts::accepted(result<std::unique_ptr<port::stream>> stream) {
  detail::inbound_ptr made;
  std::optional<event> news;
  {
    const std::lock_guard hold{mutex};
    if (stopped) return;
    if (!stream) {
      news = event{event_kind::accept_failed, env->now(),        options.name, {},
                   stream.error().text,       "tried again (N4)"};
      env->timers().arm(*this, after(env->now(), accept_retry_delay));
    } else if (inbounds.size() < options.inbound_max) {
      made = new detail::inbound{*env, options, self, *seals, *this, std::move(*stream)};
      inbounds.push_back(made);
    } else {
      news = event{event_kind::peer_refused,
                   env->now(),
                   (*stream)->peer(),
                   {},
                   std::to_string(inbounds.size()) + " connections are open already (node.inbound_max)",
                   "closed its connection"};
    }
    if (stream) accept_next();
  }
  if (news) env->events().publish(*news);
  if (made) made->start();
}

void remoting::parts::fired() noexcept {
  const std::lock_guard hold{mutex};
  if (!stopped) accept_next();
}

bool remoting::parts::is_replaced(std::string_view node, std::uint64_t incarnation) const {
  const auto link = link_to(node);
  return link && link->is_replaced(incarnation);
}

void remoting::parts::admit(detail::inbound& connection, const wire::hello& theirs) {
  detail::peer_link_ptr back = link_to(theirs.node);
  const auto address = port::parse_endpoint(theirs.address);
  if (!back && address && (back = add_link(theirs.node, *address, true))) back->start();
  const bool by_hello = back && !options.peers.contains(theirs.node);
  const std::uint64_t epoch =
      back ? back->seen(theirs, by_hello && address ? std::optional{*address} : std::nullopt) : 0;
  sessions->admit(connection, theirs, std::move(back), epoch);
}

void remoting::parts::forget(detail::inbound& connection, const std::string& peer) {
  if (sessions->forget(peer, connection))
    if (const auto link = link_to(peer)) link->unheard();
  const std::lock_guard hold{mutex};
  std::erase(inbounds, detail::inbound_ptr{&connection});
}

void remoting::parts::declared_down(const std::string& peer, const peer_run& who,
                                    std::function<void()> then) {
  sessions->declared_down(peer, who, std::move(then));
}

void remoting::parts::stop() noexcept {
  std::vector<detail::inbound_ptr> open;
  {
    const std::lock_guard hold{mutex};
    if (std::exchange(stopped, true)) return;
    open.swap(inbounds);
    if (acceptor) acceptor->close();
    if (env) env->timers().cancel(*this);
    if (env) env->names().known_nodes(nullptr);
  }
  for (const auto& connection : open) connection->stop();
  for (const auto& link : all_links()) link->stop();
  if (sessions) sessions->end_all();
}

remoting::remoting(node_options options) : parts_(std::make_unique<parts>(std::move(options))) {}
remoting::remoting(remoting&&) noexcept = default;
remoting::~remoting() = default;

void remoting::start(system& sys) { parts_->start(sys); }
void remoting::stop(system&) noexcept { parts_->stop(); }
const std::string& remoting::name() const noexcept { return parts_->options.name; }
port::endpoint remoting::listens_on() const { return parts_->acceptor->local(); }

std::vector<peer_status> remoting::peers() const {
  std::vector<peer_status> out;
  for (const auto& link : parts_->all_links()) out.push_back(link->status());
  return out;
}

address_ptr remoting::address_of(const std::string& peer, std::string path) const {
  if (const auto what = parse_local_token(path); !what || what->number != 0)
    throw failed{{errc::invalid, "'" + path + "' is no path of an actor on node " + peer +
                                     ": write the names from the top, as in /user/bank/ledger"}};
  if (address_ptr found = parts_->address_at(peer, 0, 0, path)) return found;
  throw failed{{errc::not_found, "node " + name() + " knows no peer '" + peer + "'; add it to node.peers"}};
}

peer_node node(system& sys, std::string name) {
  auto* const r = sys.find_extension<remoting>();
  if (!r) throw failed{{errc::invalid, "this system is no node: construct it with troupe::remoting{...}"}};
  return {*r, std::move(name)};
}

std::vector<peer_status> peers(system& sys) {
  auto* const r = sys.find_extension<remoting>();
  return r ? r->peers() : std::vector<peer_status>{};
}

}  // namespace troupe
