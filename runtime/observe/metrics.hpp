// What operators scrape: the figures of one system in Prometheus' terms, by prometheus-cpp's core, without its HTTP server.
//
//     troupe::metrics m{sys.events()};
//     ... m.text() ...                        // the text format, for a handler of one's own
//     exposer.RegisterCollectable(m.all());   // prometheus-cpp's own server
//
// Rules
//  ME1 Nothing is counted for it that is not counted anyhow but failures and restarts, which are rare: who makes none pays nothing.
//  ME2 Labels are bounded: past `series_max` of a family what is new is counted as `other`.
//  ME3 It hears what happens from when it was made on; `troupe_events_total` is since the system began.
//  ME4 Who scrapes looks at the invariants of the system, on his thread; between two scrapes only who calls `look` sees what breaks.
//  ME5 So he does at the mailboxes: what waits is counted when he comes, actor by actor, and by class for him; how long messages waited is
//      of the sample that is measured anyhow (cell/mailbox_times.hpp, MT1).
//
//   troupe_events_total{kind}                                what happened, by event_kind
//   troupe_failures_total{actor_type,reason}                 failed actors, by class and by exception
//   troupe_restarts_total{supervisor,child_type,reason}      restarts that were begun, by who decided, of whom, and why
//   troupe_restart_seconds{supervisor}                       histogram: from the failure until it served again
//   troupe_actors{actor_type}                                living actors of a class
//   troupe_actors_unseen                                     those beyond what one look takes (cell/mailbox_survey.hpp, MV2)
//   troupe_mailbox_depth{actor_type}                         messages that wait at all actors of a class (M8)
//   troupe_mailbox_deepest{actor_type}                       messages that wait at the one of them with the most
//   troupe_mailbox_wait_seconds{actor_type}                  histogram: from sent to run, of a sample of the messages
//   troupe_invariant_holds{name}                             1: what must hold does (invariant.hpp), 0: it does not
//   troupe_invariant_violations_total{name}                  how often it was seen to hold no longer
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace prometheus {
class Collectable;
}  // namespace prometheus

namespace troupe {

class hub;

/// See above. Thread-safe. It may go before or after its system.
class metrics {
 public:
  /// Label values a family may have, altogether.
  static constexpr std::size_t series_max = 1000;

  /// The figures of the system that `of` belongs to. REQUIRES: `of` outlives this, or the system does not end before its last use.
  explicit metrics(hub& of);
  ~metrics();
  metrics(const metrics&) = delete;
  metrics& operator=(const metrics&) = delete;

  /// All figures as of now, in the text format 0.0.4.
  std::string text() const;
  /// The same for prometheus-cpp.
  std::shared_ptr<prometheus::Collectable> all() const;

 private:
  class families;
  hub& of_;
  const std::shared_ptr<families> families_;  // the subscription has it too
  const unsigned long long subscription_;
};

}  // namespace troupe
