#include "scenario.hpp"

#include "locks.hpp"
#include "teller.hpp"

namespace replay {

using namespace std::chrono_literals;

troupe::fault_plan mishaps() {
  using enum troupe::fault_kind;
  troupe::fault_plan p;
  p.until = 10s;
  p[pause] = {.every = 5s, .min = 20ms, .max = 600ms};
  p[partition] = {.every = 8s, .min = 20ms, .max = 600ms};
  p[slow] = {.every = 5s, .min = 500ms, .max = 3s};
  return p;
}

troupe::scenario bank(settings how) {
  return [how](troupe::cluster& c) {
    const auto kept = std::make_shared<books>();
    const auto promised = std::make_shared<promises>();
    c.add("locks", [how](troupe::system& sys) -> std::shared_ptr<void> {
      troupe::spawn<locks>(sys, "locks", how.lease);
      return {};
    });
    c.add("account", [how, kept](troupe::system& sys) -> std::shared_ptr<void> {
      // As a main in production does: there it is a metric.
      troupe::spawn<account>(sys, "account", kept, how.how);
      sys.events().invariants().add(no_late_writes(kept));
      return {};
    });
    for (const char* const name : {"teller-1", "teller-2"})
      c.add(name, [promised, name = std::string{name}](troupe::system& sys) -> std::shared_ptr<void> {
        troupe::spawn<teller>(sys, "teller", name, troupe::node(sys, "locks").ref<locks>("/user/locks"),
                              troupe::node(sys, "account").ref<account>("/user/account"), promised);
        return {};
      });
    c.always("every cent that was promised is there", [=] { return kept->cents >= promised->cents; });
    c.start();
    c.run_past_faults();
    c.run_for(1s);
    const std::int64_t before = promised->cents;
    c.run_for(2s);
    c.expect(promised->cents > before, "cents are paid in again once all is well");
    promised->over = true;
    c.run_for(5s);
  };
}

}  // namespace replay
