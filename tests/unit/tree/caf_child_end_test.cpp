// The starts and ends of plain CAF actors that are children (S10): what each of CAF's reasons means, who is made to end and how.
#include <doctest/doctest.h>

#include <troupe/sim/world.hpp>

#include "unit/tree/caf_children.hpp"

namespace tree_caf_child_end_test {

using namespace caf_child_test;

TEST_CASE("S3, S10: a CAF actor that crashes too often uses up its supervisor's restarts") {
  stage s{{.intensity = 2, .period = 60s}};
  s.start(s.child());
  auto end = std::make_shared<journal>();
  note_end(s.sys.env().resolve("/user/top"), end);
  const ref<add, end_with> exact{address_ptr{s.cell_of_child()}};
  for (int i = 1; i <= 3; ++i) {
    exact.tell(end_with{1});
    REQUIRE(s.j->wait_for("gone exit_reason(unhandled_exception)", i));
  }
  CHECK(end->wait_for("gone /user/top failed"));
  CHECK(s.j->count("made") == 3);
  CHECK(exact.ask(add{1}, patience).get().error().code == errc::stopped);
}

TEST_CASE("CR1, CC3: how a CAF actor ends is how its cell does, for every reason that CAF has") {
  using caf::exit_reason;
  const std::pair<std::int32_t, const char*> table[] = {
      {0, "normal"},
      {static_cast<std::int32_t>(exit_reason::unhandled_exception), "failed"},
      {static_cast<std::int32_t>(exit_reason::unknown), "failed"},
      {static_cast<std::int32_t>(exit_reason::out_of_workers), "failed"},
      {static_cast<std::int32_t>(exit_reason::user_shutdown), "shutdown"},
      {static_cast<std::int32_t>(exit_reason::kill), "killed"},
      {static_cast<std::int32_t>(exit_reason::remote_link_unreachable), "failed"},
      {static_cast<std::int32_t>(exit_reason::unreachable), "killed"},
      {100, "failed"}};
  for (const auto& [reason, kind] : table) {
    CAPTURE(reason);
    stage s;
    s.start(s.child().temporary());  // so the cell ends with it
    auto end = std::make_shared<journal>();
    note_end(s.cell_of_child(), end);
    s.to<end_with>().tell(end_with{reason});
    CHECK(end->wait_for(std::string{"gone /user/top/legacy "} + kind));
  }
}

TEST_CASE("S2, S10: a transient CAF child comes back after a failure and stays down after a normal end") {
  stage s;
  s.start(s.child().transient());
  s.to<end_with>().tell(end_with{1});
  REQUIRE(s.events->wait_for("actor_restarted /user/top/legacy"));
  CHECK(s.sum(1) == 1);
  auto end = std::make_shared<journal>();
  note_end(s.cell_of_child(), end);
  s.to<end_with>().tell(end_with{0});
  REQUIRE(end->wait_for("gone /user/top/legacy normal"));
  CHECK(s.to<add>().ask(add{1}, patience).get().error().code == errc::stopped);
  CHECK(s.j->count("made") == 2);
}

TEST_CASE(
    "S8, S10: CAF's monitors and links to a child see its final end once, with its reason, and its restarts "
    "never") {
  stage s;
  s.start(s.child());
  const caf::actor subject = s.top->ref<add>("legacy").caf();
  const auto observe = [&](bool links) {
    return s.sys.caf().spawn(
        [j = s.j, subject, links](caf::event_based_actor* self, int) -> caf::behavior {
          self->set_down_handler([=](caf::down_msg& m) { j->note("down " + caf::to_string(m.reason)); });
          self->set_exit_handler([=](caf::exit_msg& m) { j->note("exit " + caf::to_string(m.reason)); });
          if (links)
            self->link_to(subject);
          else
            self->monitor(subject);
          j->note("observes");
          return {[](int) {}};
        },
        0);  // an argument: without one CAF's own header dereferences a null pointer to none
  };
  const caf::actor monitors = observe(false);
  const caf::actor linked = observe(true);
  REQUIRE(s.j->wait_for("observes", 2));
  for (int i = 1; i <= 2; ++i) {
    s.to<end_with>().tell(end_with{1});
    REQUIRE(s.events->wait_for("actor_restarted /user/top/legacy", i));
  }
  CHECK(s.sum(1) == 1);
  CHECK(s.j->count("down exit_reason(unhandled_exception)") == 0);
  s.top->stop();
  CHECK(s.j->wait_for("down exit_reason(user_shutdown)"));
  CHECK(s.j->wait_for("exit exit_reason(user_shutdown)"));
  // Behind both: they have heard of nothing else.
  for (const auto& who : {monitors, linked}) caf::anon_send_exit(who, caf::exit_reason::kill);
  s.sys.shutdown();
  CHECK(s.j->count("down exit_reason(user_shutdown)") == 1);
  CHECK(s.j->count("exit exit_reason(user_shutdown)") == 1);
}

TEST_CASE("CC4, S5: a CAF actor that traps exits is killed when its time is over, and its cell with it") {
  stage s;
  s.start(s.child(event_based, true).shutdown(20ms));
  auto end = std::make_shared<journal>();
  note_end(s.cell_of_child(), end);
  note_end(s.sys.env().resolve("/user/top"), end);
  CHECK(s.sum(1) == 1);  // it has started
  s.top->stop();
  CHECK(end->wait_for("gone /user/top shutdown"));
  CHECK(s.j->wait_for("gone exit_reason(kill)"));
  CHECK(s.j->count("traps") == 1);
  CHECK(end->wait_for("gone /user/top/legacy killed"));
}

TEST_CASE(
    "CC4, S6: a restart sends the old CAF actor an exit and waits for its end before it makes another") {
  stage s;
  s.start(s.child());
  CHECK(s.sum(2) == 2);
  s.cell_of_child()->request_restart();
  CHECK(s.sum(1) == 1);
  CHECK(s.j->all() == lines{"made", "gone exit_reason(user_shutdown)", "made"});
}

TEST_CASE("CC4: a restart kills a CAF actor that traps exits, and a stop by CAF's exit does too") {
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
  sys.keep("/user/top");
  auto j = std::make_shared<journal>();
  auto top = supervise(sys, "top", one_for_one{},
                       child_caf("legacy", event_based, part{j, {}, true, 0}).temporary().shutdown(5s),
                       child_caf("other", event_based, part{j, {}, true, 0}).shutdown(5s));
  auto other = top.ref<add>("other");
  sys.settle();
  sys.env().resolve("/user/top/other")->request_restart();
  sys.settle();
  REQUIRE(j->count("traps") == 1);
  auto answer = other.ask(add{3}, 60s);
  sys.advance(4s);
  CHECK(j->count("gone exit_reason(kill)") == 0);
  sys.advance(2s);
  CHECK(j->count("gone exit_reason(kill)") == 1);
  CHECK(sys.expect_reply(std::move(answer)) == 3);

  auto end = std::make_shared<journal>();
  const cell_ptr legacy = sys.env().resolve("/user/top/legacy");
  note_end(legacy, end);
  caf::anon_send_exit(top.ref<add>("legacy").caf(), caf::exit_reason::user_shutdown);
  sys.settle();
  CHECK(end->all().empty());
  sys.advance(6s);
  CHECK(end->all() == lines{"gone /user/top/legacy killed"});  // it had to be made to
  CHECK(j->count("gone exit_reason(kill)") == 2);
  top.stop();
  sys.advance(11s);
}

TEST_CASE(
    "CC4: a blocking CAF actor that never comes back to CAF is left behind, reported, and another is made") {
  auto j = std::make_shared<journal>();
  auto g = std::make_shared<gate>();
  {
    testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual})};
    sys.keep("/user/top");
    sys.keep("/user/top/legacy");
    const auto stuck = [](caf::actor_system& in, journal_ptr to, gate_ptr held_by) {
      return in.spawn(
          [to, held_by](caf::blocking_actor* self, int) {
            bool going = true;
            self->receive_while(going)([&](const add& m) { return m.n; },
                                       [&](const hold_up&) {
                                         to->note("holds");
                                         held_by->pass();
                                       },
                                       [&](const note& m) { to->note(m.line); },
                                       [&](const caf::exit_msg&) { going = false; });
          },
          0);
    };
    auto top = supervise(sys, "top", one_for_one{}, child_caf("legacy", stuck, j, g).shutdown(2s));
    top.ref<hold_up>("legacy").tell(hold_up{});
    REQUIRE(j->wait_for("holds"));
    top.ref<note>("legacy").tell(note{"never seen"});
    sys.settle();
    sys.env().resolve("/user/top/legacy")->request_restart();
    sys.advance(2500ms);
    CHECK(sys.events().count(event_kind::shutdown_slow) == 0);
    sys.advance(1s);
    const event slow = sys.said().expect_event(event_kind::shutdown_slow, "/user/top/legacy");
    CHECK(slow.reason.find("did not end within 1000 ms of CAF's kill") != std::string::npos);
    sys.said().expect_log(log_level::warning, "in the mailbox of its CAF actor");
    CHECK(sys.expect_reply(top.ref<add>("legacy").ask(add{7}, 60s)) == 7);
    g->open();  // else the system's end would wait for its thread until the deadline
  }
}

TEST_CASE(
    "CC1: a factory that throws, or returns what is of no use, fails the start with a line that names it") {
  stage s;
  const auto text_of = [&](child_spec child) {
    try {
      supervise(s.sys, "top", one_for_one{}, std::move(child));
    } catch (const failed& e) {
      return e.why().text;
    }
    return std::string{"started"};
  };
  const std::string threw = text_of(
      child_caf("legacy", [](caf::actor_system&) -> caf::actor { throw std::runtime_error{"no licence"}; }));
  CHECK(threw.find("child 'legacy' failed to start") != std::string::npos);
  CHECK(threw.find("no licence") != std::string::npos);
  CHECK(text_of(child_caf("legacy", [](caf::actor_system&) { return caf::actor{}; })).find("empty handle") !=
        std::string::npos);
  auto ours = spawn<caf_test::account>(s.sys, "account", s.j, s.g);
  const std::string troupes = text_of(child_caf("legacy", [ours](caf::actor_system&) { return ours.caf(); }));
  CHECK(troupes.find("the troupe actor /user/account") != std::string::npos);
  CHECK(troupes.find("child<A>") != std::string::npos);
  troupe::system stranger{quiet()};
  // Spawned here: a worker of the other system would hold this one's logger until it spawns again, and its end would wait for that.
  const auto foreign = stranger.caf().spawn(function_actor, part{s.j, s.g, false, 0});
  const std::string elsewhere =
      text_of(child_caf("legacy", [foreign](caf::actor_system&) { return foreign; }));
  CHECK(elsewhere.find("another system") != std::string::npos);
  CHECK(text_of(s.child().poison(poison_policy::retry(2))).find("no poison policy but drop") !=
        std::string::npos);
  // And the name is free again.
  s.start(s.child());
  CHECK(s.sum(1) == 1);
}

TEST_CASE(
    "CC7, D2: in a simulation a CAF actor with a thread of its own is an error that names it; another "
    "serves") {
  sim::world w{1};
  system_options o;
  o.name = "n";
  o.workers = 1;
  o.log = log_level::error;
  troupe::system sys{std::move(o), w.boot("n")};
  auto j = std::make_shared<journal>();
  const auto start = [&](const maker& make) {
    return supervise(sys, "top", one_for_one{}, child_caf("legacy", make, part{j, {}, false, 0}));
  };
  CHECK_THROWS_WITH_AS(start(maker_of([](caf::actor_system& in, part p) {
                         return in.spawn<caf::detached>(function_actor, p);
                       })),
                       doctest::Contains("blocking or detached"), failed);
  REQUIRE(j->wait_for("gone exit_reason(kill)"));  // in real time: its thread is none of the simulation's
  auto top = start(event_based);
  CHECK(top.ref<add>("legacy").ask(add{2}, 1s).get().value() == 2);
  top.ref<end_with>("legacy").tell(end_with{1});
  w.run_for(seconds{1});
  CHECK(top.ref<add>("legacy").ask(add{3}, 1s).get().value() == 3);
}

}  // namespace tree_caf_child_end_test
