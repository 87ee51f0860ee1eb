// What the service benchmark makes of its runs.
#include <doctest/doctest.h>

#include "service/driver/table.hpp"

using namespace bench;

namespace {

service_row row_of(const char* figure, std::vector<double> ours, std::vector<double> theirs) {
  service_row r{figure, 1, "ns"};
  r.of("troupe") = std::move(ours);
  r.of("caf") = std::move(theirs);
  return r;
}

}  // namespace

TEST_CASE("SP2: a service figure is the median of its runs, and a ratio is theirs by ours") {
  const auto r = row_of("codec_both", {10, 30, 11}, {22, 20, 99});
  CHECK(r.summed("troupe")->median == 11);
  CHECK(r.summed("troupe")->high == 30);
  CHECK(*r.ratio("caf") == 2);
  CHECK_FALSE(r.ratio("cereal"));
}

TEST_CASE("SP2: a service target that is missed is marked, one that is reached is shown") {
  CHECK(lines_of(row_of("hello_O2", {1}, {1.9})).find("1.90 x < 2.00 MISSED") != std::string::npos);
  CHECK(lines_of(row_of("hello_O2", {1}, {2})).find("2.00 x of 2.00") != std::string::npos);
  CHECK(lines_of(row_of("codec_bytes", {60}, {50})).find("MISSED") == std::string::npos);
}

TEST_CASE("SP1: a quick service run takes a tenth of the size") {
  const auto& codec = service_plan().front();
  CHECK(command_of(codec, "caf", false, "p", "b").back() == std::to_string(codec.size));
  CHECK(command_of(codec, "caf", true, "p", "b").back() == std::to_string(codec.size / 10));
  CHECK(command_of(codec, "caf", true, "p", "b").front() == "p/codec_caf");
}

TEST_CASE("the JSON of the service benchmark has medians, spreads, ratios and targets") {
  CHECK(service_json({row_of("hello_O0", {1, 2, 3}, {4})}) ==
        "[\n  "
        "{\"figure\":\"hello_O0\",\"workers\":1,\"unit\":\"ns\",\"troupe\":2,\"troupe_low\":1,\"troupe_"
        "high\":3,"
        "\"troupe_runs\":3,\"caf\":4,\"caf_low\":4,\"caf_high\":4,\"caf_runs\":1,\"ratio_caf\":2,\"target_"
        "caf\":2}\n]\n");
}
