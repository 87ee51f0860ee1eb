// Our scheduler as CAF's scheduler module: every event-based CAF actor of the hosted system runs on our
// workers.
//
// Rules
//  CM1 A resumable that CAF wants to run is wrapped in a job, one per run; the job owns CAF's reference to it.
//  CM2 A resumable sees an execution unit that queues on the worker it runs on; from any other thread CAF's
//      calls inject.
//  CM3 Blocking and detached CAF actors keep the threads CAF makes for them.
//  CM4 The module stops once no job is left: CAF is taken apart behind it.
#pragma once

#include <troupe/engine/scheduler.hpp>

namespace caf {
class actor_system_config;
}  // namespace caf

namespace troupe {

/// Makes `config` load our scheduler module on `scheduler` instead of CAF's own. `scheduler` must outlive the
/// `caf::actor_system` that is made from `config`.
void host_caf_on(caf::actor_system_config& config, engine::scheduler& scheduler);

}  // namespace troupe
