// Whether what clients saw of one key can be explained by one order of their operations in which each takes effect at some moment
// between its call and its answer.
//
// Sources: Gibbons and Korach, Testing shared memories (1997), for registers whose writes have different values: then a look at when each
// value was certainly there is enough, and takes n log n. A general search (Wing and Gong 1993, as Porcupine does it) takes hours when
// many writes are left without an answer, which is what crashes do; the tests hold this one against it.
//
// Rules
//  LZ1 An operation without an answer may have taken effect at any moment after its call, or never.
//  LZ2 The register starts empty, which is the value 0. A read gives the value of the last write before it. Each write has a value of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <troupe/base/units.hpp>
#include <vector>

namespace simulations {

/// What a client did to a key.
struct operation {
  enum class kind : std::uint8_t { read, write };
  kind what = kind::read;
  std::uint64_t value = 0;  ///< what was written or read (LZ2)
  troupe::time_point called{};
  troupe::time_point answered =
      troupe::never;     ///< `never`: LZ1; a read without an answer says nothing and may be left out
  std::string who = {};  ///< for people
};

/// `n1 writes 7 from 1.5 s to 1.7 s`.
std::string to_string(const operation& op);

/// Whether there is such an order (LZ1, LZ2).
bool is_linearizable(const std::vector<operation>& history);

/// The shortest beginning of the history, by the times of the answers, that can't be explained; empty when all of it can.
std::vector<operation> unexplained(std::vector<operation> history);

}  // namespace simulations
