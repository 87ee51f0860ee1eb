// What the service exchanges of two nodes say to each other: ordinary messages with contracts, to `/user/services`.
//
// Rules
//  SX1 Who wants to know asks, and says how far it has heard: the epoch of the other exchange and the number of a change. It is answered when there
//      is something behind that, which may be much later. There is one question open of each node, so what is told is in order and never piles
//      up, and what gets lost with a connection is asked for again.
//  SX2 An answer leads from the number that was asked from to `upto`: what has ended of that before, and what has come and still lasts. From
//      0, of another epoch, or from too long ago it begins anew: what it does not name, with its `more`, is no more.
//  SX3 Whoever asks is known by his connection, and so is who answers: neither says who he is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/contract/contract.hpp>
#include <troupe/ref/ref.hpp>
#include <vector>

namespace troupe {

/// What an actor that offers a service is called in a ref here: which messages it understands is said beside it.
struct service_word {};
TROUPE_CONTRACT(service_word, "troupe.services.word", 1)

/// An actor that offers a service, of the node that says so.
struct told_offer {
  std::uint64_t number = 0;  ///< of the change that began it
  std::string name;          ///< of the service
  std::string protocol;      ///< the wire names of its messages, with ", " between them
  ref<service_word> who;
};
TROUPE_CONTRACT(told_offer, "troupe.services.offer", 1, number, name, protocol, who)

/// An answer (SX2).
struct services_told {
  std::uint64_t epoch = 0;  ///< of this exchange: another one numbers otherwise
  bool anew = false;
  std::uint64_t upto = 0;
  std::vector<std::uint64_t> gone;  ///< numbers of offers
  std::vector<told_offer> come;     ///< by their numbers
  bool more = false;                ///< there is more already, ask on
  std::uint64_t total = 0;          ///< how many offers there are for who asks
};
TROUPE_CONTRACT(services_told, "troupe.services.told", 1, epoch, anew, upto, gone, come, more, total)

/// What has changed behind `after`, please (SX1).
struct services_wanted {
  std::uint64_t epoch = 0;  ///< 0: none is known
  std::uint64_t after = 0;
  bool at_once = false;  ///< even if nothing has
  using reply = services_told;
};
TROUPE_CONTRACT(services_wanted, "troupe.services.wanted", 1, epoch, after, at_once)

/// Where they go.
inline constexpr std::string_view services_path = "/user/services";

}  // namespace troupe
