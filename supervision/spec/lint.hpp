// What is allowed in a tree of supervisors and is a mistake most of the time: found in the spec, before anything runs.
//
//     for (const auto& line : troupe::lint(spec, "/user/top")) std::puts(line.c_str());
//
// Rules
//  LI1 Restarts multiply: a failure that comes again is tried (intensity + 1) times at each level before it goes up. Past `restarts_max` a
//      broken leaf is restarted for longer than anybody wants to watch.
//  LI2 A transient supervisor that ends by itself stays down with all below it; one that is exhausted does come back (S3), unlike OTP's.
//  LI3 An unbounded mailbox of a child that is restarted again and again, or waits for long before it is, grows while it is away.
//  LI4 A child may take longer to stop than its supervisor is given: then the supervisor is given up, with all that it was stopping.
//  LI5 A limit of no restarts makes every failure its parent's: right on purpose, at a leaf of a tree that is to fail as one.
//
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <troupe/cell/deployments.hpp>
#include <troupe/spec/supervisor_spec.hpp>
#include <vector>

namespace troupe {

/// How strict it is.
struct lint_options {
  std::uint64_t restarts_max = 100;  ///< of one leaf, over all levels (LI1)
  duration wait_max = seconds{10};   ///< before a restart, with an unbounded mailbox (LI3)
  std::uint32_t intensity_loop_min =
      10;  ///< restarts a period from which on a child counts as restarted again and again (LI3)
  const deployments* configured =
      nullptr;  ///< what the configuration says of mailboxes (`env().deployed()`); null: nothing (LI3)
};

/// Each finding in one line: the path, what is odd about it, and what to do. Empty when there is none. What a factory hides (a pool, a
/// supervisor made by hand) is not seen.
std::vector<std::string> lint(const supervisor_spec& spec, const std::string& path,
                              const lint_options& how = {});

}  // namespace troupe
