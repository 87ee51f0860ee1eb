// Every pair of versions of a struct, in every place that a struct can stand in: in bytes and in JSON (C2).
#include <doctest/doctest.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <troupe/contract/contract.hpp>
#include <troupe/json/json.hpp>
#include <tuple>
#include <variant>
#include <vector>

namespace contract_version_nested_test {

namespace one {
struct part {
  std::string name;
  friend bool operator==(const part&, const part&) = default;
};
TROUPE_CONTRACT(part, "nested.part", 1, name)
}  // namespace one

namespace two {
struct part {
  std::string name;
  std::optional<std::int64_t> weight;
  std::variant<std::int32_t, std::string> mark = "plain";
  friend bool operator==(const part&, const part&) = default;
};
TROUPE_CONTRACT(part, "nested.part", 2, name, weight, mark)
}  // namespace two

namespace three {
/// Itself of two versions: what is appended to the end may hold structs that grow as well.
struct part {
  std::string name;
  std::optional<std::int64_t> weight;
  std::variant<std::int32_t, std::string> mark = "plain";
  std::optional<two::part> spare;
  std::vector<std::variant<two::part, bool>> others{true};
  friend bool operator==(const part&, const part&) = default;
};
TROUPE_CONTRACT(part, "nested.part", 3, name, weight, mark, spare, others)
}  // namespace three

namespace {

using troupe::from_json;
using troupe::pack;
using troupe::to_json;
using troupe::unpack;

/// A struct in all places, with neighbours that show whether a reader has lost its place.
template <class Part>
struct inside {
  Part part;
  std::uint16_t mark = 0;
  friend bool operator==(const inside&, const inside&) = default;
};
template <class Part>
struct all_places {
  std::uint32_t before = 0;
  std::optional<Part> maybe;
  std::optional<Part> absent;
  std::variant<bool, Part, std::string> either;
  std::vector<std::variant<Part, std::uint8_t>> mixed;
  std::map<std::string, Part> by_name;
  std::pair<Part, std::int32_t> beside;
  std::array<Part, 2> fixed;
  std::optional<std::vector<std::optional<Part>>> deep;
  inside<Part> nested;
  std::optional<std::variant<inside<Part>, bool>> deeper;
  std::uint32_t behind = 0;
  friend bool operator==(const all_places&, const all_places&) = default;
};
TROUPE_CONTRACT(inside<one::part>, "nested.inside", 1, part, mark)
TROUPE_CONTRACT(inside<two::part>, "nested.inside", 1, part, mark)
TROUPE_CONTRACT(inside<three::part>, "nested.inside", 1, part, mark)
TROUPE_CONTRACT(all_places<one::part>, "nested.places", 1, before, maybe, absent, either, mixed, by_name,
                beside, fixed, deep, nested, deeper, behind)
TROUPE_CONTRACT(all_places<two::part>, "nested.places", 1, before, maybe, absent, either, mixed, by_name,
                beside, fixed, deep, nested, deeper, behind)
TROUPE_CONTRACT(all_places<three::part>, "nested.places", 1, before, maybe, absent, either, mixed, by_name,
                beside, fixed, deep, nested, deeper, behind)

/// What a reader of `To` finds in `from`: what both know, and its own initialisers.
template <class To, class From>
To as_read(const From& from) {
  To out;
  out.name = from.name;
  if constexpr (requires { from.weight, out.weight; }) {
    out.weight = from.weight;
    out.mark = from.mark;
  }
  if constexpr (requires { from.spare, out.spare; }) {
    out.spare = from.spare;
    out.others = from.others;
  }
  return out;
}

template <class Part>
all_places<Part> placed(const Part& x, const Part& y) {
  return {7,
          x,
          {},
          y,
          {std::uint8_t{3}, x, y},
          {{"x", x}, {"y", y}},
          {y, -5},
          {x, y},
          std::vector<std::optional<Part>>{x, {}, y},
          {y, 515},
          inside<Part>{x, 9},
          8};
}

template <class Part>
Part sample(int n) {
  Part out;
  out.name = "part " + std::to_string(n);
  if constexpr (requires { out.weight; }) {
    if (n % 2) out.weight = -n;
    if (n % 3) out.mark = std::int32_t{n};
  }
  if constexpr (requires { out.spare; }) {
    if (n % 2 == 0) out.spare = sample<two::part>(n + 1);
    out.others = {sample<two::part>(n), false};
  }
  return out;
}

using versions = std::tuple<one::part, two::part, three::part>;

template <class From, class To>
void crosses() {
  INFO("from version ", pack(From{})[0] + 0, " to ", pack(To{})[0] + 0);
  for (int n = 0; n < 6; ++n) {
    const From x = sample<From>(n), y = sample<From>(n + 1);
    const auto wanted = placed(as_read<To>(x), as_read<To>(y));
    const auto written = placed(x, y);
    const auto bytes = unpack<all_places<To>>(pack(written));
    REQUIRE_MESSAGE(bytes.has_value(), bytes.error().text);
    CHECK(*bytes == wanted);
    const auto text = from_json<all_places<To>>(to_json(written));
    REQUIRE_MESSAGE(text.has_value(), text.error().text);
    CHECK(*text == wanted);
  }
}

template <class From, class... To>
void crosses_all(const std::tuple<To...>&) {
  (crosses<From, To>(), ...);
}

template <class... From>
void every_pair(const std::tuple<From...>& all) {
  (crosses_all<From>(all), ...);
}

}  // namespace

TEST_CASE(
    "C2: every version reads every other in optionals, variants, lists, maps, pairs, arrays and structs, in "
    "bytes and in "
    "JSON") {
  every_pair(versions{});
}

TEST_CASE(
    "C2: a message of one version that is cut off anywhere is an error to every other, and never a crash") {
  const std::string whole = pack(placed(sample<three::part>(4), sample<three::part>(5)));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::string cut = whole.substr(0, length);
    REQUIRE_FALSE(unpack<all_places<one::part>>(cut).has_value());
    REQUIRE_FALSE(unpack<all_places<three::part>>(cut).has_value());
  }
}

namespace grown {

/// A variant with one more alternative, an enum with one more value, a wider integer: what readers of before may refuse.
namespace old {
enum class colour : std::uint8_t { red = 1 };
TROUPE_CONTRACT_ENUM(colour, "grown.colour", red)
struct thing {
  std::variant<std::int32_t, std::string> what;
  std::optional<colour> painted;
  std::int16_t size = 0;
  std::string behind;
};
TROUPE_CONTRACT(thing, "grown.thing", 1, what, painted, size, behind)
}  // namespace old
namespace fresh {
enum class colour : std::uint8_t { red = 1, blue = 2 };
TROUPE_CONTRACT_ENUM(colour, "grown.colour", red, blue)
struct thing {
  std::variant<std::int32_t, std::string, std::vector<std::int32_t>> what;
  std::optional<colour> painted;
  std::int64_t size = 0;
  std::string behind;
};
TROUPE_CONTRACT(thing, "grown.thing", 1, what, painted, size, behind)
}  // namespace fresh

}  // namespace grown

TEST_CASE(
    "a variant, an enum and an integer may grow: the new reads the old, the old reads what it knows and "
    "refuses the rest") {
  namespace old = grown::old;
  namespace fresh = grown::fresh;
  const auto up = unpack<fresh::thing>(pack(old::thing{"x", old::colour::red, -300, "b"}));
  REQUIRE(up.has_value());
  CHECK(std::get<std::string>(up->what) == "x");
  CHECK(up->painted == fresh::colour::red);
  CHECK(up->size == -300);
  CHECK(up->behind == "b");
  const auto down = unpack<old::thing>(pack(fresh::thing{"x", fresh::colour::red, 300, "b"}));
  REQUIRE(down.has_value());
  CHECK(down->size == 300);
  CHECK(down->behind == "b");
  CHECK_FALSE(unpack<old::thing>(pack(fresh::thing{std::vector<std::int32_t>{1}, {}, 1, "b"})).has_value());
  CHECK_FALSE(unpack<old::thing>(pack(fresh::thing{1, fresh::colour::blue, 1, "b"})).has_value());
  CHECK_FALSE(unpack<old::thing>(pack(fresh::thing{1, {}, 40'000, "b"})).has_value());
  CHECK_FALSE(
      from_json<old::thing>(to_json(fresh::thing{std::vector<std::int32_t>{1}, {}, 1, "b"})).has_value());
  CHECK_FALSE(from_json<old::thing>(to_json(fresh::thing{1, fresh::colour::blue, 1, "b"})).has_value());
  CHECK_FALSE(from_json<old::thing>(to_json(fresh::thing{1, {}, 40'000, "b"})).has_value());
}

}  // namespace contract_version_nested_test
