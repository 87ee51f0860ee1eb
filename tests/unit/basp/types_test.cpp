// The messages for CAF peers: their names, and that what is written is what CAF itself writes of the same fields.
#include <doctest/doctest.h>

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <chrono>
#include <deque>
#include <limits>
#include <set>
#include <tuple>

#include "unit/basp/world.hpp"

namespace basp_types_test {

using namespace basp_test;
using troupe::detail::caf_reader;
using troupe::detail::caf_writer;

namespace {

enum class colour : std::uint8_t { red = 1, green = 2 };
TROUPE_CONTRACT_ENUM(colour, "basp_test.colour", red, green)
enum class raw : std::int16_t {};

struct everything {
  bool yes = false;
  char letter = 'a';
  std::int8_t i8 = 0;
  std::uint16_t u16 = 0;
  std::int32_t i32 = 0;
  std::uint64_t u64 = 0;
  long long wide = 0;
  float f = 0;
  double d = 0;
  std::string text;
  colour c = colour::red;
  raw r{};
  std::vector<std::string> list;
  std::vector<char> bytes;
  std::vector<bool> bits;
  std::deque<place> places;
  std::set<std::int32_t> set;
  std::map<std::string, std::vector<std::int32_t>> map;
  std::array<std::int16_t, 3> three{};
  std::pair<std::string, bool> pair;
  std::tuple<std::int32_t, std::string> tuple;
  std::optional<place> there, none;
  std::chrono::nanoseconds span{};
};
TROUPE_CONTRACT(everything, "basp_test.everything", 1, yes, letter, i8, u16, i32, u64, wide, f, d, text, c, r,
                list, bytes, bits, places, set, map, three, pair, tuple, there, none, span)

/// The same as a CAF program has it.
struct caf_everything {
  bool yes = false;
  char letter = 'a';
  std::int8_t i8 = 0;
  std::uint16_t u16 = 0;
  std::int32_t i32 = 0;
  std::uint64_t u64 = 0;
  long long wide = 0;
  float f = 0;
  double d = 0;
  std::string text;
  colour c = colour::red;
  raw r{};
  std::vector<std::string> list;
  std::vector<char> bytes;
  std::vector<bool> bits;
  std::deque<plain::place> places;
  std::set<std::int32_t> set;
  std::map<std::string, std::vector<std::int32_t>> map;
  std::array<std::int16_t, 3> three{};
  std::pair<std::string, bool> pair;
  std::tuple<std::int32_t, std::string> tuple;
  caf::optional<plain::place> there, none;
  caf::timespan span{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, caf_everything& m) {
  return f(caf::meta::type_name("everything"), m.yes, m.letter, m.i8, m.u16, m.i32, m.u64, m.wide, m.f, m.d,
           m.text, m.c, m.r, m.list, m.bytes, m.bits, m.places, m.set, m.map, m.three, m.pair, m.tuple,
           m.there, m.none, m.span);
}

everything filled() {
  everything v;
  v.yes = true;
  v.letter = 'z';
  v.i8 = -3;
  v.u16 = 60'000;
  v.i32 = -70'000;
  v.u64 = 0x1234'5678'9abc'def0;
  v.wide = -1;
  v.f = 1.25f;
  v.d = -2.5;
  v.text = "text";
  v.c = colour::green;
  v.r = raw{-7};
  v.list = {"one", "", "three"};
  v.bytes = {'a', 'b'};
  v.bits = {true, false, true, true, false, false, false, false, true};
  v.places.push_back({1, "here"});
  v.places.push_back({2, "there"});
  v.set = {3, 1, 2};
  v.map = {{"a", {1, 2}}, {"b", {}}};
  v.three = {7, 8, 9};
  v.pair = {"pair", true};
  v.tuple = {5, "five"};
  v.there = place{4, "four"};
  v.span = std::chrono::nanoseconds{123'456};
  return v;
}
/// The same values.
caf_everything filled_for_caf() {
  const everything from = filled();
  caf_everything to;
  to.yes = from.yes;
  to.letter = from.letter;
  to.i8 = from.i8;
  to.u16 = from.u16;
  to.i32 = from.i32;
  to.u64 = from.u64;
  to.wide = from.wide;
  to.f = from.f;
  to.d = from.d;
  to.text = from.text;
  to.c = from.c;
  to.r = from.r;
  to.list = from.list;
  to.bytes = from.bytes;
  to.bits = from.bits;
  for (const auto& one : from.places) to.places.push_back({one.x, one.name});
  to.set = from.set;
  to.map = from.map;
  to.three = from.three;
  to.pair = from.pair;
  to.tuple = from.tuple;
  to.there = plain::place{4, "four"};
  to.span = from.span;
  return to;
}

/// What CAF writes of a value of its own.
template <class T>
std::vector<char> caf_bytes(caf::actor_system& sys, T v) {
  std::vector<char> out;
  caf::binary_serializer to{sys, out};
  CHECK_FALSE(static_cast<bool>(to(v)));
  return out;
}

/// What we write of one with a contract.
template <class T>
std::vector<char> our_bytes(caf::actor_system& sys, const T& v) {
  std::vector<char> out;
  caf::binary_serializer to{sys, out};
  caf_writer w{to};
  CHECK(w.put(v));
  return out;
}

/// Reads it back; what was wrong, as text.
template <class T>
std::string read(caf::actor_system& sys, const std::vector<char>& bytes, T& v) {
  caf::binary_deserializer from{sys, bytes};
  caf_reader r{from};
  r.get(v);
  const caf::error why = r.take_error();
  return why ? caf::to_string(why) : std::string{};
}

struct node {
  std::vector<node> below;
};
TROUPE_CONTRACT(node, "basp_test.node", 1, below)

std::string refusal(const std::function<void()>& f) {
  try {
    f();
  } catch (const troupe::failed& e) {
    return e.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("BT1: each kind of field is written as CAF writes it, and read back") {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", 1);
  caf::actor_system sys{config};
  const auto bytes = our_bytes(sys, filled());
  CHECK(bytes == caf_bytes(sys, filled_for_caf()));
  everything back;
  REQUIRE(read(sys, bytes, back) == "");
  CHECK(our_bytes(sys, back) == bytes);
  CHECK(back.places.at(1).name == "there");
  CHECK(back.bits == filled().bits);
  CHECK(back.there->name == "four");
  CHECK_FALSE(back.none.has_value());
}

TEST_CASE(
    "CW1, R8: bytes that end too early, announce too much or nest too deep are an error, and cost no "
    "memory") {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", 1);
  caf::actor_system sys{config};
  const auto whole = our_bytes(sys, filled());
  for (std::size_t n = 0; n < whole.size(); ++n) {
    everything back;
    CAPTURE(n);
    CHECK(read(sys, {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)}, back) != "");
  }
  // The largest count that CAF can write, and nothing behind it.
  const std::vector<char> count{'\xff', '\xff', '\xff', '\xff', '\x0f'};
  std::vector<std::string> texts;
  CHECK(read(sys, count, texts) != "");
  CHECK(texts.capacity() < 16);
  std::vector<char> letters;
  CHECK(read(sys, count, letters) != "");
  std::vector<bool> bits;
  CHECK(read(sys, count, bits) != "");
  std::vector<troupe::unit> nothings;
  CHECK(read(sys, count, nothings).find("take no bytes") != std::string::npos);
  node deep;
  CHECK(read(sys, std::vector<char>(1000, '\x01'), deep).find("nested too deep") != std::string::npos);
}

TEST_CASE("CW3: an enum with a contract takes the values that it lists") {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", 1);
  caf::actor_system sys{config};
  colour c{};
  CHECK(read(sys, {'\x02'}, c) == "");
  CHECK(c == colour::green);
  CHECK(read(sys, {'\x03'}, c).find("a value that its enum does not have") != std::string::npos);
}

TEST_CASE("CW4: an infinity and what is no number are not written, alone or inside, and finite numbers are") {
  for (const double no : {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                          std::numeric_limits<double>::quiet_NaN()}) {
    std::vector<char> out;
    caf::binary_serializer to{nullptr, out};
    caf_writer alone{to}, narrow{to}, inside{to};
    CHECK_FALSE(alone.put(no));
    CHECK(alone.take_error());
    CHECK_FALSE(narrow.put(static_cast<float>(no)));
    everything all;
    all.d = no;
    CHECK_FALSE(inside.put(all));
  }
  for (const double yes :
       {0.0, -1.5, std::numeric_limits<double>::max(), std::numeric_limits<double>::min()}) {
    std::vector<char> out;
    caf::binary_serializer to{nullptr, out};
    caf_writer w{to};
    CHECK(w.put(yes));
    double back = 7;
    caf::binary_deserializer from{nullptr, out};
    caf_reader r{from};
    CHECK(r.get(back));
    CHECK(back == yes);
  }
}

TEST_CASE("BT3: a protocol is its messages and their answers, each once; one name is one type") {
  troupe::basp_types types;
  types.protocol<teller>();
  std::vector<std::string> names;
  for (const auto& one : types.all()) names.push_back(one.name);
  CHECK(names == std::vector<std::string>{"basp_test.deposit", "basp_test.ask_statement", "basp_test.hold_on",
                                          "basp_test.listen_to", "basp_test.news", "basp_test.leave",
                                          "basp_test.ask_unheard_of", "basp_test.statement",
                                          "basp_test.unheard_of"});
  types.add<deposit>().protocol<teller>();
  CHECK(types.all().size() == names.size());
  CHECK(refusal([&] {
          types.add<deposit>("deposit");
        }).find("deposit has two names: basp_test.deposit and deposit") != std::string::npos);
  CHECK(refusal([&] { types.add<place>("basp_test.news"); }).find("two types are called basp_test.news") !=
        std::string::npos);
  for (const char* name : {"", "a+b"})
    CHECK(refusal([&] { types.add<place>(name); }).find("is no name for") != std::string::npos);
  troupe::basp_types other;
  other.add<deposit>("deposit").protocol<deposit>();  // as the other program calls it
  CHECK(other.all().size() == 1);
}

}  // namespace basp_types_test
