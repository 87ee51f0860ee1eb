// Supervisors that are administrated from another node, over simulated nodes: children started there (CN1-CN5), all else by messages (AD1, AD2).
#include <doctest/doctest.h>

#include <troupe/cell/cell.hpp>
#include <troupe/children/far_supervisor.hpp>
#include <troupe/simulate/cluster.hpp>
#include <troupe/sys/sys.hpp>
#include <troupe/troupe.hpp>

#include "unit/cell/world.hpp"

namespace simulate_far_admin_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

struct add {
  std::int64_t n = 0;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(add, "far_admin.add", 1, n)
struct fall {};
TROUPE_CONTRACT(fall, "far_admin.fall", 1)
struct stop_now {};
TROUPE_CONTRACT(stop_now, "far_admin.stop_now", 1)

class sum : public actor<add, fall, stop_now> {
 public:
  explicit sum(std::int64_t from) : sum_(from) {
    if (from < 0) throw std::invalid_argument{"it begins with debts"};
  }
  std::int64_t on(const add& m) { return sum_ += m.n; }
  void on(const fall&) { throw std::runtime_error{"told to"}; }
  void on(const stop_now&) { stop_self(); }

 private:
  std::int64_t sum_;
};
TROUPE_SPAWNABLE(sum, "far_admin.sum", 1, std::int64_t)

/// One that nobody makes, and one that nobody may have.
struct absent {
  using protocol = sum::protocol;
};
TROUPE_SPAWNABLE(absent, "far_admin.absent", 1, std::int64_t)
struct later_sum {
  using protocol = sum::protocol;
};
TROUPE_SPAWNABLE(later_sum, "far_admin.sum", 2, std::int64_t)
class vault : public actor<add> {
 public:
  std::int64_t on(const add&) { return 0; }
};
TROUPE_SPAWNABLE(vault, "far_vault", 1)

/// n2 with /user/top, a group of one, and the dynamic /user/top/many; n1 administrates.
struct office {
  using change = std::function<void(const std::string& node, node_options&)>;
  explicit office(const change& tune = {}, std::uint64_t seed = 1) : nodes(cluster_options{.seed = seed}) {
    nodes.add(
        "n1", [](troupe::system&) -> std::shared_ptr<void> { return {}; },
        [tune](system_options&, node_options& n) {
          if (tune) tune("n1", n);
        });
    nodes.add(
        "n2",
        [](troupe::system& sys) -> std::shared_ptr<void> {
          return std::make_shared<supervision>(supervise(
              sys, "top", one_for_one{.intensity = 5}, child<sum>("first", 0),
              child_supervisor("many", dynamic{.intensity = 5}, child_template<sum>(7).transient())));
        },
        [tune](system_options&, node_options& n) {
          n.types.add<sum>().add<vault>();
          n.spawnable = {"far_admin.*"};
          n.spawned_max = 4;
          n.system_messages = true;
          if (tune) tune("n2", n);
        });
    nodes.start();
    nodes.run_for(1s);
  }
  far_supervisor top(const std::string& path = "/user/top") { return {node(nodes.at("n1"), "n2"), path}; }
  ref<sum> at(const std::string& path) { return nodes.find<sum>("n1", "n2", path); }
  /// Who is there: `first up permanent, ...`.
  std::string children(const std::string& path = "/user/top") {
    std::string out;
    const auto all = top(path).admin().ask(which_children{}, 1s).get().value();
    for (const child_info& one : all)
      out += (out.empty() ? "" : ", ") + one.id + " " + std::string{to_string(one.phase)} + " " +
             std::string{to_string(one.restart)};
    return out;
  }
  template <class A = sum, class... Args>
  std::string refusal(const std::string& path, child_there how, Args... args) {
    const auto made = top(path).start<A>(2s, std::move(how), args...).get();
    return made ? "made" : to_string(made.error().code).data() + (": " + made.error().text);
  }

  cluster nodes;
};

/// Starts one from inside an actor.
struct start_one {
  far_supervisor below;
  using reply = std::string;
};
class starter : public actor<start_one> {
 public:
  task<std::string> on(start_one m) {
    const auto made = co_await m.below.start<sum>(2s, child_there{"inside"}.temporary(), 3);
    co_return made ? made->path : to_string(made.error());
  }
};

}  // namespace

TEST_CASE(
    "CN1, CN3: a child is started below a supervisor of another node, which restarts it as any of its own") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    office o{{}, seed};
    const auto made = o.top().start<sum>(2s, "second", 100).get();
    REQUIRE(made.has_value());
    CHECK(made->path == "/user/top/second");
    CHECK(made->phase == child_phase::up);
    const auto second = o.at("/user/top/second");
    CHECK(second.ask(add{5}, 1s).get().value() == 105);
    for (int i = 1; i <= 3; ++i) {
      second.tell(fall{});
      CHECK(second.ask(add{i}, 1s).get().value() == 100 + i);  // made of the same each time
    }
    CHECK(o.children() == "first up permanent, many up permanent, second up permanent");
    // It is the supervisor's: who had it started may go.
    o.nodes.crash("n1");
    o.nodes.run_for(30s);
    CHECK(ref_to<sum>(o.nodes.at("n2").env(), "/user/top/second").ask(add{1}, 1s).get().value() == 104);
  }
}

TEST_CASE("CN1: what is chosen for a child there is what its supervisor goes by; an actor awaits it") {
  office o;
  CHECK(o.refusal("/user/top", child_there{"t"}.transient(), 1) == "made");
  CHECK(o.refusal("/user/top/many", "", 2) == "made");
  CHECK(o.refusal("/user/top/many", "named", 2) == "made");
  const auto inside = spawn<starter>(o.nodes.at("n1"), "starter");
  CHECK(inside.ask(start_one{o.top()}, 5s).get().value() == "/user/top/inside");
  CHECK(o.children() == "first up permanent, many up permanent, t up transient, inside up temporary");
  o.at("/user/top/t").tell(stop_now{});
  o.at("/user/top/inside").tell(fall{});
  o.nodes.run_for(1s);
  CHECK(o.children() == "first up permanent, many up permanent, t down transient");
  // In its place, with other arguments and another type.
  CHECK(o.refusal("/user/top", child_there{"t"}.in_its_place(), 50) == "made");
  CHECK(o.children() == "first up permanent, many up permanent, t up permanent");
  CHECK(o.at("/user/top/t").ask(add{1}, 1s).get().value() == 51);
  CHECK(o.refusal("/user/top", child_there{"s"}.significant(), 1)
            .starts_with("invalid: a child of /user/top can't be started; "));
}

TEST_CASE("CN2: who may not is refused with what is missing, and nobody is started") {
  office o{[](const std::string& node, node_options& n) {
    if (node != "n2") return;
    n.public_paths = {"/user/top/many"};
    n.rights["n1"].send = {"/user/top: troupe.supervisor.*"};
  }};
  CHECK(o.refusal("/user/other", "x", 1) ==
        "refused: node n1 may start no children below /user/other on node n2: add \"/user/other: "
        "troupe.supervisor.start_child\" to node.rights.n1.send there, or make the path public");
  CHECK(o.refusal<vault>("/user/top", "x") ==
        "refused: node n1 may have no 'far_vault' spawned on n2: name it in node.spawnable there");
  CHECK(o.refusal<absent>("/user/top", "x", 1) ==
        "not_found: node n2 makes no 'far_admin.absent': its program has to add the type to "
        "node_options::types");
  CHECK(o.refusal<later_sum>("/user/top", "x", 1)
            .starts_with("invalid: node n2 makes version 1 of 'far_admin.sum'"));
  CHECK(o.refusal("/user/top", "first", 1)
            .starts_with("already_exists: /user/top has a child 'first' already"));
  CHECK(o.refusal("/user/top", "debts", -1).starts_with("start_failed: "));
  CHECK(o.refusal("/user/top", "a/b", 1).starts_with("invalid: "));
  CHECK(o.refusal("/user/top", "a\nb", 1).starts_with("invalid: 'a"));
  CHECK(o.refusal("/user/top/../top", "x", 1).starts_with("refused: "));
  CHECK(o.refusal("", "x", 1).starts_with("invalid: '' is no path of a supervisor"));
  CHECK(o.refusal("17/user/top", "x", 1).starts_with("invalid: '17/user/top' is no path of a supervisor"));
  CHECK(o.refusal("/system/receptionist", "x", 1).starts_with("invalid: "));
  CHECK(o.refusal("/user/top/many", "x", 1) == "made");
  CHECK(o.refusal("/user/top", "x", 1) == "made");
  // With the right to some other message only, or with none.
  office closed{[](const std::string& node, node_options& n) {
    n.public_paths.clear();
    n.rights.clear();
    if (node == "n2") n.rights["n1"].send = {"/user/top: troupe.supervisor.which_children"};
  }};
  CHECK(closed.refusal("/user/top", "x", 1)
            .starts_with("refused: node n1 may start no children below /user/top"));
  CHECK(closed.children() == "first up permanent, many up permanent");
}

TEST_CASE("CN2: who is no supervisor, or is not there, takes no children") {
  office o;
  CHECK(o.refusal("/user/top/first", "x", 1) == "invalid: /user/top/first on node n2 is no supervisor");
  CHECK(o.refusal("/user/nobody", "x", 1) == "not_found: nobody is at /user/nobody on node n2");
  CHECK(o.refusal("/user/spawned", "x", 1) == "invalid: /user/spawned on node n2 is no supervisor");
}

TEST_CASE("CN4, R8: a supervisor has no more children than a node lets peers have, running or not") {
  office o;
  CHECK(o.refusal("/user/top", "a", 1) == "made");
  CHECK(o.refusal("/user/top", "b", 1) == "made");
  CHECK(o.top().admin().ask(terminate_child{"a"}, 1s).get().has_value());
  CHECK(o.refusal("/user/top", "c", 1) ==
        "overloaded: /user/top has 4 children already, and who asks may have it have 4");
  CHECK(o.top().admin().ask(delete_child{"a"}, 1s).get().has_value());
  CHECK(o.refusal("/user/top", "c", 1) == "made");
}

TEST_CASE("R8: a request whose restart type or strategy is none is refused") {
  office o;
  child_request bad{.below = "/user/top",
                    .id = "x",
                    .type = "far_admin.sum",
                    .version = 1,
                    .arguments = std::string{type_name_of<std::tuple<std::int64_t>>},
                    .bytes = pack(std::tuple<std::int64_t>{1}),
                    .restart = static_cast<restart_type>(77)};
  const auto to = o.nodes.find<child_request>("n1", "n2", "/user/spawned");
  CHECK(to.ask(bad, 1s).get().error().text == "restart type 77 is none");
  bad.restart = restart_type::permanent;
  bad.bytes = "nonsense that is no argument";
  CHECK(to.ask(bad, 1s).get().error().code == errc::decode_error);
  const auto no = o.top().admin().ask(set_strategy{static_cast<strategy>(77)}, 1s).get();
  CHECK(no.error().text == "strategy 77 is none");
  CHECK(o.at("/user/top/first").ask(add{1}, 1s).get().value() == 1);
  CHECK(to_string(static_cast<child_phase>(77)) == "unknown");
}

TEST_CASE("AD1, AD2: all that is asked of a supervisor here is asked of one on another node") {
  office o;
  const supervisor_ref top = o.top().admin(), many = o.top("/user/top/many").admin();
  CHECK(top.ask(count_children{}, 1s).get().value().specs == 2);
  CHECK(top.ask(count_children{}, 1s).get().value().supervisors == 1);
  CHECK(many.ask(start_from_pattern{}, 1s).get().value().path.starts_with("/user/top/many/$"));
  CHECK(top.ask(terminate_child{"first"}, 1s).get().value().phase == child_phase::down);
  CHECK(top.ask(terminate_child{"nobody"}, 1s).get().error().code == errc::not_found);
  CHECK(top.ask(restart_child{"first"}, 1s).get().value().phase == child_phase::up);
  CHECK(top.ask(restart_child{"first"}, 1s).get().error().code == errc::invalid);
  CHECK(top.ask(terminate_child{"first"}, 1s).get().has_value());
  CHECK(top.ask(delete_child{"first"}, 1s).get().has_value());
  CHECK(o.children() == "many up permanent");
  CHECK(top.ask(set_restart_limit{1, 10s}, 1s).get().value());
  CHECK(top.ask(set_strategy{strategy::rest_for_one}, 1s).get().value());
  CHECK(top.ask(what_if{"many"}, 1s).get().value().text.find("many") != std::string::npos);
  CHECK(o.refusal("/user/top", "again", 1) == "made");
  o.at("/user/top/again").tell(fall{});
  o.nodes.run_for(1s);
  const auto decided = top.ask(recent_decisions{}, 1s).get().value();
  REQUIRE(decided.size() == 1);
  CHECK(decided[0].who == "again");
  // What carries a factory stays in its process, and says so at once.
  const auto local = top.ask(start_child{child<sum>("x", 1)}, 1s).get();
  CHECK(local.error().code == errc::invalid);
  CHECK(local.error().text.find("has no contract") != std::string::npos);
  // A supervisor's state, and that it is not to be suspended; a child can be.
  CHECK(troupe::sys::of(top).ask(troupe::sys::get_state{}, 1s).get().has_value());
  CHECK(troupe::sys::of(top).ask(troupe::sys::suspend{}, 1s).get().has_error());
  CHECK(troupe::sys::of(o.at("/user/top/again")).ask(troupe::sys::suspend{}, 1s).get().has_value());
  CHECK(troupe::sys::of(o.at("/user/top/again")).ask(troupe::sys::resume{}, 1s).get().has_value());
}

TEST_CASE("CN5: who loses the answer finds by the name whether it was done") {
  int done = 0, twice = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    office o{{}, seed};
    auto first = o.top().start<sum>(5s, "second", 100).as_future();
    o.nodes.run_for(microseconds{static_cast<std::int64_t>(seed) * 25});
    o.nodes.apply(parse_faults("0s reset n1 n2").value().front());
    const auto how = first.get();
    CHECK((how || how.error().code == errc::unreachable));
    o.nodes.run_for(2s);
    const auto again = o.top().start<sum>(5s, "second", 100).get();
    CHECK((again || again.error().code == errc::already_exists));
    ++(again ? done : twice);
    CHECK(o.children() == "first up permanent, many up permanent, second up permanent");
  }
  CHECK(twice > 0);
}

}  // namespace simulate_far_admin_test
