// One child of a supervisor, as data.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <troupe/cell/props.hpp>
#include <troupe/spec/kinds.hpp>
#include <troupe/spec/restart_pace.hpp>

namespace troupe {

class environment;
struct supervisor_spec;

/// How to make a child and when to make it again.
struct child_spec {
  std::string
      id;  ///< its name; unique among its siblings; empty where a dynamic supervisor gives it a number
  restart_type restart = restart_type::permanent;
  std::optional<duration> shutdown_time =
      {};  ///< how long to wait for its stop; 0: not at all (brutal kill); default: 5 s, a supervisor's: for ever
  std::optional<duration> start_time =
      {};  ///< how long its start may take (L2); default: 20 s as Akka's creation-timeout, a supervisor's: for ever
  bool is_supervisor = false;
  bool is_significant = false;  ///< its end by itself may end its supervisor (`auto_shutdown`)
  poison_policy poison = {};    ///< what happens to the message it fails on (S7)
  restart_pace pace = {};       ///< how long a restart waits (S9)
  failure_rules rules = {};     ///< what is done about which exception, before its supervisor's rules
  std::string dispatcher =
      {};  ///< where it runs; empty: what the configuration says of its path, else `default`
  std::optional<mailbox_choice> mailbox =
      {};  ///< its mailbox (M8); none: as `dispatcher`, else what its class says, else unbounded
  std::shared_ptr<const supervisor_spec> below =
      {};  ///< of a supervisor: what it is told; null where nobody here knows
  std::function<cell_props(environment&)> make = {};  ///< everything else the cell needs
};

}  // namespace troupe
