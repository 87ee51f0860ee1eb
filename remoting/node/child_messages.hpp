// What nodes say to each other about children that one starts below a supervisor of the other: an ordinary message with a contract, to `/user/spawned`.
//
// Rules
//  CN1 A factory can't be sent; the name of a type that the other node makes for others can, with its arguments (spawnable.hpp). There it becomes a
//      `start_child`, or a `replace_child`, of that node's own, and its supervisor answers as it answers anybody.
//  CN2 Who asks needs two rights there: to have that type spawned, and to send `troupe.supervisor.start_child` to the supervisor's path. Nothing
//      is looked up or decoded for who has not; the refusal names what is missing.
//  CN3 The child is the supervisor's: restarted there, stopped there, and nobody's lease. It is made of the same arguments each time, which were
//      decoded once, before the supervisor hears of it (S4).
//  CN4 A supervisor with `node.spawned_max` children takes no more of them (R8).
//  CN5 Like any ask it is done at most once, and who has lost the answer does not know whether it was: a child with a name is
//      `already_exists` then, and `which_children` says who is there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/contract/contract.hpp>
#include <troupe/tree/messages.hpp>

namespace troupe {

/// A child of a supervisor there, please.
struct child_request {
  std::string below;  ///< the supervisor's path
  std::string id;     ///< its name; empty: a number, of a dynamic supervisor
  std::string type;   ///< by its name on the wire
  std::uint32_t version = 0;
  std::string arguments;  ///< their types (spawnable_types.hpp)
  std::string bytes;      ///< the arguments
  restart_type restart = restart_type::permanent;
  bool significant = false;             ///< its end by itself may end its supervisor
  duration shutdown_time = seconds{5};  ///< how long its stop may take; a minute at most
  bool replaces = false;                ///< it takes the place of the child of that name
  using reply = child_info;
};
TROUPE_CONTRACT(child_request, "troupe.spawn.child", 1, below, id, type, version, arguments, bytes, restart,
                significant, shutdown_time, replaces)

/// What CN2 asks for, as rights name it.
inline constexpr std::string_view start_child_right = "troupe.supervisor.start_child";

}  // namespace troupe
