// The scenarios of this project by name, and the bugs that are planted in them on purpose.
#pragma once

#include <string_view>
#include <troupe/simulate/simulate.hpp>
#include <vector>

namespace simulations {

/// A bug that is made on purpose, to see that it is found.
enum class mutant : std::uint8_t {
  none,
  unsynced_write,  ///< a write is acknowledged before it is on the disk
  real_time,       ///< an actor asks the operating system for the time
  lost_wakeup,     ///< a turn that was submitted never runs
  old_reply,  ///< an actor takes the answer to a question of the object that was there before its restart
  double_restart,  ///< a child is restarted twice for one failure
  lost_news,       ///< a receptionist is not told of a change on another node
  kept_failure,    ///< something is kept of each failure
  told_again,      ///< what may have got lost is told again
  no_checksum,  ///< no bug but a limit: over a way that is worse than TCP more is expected than the wire can promise
};

/// A mutant by its name.
struct named_mutant {
  mutant what;
  const char* name;
  const char* says;      ///< one line
  const char* scenario;  ///< that finds it
};

/// All of them.
const std::vector<named_mutant>& mutants();

/// Something to simulate.
struct named_scenario {
  std::string_view name;
  std::string_view says;    ///< one line
  troupe::fault_plan plan;  ///< unless another one is given
  troupe::scenario (*make)(mutant planted);
  bool is_long = false;  ///< it is none of `all`, and its messages are not in the record
};

/// All of them.
const std::vector<named_scenario>& scenarios();

/// The service of samples/kv on so many nodes, its answers checked key by key.
troupe::scenario kv(unsigned nodes, mutant planted);
/// Actors are spawned, watched and stopped; each watcher hears exactly one `terminated` of each.
troupe::scenario watch(mutant planted);
/// Actors tell and ask others without end; all of it comes once, in order, and each ask ends.
troupe::scenario callers_and_clerks(mutant planted);
/// Actors are spawned, linked, parted and fail; each link ends once, and both sides with it.
troupe::scenario linked();
/// Children of each node live on the others; each has one actor when all nodes can talk again.
troupe::scenario remote_children();
/// Clerks come and go on nodes that share their services; each node lists all of them when all can talk again.
troupe::scenario shared_services(mutant planted);
/// Workers fail, are restarted and ask, here and across nodes; each failure is one restart, and an answer is its asker's.
troupe::scenario restart(mutant planted);
/// A random tree of 500 actors whose leaves fail and end at random, held against a model.
troupe::scenario hierarchy(mutant planted);
/// Three nodes do nothing, and do not lose each other.
troupe::scenario idle(mutant planted);
/// A day with a failure each second, after which no more memory is held than before.
troupe::scenario day(mutant planted);
/// Nodes talk through a box that forgets connections, doubles bytes and cuts them off.
troupe::scenario broken_box(mutant planted);

}  // namespace simulations
