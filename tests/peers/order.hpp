// What must hold of all that has arrived, when it is over.
#pragma once

#include <doctest/doctest.h>

#include "peers/ledger.hpp"
#include "peers/load.hpp"
#include "peers/pair.hpp"

namespace peers {

/// Brings the crew to rest, and checks that its asks were answered rightly or failed of the loss of the peer, and that nothing was written twice or
/// out of order. What the ledger says.
inline account check_order(const pair& nodes, crew& all) {
  all.come_to_rest();
  CHECK(all.sent->wrong == 0);
  account written = read_ledger(nodes.ledger());
  for (const auto& line : written.wrong) FAIL_CHECK(line);
  return written;
}

}  // namespace peers
