// Our scheduler as CAF's scheduler module: every event-based CAF actor of the hosted system runs on our
// workers.
//
// Rules
//  CM1 A resumable that CAF wants to run is wrapped in a job, one per run; the job owns CAF's reference to it.
//  CM2 A resumable sees an execution unit that queues on the worker it runs on; from any other thread CAF's
//      calls inject.
//  CM3 Blocking and detached CAF actors keep the threads CAF makes for them.
//  CM4 The module stops once no job is left: CAF is taken apart, and the module destroyed, behind it. The module counts as
//      a job itself, so only the very last to go touches the lock that `stop` waits on.
//  CM5 A thread on which a CAF actor was spawned holds CAF's logger, and CAF's end waits for its logger. So every worker
//      lets go of it once the jobs are done. (Threads of a program's own that spawn CAF actors must end before, as ever.)//  CM6 A CAF actor gives its worker up after as many messages as a cell does, unless CAF's `scheduler.max-throughput` says
//      otherwise. (CAF's own default is never: one that keeps sending to itself would keep its worker for good.)
#pragma once

#include <memory>
#include <troupe/cell/environment.hpp>

namespace caf {
class actor_system_config;
}  // namespace caf

namespace troupe {

class plain_actors;

/// Makes `config` load our scheduler module on the scheduler of `env` instead of CAF's own. `env` must outlive the
/// `caf::actor_system` that is made from `config`. Returns the book of its plain CAF actors.
std::shared_ptr<plain_actors> host_caf_on(caf::actor_system_config& config, environment& env);

/// The environment that hosts a CAF system; null for one that troupe does not host.
environment* environment_of(caf::actor_system& system) noexcept;

}  // namespace troupe
