// What can be set about a system.
#pragma once

#include <memory>
#include <string>
#include <troupe/base/limits.hpp>
#include <troupe/base/units.hpp>
#include <troupe/cell/deployments.hpp>
#include <troupe/engine/dispatcher_spec.hpp>
#include <troupe/observe/hub.hpp>
#include <vector>

namespace troupe {

class config;
class interceptor;

/// The settings of a system. Each can be given in a configuration under the name in its comment.
struct system_options {
  std::string name = {};                                     ///< who it is, in logs; empty: the program's
  unsigned workers = 0;                                      ///< `scheduler.workers`; 0: one for each core
  unsigned blocking_threads = limits::blocking_threads_max;  ///< `scheduler.blocking_threads`
  /// `scheduler.spin`: whether a worker that waits for sockets looks at them for some microseconds before it sleeps, where that has paid lately
  bool spin = true;
  log_level log = log_level::info;                          ///< `log.level`
  hub::log_sink log_to = {};                                ///< where its log lines go; empty: standard error
  duration shutdown_deadline = seconds{15};                 ///< `shutdown.deadline`
  std::size_t message_text_max = limits::message_text_max;  ///< `log.message_text`, in bytes; 0: none
  duration slow_handler = seconds{1};                       ///< `log.slow_handler`; 0: none is slow
  /// `actors.stack_traces`: failures say where their exception was thrown (base/throw_site.hpp); such a throw costs some microseconds
  bool stack_traces = false;
  std::vector<engine::dispatcher_spec> dispatchers = {};  ///< `dispatcher.NAME.kind`, `.threads`
  /// `mailbox.sample_period`: how often each worker measures how long a message waits (M8); 0: never
  duration mailbox_sample_period = milliseconds{1};
  std::vector<deployment> actors = {};  ///< `actor.PATH.dispatcher`, `.mailbox`, `.mailbox_max`

  /// `flight_recorder.messages`: how many of the last messages each thread remembers, for `sys::why`; 0: none
  std::size_t flight_recorder_messages = 0;

  std::vector<std::shared_ptr<interceptor>> interceptors = {};  ///< who sees messages (cell/interceptor.hpp)

  /// Reads the keys above: every configuration has them (config/library_keys.hpp).
  static system_options from(const config& c);
};

}  // namespace troupe
