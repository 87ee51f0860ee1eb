#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>
#include <set>
#include <troupe/observe/hub.hpp>
#include <troupe/observe/metrics.hpp>

namespace troupe {

namespace {

std::string parent_of(const std::string& path) {
  const std::size_t at = path.rfind('/');
  return at == 0 || at == std::string::npos ? std::string{"/"} : path.substr(0, at);
}

std::string or_unknown(const std::string& s) { return s.empty() ? std::string{"unknown"} : s; }

/// From a tenth of a millisecond, what a restart takes without a wait, to a minute.
prometheus::Histogram::BucketBoundaries restart_seconds() { return {0.0001, 0.001, 0.01, 0.1, 1, 10, 60}; }

}  // namespace

/// What is counted here and what is read from the hub.
class metrics::families final : public prometheus::Collectable {
 public:
  explicit families(hub& of)
      : of_(of),
        failures_(prometheus::BuildCounter()
                      .Name("troupe_failures_total")
                      .Help("Actors that failed, by class and by exception")
                      .Register(registry_)),
        restarts_(prometheus::BuildCounter()
                      .Name("troupe_restarts_total")
                      .Help("Restarts that were begun, by the supervisor that decided, the child's class and "
                            "the exception")
                      .Register(registry_)),
        took_(prometheus::BuildHistogram()
                  .Name("troupe_restart_seconds")
                  .Help("From an actor's failure until it served again, by its supervisor")
                  .Register(registry_)) {}

  /// On any thread.
  void note(const event& e) {
    if (e.kind == event_kind::actor_failed) {
      failures_.Add(bounded({{"actor_type", or_unknown(e.type)}, {"reason", or_unknown(e.cause)}}))
          .Increment();
      if (e.restarts)
        restarts_
            .Add(bounded({{"supervisor", parent_of(e.path)},
                          {"child_type", or_unknown(e.type)},
                          {"reason", or_unknown(e.cause)}}))
            .Increment();
    } else if (e.kind == event_kind::actor_restarted && e.took > duration::zero()) {
      took_.Add(bounded({{"supervisor", parent_of(e.path)}}), restart_seconds())
          .Observe(std::chrono::duration<double>(e.took).count());
    }
  }

  std::vector<prometheus::MetricFamily> Collect() const override {
    std::vector<prometheus::MetricFamily> out = registry_.Collect();
    prometheus::MetricFamily events;
    events.name = "troupe_events_total";
    events.help = "What happened, by kind";
    events.type = prometheus::MetricType::Counter;
    for (std::size_t k = 0; k < static_cast<std::size_t>(event_kind::count_); ++k) {
      prometheus::ClientMetric one;
      one.label = {{"kind", std::string{to_string(static_cast<event_kind>(k))}}};
      one.counter.value = static_cast<double>(of_.count(static_cast<event_kind>(k)));
      events.metric.push_back(std::move(one));
    }
    out.push_back(std::move(events));
    add_invariants(out);
    return out;
  }

 private:
  // ME4
  void add_invariants(std::vector<prometheus::MetricFamily>& to) const {
    const auto states = of_.invariants().look();
    if (states.empty()) return;
    prometheus::MetricFamily holds;
    holds.name = "troupe_invariant_holds";
    holds.help = "1 while what must hold does, 0 while it does not";
    holds.type = prometheus::MetricType::Gauge;
    prometheus::MetricFamily violations;
    violations.name = "troupe_invariant_violations_total";
    violations.help = "How often what must hold was seen to hold no longer";
    violations.type = prometheus::MetricType::Counter;
    for (const auto& state : states) {
      prometheus::ClientMetric one;
      one.label = {{"name", state.name}};
      one.gauge.value = state.holds ? 1 : 0;
      holds.metric.push_back(one);
      one.gauge.value = 0;
      one.counter.value = static_cast<double>(state.violations);
      violations.metric.push_back(std::move(one));
    }
    to.push_back(std::move(holds));
    to.push_back(std::move(violations));
  }

  // ME2
  prometheus::Labels bounded(prometheus::Labels labels) {
    const std::lock_guard hold{mutex_};
    if (seen_.contains(labels)) return labels;
    if (seen_.size() < series_max) {
      seen_.insert(labels);
      return labels;
    }
    for (auto& [name, value] : labels) value = "other";
    return labels;
  }

  hub& of_;
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& failures_;
  prometheus::Family<prometheus::Counter>& restarts_;
  prometheus::Family<prometheus::Histogram>& took_;
  std::mutex mutex_;
  std::set<prometheus::Labels> seen_;  // guarded by mutex_
};

metrics::metrics(hub& of)
    : of_(of),
      families_(std::make_shared<families>(of)),
      subscription_(of.subscribe([to = families_](const event& e) { to->note(e); })) {}

metrics::~metrics() { of_.unsubscribe(subscription_); }

std::string metrics::text() const { return prometheus::TextSerializer{}.Serialize(families_->Collect()); }

std::shared_ptr<prometheus::Collectable> metrics::all() const { return families_; }

}  // namespace troupe
