// A machine of a simulated world: where the platforms of one node after the other live, a crash and a restart apart.
//
// Rules
//  HO1 A host has a name, unique in its world, and a disk that outlasts what runs on it. At most one platform is on it at a time.
//  HO2 A host that is down or paused has no step; a host that is buried is stepped by whoever destroys what ran on it, out of the
//      sight of all others and of the record (D2).
//  HO3 Its clock is the world's, off by `offset`, which faults change at once or a little at a time. It never goes back: put back, it
//      stands still until the world has caught up.
#pragma once

#include <cstdint>
#include <string>
#include <troupe/base/prng.hpp>
#include <troupe/port/stepper.hpp>
#include <troupe/sim/disk.hpp>
#include <vector>

namespace troupe::sim {

/// What a host is doing.
enum class host_state : std::uint8_t {
  up,      ///< its turns are run
  paused,  ///< its process is stopped for a while, as by SIGSTOP: bytes arrive, nothing runs
  buried,  ///< it has crashed, and its remains are being destroyed
};

/// See above (HO1-HO3).
struct host {
  host(std::string its_name, std::uint64_t seed) : name(std::move(its_name)), random(seed) {}

  /// Something of it that is stepped, and until when its last step keeps it busy.
  struct place {
    port::stepped* what;
    time_point busy_until;
  };

  const std::string name;
  prng random;  ///< what its entropy is made of
  host_state state = host_state::up;
  std::uint64_t life = 0;  ///< counts its platforms: what belongs to an earlier one is nobody's
  std::vector<place> places = {};
  sim::disk disk = {};
  duration offset = duration::zero();      ///< HO3
  duration buried_for = duration::zero();  ///< how much its clock has gone on since its crash, unseen
  time_point read{};                       ///< the last reading of its clock
  std::uint64_t last_line = 0;             ///< of the record, of what happened here
};

}  // namespace troupe::sim
