#include <algorithm>
#include <optional>
#include <troupe/node/inbound.hpp>
#include <troupe/node/peer_link.hpp>
#include <troupe/node/remoting.hpp>
#include <troupe/system/system.hpp>
#include <vector>

namespace troupe {

namespace {

/// An actor on another node.
class remote_address final : public address {
 public:
  remote_address(detail::peer_link_ptr link, detail::remote_target to)
      : link_(std::move(link)), to_(std::move(to)) {}

  void post(engine::envelope_ptr e) noexcept override {
    engine::worker::send_kept();
    link_->send(std::move(e), to_);
  }
  std::string path() const override { return link_->peer() + ":" + to_.path; }
  std::uint64_t number() const noexcept override { return to_.number; }
  std::uint64_t run() const noexcept override { return to_.run; }
  std::string token() override { return token_front(link_->peer(), to_.run) + to_.name; }
  cell_ptr here() noexcept override { return {}; }
  environment* home() const noexcept override { return &link_->env(); }
  void add_reference() noexcept override { references_.fetch_add(1, std::memory_order_relaxed); }
  void release_reference() noexcept override {
    // acq_rel: the last owner sees what the others did.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  std::atomic<unsigned> references_{0};
  detail::peer_link_ptr link_;
  const detail::remote_target to_;
};

}  // namespace

/// The living parts: they stay where they are while the extension is moved into its system.
class remoting::parts final : public detail::inbound_host, public node_directory, private engine::timer {
 public:
  explicit parts(node_options o) : options(std::move(o)) {}

  void start(system& sys);
  void stop() noexcept;
  void accept_next();
  void accepted(result<std::unique_ptr<port::stream>> stream);

  bool is_replaced(std::string_view node, std::uint64_t incarnation) const override;
  void peer_seen(const std::string& node, std::uint64_t incarnation) override;
  void forget(detail::inbound& connection) override;
  std::string_view own_name() const noexcept override { return options.name; }
  address_ptr address_at(std::string_view node, std::uint64_t incarnation, std::uint64_t number,
                         std::string_view path) override;

  node_options options;
  node_identity self;
  std::optional<detail::wait_seals> seals;
  boost::intrusive_ptr<environment> env;
  std::map<std::string, detail::peer_link_ptr> links;  // constant once started
  std::unique_ptr<port::acceptor> acceptor;
  mutable std::mutex mutex;
  std::vector<detail::inbound_ptr> inbounds;  // in the order they came (D1); guarded by mutex
  bool stopped = false;                       // guarded by mutex

 private:
  static constexpr duration accept_retry_delay = milliseconds{100};

  void fired() noexcept override;
  // No references: the system forgets its timers before it destroys its extensions.
  void timer_add_ref() noexcept override {}
  void timer_release() noexcept override {}
};

void remoting::parts::start(system& sys) {
  if (!is_loopback(options.listen) && !options.insecure)
    throw failed{
        {errc::invalid, "node " + options.name + " would listen on " + to_string(options.listen) +
                            " without TLS; listen on a loopback address or set node.insecure = true (R7)"}};
  env = &sys.env();
  self = {options.name, env->names().incarnation(), wire::can_trace | wire::can_cancel | wire::can_probe,
          options.heartbeat_interval};
  seals.emplace(self, hash_key{env->platform().entropy().next(), env->platform().entropy().next()});
  acceptor = sys.platform().transport().listen(options.listen).value();
  env->events().log(log_level::info, options.name,
                    "node listens on " + to_string(acceptor->local()) + ", incarnation " +
                        std::to_string(self.incarnation));
  for (const auto& [name, at] : options.peers)
    links.emplace(name, new detail::peer_link{*env, options, self, *seals, name, at});
  env->names().known_nodes(this);
  accept_next();
  for (const auto& [name, link] : links) link->start();
}

address_ptr remoting::parts::address_at(std::string_view node, std::uint64_t incarnation,
                                        std::uint64_t number, std::string_view path) {
  const auto found = links.find(std::string{node});
  if (found == links.end()) return {};
  detail::remote_target to{std::string{path}, (number ? std::to_string(number) : "") + std::string{path},
                           number, incarnation};
  return address_ptr{new remote_address{found->second, std::move(to)}};
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
  const auto found = links.find(std::string{node});
  return found != links.end() && found->second->is_replaced(incarnation);
}

void remoting::parts::peer_seen(const std::string& node, std::uint64_t incarnation) {
  if (const auto found = links.find(node); found != links.end()) found->second->seen(incarnation);
}

void remoting::parts::forget(detail::inbound& connection) {
  const std::lock_guard hold{mutex};
  std::erase(inbounds, detail::inbound_ptr{&connection});
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
  for (const auto& [name, link] : links) link->stop();
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
  for (const auto& [name, link] : parts_->links) out.push_back(link->status());
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
