// One message with a field of every kind, for the tests that throw bytes at decoders.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <troupe/contract/contract.hpp>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace kinds {

/// An enum whose values are listed.
enum class colour : std::int8_t { red = -1, green = 0, blue = 5 };
TROUPE_CONTRACT_ENUM(colour, "kinds.colour", red, green, blue)

/// An enum without a contract.
enum class flags : std::uint16_t { none = 0, all = 0xffff };

/// A struct inside a struct.
struct point {
  double x = 0;
  double y = 0;
  friend bool operator==(const point&, const point&) = default;
};
TROUPE_CONTRACT(point, "kinds.point", 1, x, y)

/// A struct that contains itself.
struct tree {
  std::uint32_t value = 0;
  std::vector<tree> children;
  friend bool operator==(const tree&, const tree&) = default;
};
TROUPE_CONTRACT(tree, "kinds.tree", 3, value, children)

/// A field of every kind.
struct everything {
  bool truth = false;
  std::int8_t i8 = 0;
  std::int16_t i16 = 0;
  std::int32_t i32 = 0;
  std::int64_t i64 = 0;
  std::uint8_t u8 = 0;
  std::uint16_t u16 = 0;
  std::uint32_t u32 = 0;
  std::uint64_t u64 = 0;
  float f32 = 0;
  double f64 = 0;
  char letter = 'a';
  colour paint = colour::green;
  flags bits = flags::none;
  std::string text;
  std::vector<std::byte> bytes;
  std::optional<std::string> maybe;
  std::variant<std::monostate, std::int32_t, std::string, point> either;
  std::vector<point> points;
  std::vector<bool> truths;
  std::array<std::uint16_t, 3> three{};
  std::map<std::string, std::vector<std::int32_t>> sorted;
  std::unordered_map<std::int64_t, std::string> hashed;
  std::set<std::string> names;
  std::unordered_set<std::uint32_t> numbers;
  std::pair<std::string, std::int32_t> two;
  std::tuple<bool, std::string, std::optional<double>> tuple;
  std::chrono::milliseconds wait{};
  std::chrono::sys_time<std::chrono::seconds> when{};
  troupe::error why;
  tree root;
  friend bool operator==(const everything&, const everything&) = default;
};
TROUPE_CONTRACT(everything, "kinds.everything", 2, truth, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64,
                letter, paint, bits, text, bytes, maybe, either, points, truths, three, sorted, hashed, names,
                numbers, two, tuple, wait, when, why, root)

/// An `everything` with something in every field.
inline everything full() {
  everything e;
  e.truth = true;
  e.i8 = -100, e.i16 = -30000, e.i32 = -2000000000, e.i64 = -9000000000000000000;
  e.u8 = 200, e.u16 = 60000, e.u32 = 4000000000u, e.u64 = 18000000000000000000u;
  e.f32 = 1.5f, e.f64 = -2.25, e.letter = 'z';
  e.paint = colour::blue, e.bits = flags::all;
  e.text = "text", e.bytes = {std::byte{0}, std::byte{255}}, e.maybe = "there", e.either = point{1, 2};
  e.points = {{1, 2}, {3, 4}}, e.truths = {true, false, true}, e.three = {1, 300, 65535};
  e.sorted = {{"a", {1, 2}}, {"b", {}}}, e.hashed = {{-1, "minus"}, {1, "plus"}};
  e.names = {"x", "y"}, e.numbers = {7, 8}, e.two = {"two", 2}, e.tuple = {true, "t", 0.5};
  e.wait = std::chrono::milliseconds{1500};
  e.when = std::chrono::sys_time<std::chrono::seconds>{std::chrono::seconds{1'700'000'000}};
  e.why = {troupe::errc::handler_failed, "no such account", "std::out_of_range", "/user/bank"};
  e.root = {1, {{2, {}}, {3, {{4, {}}}}}};
  return e;
}

}  // namespace kinds
