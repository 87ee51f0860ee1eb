// What the two processes say to each other. What crosses nodes needs a contract.
#pragma once

#include <cstdint>
#include <string>
#include <troupe/troupe.hpp>

namespace two_nodes {

/// To the kitchen: a dish, please.
struct order {
  std::string dish;
  using reply = std::string;
};
TROUPE_CONTRACT(order, "two_nodes.order", 1, dish)

/// From the kitchen: here is where orders go. A ref may be sent anywhere, and works where it arrives.
struct open_for_orders {
  troupe::ref<order> to;
};
TROUPE_CONTRACT(open_for_orders, "two_nodes.open_for_orders", 1, to)

/// To the hall: where do orders go? Answered when the kitchen is open.
struct find_kitchen {
  using reply = troupe::ref<order>;
};

}  // namespace two_nodes
