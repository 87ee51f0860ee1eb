// The answer to an offer that went to another node: its message is in the recipient's mailbox (M8).
//
// How an offer crosses nodes: it is posted as a request that is answered with this type, which is how a link knows it from an ask. The other
// node hands it to the mailbox as an offer of its own. There it is queued, refused, or waits in the line of all who offer, its message held by
// that node. The answer comes back as an ask's does; who gives up is heard there by a cancel, which takes back what still waits.
#pragma once

#include <troupe/contract/contract.hpp>

namespace troupe::detail {

/// See above. Nobody sees one: the offer's result is without a value.
struct offer_queued {};
TROUPE_CONTRACT(offer_queued, "troupe.offer_queued", 1)

}  // namespace troupe::detail
