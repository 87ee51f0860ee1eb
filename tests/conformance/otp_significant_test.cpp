// OTP's supervisor_SUITE, group significant: a supervisor whose important children have done their work ends with them (S2).
#include <doctest/doctest.h>

#include "conformance/stage.hpp"

using namespace conformance;

namespace {

constexpr auto_shutdown all_ways[] = {auto_shutdown::off, auto_shutdown::any_significant,
                                      auto_shutdown::all_significant};
constexpr auto_shutdown when_any = auto_shutdown::any_significant;
constexpr auto_shutdown when_all = auto_shutdown::all_significant;

/// The ways a child ends by itself, or by somebody who is not its supervisor.
enum class way { normal, shutdown, abnormal };
constexpr way all_ends[] = {way::normal, way::shutdown, way::abnormal};

void end(stage& s, const std::string& path, way how) {
  switch (how) {
    case way::normal:
      return s.tell<quit>(path);
    case way::shutdown:
      return s.stop(path);
    case way::abnormal:
      return s.tell<stumble>(path);
  }
}

one_for_one ends(auto_shutdown when) { return {.intensity = 10, .period = 1h, .auto_shutdown = when}; }

/// Whether `top` ended, and in the way of somebody who was done.
bool is_done(stage& s) { return s.count("top gone shutdown") == 1; }
bool is_there(stage& s) { return s.at("top") != nullptr && s.count("top gone shutdown") == 0; }

}  // namespace

TEST_CASE("nonsignificant_temporary: temporary children that are not significant end without consequences") {
  everywhere([](stage& s) {
    for (const auto_shutdown when : all_ways)
      for (const way how : all_ends) {
        auto top = supervise(s.sys(), "top", ends(when), s.child("a").temporary(), s.child("b").temporary());
        end(s, "top/a", how);
        s.settle();
        CHECK(phases(s) == lines{"b up"});
        end(s, "top/b", how);
        s.settle();
        CHECK(phases(s).empty());
        top.stop();
        s.settle();
      }
  });
}

TEST_CASE("nonsignificant_transient: nor have transient ones any") {
  everywhere([](stage& s) {
    for (const auto_shutdown when : all_ways) {
      auto top = supervise(s.sys(), "top", ends(when), s.child("a").transient(), s.child("b").transient());
      end(s, "top/a", way::normal);
      end(s, "top/b", way::shutdown);
      s.settle();
      CHECK(phases(s) == lines{"a down", "b down"});
      CHECK(s.ask("top", restart_child{"a"}).has_value());
      end(s, "top/a", way::abnormal);
      s.settle();
      CHECK(phases(s) == lines{"a up", "b down"});
      top.stop();
      s.settle();
    }
  });
}

TEST_CASE(
    "significant_temporary: a significant temporary child counts however it ends: the first of any, the last "
    "of all") {
  everywhere([](stage& s) {
    for (const way how : all_ends) {
      {
        auto top = supervise(s.sys(), "top", ends(when_any), s.child("a").temporary().significant(),
                             s.child("b").temporary().significant(), s.child("c"));
        s.note_end("top");
        end(s, "top/a", how);
        s.settle();
        CHECK(s.at("top") == nullptr);
      }
      {
        auto top = supervise(s.sys(), "top", ends(when_all), s.child("a").temporary().significant(),
                             s.child("b").temporary().significant(), s.child("c"));
        s.note_end("top");
        end(s, "top/a", how);
        s.settle();
        CHECK(phases(s) == lines{"b up", "c up"});
        end(s, "top/b", how);
        s.settle();
        CHECK(s.at("top") == nullptr);
      }
    }
    CHECK(s.count("top gone shutdown") == 6);
  });
}

TEST_CASE(
    "significant_transient: a significant transient child counts when it ends well; a failure is put right") {
  everywhere([](stage& s) {
    for (const way how : {way::normal, way::shutdown}) {
      const std::ptrdiff_t before = s.count("top gone shutdown");
      {
        auto top =
            supervise(s.sys(), "top", ends(when_any), s.child("a").transient().significant(), s.child("b"));
        s.note_end("top");
        end(s, "top/a", way::abnormal);
        s.settle();
        CHECK(phases(s) == lines{"a up", "b up"});
        end(s, "top/a", how);
        CHECK(s.count("top gone shutdown") == before + 1);
      }
      {
        auto top = supervise(s.sys(), "top", ends(when_all), s.child("a").transient().significant(),
                             s.child("b").transient().significant());
        s.note_end("top");
        end(s, "top/a", how);
        s.settle();
        CHECK(phases(s) == lines{"a down", "b up"});
        end(s, "top/b", way::abnormal);
        s.settle();
        CHECK(phases(s) == lines{"a down", "b up"});
        // One that is there again counts again.
        CHECK(s.ask("top", restart_child{"a"}).has_value());
        end(s, "top/b", how);
        s.settle();
        CHECK(phases(s) == lines{"a up", "b down"});
        end(s, "top/a", how);
        CHECK(s.count("top gone shutdown") == before + 2);
      }
    }
  });
}

TEST_CASE(
    "significant_simple: dynamic children may be significant: with the first of any, with the last of all") {
  everywhere([](stage& s) {
    const auto start = [&](auto_shutdown when) {
      auto top = supervise(s.sys(), "top", dynamic{.intensity = 10, .period = 1h, .auto_shutdown = when},
                           s.pattern("a").transient().significant());
      s.note_end("top");
      return top;
    };
    {
      auto top = start(when_any);
      const auto one = s.ask("top", start_from_pattern{}).value();
      CHECK(s.ask("top", start_from_pattern{}).has_value());
      end(s, "top/" + one.id, way::normal);
      CHECK(s.count("top gone shutdown") == 1);
      CHECK(s.script("a").alive.load() == 0);
    }
    {
      auto top = start(when_all);
      const auto one = s.ask("top", start_from_pattern{}).value();
      const auto two = s.ask("top", start_from_pattern{}).value();
      end(s, "top/" + one.id, way::abnormal);
      end(s, "top/" + two.id, way::normal);
      s.settle();
      CHECK(phases(s) == lines{one.id + " up"});
      end(s, "top/" + one.id, way::normal);
      CHECK(s.count("top gone shutdown") == 2);
    }
  });
}

TEST_CASE("significant_bystander: what its siblings cause, or an administrator, does not count") {
  everywhere([](stage& s) {
    {
      auto top = supervise(
          s.sys(), "top", one_for_all{.intensity = 10, .period = 1h, .auto_shutdown = when_any}, s.child("a"),
          s.child("b").temporary().significant(), s.child("c").transient().significant());
      s.note_end("top");
      end(s, "top/a", way::abnormal);
      s.settle();
      CHECK(is_there(s));
      CHECK(phases(s) == lines{"a up", "c up"});
      CHECK(s.ask("top", terminate_child{"c"}).has_value());
      CHECK(is_there(s));
      CHECK(phases(s) == lines{"a up", "c down"});
      top.stop();
      s.settle();
      CHECK(is_done(s));
    }
    // The last of all: the one that a sibling takes along does not end it, and leaves nobody who could.
    auto top = supervise(s.sys(), "top",
                         rest_for_one{.intensity = 10, .period = 1h, .auto_shutdown = when_all}, s.child("a"),
                         s.child("b").temporary().significant(), s.child("c").transient().significant());
    end(s, "top/c", way::normal);
    s.settle();
    end(s, "top/a", way::abnormal);
    s.settle();
    CHECK(phases(s) == lines{"a up", "c up"});  // b is gone for good, c was started again
  });
}

TEST_CASE(
    "significant_escalation: a supervisor that shuts itself down counts as one of its parent's that has "
    "ended well") {
  everywhere([](stage& s) {
    auto top = supervise(
        s.sys(), "top", ends(when_any), s.child("a"),
        child_supervisor("in", one_for_one{.auto_shutdown = when_any}, s.child("b").transient().significant())
            .transient()
            .significant());
    s.note_end("top");
    s.note_end("top/in");
    s.mark();
    end(s, "top/in/b", way::normal);
    CHECK(s.happened() == lines{"b stop", "top/in gone shutdown", "a stop", "top gone shutdown"});
  });
}
