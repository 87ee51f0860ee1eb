// The scenarios in troupe: written as a user would, with default settings apart from the number of workers.
#pragma once

#include <troupe/troupe.hpp>

#include "measure/finish.hpp"
#include "measure/program.hpp"
#include "measure/work.hpp"

namespace bench {

/// A system's settings: defaults, and `s.workers` workers.
inline troupe::system_options options_of(const settings& s) {
  troupe::system_options options;
  options.workers = s.workers;
  return options;
}

void pingpong(const settings& s);
void counting(const settings& s);
void fanin(const settings& s);
void ring(const settings& s);
void ask(const settings& s);
void spawn(const settings& s);
void stop(const settings& s);
void bytes(const settings& s);
void big(const settings& s);
void forkjoin(const settings& s);
void skynet(const settings& s);
void mixed(const settings& s);
void bank(const settings& s);
void hot(const settings& s);
void hot_among(const settings& s);
void uniform(const settings& s);
void idle(const settings& s);
void wakeup(const settings& s);
void flood(const settings& s);
void timers(const settings& s);
void outrun(const settings& s);
void outrun_bounded(const settings& s);
void supervised_crash(const settings& s);
void supervised_storm(const settings& s);
void supervised_dynamic(const settings& s);
void supervised_bytes(const settings& s);
void supervised_group(const settings& s);

}  // namespace bench
