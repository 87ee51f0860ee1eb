#include <optional>
#include <troupe/base/check.hpp>
#include <troupe/pattern/receptionist.hpp>
#include <troupe/sim/witness.hpp>
#include <troupe/simulate/cluster.hpp>
#include <utility>

namespace troupe {

namespace {

constexpr std::uint16_t first_port = 7001;
constexpr double disk_error_share = 0.1;
constexpr duration slowest = milliseconds{50};
constexpr duration drift_every = milliseconds{10};
constexpr duration drift_by = milliseconds{1};
constexpr duration start_again_after = milliseconds{500};

/// CL2
void refuse_threads(const std::string& node, const system& sys) {
  if (sys.caf_threads() == 0) return;
  throw sim::misuse{
      {errc::invalid, "on " + node +
                          " runs a CAF actor with a thread of its own: a simulation has one thread. Spawn it "
                          "without caf::detached, and as an event_based_actor where it is a blocking one"}};
}

}  // namespace

cluster::cluster(cluster_options options)
    : options_(std::move(options)),
      owned_(std::make_unique<sim::world>(options_.seed, options_.world)),
      world_(*owned_) {}

cluster::~cluster() {
  // Nobody looks any more. A node that ends in peace would wait for others; so none does.
  world_.before_each_step({});
  world_.at_quiet({});
  world_.record().close();
  const bool left = leave_behind();
  for (auto& [name, m] : members_) crash(name);
  if (left) static_cast<void>(owned_.release());  // they are on it
}

// Nodes with threads that nobody can end stay where they are: to wait for them might take for ever, and what they use must not go.
bool cluster::leave_behind() {
  static auto& left = *new std::vector<member>;  // for ever; a leak checker finds them there
  bool any = false;
  for (auto& [name, m] : members_) {
    if (!m.sys || m.sys->caf_threads() == 0) continue;
    left.push_back(std::exchange(m, {}));
    any = true;
  }
  return any;
}

void cluster::add(std::string name, program p, tuning t) {
  if (started_)
    throw failed{
        {errc::invalid, "node '" + name + "' is added to a cluster that has been started: add it before"}};
  const auto number = static_cast<std::uint16_t>(members_.size());
  const auto [made, is_new] = members_.try_emplace(std::move(name));
  if (!is_new) throw failed{{errc::already_exists, "this cluster has a node '" + made->first + "' already"}};
  made->second.run = std::move(p);
  made->second.tune = std::move(t);
  made->second.inside = std::make_shared<handler_faults>(world_, made->first);
  made->second.at.port = static_cast<std::uint16_t>(first_port + number);
}

void cluster::start() {
  started_ = true;
  world_.before_each_step([this] {
    look(always_);
    look_at_nodes();
  });
  world_.at_quiet([this] { look(at_quiet_); });
  for (auto& [name, m] : members_) boot(name, m);
  faults_ = options_.plan ? options_.plan->expand(options_.seed, names()) : options_.faults;
  for (const auto& f : faults_) {
    for (const std::string& host : {f.host, f.other})
      if (!host.empty() && !members_.contains(host))
        throw failed{
            {errc::not_found, "fault '" + to_string(f) + "': this cluster has no node '" + host + "'"}};
    schedule(f);
  }
}

// ---- nodes

cluster::member& cluster::of(const std::string& name) {
  const auto found = members_.find(name);
  if (found == members_.end()) throw failed{{errc::not_found, "this cluster has no node '" + name + "'"}};
  return found->second;
}

std::vector<std::string> cluster::names() const {
  std::vector<std::string> out;
  for (const auto& [name, m] : members_) out.push_back(name);
  return out;
}

bool cluster::is_up(const std::string& name) const {
  const auto found = members_.find(name);
  return found != members_.end() && found->second.sys && !found->second.starting;
}

system& cluster::at(const std::string& name) {
  member& m = of(name);
  if (!m.sys || m.starting) throw failed{{errc::unreachable, "the node '" + name + "' is down"}};
  return *m.sys;
}

void cluster::boot(const std::string& name, member& m) {
  if (m.sys || m.starting) return;
  m.starting = true;
  system_options s;
  s.name = name;
  s.workers = 1;
  s.mailbox_sample_period = duration::zero();
  node_options n;
  n.name = name;
  trust_all_peers(n);
  for (const auto& [peer, other] : members_) (peer == name ? n.listen : n.peers[peer]) = other.at;
  auto seen = std::make_shared<sim::witness>(world_, name);
  if (options_.messages) s.interceptors.push_back(seen);
  s.interceptors.push_back(m.inside);
  s.log_to = seen->log();
  if (m.tune) m.tune(s, n);
  auto ports = world_.boot(name);
  if (wrapping_) ports = wrapping_(std::move(ports), name);
  std::vector<std::unique_ptr<extension>> parts;
  if (shares_services(n)) parts.push_back(std::make_unique<receptionist_extension>());
  parts.push_back(std::make_unique<remoting>(std::move(n)));
  m.sys = std::make_unique<troupe::system>(std::move(s), std::move(ports), std::move(parts));
  if (m.run) m.started = m.run(*m.sys);
  m.starting = false;
}

void cluster::crash(const std::string& name) {
  member& m = of(name);
  if (!m.sys) return;
  refuse_threads(name, *m.sys);
  world_.crash(name);
  m.sys->shutdown();
  m.started.reset();
  m.sys.reset();
}

void cluster::restart(const std::string& name) {
  member& m = of(name);
  try {
    boot(name, m);
  } catch (const does_not_hold&) {
    throw;  // it was seen while the node started, and is not about that
  } catch (const sim::misuse&) {
    throw;  // likewise
  } catch (const std::exception& why) {
    world_.note(name + " does not start: " + why.what(), {.host = name});
    m.starting = false;
    crash(name);
    ++faults_open_;
    world_.put(after(world_.now(), start_again_after), [this, name] {
      restart(name);
      --faults_open_;
    });
  }
}

// ---- faults

void cluster::schedule(const fault& f) {
  ++faults_open_;
  world_.put(after(world_.now(), f.at), [this, f] {
    apply(f);
    --faults_open_;
  });
}

void cluster::end_later(const fault& f, std::function<void()> undo) {
  ++faults_open_;
  world_.put(after(world_.now(), f.lasts), [this, undo = std::move(undo)] {
    undo();
    --faults_open_;
  });
}

void cluster::drift(const std::string& host, duration left) {
  if (left <= duration::zero()) {
    world_.note("the clock of " + host + " keeps time again", {.host = host});
    --faults_open_;
    return;
  }
  world_.nudge_clock(host, drift_by);
  world_.put(after(world_.now(), drift_every), [this, host, left] { drift(host, left - drift_every); });
}

void cluster::apply(const fault& f) {
  member& m = of(f.host);
  auto& net = world_.network();
  // Two cuts of one way may overlap: it is open when both are over.
  const auto cut = [this](const std::string& from, const std::string& to, bool begins) {
    unsigned& count = cuts_[from + ">" + to];
    begins ? ++count : --count;
    world_.network().cut(from, to, count != 0);
  };
  switch (f.kind) {
    case fault_kind::crash:
      if (m.starting) {  // CL3
        ++faults_open_;
        world_.put(after(world_.now(), milliseconds{1}), [this, f] {
          apply(f);
          --faults_open_;
        });
        return;
      }
      if (!m.sys) return;
      crash(f.host);
      return end_later(f, [this, name = f.host] { restart(name); });
    case fault_kind::pause:
      if (!m.sys || m.starting) return;
      world_.pause(f.host, true);
      return end_later(f, [this, name = f.host] { world_.pause(name, false); });
    case fault_kind::partition:
      for (const bool there : {true, false}) cut(there ? f.host : f.other, there ? f.other : f.host, true);
      return end_later(f, [cut, f] {
        for (const bool there : {true, false}) cut(there ? f.host : f.other, there ? f.other : f.host, false);
      });
    case fault_kind::one_way:
      cut(f.host, f.other, true);
      return end_later(f, [cut, f] { cut(f.host, f.other, false); });
    case fault_kind::reset:
      return net.reset(f.host, f.other);
    case fault_kind::slow:
      net.from_to(f.host, f.other).latency_max = slowest;
      return end_later(f, [&net, f] { net.from_to(f.host, f.other).latency_max = sim::way{}.latency_max; });
    case fault_kind::clock_jump:
      return world_.skew_clock(f.host, f.lasts);
    case fault_kind::clock_back:
      return world_.skew_clock(f.host, -f.lasts);
    case fault_kind::clock_drift:
      world_.note("the clock of " + f.host + " runs too fast", {.host = f.host});
      ++faults_open_;
      return drift(f.host, f.lasts);
    case fault_kind::disk_error:
      world_.disk_of(f.host).faults.failing = disk_error_share;
      return end_later(f, [this, name = f.host] { world_.disk_of(name).faults.failing = 0; });
    case fault_kind::disk_full:
      world_.disk_of(f.host).faults.bytes_max = world_.disk_of(f.host).used();
      return end_later(
          f, [this, name = f.host] { world_.disk_of(name).faults.bytes_max = sim::disk_faults{}.bytes_max; });
    case fault_kind::no_memory:
      if (!sim::can_fail_allocations())
        throw failed{
            {errc::invalid, "fault '" + to_string(f) +
                                "': the operator new of this program does not ask troupe::sim, so no "
                                "allocation can fail; troupe_sim's does "
                                "(troupe/sim/allocation_trap.hpp)"}};
      [[fallthrough]];
    case fault_kind::throws:
      m.inside->begin(f);
      return end_later(f, [] {});  // it ends by itself; `run_past_faults` waits for it
    case fault_kind::half_open:
      net.forget(f.host, f.other);
      return end_later(f, [&net, f] { net.answer_forgotten(f.host, f.other); });
    case fault_kind::duplicate:
      ++net.from_to(f.host, f.other).duplicate_next;
      return;
    case fault_kind::truncate:
      ++net.from_to(f.host, f.other).truncate_next;
      return;
  }
}

void cluster::run_past_faults() {
  world_.wait([this] { return faults_open_ == 0; }, never, "the end of the faults");
}

// ---- what must hold

void cluster::look(const std::vector<invariant>& all) {
  for (const auto& one : all)
    if (!one.holds()) throw does_not_hold{one.name};
}

void cluster::look_at_nodes() const {
  for (const auto& [name, m] : members_) {
    if (!m.sys) continue;
    refuse_threads(name, *m.sys);
    if (const auto broken = m.sys->events().invariants().first_broken())
      throw does_not_hold{*broken + ", on " + name};
  }
}

void cluster::expect(bool holds, std::string_view what) const {
  if (!holds) throw does_not_hold{what};
}

}  // namespace troupe
