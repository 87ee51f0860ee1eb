#include <doctest/doctest.h>

#include <string>
#include <troupe/config/text.hpp>
#include <troupe/config/value.hpp>

namespace config_text_test {

using namespace troupe::configuration;
using namespace std::string_literals;

TEST_CASE("UTF-8 of every length is valid") {
  CHECK(!find_invalid_utf8(""));
  CHECK(!find_invalid_utf8("plain\n"s + '\0'));
  CHECK(!find_invalid_utf8(
      "\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xef\xbf\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"));
}

TEST_CASE("what RFC 3629 excludes is found where it starts") {
  CHECK(find_invalid_utf8("ab\xff") == 2);
  CHECK(find_invalid_utf8("\x80") == 0);               // a continuation without its start
  CHECK(find_invalid_utf8("a\xc0\xaf") == 1);          // overlong
  CHECK(find_invalid_utf8("a\xe0\x9f\xbf") == 1);      // overlong
  CHECK(find_invalid_utf8("a\xf0\x8f\xbf\xbf") == 1);  // overlong
  CHECK(find_invalid_utf8("a\xed\xa0\x80") == 1);      // a surrogate
  CHECK(find_invalid_utf8("a\xf4\x90\x80\x80") == 1);  // past U+10FFFF
  CHECK(find_invalid_utf8("a\xf5\x80\x80\x80") == 1);  // no such lead
  CHECK(find_invalid_utf8("a\xe2\x82") == 1);          // cut off
  CHECK(find_invalid_utf8("a\xe2\x28\xa1") == 1);      // broken off
}

TEST_CASE("foreign text is one printable line") {
  CHECK(printable("a\nb\tc\x7f\x1b[31m") == "a\\x0ab\\x09c\\x7f\\x1b[31m");
  CHECK(printable("caf\xc3\xa9 \xff") == "caf\xc3\xa9 \\xff");
  CHECK(in_quotes("x") == "\"x\"");
}

TEST_CASE("a long value is cut, and not within a character") {
  CHECK(in_quotes(std::string(80, 'a')) == '"' + std::string(80, 'a') + '"');
  CHECK(in_quotes(std::string(81, 'a')) == '"' + std::string(80, 'a') + "...\"");
  CHECK(in_quotes(std::string(79, 'a') + "\xc3\xa9z") == '"' + std::string(79, 'a') + "...\"");
  CHECK(in_quotes(std::string(200, '\x80')).size() < 400);
}

TEST_CASE("V2: texts and keys are escaped as TOML wants it") {
  CHECK(toml_text("a\"b\\c\nd\te\x01\x7f") == "\"a\\\"b\\\\c\\nd\\te\\u0001\\u007f\"");
  CHECK(toml_key("n1_a-B") == "n1_a-B");
  CHECK(toml_key("") == "\"\"");
  CHECK(toml_key("a.b") == "\"a.b\"");
}

TEST_CASE("blanks at both ends go, inner ones stay") {
  CHECK(trimmed(" \ta b\t ") == "a b");
  CHECK(trimmed("  ") == "");
}

TEST_CASE("V2: values of every kind are written as the file has them") {
  using troupe::to_toml;
  CHECK(to_toml({}) == "");
  CHECK(to_toml(true) == "true");
  CHECK(to_toml(std::int64_t{-5}) == "-5");
  CHECK(to_toml(0.1) == "0.1");
  CHECK(to_toml(-2.0) == "-2.0");
  CHECK(to_toml(1e300) == "1e+300");
  CHECK(to_toml("a b"s) == "\"a b\"");
  CHECK(to_toml(troupe::duration{5'000'000'000}) == "\"5s\"");
  CHECK(to_toml(troupe::byte_count{1024}) == "\"1KiB\"");
  CHECK(to_toml(troupe::config_list{}) == "[]");
  CHECK(to_toml(troupe::config_list{"a", "b,c"}) == "[\"a\", \"b,c\"]");
  CHECK(to_toml(troupe::config_table{}) == "{}");
  CHECK(to_toml(troupe::config_table{{"n1", "x"}, {"n.2", "y"}}) == "{ \"n.2\" = \"y\", n1 = \"x\" }");
  CHECK(troupe::to_plain(troupe::duration{5'000'000'000}) == "5s");
}

TEST_CASE("V1: a value has a kind if its type is the kind's") {
  using troupe::config_kind;
  for (const auto kind : {config_kind::boolean, config_kind::integer, config_kind::real, config_kind::text,
                          config_kind::timespan, config_kind::bytes, config_kind::list, config_kind::choice,
                          config_kind::table})
    CHECK(troupe::has_kind(troupe::empty_value(kind), kind));
  CHECK(!troupe::has_kind({}, config_kind::text));
  CHECK(!troupe::has_kind(1.0, config_kind::integer));
}

}  // namespace config_text_test
