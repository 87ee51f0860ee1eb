// One child of a supervisor, as data.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <troupe/cell/props.hpp>
#include <troupe/spec/kinds.hpp>
#include <vector>

namespace troupe {

class environment;

/// How to make a child and when to make it again.
struct child_spec {
  std::string id;  ///< its name; unique among its siblings
  restart_type restart = restart_type::permanent;
  std::optional<duration> shutdown_time =
      {};  ///< how long to wait for its stop; default: 5 s, a supervisor's: for ever
  std::optional<duration> start_time =
      {};  ///< how long its start may take (L2); default: 20 s as Akka's creation-timeout, a supervisor's: for ever
  bool is_supervisor = false;
  poison_policy poison = {};  ///< what happens to the message it fails on (S7)
  std::string dispatcher =
      {};  ///< where it runs; empty: what the configuration says of its path, else `default`
  std::optional<mailbox_choice> mailbox =
      {};  ///< its mailbox (M8); none: as `dispatcher`, else what its class says, else unbounded
  std::function<cell_props(environment&)> make;  ///< everything else the cell needs
};

/// How many restarts a supervisor takes (S3).
struct restart_limit {
  std::uint32_t intensity = 1;
  duration period = seconds{5};
};

/// Every mistake in a list of children, each in one line that names the child; empty when there is none. `no_dispatcher`
/// says what is wrong with the name of one, "" for nothing.
std::vector<std::string> mistakes_in(
    std::span<const child_spec> children, const restart_limit& limit,
    const std::function<std::string(const std::string& name)>& no_dispatcher = {});

}  // namespace troupe
