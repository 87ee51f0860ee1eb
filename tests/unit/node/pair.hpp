// Two nodes of one process that have met.
#pragma once

#include <functional>
#include <optional>

#include "unit/node/world.hpp"

namespace node_test {

/// n1, here, and n2, there; `change` is done to the options of both.
struct pair_of_nodes {
  explicit pair_of_nodes(const std::function<void(troupe::node_options&)>& change =
                             [](troupe::node_options&) {}) {
    troupe::node_options first = w.options("n1"), second = w.options("n2");
    change(first);
    change(second);
    here.emplace(quiet(), troupe::remoting{first});
    there.emplace(quiet(), troupe::remoting{second});
    REQUIRE(wait_for_peer(*here, true));
  }
  world w;
  std::optional<troupe::system> here, there;
};

}  // namespace node_test
