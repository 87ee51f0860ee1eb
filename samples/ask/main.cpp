// ask: questions and what becomes of them. See README.md.
#include <cstdio>
#include <optional>
#include <troupe/ref/find.hpp>
#include <troupe/sys/sys.hpp>
#include <vector>

#include "actors.hpp"

namespace {

using namespace std::chrono_literals;
using troupe::errc;

troupe::config_schema schema() {
  troupe::config_schema s{"ASK"};
  s.choice("ask.down", {"none", "airline", "hotels", "weather"})
      .def("none")
      .help("whom to leave out of the agency");
  return s;
}

/// Prints what came of an ask, and keeps count of what did not come as expected.
class notes {
 public:
  /// `expected`: the error that should come, none where an answer should.
  template <class T, class Print>
  void note(const char* what, const troupe::result<T>& came, Print print, std::optional<errc> expected = {}) {
    const bool right = came ? !expected : expected == came.error().code;
    std::printf("%-34s %s%s\n", what, came ? print(*came).c_str() : to_string(came.error()).c_str(),
                right ? "" : "   <- not expected");
    wrong_ += right ? 0 : 1;
  }
  int wrong() const { return wrong_; }

 private:
  int wrong_ = 0;
};

std::string line_of(const travel::trip& t) {
  return "flight " + std::to_string(t.flight) + ", night " + std::to_string(t.night) + ", " + t.weather;
}
std::string number(int n) { return std::to_string(n); }
std::string text(const std::string& s) { return s; }

std::vector<troupe::child_spec> parts(const std::string& without) {
  using troupe::child;
  std::vector<troupe::child_spec> out;
  if (without != "airline") out.push_back(child<travel::airline>("airline"));
  if (without != "hotels") out.push_back(child<travel::hotels>("hotels"));
  if (without != "weather") out.push_back(child<travel::weather>("weather"));
  out.push_back(child<travel::insurer>("insurer"));
  // One chair for those who wait; whoever finds it taken is told so at once.
  out.push_back(child<travel::embassy>("embassy").mailbox(troupe::bounded(1)));
  return out;
}

int run(const troupe::config& config) {
  using namespace travel;
  troupe::system sys{config};
  const auto agency = troupe::supervise(sys, "agency", troupe::one_for_one{.intensity = 3, .period = 5s},
                                        parts(config.get_text("ask.down")), troupe::child<desk>("desk"));
  const auto desk = agency.ref<travel::desk>("desk");
  notes out;

  // `ask` gives a future; `get` waits for it. It always comes, with the reply or with an error, which is a value (M5).
  out.note("a trip to Lisbon", desk.ask(plan{"Lisbon"}, 5s).get(), line_of);
  out.note("a trip to Atlantis", desk.ask(plan{"Atlantis"}, 5s).get(), line_of, errc::not_found);
  out.note("a trip without a forecast", desk.ask(plan{"Reykjavik"}, 5s).get(), line_of);

  // The desk says 10 s to the hotels, who would search for an hour. Its own request ends after 250 ms, so theirs does (M6), and the
  // search is given up.
  auto given_up = agency.ref<hotels>("hotels").ask(travel::given_up{"Tokyo"}, 5s);
  out.note("a trip that takes too long", desk.ask(plan{"Tokyo"}, 250ms).get(), line_of, errc::timeout);
  out.note("its search for a room", given_up.get(),
           [](troupe::unit) { return std::string{"was given up, too"}; });

  // Several at once: the futures come in any order, and are waited for in any.
  auto one = desk.ask(fare{"Lisbon"}, 5s);
  auto other = desk.ask(fare{"Tokyo"}, 5s);
  out.note("a fare, answered by the airline", other.get(), number);
  out.note("another, asked at the same time", one.get(), number);

  out.note("a complaint", desk.ask(complaint{"the soup"}, 1h).get(), text, errc::broken_promise);
  out.note("somebody who is not there",
           troupe::find<airline>(sys, "/user/nobody").ask(fare{"Lisbon"}, 1h).get(), number, errc::stopped);
  out.note("somebody of another trade",
           troupe::find<weather>(sys, airline_path).ask(forecast{"Lisbon"}, 1h).get(), text,
           errc::not_understood);
  out.note("a refund, of which nobody knows", desk.ask(refund{"Ada"}, 1h).get(), number, errc::cycle);

  auto whim = desk.ask(plan{"Tokyo"}, 1h);
  whim.cancel();
  out.note("a trip that was a whim", whim.get(), line_of, errc::cancelled);

  // The embassy is closed for lunch, and has one chair for those who wait.
  const auto embassy = agency.ref<travel::embassy>("embassy");
  const auto its_door = troupe::sys::of(embassy);
  its_door.ask(troupe::sys::suspend{}, 5s).get().value();
  auto seated = embassy.ask(visa{"Ada"}, 5s);
  out.note("a visa, where the chair is taken", embassy.ask(visa{"Bob"}, 5s).get(), text, errc::overloaded);
  its_door.ask(troupe::sys::resume{}, 5s).get().value();
  out.note("a visa for whoever sat there", seated.get(), text);

  // A search that would take an hour is under way when its actor fails on something else.
  const auto hotels = agency.ref<travel::hotels>("hotels");
  auto searched = hotels.ask(room{"Tokyo"}, 5s);
  hotels.tell(power_cut{});
  out.note("a room, when the lights go out", searched.get(), number, errc::restarted);

  if (out.wrong() == 0)
    std::printf("ask: every question was answered, each as it should be\n");
  else
    std::printf("ask: FAILED: %d answers were not as expected\n", out.wrong());
  return out.wrong() == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) { return run(troupe::config::from(argc, argv, schema())); }
