#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <troupe/policy/verdict.hpp>
#include <vector>

namespace policy_verdict_test {

using namespace troupe;

namespace {

constexpr std::array types{restart_type::permanent, restart_type::transient, restart_type::temporary};
constexpr std::array exits{exit_kind::normal, exit_kind::shutdown, exit_kind::failed, exit_kind::killed};
constexpr std::array strategies{strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one,
                                strategy::dynamic};

// A child a letter: p, t, x for permanent, transient, temporary; upper case when it runs.
std::vector<child_state> family(const std::string& letters) {
  std::vector<child_state> out;
  for (const char c : letters) {
    child_state child;
    const char lower = static_cast<char>(c | 0x20);
    child.type = lower == 'p'   ? restart_type::permanent
                 : lower == 't' ? restart_type::transient
                                : restart_type::temporary;
    child.running = c != lower;
    out.push_back(child);
  }
  return out;
}

std::string list(const std::vector<std::size_t>& places) {
  std::string out;
  for (const std::size_t place : places) out += std::to_string(place);
  return out;
}

// "stop 32 start 123 drop 0", empty lists left out.
std::string script(const plan& p) {
  std::string out = p.restart ? "restart" : "stay";
  if (!p.stop.empty()) out += (p.together ? " stop together " : " stop ") + list(p.stop);
  if (!p.start.empty()) out += " start " + list(p.start);
  if (!p.drop.empty()) out += " drop " + list(p.drop);
  return out;
}

std::string after_exit(strategy how, std::size_t ended, exit_kind exit, const std::string& letters) {
  return script(restart_plan(how, ended, exit, family(letters)));
}

bool contains(const std::vector<std::size_t>& places, std::size_t place) {
  return std::find(places.begin(), places.end(), place) != places.end();
}

}  // namespace

TEST_CASE("S2: restart type x exit: permanent always, transient when it failed, temporary never") {
  const auto row = [](restart_type type) {
    std::string out;
    for (const exit_kind exit : exits) out += should_restart(type, exit) ? 'R' : '-';
    return out;
  };
  CHECK(row(restart_type::permanent) == "RRRR");
  CHECK(row(restart_type::transient) == "--RR");
  CHECK(row(restart_type::temporary) == "----");
}

TEST_CASE("S3: an exhausted supervisor is a failure, so a transient one is restarted (OTP leaves it down)") {
  CHECK(should_restart(restart_type::transient, exhausted_exit));
  CHECK(should_restart(restart_type::permanent, exhausted_exit));
  CHECK_FALSE(should_restart(restart_type::temporary, exhausted_exit));
}

TEST_CASE("S1: one_for_one restarts the one that failed and stops nobody") {
  CHECK(after_exit(strategy::one_for_one, 1, exit_kind::failed, "PPPP") == "restart start 1");
  CHECK(after_exit(strategy::one_for_one, 1, exit_kind::failed, "XtXp") == "restart start 1");
}

TEST_CASE("S1: one_for_all stops the others last started first and starts all in order") {
  CHECK(after_exit(strategy::one_for_all, 1, exit_kind::failed, "PPPP") == "restart stop 320 start 0123");
  CHECK(after_exit(strategy::one_for_all, 0, exit_kind::failed, "P") == "restart start 0");
}

TEST_CASE("S1: rest_for_one does so with those started after the one that failed") {
  CHECK(after_exit(strategy::rest_for_one, 1, exit_kind::failed, "PPPP") == "restart stop 32 start 123");
  CHECK(after_exit(strategy::rest_for_one, 0, exit_kind::failed, "PPPP") == "restart stop 321 start 0123");
  CHECK(after_exit(strategy::rest_for_one, 3, exit_kind::failed, "PPPP") == "restart start 3");
}

TEST_CASE("S1: dynamic restarts the one that failed; a list of it alone is enough") {
  CHECK(after_exit(strategy::dynamic, 0, exit_kind::failed, "P") == "restart start 0");
  CHECK(after_exit(strategy::dynamic, 0, exit_kind::failed, "t") == "restart start 0");
}

TEST_CASE("S1: temporaries that a strategy stops are dropped") {
  CHECK(after_exit(strategy::one_for_all, 1, exit_kind::failed, "XPXP") ==
        "restart stop 320 start 13 drop 02");
  CHECK(after_exit(strategy::rest_for_one, 1, exit_kind::failed, "XPXP") ==
        "restart stop 32 start 13 drop 2");
}

TEST_CASE("S1: siblings that had stopped before are started again") {
  CHECK(after_exit(strategy::one_for_all, 2, exit_kind::killed, "tPPp") == "restart stop 1 start 0123");
  CHECK(after_exit(strategy::rest_for_one, 1, exit_kind::killed, "tPtP") == "restart stop 3 start 123");
}

TEST_CASE("S2: an exit that is no reason to restart touches no sibling") {
  for (const strategy how : strategies) {
    const std::string gone = how == strategy::dynamic ? "stay drop 1" : "stay";
    CHECK(after_exit(how, 1, exit_kind::normal, "PtP") == gone);
    CHECK(after_exit(how, 1, exit_kind::shutdown, "PtP") == gone);
    CHECK(after_exit(how, 1, exit_kind::failed, "PxP") == "stay drop 1");
  }
}

TEST_CASE("S4: a start that fails stops those already started in reverse") {
  CHECK(script(shutdown_plan(strategy::one_for_one, family("PXTppp"))) == "stay stop 210 drop 1");
}

TEST_CASE("S5: shutdown stops in reverse order; dynamic children together, and none is kept") {
  for (const strategy how : {strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one})
    CHECK(script(shutdown_plan(how, family("PtXP"))) == "stay stop 320 drop 2");
  CHECK(script(shutdown_plan(strategy::dynamic, family("PTpP"))) == "stay stop together 310 drop 0123");
  CHECK(script(shutdown_plan(strategy::dynamic, {})) == "stay");
}

TEST_CASE("S1-S3: every strategy x restart type x exit x family of four keeps the rules") {
  std::size_t plans = 0;
  for (const strategy how : strategies)
    for (const exit_kind exit : exits)
      for (std::size_t ended = 0; ended < 4; ++ended)
        for (int code = 0; code < 6 * 6 * 6 * 6; ++code) {
          std::vector<child_state> children(4);
          int rest = code;
          for (auto& child : children) {
            child.type = types[static_cast<std::size_t>(rest % 3)];
            child.running = rest / 3 % 2 == 1;
            rest /= 6;
          }
          const plan p = restart_plan(how, ended, exit, children);
          ++plans;

          const bool wanted = children[ended].type == restart_type::permanent ||
                              (children[ended].type == restart_type::transient &&
                               (exit == exit_kind::failed || exit == exit_kind::killed));
          REQUIRE(p.restart == wanted);
          REQUIRE(std::is_sorted(p.start.begin(), p.start.end()));
          REQUIRE(std::is_sorted(p.stop.rbegin(), p.stop.rend()));
          REQUIRE_FALSE(p.together);
          const std::size_t first = how == strategy::one_for_all ? 0 : ended;
          const std::size_t last = how == strategy::one_for_all || how == strategy::rest_for_one ? 3 : ended;
          for (std::size_t i = 0; i < 4; ++i) {
            const bool touched = wanted && i >= first && i <= last;
            const bool temporary = children[i].type == restart_type::temporary;
            REQUIRE(contains(p.start, i) == (touched && !temporary));
            REQUIRE(contains(p.stop, i) == (touched && i != ended && children[i].running));
            const bool ended_for_good = i == ended && !wanted && (temporary || how == strategy::dynamic);
            REQUIRE(contains(p.drop, i) == ((touched && temporary) || ended_for_good));
          }
        }
  CHECK(plans == 4u * 4u * 4u * 1296u);
}

TEST_CASE("the words of the tables are those of logs and configuration") {
  CHECK(to_string(restart_type::transient) == "transient");
  CHECK(to_string(exit_kind::killed) == "killed");
  CHECK(to_string(strategy::rest_for_one) == "rest_for_one");
  CHECK(to_string(strategy::dynamic) == "dynamic");
}

}  // namespace policy_verdict_test
