// Probes between this node and others (M7, cell/far_probe.hpp): how a walk becomes a frame and comes back.
//
// Rules
//  WS1 What a peer says is believed of its own asks only (R8). A wait of this node that comes back bears the seal that it left with, which
//      nobody can make who has not been given it: so a walk can fail an ask of ours only for those through whom that ask waits, and who
//      could fail it with an answer as well.
//  WS2 Texts are one line each when they leave, and are made so when they come.
#pragma once

#include <optional>
#include <troupe/base/keyed_hash.hpp>
#include <troupe/cell/far_probe.hpp>
#include <troupe/link/node_identity.hpp>
#include <troupe/wire/probe.hpp>

namespace troupe::detail {

/// Seals the waits of this node. Thread-safe.
class wait_seals {
 public:
  /// `self` must outlive it; the key is two random numbers that nobody else knows.
  wait_seals(const node_identity& self, hash_key key) noexcept : self_(&self), key_(key) {}

  /// `path` as a frame behind `request`. One more hop.
  wire::probe to_frame(std::uint64_t request, far_path path) const;
  /// What came, behind the request it names; nothing if it has a wait of this run that this run has not sealed (WS1).
  std::optional<far_path> to_path(wire::probe frame) const;

 private:
  std::uint64_t seal_of(const wire::probe_wait& w) const;

  const node_identity* self_;
  hash_key key_;
};

}  // namespace troupe::detail
