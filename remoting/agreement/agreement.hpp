// Which messages two nodes can exchange, by the contracts that each of them has.
//
// Rules
//  AG1 A type that both have is compatible if one form of it could have taken the place of the other (schema/change.hpp), whichever is newer: a
//      `breaking` change of the binary form in both directions is what makes it incompatible. So versions need not be known to be in order.
//  AG2 A message that both have is misread if its type, its reply's, or one inside of them is incompatible, or if its reply is of another type. What
//      only one of them has is not looked at: who gets it says that he does not understand it.
//  AG4 Comparing takes time by the set of this node, however large the other's is (R8).
//  AG3 The digest is of names and schema hashes: sets with the same one are not compared.
//
// Pure. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <troupe/schema/contract_set.hpp>
#include <vector>

namespace troupe {

/// A message that one node would misread.
struct misread_message {
  std::string name;  ///< its wire name
  std::vector<std::string>
      changes;           ///< the first, each a line: `breaking  bank.deposit.cents: i64 became i32; ...`
  std::size_t more = 0;  ///< changes beyond those
};

/// What two nodes know when they have compared their contracts.
struct agreement {
  std::map<std::uint64_t, misread_message> misread;  ///< by the hash that it is called on the wire (AG2)
  std::size_t differ = 0;                            ///< types that are not the same and compatible (AG1)
};

/// Bytes of the largest set that is taken from a peer, in its binary form (R8).
inline constexpr std::size_t contract_set_bytes_max = std::size_t{1} << 20;

/// A number for all that a set says of the wire (AG3); 0 for a set without messages.
std::uint64_t digest_of(const schema::contract_set& set);

/// Compares what `mine` and `theirs` have both (AG1, AG2).
agreement agree(const schema::contract_set& mine, const schema::contract_set& theirs);

/// One line for people: `bank.deposit: breaking  bank.deposit.cents: ..., and 2 more`; at most `bytes_max` bytes.
std::string to_line(const misread_message& m, std::size_t bytes_max = 500);

}  // namespace troupe
