// What the two nodes say to each other.
#pragma once

#include <cstdint>
#include <string>
#include <troupe/contract/contract.hpp>
#include <troupe/ref/codec.hpp>

namespace peers {

/// To be written down (ledger.hpp).
struct entry {
  std::uint32_t sender = 0;
  std::uint64_t number = 0;  ///< grows with each entry of a sender
};
TROUPE_CONTRACT(entry, "peers.entry", 1, sender, number)

/// Is answered with `number`, behind the entries before it.
struct echo {
  std::uint64_t number = 0;
  using reply = std::uint64_t;
};
TROUPE_CONTRACT(echo, "peers.echo", 1, number)

/// Never answered: who asks learns of the end of the other node, or of his own patience.
struct never {
  using reply = std::uint64_t;
};
TROUPE_CONTRACT(never, "peers.never", 1)

/// Is answered with its size.
struct cargo {
  std::string bytes;
  using reply = std::uint64_t;
};
TROUPE_CONTRACT(cargo, "peers.cargo", 1, bytes)

/// Watch that one, from now on.
struct follow {
  troupe::ref<echo> whom;
  using reply = bool;
};
TROUPE_CONTRACT(follow, "peers.follow", 1, whom)

/// How many ends of those that are followed have been told, all in all.
struct ends_told {
  using reply = std::uint64_t;
};
TROUPE_CONTRACT(ends_told, "peers.ends_told", 1)

/// Stop, so much later.
struct leave {
  std::int64_t after_ms = 0;
};
TROUPE_CONTRACT(leave, "peers.leave", 1, after_ms)

/// Is answered with an exact ref to who was asked (L5).
struct introduce {
  using reply = troupe::ref<entry, echo, never, leave>;
};
TROUPE_CONTRACT(introduce, "peers.introduce", 1)

}  // namespace peers
