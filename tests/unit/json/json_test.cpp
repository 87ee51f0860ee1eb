// Values as JSON and back.
#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <troupe/base/prng.hpp>
#include <troupe/json/json.hpp>

#include "unit/contract/everything.hpp"

namespace shapes {

/// A type with a codec of its own, and no other form.
struct packed {
  std::uint32_t bits = 0;
  friend bool operator==(const packed&, const packed&) = default;
};

/// One with a JSON form of its own as well.
struct celsius {
  double degrees = 0;
  friend bool operator==(const celsius&, const celsius&) = default;
};

/// Two names for one value.
enum class answer : std::uint8_t { yes = 1, aye = 1, no = 2 };
TROUPE_CONTRACT_ENUM(answer, "shapes.answer", yes, aye, no)

}  // namespace shapes

template <>
struct troupe::codec<shapes::packed> {
  static constexpr std::string_view type_name = "shapes.packed";
  static constexpr std::size_t least_bytes = 4;
  static void encode(byte_writer& to, const shapes::packed& v) { to.u32(v.bits); }
  static bool decode(byte_reader& from, shapes::packed& v) {
    v.bits = from.u32();
    return from.ok();
  }
};

template <>
struct troupe::codec<shapes::celsius> {
  static constexpr std::string_view type_name = "shapes.celsius";
  static void encode(byte_writer& to, const shapes::celsius& v) { to.f64(v.degrees); }
  static bool decode(byte_reader& from, shapes::celsius& v) {
    v.degrees = from.f64();
    return from.ok();
  }
};

template <>
struct troupe::json_codec<shapes::celsius> {
  static void write(json_writer& to, const shapes::celsius& v) {
    to.string(std::to_string(v.degrees) + " C");
  }
  // Refuses without saying why, as a careless one does.
  static bool read(json_reader&, json_value in, shapes::celsius& v) {
    if (!in.text().ends_with(" C")) return false;
    v.degrees = std::stod(std::string{in.text()});
    return true;
  }
};

namespace {

using kinds::everything;
using troupe::from_json;
using troupe::to_json;

template <class T>
void is(const T& value, std::string_view text) {
  CHECK(to_json(value) == text);
  const auto back = from_json<T>(text);
  REQUIRE_MESSAGE(back.has_value(), text);
  CHECK(*back == value);
}

template <class T>
std::string why(std::string_view text) {
  const auto r = from_json<T>(text);
  return r ? "read" : r.error().text;
}

}  // namespace

TEST_CASE("JC1: a message with a field of every kind goes there and back, in both styles") {
  for (const everything& e : {everything{}, kinds::full()}) {
    for (const auto style : {troupe::json_style::compact, troupe::json_style::indented}) {
      const auto back = from_json<everything>(to_json(e, style));
      REQUIRE(back.has_value());
      CHECK(*back == e);
    }
  }
}

TEST_CASE("each kind of type has its form") {
  is(true, "true");
  is(std::int8_t{-7}, "-7");
  is(std::uint8_t{200}, "200");
  is('z', "122");
  is(static_cast<char>(-1), "255");
  is(std::byte{255}, "255");
  is(std::string{"caf\xc3\xa9 \"x\"\n"}, "\"caf\xc3\xa9 \\\"x\\\"\\n\"");
  is(std::string{"\xff\0a", 3}, R"({"base64":"/wBh"})");
  is(kinds::colour::blue, "\"blue\"");
  is(kinds::flags::all, "65535");
  is(kinds::point{1, -2.5}, R"({"x":1,"y":-2.5})");
  is(std::vector<std::int32_t>{1, 2}, "[1,2]");
  is(std::vector<bool>{true, false}, "[true,false]");
  is(std::vector<std::byte>{std::byte{0}, std::byte{255}}, "\"AP8=\"");
  is(std::vector<std::uint8_t>{0, 255}, "[0,255]");
  is(std::array<std::int16_t, 2>{3, 4}, "[3,4]");
  is(std::array<std::int16_t, 0>{}, "[]");
  is(std::tuple<>{}, "[]");
  is(std::pair<std::string, bool>{"a", true}, R"(["a",true])");
  is(std::map<std::string, std::int32_t>{{"a", 1}, {"b c", 2}}, R"({"a":1,"b c":2})");
  is(std::map<std::int32_t, std::string>{{1, "one"}}, R"([[1,"one"]])");
  is(std::map<std::string, std::int32_t>{{"a", 1}, {"\xff", 2}}, R"([["a",1],[{"base64":"/w=="},2]])");
  is(std::set<std::string>{"x", "y"}, R"(["x","y"])");
  is(troupe::errc::timeout, "\"timeout\"");
  is(troupe::unit{}, "null");
  is(std::monostate{}, "null");
}

TEST_CASE("an optional is null or its value, in a list where the value may be null itself") {
  using inner = std::optional<std::int32_t>;
  is(inner{}, "null");
  is(inner{5}, "5");
  is(std::optional<inner>{}, "null");
  is(std::optional<inner>{inner{}}, "[null]");
  is(std::optional<inner>{inner{5}}, "[5]");
  is(std::optional<troupe::unit>{troupe::unit{}}, "[null]");
  CHECK(why<std::optional<inner>>("5").find("expected null or a list of one, found the number 5") !=
        std::string::npos);
}

TEST_CASE("a variant names the type it holds; of types with one spelling the later have their index") {
  using either = std::variant<std::monostate, std::int32_t, std::string, kinds::point>;
  is(either{}, R"({"type":"nothing","value":null})");
  is(either{std::string{"x"}}, R"({"type":"string","value":"x"})");
  is(either{kinds::point{1, 2}}, R"({"type":"kinds.point","value":{"x":1,"y":2}})");
  CHECK(from_json<either>(R"({"value": 4, "more": 1, "type": "i32"})").value() == either{4});
  using twins = std::variant<std::int32_t, std::int32_t>;
  is(twins{std::in_place_index<1>, 3}, R"({"type":"i32#1","value":3})");
  is(twins{std::in_place_index<0>, 3}, R"({"type":"i32","value":3})");
  CHECK(why<twins>(R"({"type": "i64", "value": 3})")
            .ends_with(R"($.type: expected one of i32, i32#1, found the string "i64")"));
  CHECK(why<either>(R"({"type": "i32"})")
            .ends_with("expected an object with a type and a value, found an object of 1"));
  CHECK(why<either>(R"({"type": "i32", "value": 1, "value": 2})").ends_with("a variant has a member twice"));
  CHECK(why<either>(R"({"type": "i32", "value": "x"})").find("$.value: expected i32") != std::string::npos);
}

TEST_CASE("durations and times carry their unit") {
  using namespace std::chrono;
  is(milliseconds{1500}, R"({"ms":1500})");
  is(nanoseconds{-1}, R"({"ns":-1})");
  is(microseconds{1}, R"({"us":1})");
  is(seconds{2}, R"({"s":2})");
  is(minutes{2}, R"({"min":2})");
  is(hours{2}, R"({"h":2})");
  is(days{2}, R"({"d":2})");
  is(duration<std::int64_t, std::ratio<1001, 30000>>{2}, R"({"1001/30000 s":2})");
  is(duration<double>{0.5}, R"({"s":0.5})");
  is(sys_time<seconds>{seconds{1'700'000'000}}, R"({"since_1970":{"s":1700000000}})");
  CHECK(why<milliseconds>(R"({"s": 2})")
            .ends_with("expected a duration: {\"ms\": a number}, found an object of 1"));
  CHECK(why<sys_time<seconds>>("17").ends_with(
      "expected a time: {\"since_1970\": a duration}, found the number 17"));
}

TEST_CASE("JW3, JC1: every integer of 64 bits is exact, and one more is out of range") {
  is(std::numeric_limits<std::int64_t>::min(), "-9223372036854775808");
  is(std::numeric_limits<std::int64_t>::max(), "9223372036854775807");
  is(std::numeric_limits<std::uint64_t>::max(), "18446744073709551615");
  CHECK(why<std::int64_t>("9223372036854775808") ==
        "i64: $: expected i64, found the number 9223372036854775808");
  CHECK(why<std::int64_t>("-9223372036854775809") != "read");
  CHECK(why<std::uint64_t>("18446744073709551616") != "read");
  CHECK(why<std::uint64_t>("-1") != "read");
  CHECK(why<std::int8_t>("128") != "read");
  CHECK(why<std::int8_t>("-129") != "read");
  CHECK(why<std::uint8_t>("256") != "read");
  CHECK(why<char>("256") != "read");
  CHECK(why<std::int32_t>("1.5") != "read");
  CHECK(why<std::int32_t>("1e3") != "read");
  // As a program in JavaScript writes what it can't hold.
  CHECK(from_json<std::int64_t>("\"9223372036854775807\"").value() ==
        std::numeric_limits<std::int64_t>::max());
  for (const std::string_view bad :
       {"\"\"", "\" 1\"", "\"1 \"", "\"+1\"", "\"0x1\"", "true", "null", "[1]", "{}"})
    CHECK_MESSAGE(why<std::int64_t>(bad) != "read", bad);
}

TEST_CASE("JW3, JC1: every double and float comes back with every bit") {
  is(0.1, "0.1");
  is(-0.0, "-0");
  CHECK(std::signbit(from_json<double>("-0").value()));
  is(std::numeric_limits<double>::denorm_min(), "5e-324");
  is(std::numeric_limits<double>::infinity(), "\"Infinity\"");
  is(-std::numeric_limits<double>::infinity(), "\"-Infinity\"");
  is(0.1f, "0.1");
  CHECK(to_json(std::numeric_limits<double>::quiet_NaN()) == "\"NaN\"");
  CHECK(std::isnan(from_json<double>("\"NaN\"").value()));
  troupe::prng random{7};
  for (int i = 0; i < 20'000; ++i) {
    const auto d = std::bit_cast<double>(random.next());
    const auto f = std::bit_cast<float>(static_cast<std::uint32_t>(random.next()));
    if (!std::isnan(d))
      REQUIRE(std::bit_cast<std::uint64_t>(from_json<double>(to_json(d)).value()) ==
              std::bit_cast<std::uint64_t>(d));
    if (!std::isnan(f))
      REQUIRE(std::bit_cast<std::uint32_t>(from_json<float>(to_json(f)).value()) ==
              std::bit_cast<std::uint32_t>(f));
  }
  CHECK(why<double>("1e999") != "read");
  CHECK(why<float>("1e39") != "read");
  CHECK(why<double>("\"1\"") != "read");
}

TEST_CASE("enums are read by the names of their contract only") {
  is(shapes::answer::aye, "\"yes\"");
  CHECK(from_json<shapes::answer>("\"aye\"").value() == shapes::answer::yes);
  CHECK(why<kinds::colour>("\"pink\"") ==
        "kinds.colour: $: expected one of red, green, blue, found the string \"pink\"");
  CHECK(why<kinds::colour>("5") != "read");
  CHECK(to_json(static_cast<kinds::colour>(9)) == "9");
  CHECK(why<kinds::flags>("65536") != "read");
}

TEST_CASE("a type with a codec of its own is base64 of its bytes, unless it has a JSON form of its own") {
  is(shapes::packed{0x01020304}, "\"BAMCAQ==\"");
  is(std::vector<shapes::packed>{{1}}, "[\"AQAAAA==\"]");
  is(shapes::celsius{21.5}, "\"21.500000 C\"");
  CHECK(why<shapes::packed>("\"AQ==\"") == "shapes.packed: $: shapes.packed: fewer bytes than announced");
  CHECK(why<shapes::packed>("\"?\"") ==
        "shapes.packed: $: expected base64 of a shapes.packed, found the string \"?\"");
  CHECK(why<shapes::celsius>("\"20 F\"") == "shapes.celsius: $: a JSON codec refused this value");
  CHECK(why<std::vector<shapes::celsius>>("[\"20 F\"]") != "read");
}

TEST_CASE("JR1: an error names the place in the document and what was expected there") {
  CHECK(why<everything>(R"({"root": {"value": 1, "children": [{}, {"children": [{"value": "x"}]}]}})") ==
        "kinds.everything: $.root.children[1].children[0].value: expected u32, found the string \"x\"");
  CHECK(why<everything>(R"({"sorted": {"a b": [1, null]}})") ==
        "kinds.everything: $.sorted[\"a b\"][1]: expected i32, found null");
  CHECK(why<everything>(R"({"three": [1, 2]})")
            .ends_with("$.three: expected array<u16,3>, a list of 3, found a list of 2"));
  CHECK(why<everything>(R"({"two": ["a", 1.5]})").ends_with("$.two[1]: expected i32, found the number 1.5"));
  CHECK(why<everything>(R"({"wait": {"ms": "soon"}})")
            .ends_with("$.wait.ms: expected i64, found the string \"soon\""));
  CHECK(why<everything>("[1]") ==
        "kinds.everything: $: expected an object: kinds.everything, found a list of 1");
  CHECK(why<everything>("{\"i32\": 1") == "kinds.everything: the JSON text ends too early");
  CHECK(why<everything>(R"({"maybe": "a", "i8": null})").ends_with("$.i8: expected i8, found null"));
}

TEST_CASE("what comes twice is an error") {
  CHECK(why<kinds::point>(R"({"x": 1, "x": 1})") == "kinds.point: $.x: a field that comes twice");
  CHECK(why<std::map<std::string, std::int32_t>>(R"({"a": 1, "a": 2})")
            .ends_with("$.a: a map has a key twice"));
  CHECK(why<std::map<std::int32_t, bool>>("[[1, true], [1, true]]").ends_with("$[1]: a map has a key twice"));
  CHECK(why<std::set<std::int32_t>>("[1, 1]").ends_with("$[1]: a set has an element twice"));
  CHECK(why<kinds::point>(R"({"new": 1, "new": 2})") == "read");
}

TEST_CASE("JR2, R8: structs nest as deep as in the binary form, one level more is refused") {
  const auto nested = [](std::size_t levels) {
    std::string text = "{}";
    for (std::size_t i = 1; i < levels; ++i) text = R"({"children":[)" + text + "]}";
    return text;
  };
  CHECK(why<kinds::tree>(nested(troupe::limits::decode_depth_max)) == "read");
  CHECK(why<kinds::tree>(nested(troupe::limits::decode_depth_max + 1))
            .ends_with("structs nested deeper than 32"));
  kinds::tree wide;
  wide.children.resize(1000);
  CHECK(from_json<kinds::tree>(to_json(wide)).value() == wide);
}

TEST_CASE("R8: a true text with bytes flipped, inserted and removed never crashes a reader") {
  troupe::prng random{42};
  const std::string whole = to_json(kinds::full());
  for (int round = 0; round < 20'000; ++round) {
    std::string text = whole;
    for (std::uint64_t edits = 1 + random.below(3); edits > 0; --edits) {
      const auto at = static_cast<std::size_t>(random.below(text.size()));
      const auto some = "{}[]\",:0e-\\ux\xff"[random.below(14)];
      if (random.below(3) == 0)
        text.erase(at, 1);
      else
        text.insert(at, 1, some);
    }
    const auto r = from_json<everything>(text);
    if (r)
      REQUIRE(from_json<everything>(to_json(*r)).has_value());
    else
      REQUIRE(r.error().text.size() > 20);
  }
}

TEST_CASE("R8: a text cut at any length is refused") {
  const std::string whole = to_json(kinds::full());
  for (std::size_t n = 0; n < whole.size(); ++n)
    REQUIRE_FALSE(from_json<everything>(whole.substr(0, n)).has_value());
}
