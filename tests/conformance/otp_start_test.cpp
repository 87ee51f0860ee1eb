// OTP's supervisor_SUITE, groups sup_start and sup_start_map: what comes of a start (S4).
#include <doctest/doctest.h>

#include "conformance/stage.hpp"

using namespace conformance;

namespace {

/// The error that `f` fails with.
template <class F>
error failure_of(const F& f) {
  try {
    f();
  } catch (const failed& e) {
    return e.why();
  }
  return {};
}

}  // namespace

TEST_CASE("sup_start_normal: a supervisor starts, and ends with `shutdown` when it is told to") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{.intensity = 2, .period = 1h});
    s.note_end("top");
    top.stop();
    CHECK(s.happened() == lines{"top gone shutdown"});
  });
}

TEST_CASE("sup_start_ignore_child: a child that does not want to be stays as a spec without an actor") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{.intensity = 2, .period = 1h});
    s.script("a").ignored_starts = 1;
    CHECK(s.ask("top", start_child{s.child("a")}).value().path.empty());
    CHECK(s.ask("top", start_child{s.child("b")}).value().path == "/user/top/b");
    CHECK(phases(s) == lines{"a down", "b up"});
    CHECK(counts(s) == "2 1 0 2");
    // The place is there to be used.
    CHECK(s.ask("top", restart_child{"a"}).value().path == "/user/top/a");
    CHECK(phases(s) == lines{"a up", "b up"});
  });
}

TEST_CASE("sup_start_ignore_temporary_child: of a temporary one that does not want to be nothing stays") {
  everywhere([](stage& s) {
    s.script("a").ignored_starts = 1;
    auto top = supervise(s.sys(), "top", one_for_one{.intensity = 2, .period = 1h}, s.child("a").temporary(),
                         s.child("b").temporary());
    CHECK(phases(s) == lines{"b up"});
    CHECK(counts(s) == "1 1 0 1");
  });
}

TEST_CASE("sup_start_ignore_temporary_child_start_child: nor of one that is started later") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{.intensity = 2, .period = 1h});
    s.script("a").ignored_starts = 1;
    CHECK(s.ask("top", start_child{s.child("a").temporary()}).value().path.empty());
    CHECK(s.ask("top", start_child{s.child("b").temporary()}).has_value());
    CHECK(phases(s) == lines{"b up"});
    CHECK(counts(s) == "1 1 0 1");
  });
}

TEST_CASE("sup_start_ignore_temporary_child_start_child_simple: nor of a temporary dynamic one") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", dynamic{.intensity = 2, .period = 1h}, s.pattern("a").temporary());
    s.script("a").ignored_starts = 1;
    CHECK(s.ask("top", start_from_pattern{}).value().path.empty());
    const auto second = s.ask("top", start_from_pattern{}).value();
    CHECK(phases(s) == lines{second.id + " up"});
    CHECK(counts(s) == "1 1 0 1");
  });
}

TEST_CASE("sup_start_ignore_permanent_child_start_child_simple: nor of a permanent dynamic one") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", dynamic{.intensity = 2, .period = 1h}, s.pattern("a"));
    s.script("a").ignored_starts = 1;
    CHECK(s.ask("top", start_from_pattern{}).value().path.empty());
    const auto second = s.ask("top", start_from_pattern{}).value();
    CHECK(phases(s) == lines{second.id + " up"});
    CHECK(counts(s) == "1 1 0 1");
    s.note_end("top");
    top.stop();
    CHECK(s.happened().back() == "top gone shutdown");
  });
}

TEST_CASE("sup_start_error_return: a description that makes no sense starts nothing and leaves nothing") {
  everywhere([](stage& s) {
    const error why =
        failure_of([&] { supervise(s.sys(), "top", one_for_one{.period = duration::zero()}, s.child("a")); });
    CHECK(why.code == errc::start_failed);
    CHECK(has(why.text, "/user/top: the restart period must be more than 0"));
    CHECK(s.happened().empty());
    auto top = supervise(s.sys(), "top", one_for_one{}, s.child("a"));  // the name is free
    CHECK(s.pinged("top/a") == 1);
  });
}

TEST_CASE("sup_start_fail: one whose children can't be made starts nothing and leaves nothing") {
  everywhere([](stage& s) {
    child_spec broken;
    broken.id = "broken";
    broken.make = [](environment&) -> cell_props { throw std::runtime_error{"no recipe"}; };
    const error why = failure_of([&] { supervise(s.sys(), "top", one_for_one{}, s.child("a"), broken); });
    CHECK(why.code == errc::start_failed);
    CHECK(has(why.text, "child 'broken'"));
    CHECK(has(why.text, "no recipe"));
    CHECK(s.happened() == lines{"a start", "a stop"});
    CHECK(s.at("top") == nullptr);
  });
}

TEST_CASE(
    "sup_start_child_returns_error: one that fails to start is told by name to who wanted it, and not kept") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{}, s.child("a"));
    s.script("b").bad_starts = 1;
    const auto got = s.ask("top", start_child{s.child("b")});
    CHECK(got.error().code == errc::start_failed);
    CHECK(has(got.error().text, "child 'b'"));
    CHECK(has(got.error().text, "bad start"));
    CHECK(phases(s) == lines{"a up"});
    CHECK(s.ask("top", start_child{s.child("b")}).has_value());
    CHECK(s.count("a start") == 1);
  });
}

TEST_CASE(
    "sup_start_restart_child_returns_error: one that fails to start again stays down, and in its place") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{}, s.child("a"), s.child("b"));
    CHECK(s.ask("top", terminate_child{"a"}).has_value());
    s.script("a").bad_starts = 1;
    CHECK(s.ask("top", restart_child{"a"}).error().code == errc::start_failed);
    CHECK(phases(s) == lines{"a down", "b up"});
    CHECK(s.ask("top", restart_child{"a"}).has_value());
    CHECK(phases(s) == lines{"a up", "b up"});
  });
}

TEST_CASE("sup_start_child_returns_error_simple: the same for a dynamic one") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", dynamic{}, s.pattern("a"));
    s.script("a").bad_starts = 1;
    CHECK(s.ask("top", start_from_pattern{}).error().code == errc::start_failed);
    CHECK(counts(s) == "1 0 0 0");
    CHECK(s.ask("top", start_from_pattern{}).has_value());
    CHECK(counts(s) == "1 1 0 1");
  });
}

TEST_CASE("sup_start_map: what is left out has OTP's defaults") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", one_for_one{}, s.child("a"), s.child("b").brutal_kill(),
                         child_supervisor("c", one_for_one{}));
    const auto all = s.ask("top", which_children{}).value();
    REQUIRE(all.size() == 3);
    for (const child_info& one : all) {
      CHECK(one.restart == restart_type::permanent);
      CHECK(!one.is_significant);
      CHECK(one.is_supervisor == (one.id == "c"));
    }
    CHECK(s.at("top/a")->settings().shutdown_time == seconds{5});
    CHECK(s.at("top/b")->settings().shutdown_time == duration::zero());
    CHECK(s.at("top/c")->settings().shutdown_time == duration::max());
    CHECK(one_for_one{}.intensity == 1);
    CHECK(one_for_one{}.period == seconds{5});
    CHECK(one_for_one{}.auto_shutdown == auto_shutdown::off);
    CHECK(s.ask("top", what_if{"d"}).error().code == errc::not_found);
  });
}

TEST_CASE("sup_start_map_simple: so has the pattern of a dynamic supervisor") {
  everywhere([](stage& s) {
    auto top = supervise(s.sys(), "top", dynamic{}, s.pattern("a"));
    const child_info one = s.ask("top", start_from_pattern{}).value();
    CHECK(one.restart == restart_type::permanent);
    CHECK(!one.is_significant);
    CHECK(!one.is_supervisor);
    CHECK(s.at("top/" + one.id)->settings().shutdown_time == seconds{5});
  });
}

TEST_CASE("sup_start_map_faulty_specs: every mistake is told, with the path of the child") {
  everywhere([](stage& s) {
    child_spec no_recipe;
    no_recipe.id = "b";
    const error why = failure_of([&] {
      supervise(s.sys(), "top", one_for_one{}, s.child(""), no_recipe, s.child("c/d"),
                s.child("e").shutdown(-1s), s.child("f").significant());
    });
    for (const char* part : {"/user/top/: a child has no name", "/user/top/b: it has no factory",
                             "/user/top/c/d: 'c/d' is no name", "/user/top/e: its shutdown time",
                             "/user/top/f: it is permanent, so it can't be significant"}) {
      CAPTURE(part);
      CHECK(has(why.text, part));
    }
    CHECK(s.happened().empty());
  });
}
