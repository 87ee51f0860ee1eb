#include <troupe/system/options.hpp>

namespace troupe {

system_options system_options::from(const config& c) {
  system_options o;
  o.workers = static_cast<unsigned>(c.get_int("scheduler.workers"));
  o.blocking_threads = static_cast<unsigned>(c.get_int("scheduler.blocking_threads"));
  o.log = log_level_from_string(c.get_text("log.level"));
  o.shutdown_deadline = c.get_duration("shutdown.deadline");
  return o;
}

}  // namespace troupe
