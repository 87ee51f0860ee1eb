#include "sim/scenarios.hpp"

namespace simulations {

namespace {

using troupe::fault_kind;
using troupe::fault_plan;
using troupe::milliseconds;
using troupe::seconds;

fault_plan crashes_and_cuts(troupe::duration until) {
  fault_plan p;
  p.until = until;
  p[fault_kind::crash] = {.every = seconds{4}, .min = milliseconds{50}, .max = seconds{3}};
  p[fault_kind::partition] = {.every = seconds{6}, .min = milliseconds{100}, .max = seconds{4}};
  p[fault_kind::one_way] = {.every = seconds{8}, .min = milliseconds{100}, .max = seconds{4}};
  p[fault_kind::reset] = {.every = seconds{5}};
  p[fault_kind::slow] = {.every = seconds{6}, .min = milliseconds{500}, .max = seconds{5}};
  p[fault_kind::pause] = {.every = seconds{8}, .min = milliseconds{50}, .max = seconds{4}};
  p[fault_kind::clock_jump] = {.every = seconds{10}, .min = milliseconds{10}, .max = seconds{5}};
  p[fault_kind::clock_back] = {.every = seconds{15}, .min = milliseconds{10}, .max = seconds{2}};
  p[fault_kind::clock_drift] = {.every = seconds{10}, .min = milliseconds{500}, .max = seconds{5}};
  return p;
}

fault_plan failing_handlers() {
  fault_plan p;
  p.until = seconds{8};
  p[fault_kind::throws] = {
      .every = milliseconds{200}, .min = milliseconds{50}, .max = seconds{1}, .in = {.nth = 5}};
  p[fault_kind::no_memory] = {
      .every = milliseconds{300}, .min = milliseconds{50}, .max = seconds{1}, .in = {.nth = 12}};
  p[fault_kind::crash] = {.every = seconds{5}, .min = milliseconds{50}, .max = seconds{1}};
  p[fault_kind::pause] = {.every = seconds{5}, .min = milliseconds{50}, .max = seconds{1}};
  p[fault_kind::reset] = {.every = seconds{4}};
  p[fault_kind::half_open] = {.every = seconds{6}, .min = milliseconds{100}, .max = seconds{4}};
  p[fault_kind::partition] = {.every = seconds{6}, .min = milliseconds{100}, .max = seconds{1}};
  return p;
}

fault_plan broken_boxes() {
  fault_plan p;
  p.until = seconds{8};
  p[fault_kind::half_open] = {.every = seconds{2}, .min = milliseconds{100}, .max = seconds{4}};
  p[fault_kind::duplicate] = {.every = seconds{1}};
  p[fault_kind::truncate] = {.every = seconds{1}};
  p[fault_kind::reset] = {.every = seconds{4}};
  return p;
}

fault_plan and_disks(fault_plan p) {
  p[fault_kind::disk_error] = {.every = seconds{10}, .min = milliseconds{50}, .max = milliseconds{500}};
  p[fault_kind::disk_full] = {.every = seconds{15}, .min = milliseconds{50}, .max = seconds{1}};
  return p;
}

}  // namespace

const std::vector<named_mutant>& mutants() {
  static const std::vector<named_mutant> all{
      {mutant::unsynced_write, "unsynced_write", "a write is acknowledged before it is on the disk", "kv_3"},
      {mutant::real_time, "real_time", "an actor asks the operating system for the time", "watch"},
      {mutant::lost_wakeup, "lost_wakeup", "a turn that was submitted never runs", "restart"},
      {mutant::old_reply, "old_reply", "the answer to an actor's object before its restart is taken",
       "restart"},
      {mutant::double_restart, "double_restart", "a child is restarted twice for one failure", "restart"},
      {mutant::lost_news, "lost_news", "a receptionist is not told of a change on another node", "services"},
      {mutant::kept_failure, "kept_failure", "a string is kept of each failure", "day"},
      {mutant::told_again, "told_again", "what may have got lost is told again", "traffic"},
      {mutant::no_checksum, "no_checksum", "bytes that a broken box spoils are expected to be noticed",
       "middlebox"},
  };
  return all;
}

const std::vector<named_scenario>& scenarios() {
  static const std::vector<named_scenario> all{
      {"kv_3", "the kv sample on three nodes, linearizable key by key",
       and_disks(crashes_and_cuts(seconds{20})), [](mutant m) { return kv(3, m); }},
      {"kv_5", "the same on five", and_disks(crashes_and_cuts(seconds{20})),
       [](mutant m) { return kv(5, m); }},
      {"watch", "actors are spawned, watched and stopped, here and across nodes",
       crashes_and_cuts(seconds{5}), [](mutant m) { return watch(m); }},
      {"traffic", "actors tell and ask actors of other nodes without end, in both lanes",
       crashes_and_cuts(seconds{8}), [](mutant m) { return callers_and_clerks(m); }},
      {"link", "actors are linked, parted and fail, here and across nodes", crashes_and_cuts(seconds{5}),
       [](mutant) { return linked(); }},
      {"far_children", "children of each node live on the others, fail, and are put elsewhere",
       crashes_and_cuts(seconds{8}), [](mutant) { return remote_children(); }},
      {"services", "actors that offer services come and go on nodes that share them",
       crashes_and_cuts(seconds{8}), [](mutant m) { return shared_services(m); }},
      {"restart", "workers fail, are restarted and ask, here and across nodes", failing_handlers(),
       [](mutant m) { return restart(m); }},
      {"middlebox", "nodes talk through a box that forgets, doubles and cuts off", broken_boxes(),
       [](mutant m) { return broken_box(m); }},
      {"hierarchy",
       "a random tree of supervisors, held against a model",
       {},
       [](mutant m) { return hierarchy(m); }},
      {"idle", "three nodes that do nothing keep each other", {}, [](mutant m) { return idle(m); }},
      {"day",
       "24 hours with a failure each second: the memory is flat (not in `all`)",
       {},
       [](mutant m) { return day(m); },
       true},
  };
  return all;
}

}  // namespace simulations
