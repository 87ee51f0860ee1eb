#include <troupe/config/library_keys.hpp>

namespace troupe {

config_schema library_keys() {
  config_schema keys;
  keys.integer("scheduler.workers")
      .range(0, 1024)
      .def(0)
      .help("threads that run actors; 0: one for each core");
  keys.integer("scheduler.blocking_threads")
      .range(1, 4096)
      .def(64)
      .help("threads for actors that wait for disks or foreign libraries, at most");
  keys.choice("log.level", {"debug", "info", "warning", "error"})
      .def("info")
      .help("least level that is logged");
  keys.duration("shutdown.deadline")
      .def(seconds{15})
      .at_least(milliseconds{100})
      .help("how long a shutdown may take before the process is ended");
  return keys;
}

}  // namespace troupe
