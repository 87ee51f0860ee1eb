#include <doctest/doctest.h>

#include <string>
#include <troupe/config/key.hpp>

#include "fixture.hpp"

namespace config_key_test {

using namespace troupe;
using namespace std::chrono_literals;

namespace {

const config_key& key(std::string_view name) {
  static const config_schema schema = config_test::kv_schema();
  return *schema.find(name);
}

std::string wrong(std::string_view name, std::string_view text) {
  const auto value = config_value_from_text(key(name), text);
  return value ? "accepted as " + to_plain(*value) : value.error().text;
}

config_value right(std::string_view name, std::string_view text) {
  return config_value_from_text(key(name), text).value();
}

config_key plain(std::string name, config_kind type) {
  config_key k;
  k.name = std::move(name);
  k.type = type;
  return k;
}

}  // namespace

TEST_CASE("a key says what it takes") {
  CHECK(config_expected(key("listen.port")) == "an integer from 0 to 65535");
  CHECK(config_expected(key("listen.address")) == "text");
  CHECK(config_expected(key("tls.enabled")) == "true or false");
  CHECK(config_expected(key("load.factor")) == "a number from 0.1 to 1.0");
  CHECK(config_expected(key("idle-timeout")) == "a duration from 1s to 1h");
  CHECK(config_expected(key("memory.max")) == "a size in bytes of at least 64KiB");
  CHECK(config_expected(key("tags")) == "a list of texts");
  CHECK(config_expected(key("trace.level")) == "one of debug, info, warn");
  CHECK(config_expected(key("peers")) == "a table of texts");
  config_key k = plain("n", config_kind::integer);
  k.max = std::int64_t{9};
  CHECK(config_expected(k) == "an integer of at most 9");
}

TEST_CASE("text from outside becomes a value of the key's kind") {
  CHECK(right("listen.port", "0") == config_value{std::int64_t{0}});
  CHECK(right("listen.port", "65535") == config_value{std::int64_t{65535}});
  CHECK(right("listen.address", " x ") == config_value{std::string{" x "}});
  CHECK(right("listen.address", "") == config_value{std::string{}});
  CHECK(right("tls.enabled", "true") == config_value{true});
  CHECK(right("tls.enabled", "false") == config_value{false});
  CHECK(right("load.factor", "1e-1") == config_value{0.1});
  CHECK(right("idle-timeout", "90s") == config_value{duration{90s}});
  CHECK(right("memory.max", "1MiB") == config_value{byte_count{1u << 20}});
  CHECK(right("tags", "a, b ,c") == config_value{config_list{"a", "b", "c"}});
  CHECK(right("tags", "") == config_value{config_list{}});
  CHECK(right("trace.level", "warn") == config_value{std::string{"warn"}});
  CHECK(right("peers", "n1=127.0.0.1:7001, n2 = k=v") ==
        config_value{config_table{{"n1", "127.0.0.1:7001"}, {"n2", "k=v"}}});
}

TEST_CASE("K3: text that is no value, or none within the limits, says what was expected and what came") {
  CHECK(wrong("listen.port", "abc") == "expected an integer from 0 to 65535, got \"abc\"");
  CHECK(wrong("listen.port", "65536") == "expected an integer from 0 to 65535, got 65536");
  CHECK(wrong("listen.port", "-1") == "expected an integer from 0 to 65535, got -1");
  CHECK(wrong("listen.port", "") == "expected an integer from 0 to 65535, got \"\"");
  CHECK(wrong("listen.port", "1 ") == "expected an integer from 0 to 65535, got \"1 \"");
  CHECK(wrong("listen.port", "99999999999999999999") ==
        "expected an integer from 0 to 65535, got \"99999999999999999999\"");
  CHECK(wrong("tls.enabled", "yes") == "expected true or false, got \"yes\"");
  CHECK(wrong("load.factor", "nan") == "expected a number from 0.1 to 1.0, got \"nan\"");
  CHECK(wrong("load.factor", "inf") == "expected a number from 0.1 to 1.0, got \"inf\"");
  CHECK(wrong("load.factor", "1.5") == "expected a number from 0.1 to 1.0, got 1.5");
  CHECK(wrong("idle-timeout", "5") ==
        "expected a duration from 1s to 1h, written like 250ms, 5s, 2min or 1h, got \"5\"");
  CHECK(wrong("idle-timeout", "2h") == "expected a duration from 1s to 1h, got 2h");
  CHECK(wrong("memory.max", "64KB") ==
        "expected a size in bytes of at least 64KiB, written like 65536, 64KiB, 16MiB or 1GiB, got \"64KB\"");
  CHECK(wrong("memory.max", "1KiB") == "expected a size in bytes of at least 64KiB, got 1KiB");
  CHECK(wrong("tags", "a,,b") == "expected a list of texts, written like a,b, got \"a,,b\"");
  CHECK(wrong("tags", "a,") == "expected a list of texts, written like a,b, got \"a,\"");
  CHECK(wrong("trace.level", "Info") == "expected one of debug, info, warn, got \"Info\"");
  CHECK(wrong("peers", "n1") == "expected a table of texts, written like a=x,b=y, got \"n1\"");
  CHECK(wrong("peers", "=x") == "expected a table of texts, written like a=x,b=y, got \"=x\"");
  CHECK(wrong("peers", "a=x,a=y") == "expected a table of texts, written like a=x,b=y, got \"a=x,a=y\"");
  CHECK(wrong("listen.address", "a\xff\n") == "expected UTF-8, got \"a\\xff\\x0a\"");
}

TEST_CASE("K3: a check of one's own speaks in its own words") {
  config_schema schema;
  schema.text("address").def("h:1").check(
      [](const std::string& v) { return v.find(':') == std::string::npos ? "needs a port" : ""; });
  schema.bytes("page").def(4096).check(
      [](const byte_count& b) { return b.n % 512 ? "must be whole blocks" : ""; });
  CHECK(config_value_from_text(*schema.find("address"), "h").error().text == "needs a port, got \"h\"");
  CHECK(config_value_from_text(*schema.find("address"), "h:2").has_value());
  CHECK(config_value_from_text(*schema.find("page"), "1000").error().text ==
        "must be whole blocks, got 1000");
}

TEST_CASE("K1: a name is dotted parts of lower case letters, digits, underscores and dashes") {
  for (const char* name : {"a", "a.b", "listen.port", "a-b_c9.d", "a.b.c.d.e.f.g.h"})
    CHECK(config_key_problem(plain(name, config_kind::text)) == "");
  for (const char* name :
       {"", ".", "a.", ".a", "a..b", "A", "a.B", "9", "a.9", "-a", "a b", "a=b", "a\n", "a.b.c.d.e.f.g.h.i"})
    CHECK_MESSAGE(
        config_key_problem(plain(name, config_kind::text))
            .ends_with(
                ": a name is 1 to 8 parts of a-z, 0-9, _ and -, each starting with a letter, joined by dots"),
        name);
}

TEST_CASE("K2: a key that makes no sense says why") {
  config_key k = plain("n", config_kind::integer);
  k.min = std::int64_t{1};
  CHECK(config_key_problem(k) ==
        "config key \"n\": give it a default within its limits or make it required: "
        "expected an integer of at least 1, got 0");
  k.required = true;
  CHECK(config_key_problem(k) == "");
  k.default_value = std::int64_t{5};
  CHECK(config_key_problem(k) == "config key \"n\": it is required, so it can't have a default");
  k.required = false;
  CHECK(config_key_problem(k) == "");
  k.max = std::int64_t{0};
  CHECK(config_key_problem(k) == "config key \"n\": its min is above its max");
  k.max = 1.5;
  CHECK(config_key_problem(k) == "config key \"n\": its default, min and max must be of its own kind");

  config_key t = plain("t", config_kind::text);
  t.max = std::string("z");
  CHECK(config_key_problem(t) == "config key \"t\": only numbers, durations and bytes have a range");
  t.max = {};
  t.choices = {"a"};
  CHECK(config_key_problem(t) == "config key \"t\": a choice has choices, and nothing else does");
  t.choices = {};
  t.help = "two\nlines";
  CHECK(config_key_problem(t) == "config key \"t\": the help is longer than one line");

  t = plain("t", config_kind::list);
  t.check_entry_text = [](const std::string&) { return ""; };
  CHECK(config_key_problem(t) == "config key \"t\": only tables have entries to check");

  config_key c = plain("c", config_kind::choice);
  CHECK(config_key_problem(c) == "config key \"c\": a choice has choices, and nothing else does");
  c.choices = {"a", "b"};
  CHECK(config_key_problem(c) ==
        "config key \"c\": give it a default within its limits or make it required: expected one of a, b, "
        "got \"\"");

  config_key d = plain("d", config_kind::timespan);
  d.default_value = duration{-1};
  CHECK(config_key_problem(d) == "config key \"d\": its default, min and max can't be written in a file");
  config_key b = plain("b", config_kind::bytes);
  b.default_value = byte_count{std::uint64_t{1} << 63};
  CHECK(config_key_problem(b) == "config key \"b\": its default, min and max can't be written in a file");
}

}  // namespace config_key_test
