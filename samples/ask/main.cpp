// ask: questions and what becomes of them. See README.md.
#include <cstdio>
#include <optional>
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
  return out;
}

int run(const troupe::config& config) {
  using namespace travel;
  troupe::system sys{config};
  const auto agency = troupe::supervise(sys, "agency", troupe::one_for_one{},
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
           troupe::ref_to<airline>(sys.env(), "/user/nobody").ask(fare{"Lisbon"}, 1h).get(), number,
           errc::stopped);

  if (out.wrong() == 0)
    std::printf("ask: every question was answered, each as it should be\n");
  else
    std::printf("ask: FAILED: %d answers were not as expected\n", out.wrong());
  return out.wrong() == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) { return run(troupe::config::from(argc, argv, schema())); }
