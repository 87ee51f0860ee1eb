// A look at the living tree: what runs where, in which state, how often restarted, how much waits for it; and how long messages wait.
#pragma once

#include <cstdint>
#include <string>
#include <troupe/cell/cell.hpp>
#include <troupe/tree/decision.hpp>
#include <vector>

namespace troupe {

class system;

/// One actor as it was when it was looked at.
struct tree_node {
  std::string path;
  std::string type;                 ///< its class
  cell_status status{};             ///< running, failed, ...
  std::uint64_t restarts = 0;       ///< its incarnation (L5)
  std::uint64_t mailbox_depth = 0;  ///< messages that waited (M8)
  std::vector<decision>
      decisions;  ///< of a supervisor: what it has decided lately, the oldest first (decisions.hpp)
  std::vector<tree_node> children;  ///< in the order they were started
  std::string lives_at =
      {};  ///< of a remote child: where, `n2:/user/spawned/n1/bank.ledger`; empty: here, or nowhere
};

/// The tree below `path`, `/user` by default, as of now; empty path when nothing lives there. Thread-safe;
/// actors go on while it is taken, so it is a picture of no single moment.
tree_node inspect(environment& env, const std::string& path = "/user");

/// How long messages have waited in the mailboxes of all actors of a class, since the system began (M8): a sample of them
/// (cell/mailbox_times.hpp), told to a quarter.
struct class_waits {
  std::string type;            ///< the class
  std::uint64_t measured = 0;  ///< messages
  duration median{};           ///< half of them waited for no longer
  duration p99{};              ///< 99 of 100
  duration longest{};          ///< exactly
};

/// What has been measured, by class name; empty where `mailbox.sample_period` is 0. Thread-safe.
std::vector<class_waits> waits(environment& env);

/// One line a class: `kv::shard measured=1200 median=3us p99=40us longest=1500us`.
std::string to_text(const std::vector<class_waits>& all);

/// One line an actor, indented by depth: `    /user/kv/shards/7 running restarts=2 mailbox=0`, with ` at n2:/user/spawned/...` for a
/// remote child; and behind a supervisor's own, if it is to be
/// so, a line for each of its last decisions: `      * 3 s ago: 7 failed on kv.set: ...`.
std::string to_text(const tree_node& top, bool decisions = true);

}  // namespace troupe
