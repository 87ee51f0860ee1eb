// How reports show values (PR1-PR3), and how patience is stretched (PA2).
#include <map>

#include "unit/testkit/world.hpp"

namespace testkit_print_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace kit;

namespace {

enum class colour : std::uint8_t { red, green };
TROUPE_CONTRACT_ENUM(colour, "kit.colour", red, green)

struct inner {
  std::vector<std::int32_t> numbers;
  colour paint = colour::red;
};
TROUPE_CONTRACT(inner, "kit.inner", 1, numbers, paint)
struct outer {
  inner in;
  std::optional<std::string> name;
  std::map<std::string, inner> more;
};
TROUPE_CONTRACT(outer, "kit.outer", 1, in, name, more)

struct shown_by_stream {
  int n;
  friend std::ostream& operator<<(std::ostream& to, const shown_by_stream& s) {
    return to << '<' << s.n << '>';
  }
};
struct opaque {
  int n = 0;
};

}  // namespace

TEST_CASE("PR1: a value is shown by its contract, by its operator<<, or by its name") {
  CHECK(printed(outer{{{1, 2}, colour::green}, "x\n\"", {}}) ==
        "kit.outer{in: kit.inner{numbers: [1, 2], paint: green}, name: \"x\\n\\\"\", more: []}");
  CHECK(printed(static_cast<colour>(9)) == "kit.colour(9)");
  CHECK(printed(shown_by_stream{3}) == "<3>");
  CHECK(has(printed(opaque{}), "no contract and no operator<<"));
  CHECK(printed(std::pair{1, std::string{"a"}}) == "(1, \"a\")");
  CHECK(printed(1500ms) == "1500ms");
  CHECK(printed(result<int>{error{errc::timeout, "late"}}) ==
        "error(" + to_string(error{errc::timeout, "late"}) + ")");
}

TEST_CASE("PR2: what is shown is bounded") {
  CHECK(printed(std::string(1'000'000, 'x')).size() < printed_bytes_max + 20);
  CHECK(has(printed(std::vector<int>(100)), "and 68 more"));
}

TEST_CASE("PR3: differences name the field, down to the element") {
  const outer a{{{1, 2, 3}, colour::red}, "n", {{"k", {}}}};
  outer b = a;
  CHECK(differences(a, b).empty());
  b.in.numbers[1] = 5;
  b.in.paint = colour::green;
  b.name = {};
  const auto d = differences(a, b);
  REQUIRE(d.size() == 3);
  CHECK(d[0] == "in.numbers[1]: expected 2, got 5");
  CHECK(d[1] == "in.paint: expected red, got green");
  CHECK(d[2] == "name: expected \"n\", got none");
  b = a;
  b.more["k"].numbers.push_back(1);
  CHECK(differences(a, b).size() == 1);
}

TEST_CASE("PA2: the factor is a number in its bounds; anything else is an error that names the variable") {
  CHECK(time_factor_from("2.5") == 2.5);
  for (const char* bad : {"", "x", "0", "-1", "1e9", "nan", "2 "})
    CHECK_THROWS_WITH_AS(time_factor_from(bad), doctest::Contains("TROUPE_TEST_TIME_FACTOR"), failed);
}

}  // namespace testkit_print_test
