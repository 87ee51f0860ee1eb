#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <set>
#include <troupe/observe/hub.hpp>
#include <troupe/observe/mailbox_figures.hpp>
#include <troupe/observe/metrics.hpp>

namespace troupe {

namespace {

std::string parent_of(const std::string& path) {
  const std::size_t at = path.rfind('/');
  return at == 0 || at == std::string::npos ? std::string{"/"} : path.substr(0, at);
}

std::string or_unknown(const std::string& s) { return s.empty() ? std::string{"unknown"} : s; }

/// What messages wait: powers of two of nanoseconds, where the measured buckets end; from 1 us to 69 s.
constexpr unsigned wait_powers[] = {10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36};

double in_seconds(duration d) { return std::chrono::duration<double>(d).count(); }

prometheus::MetricFamily family(const char* name, const char* help, prometheus::MetricType type) {
  prometheus::MetricFamily out;
  out.name = name;
  out.help = help;
  out.type = type;
  return out;
}

prometheus::ClientMetric gauge(prometheus::Labels labels, std::uint64_t value) {
  prometheus::ClientMetric out;
  for (auto& [name, text] : labels) out.label.push_back({name, std::move(text)});
  out.gauge.value = static_cast<double>(value);
  return out;
}

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
      took_.Add(bounded({{"supervisor", parent_of(e.path)}}), restart_seconds()).Observe(in_seconds(e.took));
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
    add_mailboxes(out);
    add_invariants(out);
    return out;
  }

 private:
  // ME5
  void add_mailboxes(std::vector<prometheus::MetricFamily>& to) const {
    using prometheus::MetricType;
    const mailbox_survey now = of_.survey();
    if (now.by_type.empty()) return;
    std::map<std::string, mailbox_figures> series;  // what is past the maximum is one of them (ME2)
    for (const mailbox_figures& one : now.by_type) {
      mailbox_figures& sum = series[bounded_type(or_unknown(one.type))];
      sum.actors += one.actors;
      sum.waiting += one.waiting;
      sum.deepest = std::max(sum.deepest, one.deepest);
      sum.waits.add(one.waits);
    }
    auto actors = family("troupe_actors", "Living actors, by class", MetricType::Gauge);
    auto depth =
        family("troupe_mailbox_depth", "Messages that wait at all actors of a class", MetricType::Gauge);
    auto deepest = family("troupe_mailbox_deepest",
                          "Messages that wait at the actor of a class with the most", MetricType::Gauge);
    auto waits = family("troupe_mailbox_wait_seconds",
                        "From sent to run, of a sample of the messages, by class", MetricType::Histogram);
    for (const auto& [type, f] : series) {
      actors.metric.push_back(gauge({{"actor_type", type}}, f.actors));
      depth.metric.push_back(gauge({{"actor_type", type}}, f.waiting));
      deepest.metric.push_back(gauge({{"actor_type", type}}, f.deepest));
      if (f.waits.count() != 0) waits.metric.push_back(histogram(type, f.waits));
    }
    auto unseen = family("troupe_actors_unseen",
                         "Living actors that were not looked at, because of their number", MetricType::Gauge);
    unseen.metric.push_back(gauge({}, now.unseen));
    for (auto* const one : {&actors, &unseen, &depth, &deepest, &waits}) to.push_back(std::move(*one));
  }

  static prometheus::ClientMetric histogram(const std::string& type, const delay_histogram& of) {
    prometheus::ClientMetric out;
    out.label.push_back({"actor_type", type});
    out.histogram.sample_count = of.count();
    out.histogram.sample_sum = in_seconds(of.sum());
    const auto up_to = [&](double limit, std::uint64_t count) {
      prometheus::ClientMetric::Bucket b;
      b.upper_bound = limit;
      b.cumulative_count = count;
      out.histogram.bucket.push_back(b);
    };
    for (const unsigned power : wait_powers)
      up_to(in_seconds(duration{std::int64_t{1} << power}), of.shorter_than(power));
    up_to(std::numeric_limits<double>::infinity(), of.count());
    return out;
  }

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

  // ME2, of what is made anew each time: who has a series keeps it.
  std::string bounded_type(std::string type) const {
    const std::lock_guard hold{mutex_};
    if (types_.contains(type)) return type;
    if (types_.size() >= series_max) return "other";
    return *types_.insert(std::move(type)).first;
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
  mutable std::mutex mutex_;
  std::set<prometheus::Labels> seen_;    // guarded by mutex_
  mutable std::set<std::string> types_;  // guarded by mutex_
};

metrics::metrics(hub& of)
    : of_(of),
      families_(std::make_shared<families>(of)),
      subscription_(of.subscribe([to = families_](const event& e) { to->note(e); })) {}

metrics::~metrics() { of_.unsubscribe(subscription_); }

std::string metrics::text() const { return prometheus::TextSerializer{}.Serialize(families_->Collect()); }

std::shared_ptr<prometheus::Collectable> metrics::all() const { return families_; }

}  // namespace troupe
