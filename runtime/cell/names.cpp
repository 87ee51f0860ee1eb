#include <algorithm>
#include <array>
#include <mutex>
#include <troupe/base/limits.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/lost_address.hpp>
#include <troupe/cell/named_address.hpp>
#include <troupe/cell/names.hpp>

namespace troupe {

namespace {

/// Whether `path` is `top` or below it.
bool is_within(std::string_view path, std::string_view top) noexcept {
  return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

bool is_trees(std::string_view path) noexcept {
  return path == "/" || is_within(path, "/user") || is_within(path, "/system");
}

std::uint64_t next_written_as() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

/// The token of an actor, as this thread wrote it (NM9).
struct written_token {
  std::uint64_t as = 0;  // names::written_as_
  std::uint64_t number = 0;
  std::string text = {};
};

/// Longer ones are rare, and 64 of them should not be much.
constexpr std::size_t kept_bytes_max = 512;

written_token& kept_token(std::uint64_t number) noexcept {
  thread_local std::array<written_token, 64> all;
  return all[number % all.size()];
}

}  // namespace

names::names(environment& env, std::uint64_t incarnation) noexcept
    : env_(env), incarnation_(incarnation ? incarnation : 1), written_as_(next_written_as()) {}

// ---- paths

void names::resolve_with(std::string prefix, std::shared_ptr<resolver> by) {
  const auto path = parse_local_token(prefix);
  if (!by || !path || path->number != 0 || path->seal != 0)
    throw failed{{errc::invalid, "'" + prefix + "' is no prefix for a resolver: a path such as /shards"}};
  if (is_trees(prefix))
    throw failed{{errc::invalid, "'" + prefix +
                                     "' belongs to the tree of actors: give the resolver a prefix "
                                     "of its own, such as /shards"}};
  const std::lock_guard hold{mutex_};
  for (const auto& [taken, other] : resolvers_)
    if (taken == prefix) throw failed{{errc::already_exists, "another resolver has the prefix " + prefix}};
  resolvers_.emplace_back(std::move(prefix), std::move(by));
  resolver_count_.store(resolvers_.size(), std::memory_order_release);
}

std::shared_ptr<resolver> names::resolver_for(std::string_view path) const {
  if (resolvers() == 0) return nullptr;
  const std::shared_lock hold{mutex_};
  const std::pair<std::string, std::shared_ptr<resolver>>* best = nullptr;
  for (const auto& one : resolvers_)
    if (is_within(path, one.first) && (!best || one.first.size() > best->first.size())) best = &one;
  return best ? best->second : nullptr;
}

bool names::is_named_outside(std::string_view path) noexcept {
  return path.starts_with("/user/") || !is_trees(path);
}

// ---- tokens

std::string node_directory::why_not(std::string_view) const { return {}; }

std::string_view names::token_of(address& to, std::string& room, ref_witness* who) const {
  const std::uint64_t number = to.number();
  // An actor of this system, and nothing that stands for one.
  const bool is_kept = number != 0 && to.home() == &env_ && static_cast<address*>(to.here().get()) == &to;
  // Before anything is looked at: what is written of a node that is another one by then is not found again.
  const std::uint64_t as = written_as_.load(std::memory_order_relaxed);
  if (is_kept)
    if (const written_token& last = kept_token(number); last.as == as && last.number == number)
      return last.text;
  room = written(to);
  if (is_kept && room.size() <= kept_bytes_max) {
    written_token& last = kept_token(number);
    last = {as, number, std::move(room)};
    return last.text;
  }
  if (who) tell(*who, room);
  return room;
}

// NM8. Of a token only what is in front of its number or path is looked at, by TK1.
void names::tell(ref_witness& who, std::string_view token) const {
  if (token.starts_with('!')) return;
  const std::string_view front = token.substr(0, token.find('/'));
  std::string_view node = front.substr(0, front.rfind(':'));
  node = node.substr(0, node.find('@'));
  std::optional<ref_token> escaped;
  if (node.find('%') != std::string_view::npos) {
    if (!(escaped = ref_token::parse(token))) return;
    node = escaped->node;
  }
  {
    const std::shared_lock hold{mutex_};
    if (node.empty() || !nodes_ || node == nodes_->own_name()) return;
  }
  who.saw_node(node);
}

std::string names::written(address& to) const {
  environment* const home = to.home();
  if (home && home != &env_) return home->names().token_of(to);
  std::string own = home ? to.token() : std::string{};
  if (own.empty()) return "!" + to.path();
  if (own.front() == '!' || own.find(':') < own.find('/')) return own;  // of another node
  if (own.front() == '/' && !is_trees(own)) return ":" + own;  // a resolver's: looked up where it is read
  const std::shared_lock hold{mutex_};
  std::string out =
      token_front(nodes_ ? nodes_->own_name() : std::string_view{}, own.front() == '/' ? 0 : incarnation_);
  const auto what = nodes_ ? parse_local_token(own) : std::nullopt;
  if (!what) return out += own;
  return out += local_token(what->number, nodes_->seal_of(what->number, what->path), what->path);  // NM7
}

address_ptr names::exact(std::uint64_t number, std::string_view path) const {
  if (const cell_ptr at = env_.resolve(path); at && at->number() == number) return at;
  const std::shared_lock hold{mutex_};
  const auto found = exposed_.find(number);
  // By its own path only: that is what a peer's rights are about.
  return found == exposed_.end() || found->second->path() != path ? address_ptr{} : found->second;
}

address_ptr names::address_of(std::string_view token, const ref_guest* from) const {
  const auto lost = [&](lost_why why) { return address_ptr{new lost_address{env_, token, why}}; };
  if (token.size() > limits::ref_token_bytes_max) return {};
  if (token.starts_with('!')) return lost(lost_why::not_named);
  const auto what = ref_token::parse(token);
  if (!what) return {};
  {
    const std::shared_lock hold{mutex_};
    const std::string_view own = nodes_ ? nodes_->own_name() : std::string_view{};
    if (!what->node.empty() && what->node != own) {
      address_ptr there = nodes_ ? nodes_->address_at(*what) : nullptr;
      return there ? there : lost(lost_why::unknown_node);
    }
  }
  if (what->number != 0) {
    if (what->incarnation != incarnation_) return lost(lost_why::earlier_run);
    if (!what->path.starts_with("/user/")) return lost(lost_why::not_a_users);
    if (from && !from->may_have(*what)) return lost(lost_why::not_permitted);
    address_ptr at = exact(what->number, what->path);
    return at ? at : lost(lost_why::actor_gone);
  }
  // Of other paths than the tree's the resolver may be still to come.
  if (!is_named_outside(what->path)) return lost(lost_why::not_a_users);
  if (from && !from->may_have(*what)) return lost(lost_why::not_permitted);
  return address_ptr{new named_address{env_, std::string{what->path}}};
}

address_ptr names::reachable(std::string_view local_token) {
  const auto what = parse_local_token(local_token);
  return what ? reachable(*what) : address_ptr{};
}

address_ptr names::reachable(const ref_token& what) {
  if (what.path.starts_with("/user/"))
    return what.number != 0 ? exact(what.number, what.path) : address_ptr{env_.resolve(what.path)};
  const auto by = what.number == 0 ? resolver_for(what.path) : nullptr;
  return by ? by->resolve(what.path) : address_ptr{};
}

void names::known_nodes(node_directory* nodes) {
  const std::lock_guard hold{mutex_};
  nodes_ = nodes;
  written_as_.store(next_written_as(), std::memory_order_relaxed);
}

std::string names::why_unknown(std::string_view node) const {
  const std::shared_lock hold{mutex_};
  const std::string there = "the actor lives on node '" + std::string{node} + "', and ";
  if (!nodes_) return there + "this system is no node: construct it with troupe::remoting{...}";
  return there + "node '" + std::string{nodes_->own_name()} + "' knows no peer of that name" +
         nodes_->why_not(node) + ": add it to node.peers";
}

// ---- what is reachable without being an actor

bool names::expose(std::uint64_t number, address_ptr to) {
  const std::lock_guard hold{mutex_};
  if (exposed_.size() >= limits::exported_max) return false;
  exposed_.emplace(number, std::move(to));
  return true;
}

void names::hide(std::uint64_t number) noexcept {
  address_ptr last;  // let go outside of the lock
  const std::lock_guard hold{mutex_};
  const auto found = exposed_.find(number);
  if (found == exposed_.end()) return;
  last = std::move(found->second);
  exposed_.erase(found);
}

void names::close() noexcept {
  // Let go outside of the lock: what goes with them may ask for names.
  decltype(resolvers_) resolvers;
  decltype(exposed_) exposed;
  const std::lock_guard hold{mutex_};
  resolver_count_.store(0, std::memory_order_release);
  resolvers.swap(resolvers_);
  exposed.swap(exposed_);
}

}  // namespace troupe
