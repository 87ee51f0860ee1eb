// OTP's supervisor_SUITE, the cases of what an administrator does and sees (SU4, SU7, AD1-AD3).
#include <doctest/doctest.h>

#include "conformance/stage.hpp"

using namespace conformance;

namespace {

one_for_one twice_an_hour() { return {.intensity = 2, .period = 1h}; }

}  // namespace

TEST_CASE("child_adm: children are started, terminated, restarted and deleted; what makes no sense is told") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", twice_an_hour(), s.child("a"));
    CHECK(phases(s) == lines{"a up"});
    CHECK(counts(s) == "1 1 0 1");

    const auto again = s.ask("top", start_child{s.child("a")});
    CHECK(again.error().code == errc::already_exists);
    CHECK(has(again.error().text, "'a' already, which runs"));

    CHECK(s.ask("top", terminate_child{"b"}).error().code == errc::not_found);
    CHECK(s.ask("nobody", terminate_child{"a"}).error().code == errc::stopped);
    s.note_end("top/a");
    CHECK(s.ask("top", terminate_child{"a"}).value().phase == child_phase::down);
    CHECK(s.count("top/a gone shutdown") == 1);
    CHECK(phases(s) == lines{"a down"});
    CHECK(counts(s) == "1 0 0 1");
    CHECK(s.ask("top", terminate_child{"a"}).has_value());  // it is down: fine

    CHECK(s.ask("top", delete_child{"b"}).error().code == errc::not_found);
    const auto present = s.ask("top", start_child{s.child("a")});
    CHECK(present.error().code == errc::already_exists);
    CHECK(has(present.error().text, "which is down: restart it, or delete it first"));

    CHECK(s.ask("top", restart_child{"a"}).value().path == "/user/top/a");
    CHECK(phases(s) == lines{"a up"});
    CHECK(s.ask("top", restart_child{"a"}).error().code == errc::invalid);
    CHECK(s.ask("top", restart_child{"b"}).error().code == errc::not_found);
    CHECK(s.ask("top", delete_child{"a"}).error().code == errc::invalid);

    s.tell<stumble>("top/a");  // it is looked after as before
    s.settle();
    CHECK(phases(s) == lines{"a up"});
    CHECK(s.ask("top", terminate_child{"a"}).has_value());
    CHECK(s.ask("top", delete_child{"a"}).has_value());
    CHECK(phases(s).empty());
    CHECK(counts(s) == "0 0 0 0");
    CHECK(s.ask("top", restart_child{"a"}).error().code == errc::not_found);
    CHECK(s.ask("top", start_child{s.child("a")}).has_value());
    CHECK(counts(s) == "1 1 0 1");
  });  // What is asked while something else is under way is done after it, and all of it is answered (AD1, AD2).
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", twice_an_hour(), s.child("a"));
    const auto ask = [&](auto m) { return s.keep(top.admin().ask(std::move(m), for_ever)); };
    auto first = ask(terminate_child{"a"});
    auto second = ask(terminate_child{"a"});
    CHECK(first->taken(s).value().phase == child_phase::down);
    CHECK(second->taken(s).value().phase == child_phase::down);
    auto again = ask(restart_child{"a"});
    auto end = ask(terminate_child{"a"});
    CHECK(again->is_there(s));  // it has started, or was given up: that depends on who was faster
    CHECK(end->taken(s).value().phase == child_phase::down);
    CHECK(phases(s) == lines{"a down"});
    CHECK(s.ask("top", restart_child{"a"}).has_value());
    auto other = ask(replace_child{s.child("a")});
    end = ask(terminate_child{"a"});
    CHECK(other->is_there(s));
    CHECK(end->taken(s).value().phase == child_phase::down);
    CHECK(phases(s) == lines{"a down"});
    CHECK(s.ask("top", restart_child{"a"}).has_value());
    end = ask(terminate_child{"a"});
    other = ask(replace_child{s.child("a")});
    CHECK(end->taken(s).value().phase == child_phase::down);
    CHECK(other->taken(s).value().phase == child_phase::up);
    CHECK(phases(s) == lines{"a up"});
    CHECK(s.script("a").alive.load() == 1);
  });
}

TEST_CASE("child_adm_simple: dynamic children are started and terminated; they have no specs of their own") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", dynamic{.intensity = 2, .period = 1h}, s.pattern("a"));
    CHECK(phases(s).empty());
    CHECK(counts(s) == "1 0 0 0");
    const auto one = s.ask("top", start_from_pattern{}).value();
    const auto two = s.ask("top", start_from_pattern{}).value();
    CHECK(one.id != two.id);
    CHECK(counts(s) == "1 2 0 2");
    CHECK(s.ask("top", restart_child{one.id}).has_error());
    CHECK(s.ask("top", delete_child{one.id}).has_error());
    CHECK(s.ask("top", terminate_child{"a"}).error().code == errc::not_found);
    CHECK(s.ask("top", terminate_child{one.id}).has_value());
    CHECK(counts(s) == "1 1 0 1");
    CHECK(s.ask("top", terminate_child{one.id}).error().code == errc::not_found);
    CHECK(s.ask("top", restart_child{one.id}).error().code == errc::not_found);
    CHECK(s.ask("top", start_child{}).has_value());  // the pattern says all
    CHECK(counts(s) == "1 2 0 2");
  });
}

TEST_CASE("child_specs: a spec with a mistake is refused by its name, and changes nothing") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", twice_an_hour(), s.child("a"));
    child_spec no_factory;
    no_factory.id = "b";
    const std::pair<child_spec, const char*> wrong[] = {
        {no_factory, "/user/top/b: it has no factory"},
        {s.child(""), "/user/top/: a child has no name"},
        {s.child("$1"), "/user/top/$1: '$1' is no name"},
        {s.child("b").shutdown(-1s), "/user/top/b: its shutdown time must not be negative"},
        {s.child("b").start_time(0s), "/user/top/b: its start time must be more than 0"},
        {s.child("b").significant(), "/user/top/b: it is permanent, so it can't be significant"},
        {s.child("b").transient().significant(), "/user/top/b: it is significant, but its supervisor never"},
        {s.child("b").temporary().backoff({}), "/user/top/b: it is temporary, so it is never restarted"},
        {s.child("b").dispatcher("nowhere"), "nowhere"},
    };
    for (const auto& [spec, why] : wrong) {
      CAPTURE(why);
      const auto got = s.ask("top", start_child{spec});
      REQUIRE(got.has_error());
      CHECK(got.error().code == errc::invalid);
      CHECK(has(got.error().text, why));
    }
    CHECK(phases(s) == lines{"a up"});
    CHECK(s.count("b start") == 0);
  });
}

TEST_CASE("child_specs_map: what a spec says is what is seen of the child") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{.auto_shutdown = auto_shutdown::all_significant},
                         s.child("a"), s.child("b").transient().significant(), s.child("c").temporary(),
                         child_supervisor("d", one_for_all{}).transient());
    const auto all = s.ask("top", which_children{}).value();
    REQUIRE(all.size() == 4);
    const auto is = [&](std::size_t at, const char* id, restart_type type, bool significant,
                        bool supervisor) {
      CAPTURE(id);
      CHECK(all[at].id == id);
      CHECK(all[at].path == "/user/top/" + std::string{id});
      CHECK(all[at].phase == child_phase::up);
      CHECK(all[at].restart == type);
      CHECK(all[at].is_significant == significant);
      CHECK(all[at].is_supervisor == supervisor);
      CHECK(all[at].restarts == 0);
    };
    is(0, "a", restart_type::permanent, false, false);
    is(1, "b", restart_type::transient, true, false);
    is(2, "c", restart_type::temporary, false, false);
    is(3, "d", restart_type::transient, false, true);
  });
}

TEST_CASE("sup_flags: settings of a supervisor that make no sense are refused, at its start and later") {
  everywhere([](stage& s) {
    const auto refused = [](auto start, const char* why) {
      CAPTURE(why);
      CHECK_THROWS_WITH_AS(start(), doctest::Contains(why), failed);
    };
    refused([&] { supervise(s.sys(), "top", one_for_one{.period = 0s}); },
            "the restart period must be more than 0");
    refused([&] { supervise(s.sys(), "top", one_for_all{.period = -1s}); },
            "the restart period must be more than 0");
    refused([&] { supervise(s.sys(), "top", dynamic{.children_max = 0}); },
            "children_max must be more than 0");
    refused([&] { supervise(s.sys(), "top", dynamic{}, s.child("a")); }, "has no children to begin with");
    refused([&] { supervise(s.sys(), "top", rest_for_one{}, s.pattern("a")); }, "a child has no name");
    auto top = supervise(s.sys(), "top", one_for_one{}, s.child("a"));
    CHECK(s.ask("top", set_restart_limit{1, 0s}).error().code == errc::invalid);
    CHECK(s.ask("top", set_strategy{strategy::dynamic}).error().code == errc::invalid);
    CHECK(s.ask("top", set_strategy{strategy::one_for_all}).has_value());
    CHECK(s.ask("top", set_restart_limit{0, 1s}).has_value());
    s.note_end("top");
    s.tell<stumble>("top/a");
    CHECK(s.count("top gone failed") == 1);  // an intensity of 0 lets no failure through
  });
}

TEST_CASE(
    "multiple_restarts: failures that are further apart than the period go on for ever; two within it do "
    "not") {
  everywhere([](stage& s) {
    auto top =
        supervise(s.sys(), "top", one_for_one{.intensity = 1, .period = 1s}, s.child("a"), s.child("b"));
    s.note_end("top");
    for (int i = 0; i < 10; ++i) {
      s.tell<stumble>(i % 2 == 0 ? "top/a" : "top/b");
      s.advance(2100ms);
    }
    CHECK(s.count("a start") == 6);
    CHECK(s.count("b start") == 6);
    CHECK(s.count("top gone failed") == 0);
    s.tell<stumble>("top/a");
    s.advance(900ms);
    s.tell<stumble>("top/b");
    CHECK(s.count("top gone failed") == 1);
  });
}

TEST_CASE(
    "tree: each supervisor looks after its own; one that gives up is restarted with its first children, made "
    "anew" *
    doctest::description(
        "differs: one that gives up fails (S3), so its parent restarts it whatever its restart "
        "type says of `shutdown`")) {
  everywhere([](stage& s) {
    auto top = supervise(
        s.sys(), "top", one_for_all{.intensity = 4, .period = 1h},
        child_supervisor("x", one_for_one{.intensity = 1, .period = 1h}, s.child("a"), s.child("b"))
            .transient(),
        child_supervisor("y", rest_for_one{.intensity = 4, .period = 1h}, s.child("c"), s.child("d")));
    CHECK(s.ask("top/x", start_child{s.child("e")}).has_value());
    const cell_ptr x = s.at("top/x");
    const cell_ptr a = s.at("top/x/a");
    s.mark();
    s.tell<stumble>("top/x/a");
    CHECK(s.happened() == lines{"a stop", "a start"});
    s.mark();
    s.tell<stumble>("top/y/c");
    CHECK(s.happened() == lines{"c stop", "d stop", "c start", "d start"});
    s.mark();
    s.tell<stumble>("top/x/b");  // one too many: x fails, and takes y along since top is one_for_all
    CHECK(s.happened() == lines{"e stop", "b stop", "a stop", "d stop", "c stop", "a start", "b start",
                                "c start", "d start"});
    CHECK(s.at("top/x") == x);
    CHECK(s.at("top/x/a") != a);
    CHECK(phases(s, "top/x") == lines{"a up", "b up"});  // AD3: e is gone
    CHECK(s.ask("top", which_children{}).value()[0].restarts == 1);
  });
}

TEST_CASE("count_children: by kind, and how many of them are there") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", twice_an_hour(), s.child("a").transient(), s.child("b").temporary(),
                         s.child("c"));
    CHECK(counts(s) == "3 3 0 3");
    s.tell<quit>("top/a");
    CHECK(counts(s) == "3 2 0 3");
    s.tell<quit>("top/b");
    CHECK(counts(s) == "2 1 0 2");
    s.tell<quit>("top/c");
    CHECK(counts(s) == "2 1 0 2");
  });
}

TEST_CASE("count_children_supervisor: supervisors are counted for themselves") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", twice_an_hour(), child_supervisor("x", one_for_one{}, s.child("a")),
                         child_supervisor("y", dynamic{}, s.pattern("b")), s.child("c"));
    CHECK(counts(s) == "3 3 2 1");
    CHECK(counts(s, "top/x") == "1 1 0 1");
    CHECK(counts(s, "top/y") == "1 0 0 0");
    CHECK(s.ask("top", terminate_child{"x"}).has_value());
    CHECK(counts(s) == "3 2 2 1");
  });
}

TEST_CASE("count_restarting_children: children that wait for their restart are children, and not active") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", dynamic{.intensity = 1, .period = 1h},
                         s.pattern("a").backoff({.min = 1min, .max = 1min, .jitter = 0}));
    std::vector<child_info> all;
    for (int i = 0; i < 3; ++i) all.push_back(s.ask("top", start_from_pattern{}).value());
    CHECK(counts(s) == "1 3 0 3");
    s.tell<stumble>("top/" + all[0].id);
    CHECK(counts(s) == "1 2 0 3");
    s.tell<stumble>("top/" + all[1].id);
    CHECK(counts(s) == "1 1 0 3");
    CHECK(s.ask("top", terminate_child{all[0].id}).has_value());
    CHECK(counts(s) == "1 1 0 2");
    s.advance(70s);
    CHECK(counts(s) == "1 2 0 2");
  });
}

TEST_CASE(
    "do_not_save_start_parameters_for_temporary_children: what a temporary dynamic child was made of is its "
    "own") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", dynamic{}, child_template<worker>().temporary());
    const auto one = s.ask("top", start_child{s.child("")}).value();
    // The stage's and the child's own.
    CHECK(s.shared_script("").use_count() == 2);
    CHECK(s.ask("top", terminate_child{one.id}).has_value());
    CHECK(s.shared_script("").use_count() == 1);
  });
}

TEST_CASE("do_not_save_child_specs_for_temporary_children: of one that has ended nothing is kept") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", twice_an_hour());
    for (const char* id : {"a", "b"}) {
      CHECK(s.ask("top", start_child{s.child(id).temporary()}).has_value());
      CHECK(s.shared_script(id).use_count() > 1);
    }
    s.tell<quit>("top/a");
    s.tell<stumble>("top/b");
    s.settle();
    CHECK(phases(s).empty());
    for (const char* id : {"a", "b"}) CHECK(s.shared_script(id).use_count() == 1);
  });
}

TEST_CASE(
    "temporary_bystander: a temporary child that goes down with its group does not come back, nor its spec") {
  everywhere([](stage& s) {
    for (const auto how : {strategy::one_for_all, strategy::rest_for_one}) {
      auto top = how == strategy::one_for_all
                     ? supervise(s.sys(), "top", one_for_all{}, s.child("a"), s.child("b").temporary())
                     : supervise(s.sys(), "top", rest_for_one{}, s.child("a"), s.child("b").temporary());
      s.tell<stumble>("top/a");
      s.settle();
      CHECK(phases(s) == lines{"a up"});
      CHECK(s.at("top/b") == nullptr);
      top.stop();
      s.settle();
    }
    CHECK(s.count("b start") == 2);
  });
}

TEST_CASE(
    "hanging_restart_loop: while a restart fails over and over its supervisor answers, terminates it, and "
    "stops") {
  everywhere([](stage& s) {
    constexpr std::uint32_t for_long = 1'000'000'000;
    for (const auto how : {strategy::one_for_one, strategy::one_for_all}) {
      auto top =
          how == strategy::one_for_one
              ? supervise(s.sys(), "top", one_for_one{.intensity = for_long}, s.child("a"), s.child("b"))
              : supervise(s.sys(), "top", one_for_all{.intensity = for_long}, s.child("a"), s.child("b"));
      s.note_end("top");
      s.script("b").bad_starts = for_long;
      s.tell<stumble>("top/b");
      // All of it is on its way before anybody waits: nothing is ever left to be done otherwise.
      auto seen = s.keep(top.admin().ask(which_children{}, for_ever));
      auto ended = s.keep(top.admin().ask(terminate_child{"b"}, for_ever));
      CHECK(seen->taken(s).value().size() == 2);
      CHECK(ended->taken(s).value().phase == child_phase::down);
      CHECK(phases(s) == lines{"a up", "b down"});
      s.script("b").bad_starts = 0;
      CHECK(s.ask("top", restart_child{"b"}).has_value());
      s.script("b").bad_starts = for_long;
      s.tell<stumble>("top/b");
      top.stop();
      s.settle();
      s.script("b").bad_starts = 0;
    }
    CHECK(s.count("top gone shutdown") == 2);
    for (const char* id : {"a", "b"}) CHECK(s.script(id).alive.load() == 0);
  });
}

TEST_CASE("hanging_restart_loop_rest_for_one: the same where others go down with it") {
  everywhere([](stage& s) {
    constexpr std::uint32_t for_long = 1'000'000'000;
    auto top = supervise(s.sys(), "top", rest_for_one{.intensity = for_long}, s.child("a"), s.child("b"),
                         s.child("c"));
    s.note_end("top");
    s.script("b").bad_starts = for_long;
    s.tell<stumble>("top/b");
    auto ended = s.keep(top.admin().ask(terminate_child{"b"}, for_ever));
    CHECK(ended->taken(s).value().phase == child_phase::down);
    CHECK(s.count("a start") == 1);
    s.script("b").bad_starts = 0;
    CHECK(s.ask("top", restart_child{"b"}).has_value());
    s.script("b").bad_starts = for_long;
    s.tell<stumble>("top/b");
    top.stop();
    CHECK(s.happened().back() == "top gone shutdown");
    for (const char* id : {"a", "b", "c"}) CHECK(s.script(id).alive.load() == 0);
  });
}

TEST_CASE("hanging_restart_loop_simple: the same for a dynamic child") {
  everywhere([](stage& s) {
    constexpr std::uint32_t for_long = 1'000'000'000;
    auto top = supervise(s.sys(), "top", dynamic{.intensity = for_long}, s.pattern("a"));
    const auto one = s.ask("top", start_from_pattern{}).value();
    const auto two = s.ask("top", start_from_pattern{}).value();
    s.note_end("top");
    s.script("a").bad_starts = for_long;
    s.tell<stumble>("top/" + one.id);
    auto ended = s.keep(top.admin().ask(terminate_child{one.id}, for_ever));
    CHECK(ended->taken(s).has_value());
    CHECK(phases(s) == lines{two.id + " up"});
    s.tell<stumble>("top/" + two.id);
    top.stop();
    CHECK(s.happened().back() == "top gone shutdown");
    CHECK(s.script("a").alive.load() == 0);
  });
}

TEST_CASE(
    "order_of_children: children are listed and go down as they were started, whatever has happened to them "
    "since" *
    doctest::description("differs: the list begins with the first; OTP's with the last")) {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", rest_for_one{.intensity = 10, .period = 1h}, s.child("a"),
                         s.child("b"), s.child("c"));
    CHECK(s.ask("top", start_child{s.child("d")}).has_value());
    s.tell<stumble>("top/c");
    s.tell<stumble>("top/b");
    s.tell<quit>("top/a");
    s.settle();
    CHECK(phases(s) == lines{"a up", "b up", "c up", "d up"});
    CHECK(s.ask("top", terminate_child{"b"}).has_value());
    CHECK(s.ask("top", restart_child{"b"}).has_value());
    CHECK(s.ask("top", replace_child{s.child("c")}).has_value());
    CHECK(phases(s) == lines{"a up", "b up", "c up", "d up"});
    s.mark();
    s.tell<stumble>("top/b");
    CHECK(s.happened() == lines{"b stop", "d stop", "c stop", "b start", "c start", "d start"});
    CHECK(s.ask("top", terminate_child{"b"}).has_value());
    CHECK(s.ask("top", delete_child{"b"}).has_value());
    CHECK(s.ask("top", start_child{s.child("b")}).has_value());
    CHECK(phases(s) == lines{"a up", "c up", "d up", "b up"});
    s.mark();
    top.stop();
    CHECK(s.happened() == lines{"b stop", "d stop", "c stop", "a stop"});
  });
}

TEST_CASE("which_children: each with its place, its state and its kind") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", twice_an_hour());
    CHECK(phases(s).empty());
    CHECK(s.ask("top", start_child{s.child("a")}).has_value());
    CHECK(s.ask("top", start_child{child_supervisor("b", one_for_one{}, s.child("c"))}).has_value());
    CHECK(s.ask("top", start_child{s.child("d").transient()}).has_value());
    s.tell<quit>("top/d");
    s.tell<stumble>("top/a");
    s.settle();
    const auto all = s.ask("top", which_children{}).value();
    REQUIRE(all.size() == 3);
    CHECK(phases(s) == lines{"a up", "b up", "d down"});
    CHECK(all[0].path == "/user/top/a");
    CHECK(all[0].restarts == 1);
    CHECK(all[1].is_supervisor);
    CHECK(all[2].path.empty());
    CHECK(phases(s, "top/b") == lines{"c up"});
  });
}

TEST_CASE(
    "which_children_simple_one_for_one: dynamic children are known by their numbers, and found by them") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", dynamic{}, s.pattern("a").transient());
    CHECK(phases(s).empty());
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i) ids.push_back(s.ask("top", start_from_pattern{}).value().id);
    const auto all = s.ask("top", which_children{}).value();
    REQUIRE(all.size() == 3);
    for (const child_info& one : all) {
      CHECK(std::count(ids.begin(), ids.end(), one.id) == 1);
      CHECK(one.path == "/user/top/" + one.id);
      CHECK(one.phase == child_phase::up);
      CHECK(one.restart == restart_type::transient);
      CHECK(s.pinged("top/" + one.id) == 1);
    }
  });
}
