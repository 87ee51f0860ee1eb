// Refs as capabilities: the seal that a ref bears which leaves this node (cell/ref_token.hpp, TK3).
//
// Rules
//  RI6 A seal is a keyed hash of the actor's number and path, or of the path alone for a named ref. The key is this run's: of another run, and
//      of an actor that has come to the same path since, a seal is none. An actor that is restarted keeps its cell and so its number:
//      its refs stay good (L5, S6).
//  RI7 Whoever has the token has the ref, be it through a third node, on another connection, or later in this run: giving it on is how refs
//      work (R1). It can't be taken back; an actor that is to be out of reach again is stopped.
//  RI8 To guess one is hopeless: 2^63 tries on the average, each of them a message to this node that is refused, counted and told of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <troupe/base/keyed_hash.hpp>

namespace troupe::rights {

/// The seals of one run of a node. A value; immutable, so thread-safe.
class ref_seals {
 public:
  /// `secret` is the run's: random, and known to nobody else. It may have other uses: the key is made of it.
  explicit ref_seals(hash_key secret) noexcept
      : of_path_{keyed_hash(secret, "path, low"), keyed_hash(secret, "path, high")},
        of_ref_{keyed_hash(secret, "ref, low"), keyed_hash(secret, "ref, high")} {}

  /// The seal of the ref to the actor with that number at that path, 0: to whoever is at the path. Never 0.
  std::uint64_t of(std::uint64_t number, std::string_view path) const noexcept {
    char words[16];  // two, so that nothing is allocated for a path and a number in a row
    std::size_t at = 0;
    for (const std::uint64_t word : {number, keyed_hash(of_path_, path)})
      for (int shift = 0; shift < 64; shift += 8) words[at++] = static_cast<char>(word >> shift);
    const std::uint64_t made = keyed_hash(of_ref_, {words, sizeof words});
    return made ? made : 1;
  }
  /// Whether that is its seal.
  bool fits(std::uint64_t number, std::string_view path, std::uint64_t seal) const noexcept {
    return seal != 0 && seal == of(number, path);
  }

 private:
  hash_key of_path_, of_ref_;
};

}  // namespace troupe::rights
