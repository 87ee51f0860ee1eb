// What must hold, looked at in production (IV1-IV4, ME4).
#include <doctest/doctest.h>

#include <troupe/base/error.hpp>
#include <troupe/observe/hub.hpp>
#include <troupe/observe/metrics.hpp>

namespace observe_invariant_test {

using namespace troupe;

namespace {

/// A hub, what it says, and something that may break.
struct watched {
  watched() {
    h.log_to(
        [this](log_level level, std::string_view where, std::string_view line) {
          said.push_back(std::string{to_string(level)} + " " + std::string{where} + ": " + std::string{line});
        },
        log_level::info);
  }
  hub h;
  std::vector<std::string> said;
  bool fine = true;
};

}  // namespace

TEST_CASE("IV1, IV2: what breaks is one violation however many look, said once, and again when it holds") {
  watched w;
  w.h.invariants().add({"the till is right", [&w] { return w.fine; }});
  CHECK(w.h.invariants().look().at(0).holds);
  w.fine = false;
  CHECK(w.said.empty());  // nobody has looked
  for (int i = 0; i < 3; ++i) {
    const auto seen = w.h.invariants().look();
    REQUIRE(seen.size() == 1);
    CHECK(!seen[0].holds);
    CHECK(seen[0].name == "the till is right");
    CHECK(seen[0].violations == 1);
  }
  CHECK(w.said == std::vector<std::string>{"error invariants: it does not hold that the till is right"});
  w.fine = true;
  CHECK(w.h.invariants().look().at(0).violations == 1);
  CHECK(w.said.back() == "info invariants: it holds again that the till is right");
  w.fine = false;
  CHECK(w.h.invariants().look().at(0).violations == 2);
}

TEST_CASE("IV3: what an invariant throws means that it does not hold, and is the reason") {
  watched w;
  w.h.invariants().add({"the till is right", []() -> bool { throw std::runtime_error{"the till is gone"}; }});
  w.h.invariants().add({"the door is shut", []() -> bool { throw 7; }});
  const auto seen = w.h.invariants().look();
  CHECK(!seen.at(0).holds);
  CHECK(!seen.at(1).holds);
  CHECK(w.said.at(0) == "error invariants: it does not hold that the till is right (the till is gone)");
  CHECK(w.said.at(1).ends_with("the door is shut (it threw what is no std::exception)"));
  CHECK(w.h.invariants().first_broken() == "the till is right (the till is gone)");
}

TEST_CASE("IV3: an invariant may look at the list it is in, and end itself") {
  watched w;
  std::uint64_t number = 0;
  number = w.h.invariants().add({"it looks around", [&] {
                                   w.h.invariants().forget(number);
                                   return !w.h.invariants().first_broken();
                                 }});
  CHECK(w.h.invariants().look().at(0).holds);
  CHECK(w.h.invariants().look().empty());
}

TEST_CASE("IV4: a name is there once, an invariant has both its parts, and there is an end to them") {
  watched w;
  auto& all = w.h.invariants();
  const auto fine = [] { return true; };
  const auto number = all.add({"a", fine});
  CHECK_THROWS_WITH_AS(all.add({"a", fine}), doctest::Contains("there is an invariant 'a' already"), failed);
  CHECK_THROWS_WITH_AS(all.add({"", fine}), doctest::Contains("a name and a function"), failed);
  CHECK_THROWS_WITH_AS(all.add({"b", {}}), doctest::Contains("'b' lacks one of them"), failed);
  all.forget(number + 100);
  CHECK(all.look().size() == 1);
  all.forget(number);
  CHECK(all.look().empty());
  for (std::size_t i = 0; i < invariant_list::invariants_max; ++i) all.add({std::to_string(i), fine});
  CHECK_THROWS_WITH_AS(all.add({"one too many", fine}), doctest::Contains("'one too many' was not added"),
                       failed);
}

TEST_CASE(
    "ME4: who scrapes looks, and has a gauge and a counter for each; without invariants there is no family") {
  watched w;
  const metrics m{w.h};
  CHECK(m.text().find("troupe_invariant") == std::string::npos);
  w.h.invariants().add({"the till is right", [&w] { return w.fine; }});
  const auto shows = [&m](const std::string& line) {
    return m.text().find("\n" + line + "\n") != std::string::npos;
  };
  CHECK(shows("troupe_invariant_holds{name=\"the till is right\"} 1"));
  CHECK(shows("troupe_invariant_violations_total{name=\"the till is right\"} 0"));
  w.fine = false;
  CHECK(shows("troupe_invariant_holds{name=\"the till is right\"} 0"));
  CHECK(shows("troupe_invariant_violations_total{name=\"the till is right\"} 1"));
}

TEST_CASE("IV1: an event is a moment to look at, for what would be right again at the next scrape") {
  watched w;
  w.h.invariants().add({"the till is right", [&w] { return w.fine; }});
  w.h.subscribe([&w](const event& e) {
    if (e.kind == event_kind::actor_failed) w.h.invariants().look();
  });
  w.fine = false;
  w.h.publish({event_kind::actor_failed, time_point{}, "/user/a", {}, "why"});
  w.fine = true;
  CHECK(w.h.invariants().look().at(0).violations == 1);
}

}  // namespace observe_invariant_test
