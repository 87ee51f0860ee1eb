// Who may speak for which node: what the transport has proved of the other side, held against the name it claims.
//
// Rules
//  LP1 What a certificate or the kernel says counts; what a peer says of itself is a claim. A certificate must be for the very node that is
//      claimed, so a node whose key was stolen can be imitated and no other.
//  LP2 Where this node has a certificate, a peer over a network that has proved nothing is refused. Over a Unix socket the user counts
//      instead: the one this process runs as, and those that were named.
//  LP3 Both sides judge: who accepts, by the hello, before anything else of it is looked at; who dials, before anything is sent.
//
// Pure. Values are not thread-safe; functions are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/port/peer_proof.hpp>
#include <vector>

namespace troupe {

/// Whom a node lets in, and believes.
struct proof_rules {
  bool certificates = false;              ///< peers over a network need one
  std::vector<std::string> allowed = {};  ///< the nodes that may be peers; empty: any that can prove its name
  std::vector<std::uint32_t> users =
      {};  ///< who may connect over a Unix socket besides this process' own user

  friend bool operator==(const proof_rules&, const proof_rules&) = default;
};

/// Why somebody who has proved `proof` may not be `node`; empty when it may (LP1, LP2). One line for a person, of which `node` and the names in
/// the proof are part: they are one line themselves.
std::string objection_to(const port::peer_proof& proof, std::string_view node, const proof_rules& rules);

/// Why that user may not connect at all; empty when it may, or when it is no user that was proved (LP2).
std::string objection_to_user(const port::peer_proof& proof, const proof_rules& rules);

}  // namespace troupe
