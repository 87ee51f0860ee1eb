// What tellers, the locks and the account say to each other. All of it crosses nodes.
#pragma once

#include <cstdint>
#include <string>
#include <troupe/troupe.hpp>

namespace replay {

/// The right to write for a while.
struct lease {
  std::uint64_t number = 0;  ///< each lease has a larger one than all before it
  std::int64_t lasts_ms = 0;
};
TROUPE_CONTRACT(lease, "replay.lease", 1, number, lasts_ms)

/// To the locks: lend me the account. Refused with `overloaded` while somebody else has it.
struct borrow {
  std::string who;
  using reply = lease;
};
TROUPE_CONTRACT(borrow, "replay.borrow", 1, who)

/// To the locks: I need it no more.
struct bring_back {
  std::uint64_t number = 0;
};
TROUPE_CONTRACT(bring_back, "replay.bring_back", 1, number)

/// To the account: what is in it, asks who has lease `number`?
struct look {
  std::uint64_t number = 0;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(look, "replay.look", 1, number)

/// To the account: from now on `cents` are in it, says who has lease `number`.
struct write {
  std::uint64_t number = 0;
  std::int64_t cents = 0;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(write, "replay.write", 1, number, cents)

}  // namespace replay
