// A supervisor, as data; supervisor.hpp carries it out.
#pragma once

#include <cstddef>
#include <troupe/spec/child_spec.hpp>
#include <vector>

namespace troupe {

/// What makes a supervisor.
struct supervisor_spec {
  strategy how = strategy::one_for_one;
  restart_limit limit = {};
  std::vector<child_spec> children = {};  ///< started in this order
  std::size_t children_max = 100'000;     ///< dynamic: how many children there may be at once
};

namespace detail {

/// The props of a cell whose body is a supervisor of `spec`.
cell_props supervisor_props(supervisor_spec spec);

}  // namespace detail
}  // namespace troupe
