// What of OTP's distribution_SUITE and erl_link_SUITE is about links and watches between nodes (L7, R3, R4), and a supervisor that is administered
// from another node. A cluster of nodes is simulated; that they behave so over real sockets is in tests/unit/node.
#include <doctest/doctest.h>

#include <troupe/cell/cell.hpp>
#include <troupe/simulate/simulate.hpp>
#include <troupe/tree/messages.hpp>
#include <troupe/tree/supervisor.hpp>
#include <troupe/troupe.hpp>

#include "conformance/report.hpp"

namespace far_links_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

struct bulk {
  std::string bytes;
};
TROUPE_CONTRACT(bulk, "conformance.far.bulk", 1, bytes)
struct which {
  using reply = ref<bulk>;
};
TROUPE_CONTRACT(which, "conformance.far.which", 1)
struct bind {
  any_ref to;
};
struct unbind {
  any_ref from;
};
struct look {
  any_ref at;
};
struct look_away {
  any_ref from;
};
struct look_at_restarts {
  any_ref of;
};
struct end_so {
  exit_kind how;
};
/// Tells that one much, and then does as the rest says.
struct flood {
  ref<bulk> whom;
  any_ref then_bind = {};
  bool then_fail = false;
};

using journal = std::vector<std::string>;

/// An OTP process of those suites.
class process : public actor<bulk, which, bind, unbind, look, look_away, look_at_restarts, end_so, flood> {
 public:
  process(std::string name, std::shared_ptr<journal> to) : name_(std::move(name)), to_(std::move(to)) {}
  void on(const bulk&) { ++got_; }
  ref<bulk> on(const which&) { return self(); }
  void on(const bind& m) { link(m.to); }
  void on(const unbind& m) { unlink(m.from); }
  void on(const look& m) { watch(m.at); }
  void on(const look_away& m) { unwatch(m.from); }
  void on(const look_at_restarts& m) {
    try {
      watch_restarts(m.of);
    } catch (const failed& f) {
      to_->push_back(name_ + ": " + std::string{to_string(f.why().code)} + " " + f.why().text);
    }
  }
  void on(const end_so& m) {
    if (m.how == exit_kind::failed) throw std::runtime_error{"told to"};
    m.how == exit_kind::normal ? stop_self() : own_cell().stop_self({m.how, {}});
  }
  void on(const flood& m) {
    for (int i = 0; i < pieces; ++i) m.whom.tell(bulk{std::string(64u << 10, 'x')});
    if (m.then_bind) link(m.then_bind);
    if (m.then_fail) throw std::runtime_error{"told to"};
  }
  void on_terminated(const terminated& news) override { note("DOWN", news.path(), news.kind()); }

  static constexpr int pieces = 40;

 protected:
  void note(const std::string& what, const std::string& path, exit_kind how) {
    to_->push_back(name_ + " " + what + " " + path + " " + std::string{to_string(how)} +
                   (got_ == 0 ? "" : " behind " + std::to_string(got_)));
  }

 private:
  const std::string name_;
  const std::shared_ptr<journal> to_;
  int got_ = 0;
};

class trapping : public process {
 public:
  using process::process;
  void on_link_ended(const link_ended& news) override { note("EXIT", news.path(), news.kind()); }
};

/// The nodes n1, with a and the trapping t, and n2, with b and u, likewise.
struct stage {
  explicit stage(cluster& all) : c(all) {}

  ref<process> at(const std::string& name) { return seen_from(name, node_of(name)); }
  /// As an actor on the other node has it.
  ref<process> far(const std::string& name) { return seen_from(name, node_of(name) == "n1" ? "n2" : "n1"); }
  bool lives(const std::string& name) {
    return static_cast<bool>(c.at(node_of(name)).env().resolve("/user/" + name));
  }
  void settle() { c.run_for(1s); }
  void end(const std::string& name, exit_kind how) {
    at(name).tell(end_so{how});
    settle();
  }
  /// From now on what n1 says takes a hundred times as long.
  void keep_busy() { c.apply(parse_faults("0s slow n1 n2 5s").value().front()); }
  void expect(const journal& what, std::string_view why) {
    std::string got;
    for (const std::string& line : *said) got += "; " + line;
    c.expect(*said == what, std::string{why} + got);
    said->clear();
  }

  cluster& c;
  std::shared_ptr<journal> said = std::make_shared<journal>();

  static std::string node_of(const std::string& name) { return name == "a" || name == "t" ? "n1" : "n2"; }

 private:
  ref<process> seen_from(const std::string& name, const std::string& node) {
    return c.find<process>(node, node_of(name), "/user/" + name);
  }
};

void on_two_nodes(const std::function<void(stage&)>& play) {
  conformance::remark("only simulated: two nodes over real sockets are in tests/unit/node");
  const auto out = simulate({.last_seed = conformance::seeds_wanted()}, [&](cluster& c) {
    stage s{c};
    const auto both = [&](const std::string& plain, const std::string& traps) {
      c.add(stage::node_of(plain),
            [plain, traps, said = s.said](troupe::system& sys) -> std::shared_ptr<void> {
              spawn<process>(sys, plain, plain, said);
              spawn<trapping>(sys, traps, traps, said);
              return {};
            });
    };
    both("a", "t");
    both("b", "u");
    c.start();
    c.run_for(2s);  // they have found each other
    play(s);
  });
  for (const auto& f : out.failures) FAIL_CHECK(f.report);
  CHECK(out.seeds == conformance::seeds_wanted());
}

}  // namespace

TEST_CASE(
    "dist_links: either side makes a link across nodes and either gives it up; an end is trapped or shared, "
    "and so is the loss of the node") {
  on_two_nodes([](stage& s) {
    s.at("a").tell(bind{s.far("u")});
    s.settle();
    s.at("u").tell(unbind{s.far("a")});
    s.settle();
    s.at("u").tell(bind{s.far("a")});
    s.at("a").tell(bind{s.far("u")});
    s.settle();
    s.end("a", exit_kind::failed);
    s.expect({"u EXIT n1:/user/a failed"}, "one end of one link");
    s.at("u").tell(bind{s.far("a")});
    s.settle();
    s.expect({"u EXIT n1:/user/a gone"}, "nobody is there");
    s.at("t").tell(bind{s.far("b")});
    s.settle();
    s.end("t", exit_kind::normal);
    s.c.expect(s.lives("b"), "a normal end takes nobody along");
    s.c.crash("n1");
    s.c.restart("n1");
    s.c.run_for(20s);
    s.at("b").tell(bind{s.far("t")});
    s.settle();
    s.c.crash("n1");
    s.c.run_for(1min);
    s.c.expect(!s.lives("b"), "it does not outlive the node of the one it is linked to");
  });
}

TEST_CASE("link_to_busy: a link to a node that takes its time is made without waiting, and holds") {
  on_two_nodes([](stage& s) {
    const auto u = s.far("u").ask(which{}, 1s).get().value();
    s.keep_busy();
    const time_point before = s.c.world().now();
    s.at("a").tell(flood{u, any_ref{u}});
    s.c.run_for(1ms);
    s.c.expect(s.c.world().now() - before < 10ms, "nobody was held up");
    s.c.run_for(20s);
    s.end("u", exit_kind::failed);
    s.c.expect(!s.lives("a"), "the link was made");
  });
}

TEST_CASE("exit_to_busy: so does the end of one who is linked, behind all that he had sent") {
  on_two_nodes([](stage& s) {
    const auto u = s.far("u").ask(which{}, 1s).get().value();
    s.at("a").tell(bind{u});
    s.settle();
    s.keep_busy();
    s.at("a").tell(flood{u, {}, true});
    s.c.run_for(20s);
    s.expect({"u EXIT n1:/user/a failed behind " + std::to_string(process::pieces)}, "it is not lost");
  });
}

TEST_CASE(
    "lost_exit: nor is one lost, or the news for a watcher, when the connection ends with it on the way") {
  on_two_nodes([](stage& s) {
    s.at("u").tell(bind{s.far("a")});
    s.at("b").tell(look{s.far("a")});
    s.settle();
    s.keep_busy();
    s.at("a").tell(end_so{exit_kind::failed});
    s.c.run_for(1ms);
    s.c.apply(parse_faults("0s reset n1 n2").value().front());
    s.c.run_for(20s);
    std::sort(s.said->begin(), s.said->end());
    s.expect({"b DOWN n1:/user/a failed", "u EXIT n1:/user/a failed"}, "both came, once");
  });
}

TEST_CASE("busy_dist_port_link: many links over a connection that takes its time, each ended once") {
  on_two_nodes([](stage& s) {
    s.at("u").tell(bind{s.far("a")});
    s.at("b").tell(bind{s.far("a")});
    s.at("t").tell(bind{s.far("b")});
    s.settle();
    s.keep_busy();
    s.at("a").tell(flood{s.far("u").ask(which{}, 10s).get().value(), {}, true});
    s.c.run_for(30s);
    s.c.expect(!s.lives("b"), "b has followed");
    std::sort(s.said->begin(), s.said->end());
    s.expect(
        {"t EXIT n2:/user/b failed", "u EXIT n1:/user/a failed behind " + std::to_string(process::pieces)},
        "and t was told of that");
  });
}

TEST_CASE(
    "otp_5772_dist_link: after an unlink across nodes no end comes any more, and one on its way is dropped") {
  on_two_nodes([](stage& s) {
    s.at("t").tell(bind{s.far("b")});
    s.at("t").tell(bind{s.far("u")});
    s.settle();
    s.at("t").tell(unbind{s.far("b")});
    s.at("b").tell(end_so{exit_kind::shutdown});
    s.at("u").tell(end_so{exit_kind::shutdown});
    s.settle();
    s.expect({"t EXIT n2:/user/u shutdown"}, "only the link that holds ends");
  });
}

TEST_CASE(
    "otp_7946: one with links to a node that is cut off ends, the node comes back, and all of them end "
    "once") {
  on_two_nodes([](stage& s) {
    const auto of = [&](const std::string& node, int i) {
      return s.c.find<process>(node, "n2", "/user/m" + std::to_string(i));
    };
    for (int i = 0; i < 50; ++i) {
      const std::string name = "m" + std::to_string(i);
      spawn<trapping>(s.c.at("n2"), name, name, s.said);
      s.at("a").tell(bind{of("n1", i)});
    }
    s.settle();
    s.c.apply(parse_faults("0s partition n1 n2 5s").value().front());
    s.at("a").tell(end_so{exit_kind::failed});
    s.c.run_for(3s);
    s.expect({}, "nothing gets through");
    s.c.run_for(20s);
    journal all;
    for (int i = 0; i < 50; ++i) all.push_back("m" + std::to_string(i) + " EXIT n1:/user/a failed");
    std::sort(all.begin(), all.end());
    std::sort(s.said->begin(), s.said->end());
    s.expect(all, "each of them once");
  });
}

TEST_CASE(
    "dist_process_monitors: a watch across nodes is one-sided, is told once, at once of one that is not "
    "there, "
    "and of the loss of the node" *
    doctest::description("differs: one that is watched twice is told once; OTP has a monitor each")) {
  on_two_nodes([](stage& s) {
    s.at("a").tell(look{s.far("b")});
    s.at("a").tell(look{s.far("b")});
    s.settle();
    s.end("b", exit_kind::failed);
    s.expect({"a DOWN n2:/user/b failed"}, "once");
    s.at("a").tell(look{s.far("b")});
    s.settle();
    s.expect({"a DOWN n2:/user/b gone"}, "it is not there");
    s.at("a").tell(look{s.far("u")});
    s.settle();
    s.c.crash("n2");
    s.c.run_for(1min);
    s.expect({"a DOWN n2:/user/u unreachable"}, "its node is gone");
    s.c.expect(s.lives("a"), "who watches goes on");
  });
}

TEST_CASE(
    "busy_dist_port_monitor: a watch over a connection that takes its time holds, and its news comes last") {
  on_two_nodes([](stage& s) {
    const auto b = s.far("b").ask(which{}, 1s).get().value();
    s.keep_busy();
    s.at("b").tell(look{s.far("a")});
    s.c.run_for(10s);
    s.keep_busy();
    s.at("a").tell(flood{b, {}, true});
    s.c.run_for(20s);
    s.expect({"b DOWN n1:/user/a failed behind " + std::to_string(process::pieces)}, "it is not lost");
  });
}

TEST_CASE("otp_5772_dist_monitor: the same of a watch") {
  on_two_nodes([](stage& s) {
    s.at("a").tell(look{s.far("b")});
    s.at("a").tell(look{s.far("u")});
    s.settle();
    s.at("a").tell(look_away{s.far("b")});
    s.at("b").tell(end_so{exit_kind::shutdown});
    s.at("u").tell(end_so{exit_kind::shutdown});
    s.settle();
    s.expect({"a DOWN n2:/user/u shutdown"}, "only the watch that holds is told");
  });
}

TEST_CASE(
    "far_administration: a supervisor is asked, and told what to do, from another node; what carries a "
    "factory "
    "is refused by name, and so is watching restarts") {
  on_two_nodes([](stage& s) {
    auto top = supervise(s.c.at("n2"), "top", one_for_one{}, troupe::child<process>("w", "w", s.said));
    s.settle();
    const auto admin = node(s.c.at("n1"), "n2").ref<supervisor>("/user/top");
    const auto all = admin.ask(which_children{}, 1s).get().value();
    s.c.expect(all.size() == 1 && all.front().id == "w" && all.front().phase == child_phase::up,
               "it tells its children");
    s.c.expect(admin.ask(count_children{}, 1s).get().value().active == 1, "it counts them");
    s.c.expect(admin.ask(terminate_child{"w"}, 1s).get().has_value(), "it stops one");
    s.c.expect(admin.ask(count_children{}, 1s).get().value().active == 0, "that one is down");
    s.c.expect(admin.ask(restart_child{"w"}, 1s).get().has_value(), "it starts it again");
    s.c.expect(admin.ask(terminate_child{"nobody"}, 1s).get().error().code == errc::not_found,
               "it knows no other");
    s.c.expect(admin.ask(set_restart_limit{2, 1s}, 1s).get().value(), "it takes another limit");
    s.c.expect(!admin.ask(what_if{"w"}, 1s).get().value().text.empty(), "it says what it would do");
    const auto no = admin.ask(start_child{troupe::child<process>("v", "v", s.said)}, 1s).get();
    s.c.expect(
        !no && no.error().code == errc::invalid && no.error().text.find("start_child") != std::string::npos,
        "a factory can't be sent, and the error names the message: " +
            (no ? std::string{"it was"} : to_string(no.error())));
    s.c.expect(admin.ask(count_children{}, 1s).get().value().specs == 1, "nothing came of it");
    s.at("a").tell(look_at_restarts{s.far("b")});
    s.settle();
    s.c.expect(s.said->size() == 1 &&
                   s.said->front().find("invalid 'n2:/user/b' is on another node") != std::string::npos,
               "and it says why restarts can't be watched from here");
  });
}

}  // namespace far_links_test
