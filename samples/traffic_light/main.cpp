// traffic_light: a day, a night and a broken lamp at a pedestrian crossing. See README.md.
#include <cstdio>
#include <iostream>
#include <troupe/machine/describe.hpp>

#include "crossing.hpp"

namespace {

using namespace std::chrono_literals;
using street::crossing;

troupe::config_schema schema() {
  troupe::config_schema s{"TRAFFIC_LIGHT"};
  s.duration("street.second").def(50ms).at_least(1ms).help("how long a second of the street takes");
  s.boolean("street.diagram").def(false).help("print the crossing as a Mermaid diagram, and end");
  return s;
}

/// What somebody at the crossing has been told; whether it begins as it should.
bool told(const char* who, const troupe::result<std::string>& what, const char* expected) {
  const std::string said = what ? *what : what.error().text;
  std::printf("%s: %s\n", who, said.c_str());
  return said.starts_with(expected);
}

int run(const troupe::config& config) {
  if (config.get_bool("street.diagram")) {
    std::cout << troupe::mermaid_of<crossing>();
    return 0;
  }
  const auto patience = 1min;
  troupe::system sys{config};
  const auto light = troupe::spawn<crossing>(sys, "crossing", config.get_duration("street.second"));
  bool right = true;

  // Ada comes early: she is postponed until the cars have had their time, and answered when she may walk.
  right &= told("ada", light.ask(street::button{"ada"}, patience).get(), "walk");
  right &= told("bob", light.ask(street::button{"bob"}, patience).get(), "walk");  // quickly, if he still can

  // Dusk waits until nobody is on the street.
  light.tell(street::dusk{});
  light.ask(street::until{"night"}, patience).get().value();
  std::printf("flashed %d times\n", light.ask(street::flashes{3}, patience).get().value());
  right &= told("cleo", light.ask(street::button{"cleo"}, patience).get(), "look left and right");
  light.tell(street::dawn{});

  // Dora waits at amber when the lamp breaks: at that very moment, so it is told where the change is known first.
  light.ask(street::until{"cars_may_stop"}, patience).get().value();
  light.ask(street::until{"amber"}, patience).then([light](const troupe::result<bool>&) {
    light.tell(street::lamp_failed{"red"});
  });
  auto dora = light.ask(street::button{"dora"}, patience);
  right &= told("dora", dora.get(), "the red lamp is broken");
  right &= told("emil", light.ask(street::button{"emil"}, patience).get(), "out of order");
  light.ask(street::flashes{2}, patience).get().value();
  right &= light.ask(street::repaired{}, patience).get().value() >= 2;
  right &= told("dora", light.ask(street::button{"dora"}, patience).get(), "walk");

  std::puts(right ? "traffic_light: everybody has crossed"
                  : "traffic_light: somebody was told something wrong");
  return right ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(troupe::config::from(argc, argv, schema()));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "traffic_light: %s\n", e.what());
    return 2;
  }
}
