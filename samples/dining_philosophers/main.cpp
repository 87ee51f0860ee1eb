// dining_philosophers: forks are messages. See README.md.
#include <algorithm>
#include <cstdio>

#include "table.hpp"

namespace {

using namespace std::chrono_literals;

troupe::config_schema schema() {
  troupe::config_schema s{"DINING"};
  s.integer("dining.guests").def(5).range(2, 1'000).help("how many sit at the table");
  s.integer("dining.meals").def(100).range(1, 1'000'000).help("how often each of them eats");
  s.boolean("dining.polite")
      .def(true)
      .help("false: who is hungry gives no fork away, as in the textbook's deadlock");
  s.duration("dining.meal").def(200us).range(0us, 1min).help("what a meal takes on average");
  s.duration("dining.thought")
      .def(200us)
      .range(0us, 1min)
      .help("how long is thought between two meals; 0: not at all");
  s.duration("dining.patience").def(2s).range(10ms, 1h).help("so long without a meal is a deadlock");
  return s;
}

double ms(troupe::duration d) { return static_cast<double>(d.count()) / 1e6; }

void print(const dining::dinner& d) {
  std::printf("%-10s %6s %18s %36s\n", "guest", "meals", "longest wait",
              "most meals while a neighbour waited");
  const std::size_t shown = std::min<std::size_t>(d.guests.size(), 10);
  for (std::size_t i = 0; i < shown; ++i) {
    const dining::guest& g = d.guests[i];
    std::printf("%-10s %6d %15.1f ms %36d\n", g.name.c_str(), g.meals, ms(g.longest_wait), g.overtakes);
  }
  if (shown < d.guests.size()) std::printf("and %zu more\n", d.guests.size() - shown);
}

}  // namespace

int main(int argc, char** argv) {
  const auto config = troupe::config::from(argc, argv, schema());
  const dining::menu menu{.guests = static_cast<int>(config.get_int("dining.guests")),
                          .meals = static_cast<int>(config.get_int("dining.meals")),
                          .how = {config.get_bool("dining.polite"), config.get_duration("dining.meal"),
                                  config.get_duration("dining.thought")},
                          .patience = config.get_duration("dining.patience")};
  troupe::system sys{config};
  const auto table = troupe::spawn<dining::table>(sys, "table", menu);
  const auto dinner = table.ask(dining::dine{}, 10min).get();
  if (!dinner) {
    std::printf("dining_philosophers: FAILED: %s\n", to_string(dinner.error()).c_str());
    return 1;
  }
  print(*dinner);
  if (!dinner->stuck.empty()) {
    for (const auto& line : dinner->stuck) std::printf("  %s\n", line.c_str());
    std::printf("dining_philosophers: FAILED: nobody eats any more\n");
    return 1;
  }
  const auto& guests = dinner->guests;
  const auto any = [&guests](auto is_wrong) { return std::any_of(guests.begin(), guests.end(), is_wrong); };
  if (any([](const dining::guest& g) { return g.overtakes > 1; })) {
    std::printf("dining_philosophers: FAILED: somebody had two meals while a neighbour waited for a fork\n");
    return 1;
  }
  if (any([](const dining::guest& g) { return g.robbed > 0; })) {
    std::printf("dining_philosophers: FAILED: somebody gave away a fork that he had waited for\n");
    return 1;
  }
  std::printf(
      "dining_philosophers: all %zu had %d meals; when the first was full, the hungriest had had %d\n",
      guests.size(), menu.meals, dinner->fewest_when_first_was_full);
}
