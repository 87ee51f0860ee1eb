// What one peer may do here: its rights, and the refs that it was given. Asked where a path comes in by a frame: a message, a watch, a link, a
// ref in a payload.
//
// Rules
//  PG1 Who has the seal of a ref may send to it and watch it, whatever the path (RI7). A link needs the right to it, seal or not: who gives a
//      ref away lets others talk to the actor, not end it (RI3).
//  PG2 What is not allowed is said before anybody has looked whether the actor is there, and in the same words either way: by trying, a
//      peer finds out nothing. The words name peer, path, type and what to set; the peer gets them, and the log here (refusals.hpp).
//      What can be named by nobody outside (NM4) can't be let be reached either: there nobody lives.
//  PG3 An answer costs a look at the rights once for each route, watch, link and ref, never for a message on a route that is known (IN12).
//  PG4 What was made here for a peer (spawner.hpp, NS2) it may link to, and so stop: the right to have it made is the right to end it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/cell/names.hpp>
#include <troupe/rights/ref_seals.hpp>
#include <troupe/rights/rights_table.hpp>
#include <utility>

namespace troupe::detail {

class refusals;

/// See above. Immutable, so thread-safe.
class peer_gate final : public ref_guest {
 public:
  /// That of `peer` at the node `self`. `seals` and `told` must outlive it. `its`: below which path stands what is made here for it; empty:
  /// nothing is.
  peer_gate(std::string self, std::string peer, rights::rights_of_peer may, const rights::ref_seals& seals,
            refusals& told, std::string its = {})
      : self_(std::move(self)),
        peer_(std::move(peer)),
        its_(std::move(its)),
        may_(std::move(may)),
        seals_(seals),
        told_(told) {}

  /// What may be sent to what a frame names.
  rights::reach to(const ref_token& what) const noexcept {
    return has(what) ? rights::reach::all : may_.to(what.path);
  }
  /// Whether a message of that type may be sent there where `to` says `some`.
  bool may_send(const ref_token& what, std::string_view type) const noexcept {
    return may_.may_send(what.path, type);
  }
  /// Whether the actor there may be watched (RI3).
  bool may_watch(const ref_token& what) const noexcept { return to(what) != rights::reach::none; }
  /// Whether the actor there may be linked to (PG1).
  bool may_link(const ref_token& what) const noexcept {
    return may_.may_link(what.path) || is_its(what.path) || !names::is_named_outside(what.path);
  }
  /// Whether an actor of the class registered under that name may be started here.
  bool may_spawn(std::string_view type) const noexcept { return may_.may_spawn(type); }

  bool may_have(const ref_token& here) const noexcept override { return to(here) == rights::reach::all; }

  /// What the peer is told that sent a message of that type to the path and may not (PG2).
  error no_send(std::string_view path, std::string_view type) const;
  /// The same of a watch.
  error no_watch(std::string_view path) const;
  /// The same of a link.
  error no_link(std::string_view path) const;
  /// The same of the start of an actor of the class registered under that name.
  error no_spawn(std::string_view type) const;
  /// Tells of it here: to be called once for each of the above, without a lock. `type`: of the message or the class; empty: none.
  void tell(const error& no, std::string_view type = {}) const;

 private:
  // The ref, or nothing at all.
  bool has(const ref_token& what) const noexcept {
    return seals_.fits(what.number, what.path, what.seal) || !names::is_named_outside(what.path);
  }
  // PG4
  bool is_its(std::string_view path) const noexcept {
    return !its_.empty() && path.starts_with(its_) && path.find('/', its_.size()) == std::string_view::npos;
  }
  error no(const std::string& what, const std::string& fix, std::string_view path) const;

  const std::string self_, peer_;
  const std::string its_;  // `/user/spawned/n1/`
  const rights::rights_of_peer may_;
  const rights::ref_seals& seals_;
  refusals& told_;
};

/// A shared gate; never null.
using peer_gate_ptr = std::shared_ptr<const peer_gate>;

}  // namespace troupe::detail
