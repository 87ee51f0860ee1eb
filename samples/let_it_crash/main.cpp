// let_it_crash: kill the parts of a shop and see what its supervisor does. See README.md.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <troupe/testkit/test_system.hpp>
#include <troupe/tree/inspect.hpp>

#include "narrator.hpp"
#include "script.hpp"
#include "stage.hpp"

namespace {

using namespace std::chrono_literals;
using namespace crash;

troupe::config_schema schema() {
  troupe::config_schema s{"CRASH"};
  s.choice("crash.strategy", {"one_for_one", "one_for_all", "rest_for_one", "dynamic"})
      .def("one_for_all")
      .help("who is restarted together with a part that fails");
  s.integer("crash.intensity").def(3).range(0, 100).help("so many restarts are allowed ...");
  s.duration("crash.period").def(10s).range(1ms, 1h).help("... within this time");
  s.duration("crash.warm_up").def(500ms).range(0ms, 1min).help("how long a part takes to start again");
  s.boolean("crash.plain").def(false).help("lines, no screen: as it is anyway where there is no terminal");
  s.boolean("crash.script").def(false).help("a rehearsal of all strategies, without waiting; then it ends");
  return s;
}

/// One line about an event: what was decided first, since a screen cuts off what is too long, then why.
std::string text_of(const troupe::event& e) {
  std::string out = "  ! " + std::string{to_string(e.kind)} + " " + e.path;
  if (!e.action.empty()) out += ": " + e.action;
  if (e.took > 0ns)
    out += ", after " +
           std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(e.took).count()) + " ms";
  if (!e.message.empty()) out += "; on " + e.message;
  if (!e.reason.empty()) out += "; " + e.reason;
  return out;
}

/// The narrator is told of the events of a system while this is there.
class reporting {
 public:
  reporting(troupe::system& sys, const troupe::ref<line>& to)
      : hub_(sys.events()), number_(hub_.subscribe([to](const troupe::event& e) {
          // A first start is seen from what the part itself says.
          if (e.path.starts_with("/user/shop") && e.kind != troupe::event_kind::actor_started)
            to.tell(line{text_of(e)});
        })) {}
  ~reporting() { hub_.unsubscribe(number_); }
  reporting(const reporting&) = delete;
  reporting& operator=(const reporting&) = delete;

 private:
  troupe::hub& hub_;
  const std::uint64_t number_;
};

/// Lets real time pass for whoever may not sleep.
struct pause {
  troupe::duration how_long{};
  using reply = bool;
};
class metronome : public troupe::actor<pause> {
 public:
  troupe::task<bool> on(pause m) {
    co_await sleep(m.how_long);
    co_return true;
  }
};

shop_settings settings_of(const troupe::config& c) {
  return {c.get_duration("crash.warm_up"), static_cast<std::uint32_t>(c.get_int("crash.intensity")),
          c.get_duration("crash.period")};
}

// In a rehearsal time stands still until it is told to pass, and one worker runs everything: the same output in each run.
void rehearse(const act& one, const troupe::config& c) {
  namespace testkit = troupe::testkit;
  std::printf("\n======== %s\n", std::string{to_string(one.how)}.c_str());
  testkit::test_system sys{
      {.time = testkit::time_kind::manual, .system = {.workers = 1}, .leftovers = false}};
  const auto teller = troupe::spawn<narrator>(sys, "narrator", look::lines, std::function<std::string()>{});
  const reporting to_it{sys, teller};
  stage all{sys,
            one.how,
            settings_of(c),
            {[&sys](troupe::duration d) { sys.advance(d); }, [&sys] { sys.settle(); }},
            teller};
  std::istringstream typed{std::string{one.typed}};
  for (std::string what; std::getline(typed, what);) {
    if (!what.starts_with('#')) teller.tell(line{"> " + what});
    all.run(what);
  }
}

void play(const troupe::config& c) {
  // Lines where nobody looks: a screen is for a terminal.
  const bool screen = !c.get_bool("crash.plain") && std::filesystem::is_character_file("/dev/stdout");
  auto options = troupe::system_options::from(c);
  options.log = troupe::log_level::error;  // the narrator tells of everything
  options.log_to = [](troupe::log_level, std::string_view, std::string_view) {};
  troupe::system sys{std::move(options)};
  const auto teller = troupe::spawn<narrator>(
      sys, "narrator", screen ? look::screen : look::lines,
      std::function<std::string()>{[&sys] { return to_text(troupe::inspect(sys.env(), "/user/shop")); }});
  const auto clock = troupe::spawn<metronome>(sys, "metronome");
  const reporting to_it{sys, teller};
  const auto how = c.get_text("crash.strategy");
  const auto is_named = [&how](const act& one) { return how == to_string(one.how); };
  stage all{sys,
            std::find_if(acts.begin(), acts.end(), is_named)->how,
            settings_of(c),
            {[&clock](troupe::duration d) { clock.ask(pause{d}, d + 1min).get().value(); },
             [&teller] { teller.ask(told{}, 10s).get().value(); }},
            teller};
  for (std::string typed; std::getline(std::cin, typed);)
    if (!all.run(typed)) break;
}

}  // namespace

int main(int argc, char** argv) {
  const auto config = troupe::config::from(argc, argv, schema());
  try {
    if (config.get_bool("crash.script"))
      for (const act& one : acts) rehearse(one, config);
    else
      play(config);
    std::puts("let_it_crash: the curtain falls");
    return 0;
  } catch (const std::exception& e) {
    std::printf("let_it_crash: FAILED: %s\n", e.what());
    return 1;
  }
}
