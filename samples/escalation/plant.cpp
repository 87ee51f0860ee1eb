#include "plant.hpp"

namespace plant {

using namespace std::chrono_literals;
using troupe::directive;

troupe::supervision start(troupe::system& sys, const limits& most, bool loud) {
  const auto a_machine = [loud](const char* name) {
    return troupe::child<machine>(name, std::string{name}, loud);
  };
  const auto for_worn_out = [] { return troupe::failure_rules{}.on_failure<worn_out>(directive::stop); };
  return troupe::supervise(
      sys, "plant", troupe::one_for_one{.intensity = most.plant, .period = 10s},
      troupe::child_supervisor(
          "boiler", troupe::one_for_all{.intensity = most.boiler, .period = 10s, .rules = for_worn_out()},
          a_machine("burner").on_failure<overheated>(directive::escalate),
          a_machine("pump").on_failure<odd_reading>(directive::resume),
          troupe::child_supervisor("sensors", troupe::rest_for_one{.intensity = most.sensors, .period = 10s},
                                   a_machine("gauge"), a_machine("alarm"))),
      troupe::child_supervisor("batch",
                               troupe::one_for_one{.auto_shutdown = troupe::auto_shutdown::any_significant},
                               a_machine("job").transient().significant(), a_machine("logbook"))
          .transient());
}

std::uint32_t failures_that_end_it(const limits& most) {
  return (most.sensors + 1) * (most.boiler + 1) * (most.plant + 1);
}

}  // namespace plant
