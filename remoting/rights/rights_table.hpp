// What peers may do here, as it was configured (`node.public`, `node.rights`; R9).
//
// Rules
//  RI1 What nobody has said is not allowed: a node of which nothing is public reaches nobody by his path. Refs that were given away are
//      another matter (ref_seals.hpp).
//  RI2 Rights only add up: a peer has what is public, and what each entry gives whose pattern is about its name. Their order means nothing.
//  RI3 Who may send something to an actor may watch it: that does it no harm. A link is a right of its own, since a peer that links to an actor
//      and fails ends it. What is public can't be linked to by that.
//  RI4 An entry without types is for all messages, those of supervisors and of the system side (where `node.system_messages` lets any in) among
//      them; one with types for those alone.
//  RI5 What contradicts itself is a mistake that is told: types given for a path that is public for all types anyway, an entry for the node itself,
//      patterns that are none.
//  RI11 `services` is about names of services, and both ways: actors here that offer them are told to those peers, and what those peers say of who
//      offers them there is believed (remoting/services). Who is told of an actor is given its ref, and so may send to it (RI7).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/rights/patterns.hpp>
#include <vector>

namespace troupe {

/// What an entry of `node.rights` gives the peers whose names it is about. A value.
struct peer_rights {
  std::vector<std::string> send =
      {};  ///< `/user/bank/*`, or `/user/bank/*: bank.query desk.*` for some types only
  std::vector<std::string> link = {};  ///< patterns of paths whose actors it may link its own to (RI3)
  std::vector<std::string> spawn =
      {};  ///< patterns of the registered names of classes that it may start actors of
  std::vector<std::string> services = {};  ///< patterns of names of services that are shared with it (RI11)
  friend bool operator==(const peer_rights&, const peer_rights&) = default;
};

namespace rights {

/// How much may be sent to a path.
enum class reach : std::uint8_t {
  none,
  some,  ///< messages of some types
  all,
};

/// What one peer may do. A value; not changed once it is in use, so thread-safe.
class rights_of_peer {
 public:
  rights_of_peer() = default;
  /// What `gives` says. Throws `failed` with `invalid` where that is no pattern; the text begins with the key in question.
  explicit rights_of_peer(const peer_rights& gives);
  /// Everything may be sent to these paths. REQUIRES: they are patterns.
  static rights_of_peer everything_to(const std::vector<std::string>& paths);
  /// What `more` allows is allowed too (RI2).
  void add(const rights_of_peer& more);

  /// What may be sent to `path`.
  reach to(std::string_view path) const noexcept;
  /// Whether a message of the type with that wire name may be sent to `path`.
  bool may_send(std::string_view path, std::string_view type) const noexcept;
  /// Whether an actor of the peer may be linked to the one at `path` (RI3).
  bool may_link(std::string_view path) const noexcept;
  /// Whether the peer may start an actor of the class registered under that name.
  bool may_spawn(std::string_view type) const noexcept;
  /// Whether the service of that name is shared with it (RI11).
  bool shares(std::string_view service) const noexcept;
  /// Whether any is.
  bool shares_any() const noexcept { return !services_.empty(); }

 private:
  std::vector<send_entry> send_;
  std::vector<std::string> link_;
  std::vector<std::string> spawn_;
  std::vector<std::string> services_;
};

/// What is wrong with entries of `send`, "" for nothing.
std::string send_problem(const std::vector<std::string>& entries);
/// The same of patterns of paths.
std::string paths_problem(const std::vector<std::string>& patterns);
/// The same of patterns of names.
std::string names_problem(const std::vector<std::string>& patterns);
/// What is wrong with an entry for the peers `peer` in the table of the node `self` (RI5), "" for nothing.
std::string peer_problem(std::string_view self, std::string_view peer);
/// Which entry of `send` limits nothing where `open` is public, and why (RI5); "" for none. REQUIRES: all of it is in order by itself.
std::string limits_nothing(const std::vector<std::string>& open, const std::vector<std::string>& send);

/// See above. A value; immutable, so thread-safe.
class rights_table {
 public:
  /// That of the node `self`, of which the paths `open` are public. Throws `failed` with `invalid` and the key that is wrong (RI5).
  explicit rights_table(std::string_view self = {}, const std::vector<std::string>& open = {},
                        const std::map<std::string, peer_rights>& by_peer = {});

  /// What the peer of that name may do (RI2).
  rights_of_peer of(std::string_view peer) const;
  /// Whether it may start an actor of the class registered under that name.
  bool may_spawn(std::string_view peer, std::string_view type) const { return of(peer).may_spawn(type); }

 private:
  struct entry {
    std::string peer;
    rights_of_peer gives;
  };

  std::vector<entry> all_;
};

}  // namespace rights
}  // namespace troupe
