// A cluster of simulated nodes with the production API: each is a real system on a host of one world, and knows the others.
//
//     simulate({.last_seed = 1'000, .plan = plan}, [](troupe::cluster& c) {
//       for (auto name : {"n1", "n2", "n3"})
//         c.add(name, [](troupe::system& sys) { return std::make_shared<bank>(sys); });     // what its main would do
//       c.always("at most one leader", [&] { return leaders() <= 1; });
//       c.start();
//       c.run_for(30s);
//       c.expect(total() == 0, "money is neither made nor lost");
//     });
//
// Rules
//  CL1 `add` says what there is, `start` starts all nodes in the order of their names and the faults of the plan, `restart` starts one again. A node
//      that starts runs its program, whose result lives until the node ends; what that keeps in memory is gone after a crash, what it
//      synced to its disk is not. Nodes end after the scenario has returned or thrown: what they refer to must not be its local variables.
//  CL2 An invariant is looked at before each step of the world (`always`), or whenever nothing can happen at that moment (`at_quiet`). One
//      that does not hold ends the run with its name. It may look at everything that the test holds; it must not send. What a node's program
//      adds to the invariants of its system (observe/invariant.hpp) is looked at before each step for as long as that node lives.
//      A plain CAF actor that has a thread of its own then (caf::detached, or blocking) ends the run: it can't be stepped, nor ended, so
//      its node stays in memory.
//  CL3 A fault that comes while its host starts waits until it has; one that finds its host down does nothing. What a fault has changed is
//      as it was when it ends; of faults of one kind that overlap on one host the first to end ends them, but for cuts. A fault of a host that
//      there is not is an error.
//  CL5 The nodes let each other do all that a peer can be let do (`trust_all_peers`); who simulates what they are let do says so by `tuning`.
//      A node that shares services has a receptionist.
//  CL4 A node's program runs on the ports that `wrap_ports` makes of its host's, where it is set: a test replaces a port with one that is
//      broken on purpose.
//
// Used on one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <troupe/node/remoting.hpp>
#include <troupe/observe/invariant.hpp>
#include <troupe/sim/world.hpp>
#include <troupe/simulate/fault.hpp>
#include <troupe/simulate/handler_faults.hpp>
#include <troupe/system/system.hpp>
#include <vector>

namespace troupe {

/// What ends a run whose invariant is broken.
struct does_not_hold : std::runtime_error {
  explicit does_not_hold(std::string_view what)
      : std::runtime_error("it does not hold that " + std::string{what}) {}
};

/// What can be chosen for a cluster.
struct cluster_options {
  std::uint64_t seed = 1;
  std::vector<fault> faults = {};       ///< which come, if `plan` is not to be asked
  std::optional<fault_plan> plan = {};  ///< from which the seed makes them otherwise
  sim::world_options world = {};
  bool messages = true;  ///< whether each message is a line of the record
};

/// See above (CL1-CL5).
class cluster {
 public:
  /// What a node does once its system runs; what it returns lives as long as the node.
  using program = std::function<std::shared_ptr<void>(system&)>;
  /// Changes a node's settings before it starts.
  using tuning = std::function<void(system_options&, node_options&)>;
  /// Makes other ports of those of the host of that name; they live as long as what it returns.
  using wrapping = std::function<std::unique_ptr<port::platform>(std::unique_ptr<port::platform>,
                                                                 const std::string& host)>;
  explicit cluster(cluster_options options);
  ~cluster();
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  // ---- what there is
  /// One more node; the name is its host's too. Throws `failed` with `invalid` once it has been started, `already_exists` for a name that
  /// another has.
  void add(std::string name, program p, tuning t = {});
  /// Whose ports the nodes get (CL4). Before `start`.
  void wrap_ports(wrapping with) { wrapping_ = std::move(with); }
  /// Starts everything (CL1).
  void start();

  // ---- nodes
  /// The names of all nodes, sorted.
  std::vector<std::string> names() const;
  /// Whether it runs.
  bool is_up(const std::string& name) const;
  /// The system of a node that is up. Throws `failed` with `unreachable` for one that is not.
  system& at(const std::string& name);
  /// A named ref to the actor at `path` on `name`, as `from` sees it. Throws as `at`.
  template <class... Ts>
  ref<Ts...> find(const std::string& from, const std::string& name, std::string path) {
    if (from == name) return ref_to<Ts...>(at(from).env(), std::move(path));
    return node(at(from), name).ref<Ts...>(std::move(path));
  }
  /// Ends a node's process without a warning; nothing for one that is not up.
  void crash(const std::string& name);
  /// Starts a node that is down. One that does not start, because its program throws, is started again a little later, as whoever looks
  /// after its process would.
  void restart(const std::string& name);
  /// Makes a fault happen now.
  void apply(const fault& f);
  /// The faults of this run, by time. After `start`.
  const std::vector<fault>& faults() const noexcept { return faults_; }

  // ---- time
  /// The world, for all that has no function here.
  sim::world& world() noexcept { return world_; }
  /// Lets `d` pass.
  void run_for(duration d) { world_.run_for(d); }
  /// Lets things happen until `there()` or for `limit`. Returns `there()`.
  bool run_until(const std::function<bool()>& there, duration limit) {
    return world_.wait(there, after(world_.now(), limit), "");
  }
  /// Lets all faults come and go, and all nodes be up again.
  void run_past_faults();

  // ---- what must hold
  /// CL2, before each step.
  void always(invariant what) { always_.push_back(std::move(what)); }
  /// The same.
  void always(std::string name, std::function<bool()> holds) { always({std::move(name), std::move(holds)}); }
  /// CL2, at quiet moments.
  void at_quiet(invariant what) { at_quiet_.push_back(std::move(what)); }
  /// The same.
  void at_quiet(std::string name, std::function<bool()> holds) {
    at_quiet({std::move(name), std::move(holds)});
  }
  /// Ends the run if `holds` is false.
  void expect(bool holds, std::string_view what) const;

 private:
  struct member {
    program run = {};
    tuning tune = {};
    port::endpoint at = {};
    std::shared_ptr<handler_faults> inside = {};  // its interceptor, of all its systems
    std::unique_ptr<troupe::system> sys = {};
    std::shared_ptr<void> started = {};
    bool starting = false;
  };

  member& of(const std::string& name);
  void boot(const std::string& name, member& m);
  void schedule(const fault& f);
  void end_later(const fault& f, std::function<void()> undo);
  void drift(const std::string& host, duration left);
  static void look(const std::vector<invariant>& all);
  void look_at_nodes() const;
  bool leave_behind();

  const cluster_options options_;
  std::unique_ptr<sim::world> owned_;
  sim::world& world_;
  std::map<std::string, member> members_;
  wrapping wrapping_;
  bool started_ = false;
  std::vector<fault> faults_;
  std::vector<invariant> always_;
  std::vector<invariant> at_quiet_;
  std::map<std::string, unsigned> cuts_;  // ways that are cut, by how many faults
  std::size_t faults_open_ = 0;           // not come yet, or not over
};

}  // namespace troupe
