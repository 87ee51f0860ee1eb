// What changed between the contracts of two versions of a program (the kinds: change.hpp).
//
// Rules
//  CD1 Fields are told apart by place and name, as the two forms do; where both changed, it is one field that went and
//      another that came.
//  CD2 A type is looked at once, by its wire name, wherever it is used. What became unreachable is no change of its own.
//  CD3 Where it can't be told whether two types have one form (those with a codec of their own), a changed spelling is
//      breaking.
#pragma once

#include <troupe/schema/change.hpp>
#include <troupe/schema/contract_set.hpp>
#include <vector>

namespace troupe::schema {

/// The changes from `was` to `now`, in order of their subjects' names: actors, messages, types. Empty when both are the
/// same. A function of its arguments; thread-safe.
std::vector<change> compare(const contract_set& was, const contract_set& now);

/// How the spelling of a type changed, whatever it is the type of; from the harmless to the worst.
enum class type_change : std::uint8_t {
  none,      ///< the same type
  renamed,   ///< a contract of the same shape under another wire name
  appended,  ///< a variant with more alternatives
  widened,   ///< a wider integer
  narrowed,  ///< a narrower integer
  changed    ///< anything else
};

/// Compares two spellings; contracts that they name are looked up in their sets.
type_change compare_types(std::string_view was, const contract_set& old_set, std::string_view now,
                          const contract_set& new_set);

}  // namespace troupe::schema
