// What the refs of a system are called: inside, where a path is looked up; outside, where a token stands for a ref (ref_token.hpp).
//
// Rules
//  NM1 A path is looked up in the tree of actors, or by the resolver that has the longest prefix of it, whole names only.
//  NM2 A ref leaves as a token and comes back as a ref to the same actor (R1): exact refs bound to actor and run of the node,
//      named ones to the path (L5). Whoever merely passes it on need not know the node.
//  NM3 A token that leads nowhere gives a ref that answers with the reason: `stopped` when the actor or its node's run is over,
//      `unreachable` for a node that is not known here, `not_found` for what is no user's actor. It keeps its token.
//  NM4 From outside only what users start can be named: what lies below `/user`, and the names of resolvers.
//  NM5 Reachable from outside without being actors are at most `limits::exported_max` addresses.
//  NM7 A token of a node has the seal of its ref (TK3), so who was given the ref may use it. What somebody outside writes of an actor here is
//      believed with that, and as far as he may reach it without (`ref_guest`): else the ref answers `not_permitted`, whether the actor is
//      there or not. So nobody has an actor here send to one that he may not send to himself, nor gets a seal for what he has
//      only named. Without a guest, in JSON and files of this program itself, all tokens are believed.
//  NM9 The token of an actor of this system is the same as long as it is the same node, so what a thread has written of late is not made anew.
//  NM8 Whoever has a token written hears of which node it is, where that is another one than this: the receiver may not know it.
//  NM6 Resolvers and what is reachable are let go when the system has ended: they hold refs, and a ref keeps its system's environment,
//      of which these names are a part.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <troupe/cell/address.hpp>
#include <troupe/cell/ref_token.hpp>
#include <troupe/cell/resolver.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe {

/// See above. Thread-safe. A codec of refs finds it in its context (contract/codec.hpp).
class names {
 public:
  /// The names of the system `env`, whose run is number `incarnation`.
  names(environment& env, std::uint64_t incarnation) noexcept;
  names(const names&) = delete;
  names& operator=(const names&) = delete;

  /// Whether what is at `path` can be named from outside at all (NM4). Pure.
  static bool is_named_outside(std::string_view path) noexcept;

  /// The number of this run of the system: drawn at random when it starts, never 0.
  std::uint64_t incarnation() const noexcept { return incarnation_; }

  /// From now on `by` finds what is at `prefix` (`/shards`) and below. Throws `failed` with `invalid` when that is no path or one of
  /// the tree's own (`/user`, `/system`), `already_exists` when another resolver has it.
  void resolve_with(std::string prefix, std::shared_ptr<resolver> by);
  /// The resolver for `path` (NM1); null: the tree.
  std::shared_ptr<resolver> resolver_for(std::string_view path) const;
  /// How many resolvers there are.
  std::size_t resolvers() const noexcept { return resolver_count_.load(std::memory_order_acquire); }

  /// The token of `to` (NM2); `!` and a path for what can't be named outside. `who`, if there is somebody, is told of its node (NM8).
  std::string token_of(address& to, ref_witness* who = nullptr) const {
    std::string room;
    return std::string{token_of(to, room, who)};
  }
  /// The same, in `room` or in memory of this thread, where it lasts until the thread has another token written (NM9).
  std::string_view token_of(address& to, std::string& room, ref_witness* who) const;
  /// The ref's address that `token` stands for (NM3), which `from` has written (NM7), null: this program; null when it is no token.
  address_ptr address_of(std::string_view token, const ref_guest* from = nullptr) const;
  /// The address that a message from outside is for, by the part of a token behind the `:`, and null when nobody is there (NM4). Its seal is
  /// not looked at.
  address_ptr reachable(std::string_view local_token);
  /// The same of one that has been taken apart.
  address_ptr reachable(const ref_token& what);

  /// This system is a node that knows others, or, with null, no longer.
  void known_nodes(node_directory* nodes);
  /// What lost refs say of a token that names another node.
  std::string why_unknown(std::string_view node) const;

  /// Has `to` be reachable from outside as `number` until `hide`. False: there are too many (NM5).
  bool expose(std::uint64_t number, address_ptr to);
  /// The end of that.
  void hide(std::uint64_t number) noexcept;

  /// The system has ended (NM6). From here on nothing but the tree is looked up, where nobody is.
  void close() noexcept;

 private:
  std::string written(address& to) const;
  void tell(ref_witness& who, std::string_view token) const;
  address_ptr exact(std::uint64_t number, std::string_view path) const;

  environment& env_;
  const std::uint64_t incarnation_;
  // relaxed: nothing is read because of it. Tells what threads have kept of other systems, or of this one as another node, from what counts.
  std::atomic<std::uint64_t> written_as_;
  std::atomic<std::size_t> resolver_count_{0};  // release: what it counts can be found

  mutable std::shared_mutex mutex_;  // guards all below
  node_directory* nodes_ = nullptr;
  std::vector<std::pair<std::string, std::shared_ptr<resolver>>> resolvers_;  // few
  std::unordered_map<std::uint64_t, address_ptr> exposed_;
};

}  // namespace troupe
