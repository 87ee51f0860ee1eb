// OTP's supervisor_SUITE, groups normal, shutdown and abnormal: which end of which child leads to a restart (S2).
#include <doctest/doctest.h>

#include "conformance/stage.hpp"

using namespace conformance;

namespace {

/// A child of that type beside one that must not notice, in a supervisor that is about to see an end.
supervision two(stage& s, restart_type type) {
  child_spec spec = s.child("a");
  spec.restart = type;
  auto top =
      supervise(s.sys(), "top", one_for_one{.intensity = 2, .period = 1h}, std::move(spec), s.child("b"));
  s.mark();
  return top;
}

/// It was started again, alone.
void check_again(stage& s) {
  CHECK(s.happened() == lines{"a stop", "a start"});
  CHECK(phases(s) == lines{"a up", "b up"});
  CHECK(counts(s) == "2 2 0 2");
  CHECK(s.pinged("top/a") == 1);
}

/// It stays down; its spec stays, or not.
void check_down(stage& s, bool spec_stays) {
  CHECK(s.happened() == lines{"a stop"});
  CHECK(phases(s) == (spec_stays ? lines{"a down", "b up"} : lines{"b up"}));
  CHECK(counts(s) == (spec_stays ? "2 1 0 2" : "1 1 0 1"));
  CHECK(!s.pinged("top/a"));
}

}  // namespace

TEST_CASE("permanent_normal: a permanent child that ends normally is started again") {
  everywhere([](stage& s) {
    auto top = two(s, restart_type::permanent);
    s.tell<quit>("top/a");
    check_again(s);
  });
}

TEST_CASE("transient_normal: a transient child that ends normally stays down, and its spec stays") {
  everywhere([](stage& s) {
    auto top = two(s, restart_type::transient);
    s.tell<quit>("top/a");
    check_down(s, true);
  });
}

TEST_CASE("temporary_normal: a temporary child that ends normally is gone, and its spec with it") {
  everywhere([](stage& s) {
    auto top = two(s, restart_type::temporary);
    s.tell<quit>("top/a");
    check_down(s, false);
  });
}

TEST_CASE("permanent_shutdown: a permanent child that somebody else stops is started again") {
  everywhere([](stage& s) {
    auto top = two(s, restart_type::permanent);
    s.stop("top/a");
    check_again(s);
  });
}

TEST_CASE("transient_shutdown: a transient child that somebody else stops stays down") {
  everywhere([](stage& s) {
    auto top = two(s, restart_type::transient);
    s.stop("top/a");
    check_down(s, true);
  });
}

TEST_CASE("temporary_shutdown: a temporary child that somebody else stops is gone") {
  everywhere([](stage& s) {
    auto top = two(s, restart_type::temporary);
    s.stop("top/a");
    check_down(s, false);
  });
}

TEST_CASE(
    "faulty_application_shutdown: a tree that fails deep inside while it starts goes down, and says where") {
  everywhere([](stage& s) {
    s.script("c").bad_starts = 1;
    std::string text;
    try {
      supervise(s.sys(), "top", one_for_one{}, s.child("a"),
                child_supervisor("in", one_for_one{}, s.child("b"), s.child("c")));
    } catch (const failed& e) {
      CHECK(e.why().code == errc::start_failed);
      text = e.why().text;
    }
    CHECK(text.find("child 'in' failed to start: child 'c' failed to start: ") == 0);
    CHECK(text.find("bad start") != std::string::npos);
    CHECK(s.happened() == lines{"a start", "b start", "c bad start", "b stop", "a stop"});
    CHECK(s.at("top") == nullptr);
  });
}

TEST_CASE("permanent_abnormal: a permanent child that fails is restarted") {
  everywhere([](stage& s) {
    auto top = two(s, restart_type::permanent);
    s.tell<stumble>("top/a");
    check_again(s);
  });
}

TEST_CASE("transient_abnormal: a transient child that fails is restarted") {
  everywhere([](stage& s) {
    auto top = two(s, restart_type::transient);
    s.tell<stumble>("top/a");
    check_again(s);
  });
}

TEST_CASE("temporary_abnormal: a temporary child that fails is gone, and its spec with it") {
  everywhere([](stage& s) {
    auto top = two(s, restart_type::temporary);
    s.tell<stumble>("top/a");
    check_down(s, false);
  });
}
