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

}  // namespace bench
