// What the hub counts and what it logs.
#include <doctest/doctest.h>

#include <troupe/observe/hub.hpp>
#include <vector>

namespace observe_hub_test {

using namespace troupe;

namespace {

/// An event of that kind, `at` after the clock's beginning.
event happened(event_kind kind, duration at) { return {kind, time_point{at}, "/user/a", {}, "why"}; }

}  // namespace

TEST_CASE(
    "O2: what others can cause at will is logged a few times a second, each kind for itself; all is "
    "counted") {
  hub h;
  std::vector<std::string> lines;
  h.log_to([&](log_level, std::string_view, std::string_view line) { lines.emplace_back(line); },
           log_level::info);
  for (int i = 0; i < 100; ++i) h.publish(happened(event_kind::connection_lost, seconds{1}));
  CHECK(lines.size() == 5);
  CHECK(h.count(event_kind::connection_lost) == 100);
  for (int i = 0; i < 100; ++i) h.publish(happened(event_kind::dead_letter, seconds{1}));
  CHECK(lines.size() == 10);
  h.publish(happened(event_kind::connection_lost, seconds{2}));
  REQUIRE(lines.size() == 11);
  CHECK(lines.back().find("(and 95 more that were not logged)") != std::string::npos);
  for (int i = 0; i < 100; ++i) h.publish(happened(event_kind::actor_failed, seconds{2}));
  CHECK(lines.size() == 111);
}

TEST_CASE("a subscription to the log has its own level beside that of log_to, and ends when it is told to") {
  hub h;
  std::vector<std::string> shown, kept;
  h.log_to([&](log_level, std::string_view, std::string_view line) { shown.emplace_back(line); },
           log_level::error);
  const auto all = h.subscribe_log(
      [&](log_level, std::string_view, std::string_view line) { kept.emplace_back(line); }, log_level::debug);
  h.log(log_level::debug, "/user/a", "small");
  h.log(log_level::error, "/user/a", "large");
  h.publish(happened(event_kind::actor_restarted, seconds{1}));  // a line of level info
  CHECK(shown == std::vector<std::string>{"large"});
  CHECK(kept == std::vector<std::string>{"small", "large", "actor_restarted: why"});
  h.unsubscribe(all);
  h.log(log_level::error, "/user/a", "after");
  CHECK(shown.size() == 2);
  CHECK(kept.size() == 3);
}

TEST_CASE(
    "O2: what somebody else tells of in one event is counted all the same, one by one, and nobody is told "
    "twice") {
  hub h;
  std::vector<std::string> seen;
  h.subscribe([&](const event& e) { seen.emplace_back(to_string(e.kind)); });
  for (int i = 0; i < 99; ++i) h.counted(event_kind::not_permitted);
  h.publish(happened(event_kind::not_permitted, seconds{1}));
  CHECK(h.count(event_kind::not_permitted) == 100);
  CHECK(seen == std::vector<std::string>{"not_permitted"});
}

}  // namespace observe_hub_test
