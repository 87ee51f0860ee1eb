// The text that stands for a ref outside of its system: in a message to another node, in JSON, in a file. Opaque to whoever
// carries it; only the node it names looks inside.
//
//     n1@5f3a9c:17-8e21c4/user/bank/ledger   the actor with the number 17 of that run of n1 (an exact ref, L5), with its seal
//     n1:-77b06f/user/bank/ledger            whoever holds that path on n1 when it is used (a named ref, L5), with its seal
//     :/shards/ada                           whoever has that name where it is read: a name of a resolver (names.hpp)
//     !caf:17                                what can't be named outside of its system; for people
//
// Rules
//  TK1 Of a node's name the bytes `%`, `:`, `@`, `/` and `!` are written as `%` and two hexadecimal digits, so the first `/` begins
//      the path, a leading `!` is nobody's name, and what a token says is never a guess.
//  TK2 What is read is bounded: the token, each name, the depth of the path, the numbers (R8). Anything else is no token.
//  TK3 Behind the number, or in its place, stands the seal that the node has written the token with, `-` and hexadecimal digits: whoever has it
//      may use the ref there, whatever the node lets others do (resolver.hpp). A token without one is as good as a path. What people are
//      shown has none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// A token, taken apart. A value.
struct ref_token {
  std::string node = {};          ///< the node's name; empty: where it is read
  std::uint64_t incarnation = 0;  ///< the run of the node that it is about; of an exact ref
  std::uint64_t number = 0;       ///< the actor's; 0: a named ref
  std::uint64_t seal = 0;         ///< see TK3; 0: none
  std::string_view path = {};     ///< `/user/bank/ledger`; a view into the text

  /// What a text says (TK2); nothing when it is no token. `!...` is none either. Pure.
  static std::optional<ref_token> parse(std::string_view text);
};

/// What stands in front of a token's number and path: `n1@5f3a9c:`, and without an incarnation `n1:`. Pure.
std::string token_front(std::string_view node, std::uint64_t incarnation);

/// What stands behind that: number, seal and path, as frames have them: `17-8e21c4/user/bank/ledger`; a number or seal that is 0 is left out. Pure.
std::string local_token(std::uint64_t number, std::uint64_t seal, std::string_view path);

/// `token` as people are shown it (TK3). Pure.
std::string without_seal(std::string_view token);

/// The number, seal and path of `17-8e21c4/user/bank/ledger`, `-8e21c4/user/bank/ledger`, `17/user/bank/ledger` or `/user/bank/ledger`;
/// nothing when it is none of them (TK2). Pure.
std::optional<ref_token> parse_local_token(std::string_view text);

}  // namespace troupe
