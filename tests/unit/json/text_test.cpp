// The text itself: what is written, what is accepted, what is refused and where.
#include <doctest/doctest.h>

#include <string>
#include <troupe/json/json.hpp>

namespace json_text_test {

namespace {

using troupe::json_document;
using troupe::json_style;
using troupe::json_writer;

std::string refusal(std::string_view text, const troupe::json_limits& limits = {}) {
  const auto d = json_document::parse(text, limits);
  if (d) return "accepted";
  CHECK(d.error().code == troupe::errc::decode_error);
  return d.error().text;
}

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

}  // namespace

TEST_CASE("JW1: the writer puts commas and colons, in one line or with a line for each value") {
  const auto written = [](json_style style) {
    std::string out;
    json_writer to{out, style};
    to.begin_object();
    to.key("a");
    to.integer(1);
    to.key("list");
    to.begin_array();
    to.null();
    to.begin_array();
    to.end_array();
    to.boolean(true);
    to.end_array();
    to.key("none");
    to.begin_object();
    to.end_object();
    to.end_object();
    return out;
  };
  CHECK(written(json_style::compact) == R"({"a":1,"list":[null,[],true],"none":{}})");
  CHECK(written(json_style::indented) ==
        "{\n  \"a\": 1,\n  \"list\": [\n    null,\n    [],\n    true\n  ],\n  \"none\": {}\n}");
}

TEST_CASE("JW2: quotes, backslashes and control characters are escaped, and read back") {
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  all += "\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\xad";
  std::string text;
  json_writer{text}.string(all);
  CHECK(text.find("\\u0000\\u0001") == 1);
  CHECK(text.find("\\n") != std::string::npos);
  const auto d = json_document::parse(text);
  REQUIRE(d.has_value());
  CHECK(d->root().text() == all);
}

TEST_CASE("UTF-8 is what Unicode's table says, nothing longer and no surrogates") {
  using troupe::is_utf8;
  CHECK(is_utf8(""));
  CHECK(is_utf8("a\xc2\x80\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
  for (const std::string_view bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82",
        "\xe2\x82\x41", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xf0\x9f\x8e"})
    CHECK_FALSE_MESSAGE(is_utf8(bad), bad.size());
}

TEST_CASE("base64 has one text for every value, and other texts are refused") {
  const auto text = [](std::string_view bytes) {
    std::string out;
    troupe::append_base64(out, bytes);
    return out;
  };
  // RFC 4648, section 10.
  CHECK(text("") == "");
  CHECK(text("f") == "Zg==");
  CHECK(text("fo") == "Zm8=");
  CHECK(text("foo") == "Zm9v");
  CHECK(text("foobar") == "Zm9vYmFy");
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    CHECK(troupe::decode_base64(text(bytes)) == bytes);
    bytes += static_cast<char>(i * 7);
  }
  for (const std::string_view bad :
       {"Zg", "Zg=", "Z===", "====", "Zh==", "Zm9=", "Zg==Zg==", "Zm9v\n", "Zm 9", "Zm-_"})
    CHECK_FALSE_MESSAGE(troupe::decode_base64(bad).has_value(), bad);
}

TEST_CASE("JD1: one value of JSON and nothing else") {
  for (const std::string_view good :
       {"null", " 1 ", "-0.5e-3", "\"\\u00e9\\ud83c\\udfad\"", "[]", "{\"a\":{}}\n"})
    CHECK_MESSAGE(refusal(good) == "accepted", good);
  for (const std::string_view bad :
       {"nul", "01", "1.", ".5", "+1", "NaN", "'a'", "{a:1}", "[1,]", "{\"a\":1,}", "[1 2]", "// c\n1",
        "\"\\x\"", "\"\n\"", "\"\\ud83c\"", "\"\xff\"", "\"\xc0\x80\""})
    CHECK_MESSAGE(refusal(bad) != "accepted", bad);
  CHECK(refusal("") == "the JSON text ends too early");
  CHECK(refusal("[1,") == "the JSON text ends too early");
  CHECK(refusal("[1]\n [2]") == "text behind the JSON value at line 2, column 2");
  CHECK(refusal("{\n  \"a\": 1,\n  \"b\": ?\n}").starts_with("not JSON at line 3, column 8: "));
}

TEST_CASE("JD2, R8: bytes, values and depth are bounded, and each limit itself is allowed") {
  CHECK(refusal("[1,2]", {.bytes_max = 5}) == "accepted");
  CHECK(refusal("[1,2]", {.bytes_max = 4}) == "a JSON text of 5 bytes; at most 4 are read");
  CHECK(refusal("{\"a\":[1]}", {.values_max = 4}) == "accepted");
  CHECK(refusal("{\"a\":[1]}", {.values_max = 3}) == "a JSON text of more than 3 values and keys");
  CHECK(refusal(nested(3), {.depth_max = 3}) == "accepted");
  CHECK(refusal(nested(4), {.depth_max = 3}) == "lists and objects nested deeper than 3");
  CHECK(refusal(nested(troupe::limits::json_depth_max)) == "accepted");
  CHECK(refusal(std::string(100'000, '[')) == "lists and objects nested deeper than 256");
}

TEST_CASE("JD3: a document keeps digits, and keys that come twice") {
  const auto d =
      json_document::parse(R"({"a": 123456789012345678901234567890.50, "a": [-0, {"b": false}], "c": null})");
  REQUIRE(d.has_value());
  CHECK(d->root().size() == 3);
  std::string seen;
  for (const auto [key, value] : d->root().members())
    seen += std::string{key} + "=" + value.in_words() + "; ";
  CHECK(seen == "a=the number 123456789012345678901234567890.50; a=a list of 2; c=null; ");
  CHECK(d->root().items().begin() == d->root().items().end());
}

TEST_CASE("a value in words is short, and UTF-8 wherever it is cut") {
  std::string text = "\"";
  for (int i = 0; i < 39; ++i) text += 'x';
  const auto d = json_document::parse(text + "\xe2\x82\xac and more\"");
  REQUIRE(d.has_value());
  CHECK(d->root().in_words() == "the string \"" + std::string(39, 'x') + "\"...");
}

}  // namespace json_text_test
