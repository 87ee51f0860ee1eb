#include "tour.hpp"

#include <troupe/tree/inspect.hpp>
#include <troupe/tree/messages.hpp>

namespace plant {

using namespace std::chrono_literals;
namespace testkit = troupe::testkit;

namespace {

// Time stands still unless it is told to pass, and one worker runs everything: each run prints the same.
testkit::test_options on_a_stage() {
  return {.time = testkit::time_kind::manual, .system = {.workers = 1}, .leftovers = false};
}

void print(const troupe::event& e) {
  if (e.kind == troupe::event_kind::dead_letter) return;    // what a machine failed on, each time
  if (e.kind == troupe::event_kind::actor_started) return;  // it says so itself
  std::printf("  ! %s %s: %s\n", std::string{to_string(e.kind)}.c_str(), e.path.c_str(), e.action.c_str());
}

}  // namespace

tour::tour(const limits& most)
    : most_(most),
      sys_(on_a_stage()),
      news_(sys_.events().subscribe(print)),
      plant_(start(sys_, most, true)) {}

tour::~tour() { sys_.events().unsubscribe(news_); }

std::string tour::what_if(const std::string& path) {
  return sys_.expect_reply(plant_.admin().ask(troupe::what_if{path}, 10s)).text;
}

void tour::break_it(const std::string& path, trouble how) {
  std::printf("%s", what_if(path).c_str());
  plant_.ref<go_wrong>(path).tell(go_wrong{how});
  sys_.settle();
}

int tour::runs_of(const std::string& path) {
  const auto times = plant_.ref<run_once>(path).ask(run_once{}, 10s).get();
  return times ? *times : 0;
}

void tour::quiet_for(troupe::duration d) { sys_.advance(d); }

bool tour::rules() {
  std::puts("\n== a rule for an exception comes before restart types and limits");
  for (const char* one : {"boiler/burner", "boiler/pump"}) runs_of(one);
  std::puts("-- the pump has an odd reading: it is resumed, and knows what it knew");
  break_it("boiler/pump", trouble::odd_reading);
  const bool resumed = runs_of("boiler/pump") == 2;
  std::puts(
      "-- the burner is overheated: it is escalated, so all of the boiler is restarted, though no limit is "
      "used up");
  break_it("boiler/burner", trouble::overheated);
  const bool escalated =
      runs_of("boiler/pump") == 1 && troupe::inspect(sys_.env(), "/user/plant/boiler").restarts == 1;
  std::puts("-- the burner is worn out: it is stopped, and stays down, though it is permanent");
  break_it("boiler/burner", trouble::worn_out);
  const bool stopped = runs_of("boiler/burner") == 0 && runs_of("boiler/pump") == 2;
  std::puts("-- somebody repairs it");
  const auto repaired = sys_.expect_reply(plant_.admin("boiler").ask(troupe::restart_child{"burner"}, 10s));
  quiet_for(11s);
  return resumed && escalated && stopped && repaired.phase == troupe::child_phase::up;
}

bool tour::significant() {
  std::puts("\n== a significant child that has done its work ends its supervisor");
  std::puts("-- the job fails: it is transient, so it comes back, and nothing has ended");
  break_it("batch/job");
  std::puts(
      "-- the logbook fails as well: the batch has used up its limit, 1 in 5 s. It is transient, and comes "
      "back: "
      "to be exhausted is a failure here");
  break_it("batch/logbook");
  const bool back = runs_of("batch/job") == 1;
  std::puts("-- the job is done: the batch shuts down, and stays down");
  plant_.ref<finish>("batch/job").tell(finish{});
  sys_.settle();
  quiet_for(11s);
  return back && runs_of("batch/logbook") == 0 && runs_of("boiler/pump") > 0;
}

bool tour::escalation() {
  std::puts("\n== a supervisor that has had enough fails to its own");
  for (std::uint32_t i = 0; i < most_.sensors; ++i) {
    std::printf("-- the gauge fails, %u of %u\n", i + 1, most_.sensors);
    break_it("boiler/sensors/gauge");
  }
  std::puts(
      "-- once more: the sensors give up, and the boiler restarts all that it has; its new sensors begin to "
      "count anew");
  const int before = runs_of("boiler/pump");
  break_it("boiler/sensors/gauge");
  const bool with_all = runs_of("boiler/pump") == 1 && before > 1;
  quiet_for(11s);
  return with_all;
}

bool tour::multiplied() {
  std::puts("\n== limits multiply");
  std::puts("-- in a plant of its own the gauge fails again and again, faster than any limit forgets");
  testkit::test_system sys{on_a_stage()};
  const auto all = start(sys, most_, false);
  std::uint32_t times = 0;
  for (; !troupe::inspect(sys.env(), all.path()).path.empty(); ++times) {
    all.ref<go_wrong>("boiler/sensors/gauge").tell(go_wrong{});
    sys.settle();
  }
  const auto wanted = failures_that_end_it(most_);
  std::printf("it took %u failures: (%u + 1) * (%u + 1) * (%u + 1) = %u\n", times, most_.sensors,
              most_.boiler, most_.plant, wanted);
  return times == wanted;
}

}  // namespace plant
