// A supervisor, as data; tree/supervisor.hpp carries it out.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <troupe/spec/child_spec.hpp>
#include <vector>

namespace troupe {

/// How many restarts a supervisor takes (S3).
struct restart_limit {
  std::uint32_t intensity = 1;
  duration period = seconds{5};
};

/// What makes a supervisor.
struct supervisor_spec {
  strategy how = strategy::one_for_one;
  restart_limit limit = {};
  auto_shutdown ends = auto_shutdown::off;
  failure_rules rules = {};                ///< what is done about which exception, behind a child's own rules
  std::vector<child_spec> children = {};   ///< started in this order
  std::optional<child_spec> pattern = {};  ///< dynamic: what its children have in common; `make` may be null
  std::size_t children_max = 100'000;      ///< dynamic: how many children there may be at once
};

/// Says what is wrong with the name of a dispatcher, "" for nothing.
using dispatcher_check = std::function<std::string(const std::string& name)>;

/// Every mistake in what the supervisor at `path`, and those below it, are told, in one line each that names the child by its path; empty
/// when there is none. Pure.
std::vector<std::string> mistakes_in(const supervisor_spec& spec, const std::string& path,
                                     const dispatcher_check& no_dispatcher = {});

/// The same for one child more below the supervisor at `path`.
std::vector<std::string> mistakes_in(const supervisor_spec& above, const child_spec& child,
                                     const std::string& path, const dispatcher_check& no_dispatcher = {});

}  // namespace troupe
