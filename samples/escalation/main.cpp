// escalation: what happens above a supervisor that has had enough. See README.md.
#include <optional>

#include "tour.hpp"

namespace {

troupe::config_schema schema() {
  troupe::config_schema s{"ESCALATION"};
  s.integer("plant.limit").def(2).range(1, 9).help("restarts that the plant takes in 10 s");
  s.integer("boiler.limit").def(1).range(0, 9).help("restarts that the boiler takes in 10 s");
  s.integer("sensors.limit").def(2).range(0, 9).help("restarts that the sensors take in 10 s");
  return s;
}

int run(const troupe::config& c) {
  const auto most = [&c](const char* key) { return static_cast<std::uint32_t>(c.get_int(key)); };
  std::optional<plant::tour> tour{
      std::in_place, plant::limits{most("plant.limit"), most("boiler.limit"), most("sensors.limit")}};
  int wrong = 0;
  const auto expect = [&wrong](bool right, const char* what) {
    if (!right) std::printf("NOT SO: %s\n", what), ++wrong;
  };
  expect(tour->rules(), "rules for exceptions come first");
  expect(tour->significant(), "a batch ends with its job, and not before");
  expect(tour->escalation(), "sensors that give up take the boiler along");
  expect(tour->multiplied(), "limits multiply");
  std::puts("\n== the end: last started first");
  tour.reset();
  std::printf(
      wrong == 0 ? "escalation: each floor took what it could, and no more\n" : "escalation: FAILED: %d\n",
      wrong);
  return wrong == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto config = troupe::config::from(argc, argv, schema());
  try {
    return run(config);
  } catch (const std::exception& e) {
    std::printf("escalation: FAILED: %s\n", e.what());
    return 1;
  }
}
