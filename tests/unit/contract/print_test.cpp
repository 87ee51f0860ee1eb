// Messages as text for people (PT1-PT3), and the text that can't grow (BT1, BT2).
#include <doctest/doctest.h>

#include <map>
#include <troupe/contract/contract.hpp>
#include <troupe/contract/print.hpp>

namespace contract_print_test {

using namespace troupe;

namespace printed_in_test {

enum class colour : std::uint8_t { red, green };
TROUPE_CONTRACT_ENUM(colour, "print.colour", red, green)

struct inner {
  std::int32_t n = 0;
};
TROUPE_CONTRACT(inner, "print.inner", 1, n)

struct outer {
  std::string text;
  bool yes = true;
  double half = 0.5;
  colour paint = colour::green;
  inner one;
  std::vector<std::int32_t> many;
  std::optional<inner> none;
  std::map<std::string, std::int32_t> table;
  duration wait{};
};
TROUPE_CONTRACT(outer, "print.outer", 1, text, yes, half, paint, one, many, none, table, wait)

/// Says itself how it is printed.
struct own {
  int x = 0;
};
void troupe_print(bounded_text& to, const own& o) { to.add(o.x == 0 ? "nought" : "some"); }

struct mute {
  int x = 0;
};

}  // namespace printed_in_test

namespace {

using namespace printed_in_test;

template <class T>
std::string text_of(const T& value, std::size_t max = 1000) {
  bounded_text to{max};
  print_value(to, value);
  return std::move(to).take();
}

}  // namespace

TEST_CASE("PT1: a contract is printed by its fields, one inside the other") {
  outer o;
  o.text = "a \"b\"";
  o.many = {1, 2};
  o.table = {{"k", 3}};
  o.wait = milliseconds{1500};
  CHECK(text_of(o) ==
        "{text: \"a \\\"b\\\"\", yes: true, half: 0.5, paint: green, one: {n: 0}, many: [1, 2], none: none, "
        "table: [(\"k\", 3)], wait: 1.5 s}");
}

TEST_CASE("PT1: a type may say itself how it is printed, and one that says nothing is named") {
  CHECK(text_of(own{}) == "nought");
  CHECK(text_of(mute{}).find("mute") != std::string::npos);
  CHECK(is_printable<own>);
  CHECK(!is_printable<mute>);
}

TEST_CASE("PT3: of a container the first elements are shown") {
  std::vector<std::int32_t> many(1000, 7);
  const std::string text = text_of(many, 100'000);
  CHECK(text.ends_with(", ...]"));
  CHECK(text.size() < 4 * printed_items_max);
}

TEST_CASE("BT1: a text is cut at its limit, and not inside a character") {
  bounded_text to{4};
  to.add("abc");
  to.add("\xc3\xa9");  // two bytes, and there is room for one
  CHECK(to.text() == "abc...");
  CHECK(to.is_full());
  to.add("d");
  CHECK(to.text() == "abc...");
}

TEST_CASE("BT2: nobody forges a line with control characters") {
  bounded_text to{100};
  to.add("a\nb\x1b[0m");
  to.add_quoted("c\"\\\t");
  CHECK(to.text() == "a\\nb\\x1b[0m\"c\\\"\\\\\\t\"");
}

}  // namespace contract_print_test
