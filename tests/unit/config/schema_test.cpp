#include <doctest/doctest.h>

#include <troupe/config/library_keys.hpp>
#include <troupe/config/schema.hpp>

#include "child.hpp"
#include "fixture.hpp"

namespace config_schema_test {

using config_test::broken_by;
using troupe::config_kind;
using troupe::config_schema;
using namespace std::chrono_literals;

TEST_CASE("keys are kept in the order they were added, with all they were given") {
  const config_schema schema = config_test::kv_schema();
  REQUIRE(schema.keys().size() == 9);
  CHECK(schema.keys()[0].name == "listen.port");
  CHECK(schema.keys()[0].type == config_kind::integer);
  CHECK(schema.keys()[0].default_value == troupe::config_value{std::int64_t{6379}});
  CHECK(schema.keys()[0].min == troupe::config_value{std::int64_t{0}});
  CHECK(schema.keys()[0].max == troupe::config_value{std::int64_t{65535}});
  CHECK(schema.keys()[0].help == "port that clients connect to");
  CHECK(schema.keys()[8].type == config_kind::table);
  CHECK(schema.find("trace.level")->choices == std::vector<std::string>{"debug", "info", "warn"});
  CHECK(schema.find("log") == nullptr);
}

TEST_CASE("a builder's key stays valid while other keys are added") {
  config_schema schema;
  auto first = schema.text("first");
  for (int i = 0; i < 500; ++i) schema.text("k" + std::to_string(i));
  first.def("x").required();
  CHECK(schema.keys()[0].default_value == troupe::config_value{std::string{"x"}});
  CHECK(schema.keys()[0].required);
}

TEST_CASE("K1: dots and dashes become underscores in the environment") {
  const config_schema schema{"KV"};
  CHECK(schema.environment_name("listen.port") == "KV_LISTEN_PORT");
  CHECK(schema.environment_name("idle-timeout") == "KV_IDLE_TIMEOUT");
  CHECK(schema.environment_name("a_b.c9") == "KV_A_B_C9");
  CHECK(config_schema{}.environment_name("a") == "TROUPE_A");
}

TEST_CASE("a table is known by the keys below it") {
  const config_schema schema = config_test::kv_schema();
  CHECK(schema.has_table("listen"));
  CHECK(!schema.has_table("liste"));
  CHECK(!schema.has_table("listen.port"));
  CHECK(!schema.has_table("tags"));
}

TEST_CASE("two schemas merge into one: the library's keys and a service's") {
  config_schema schema = config_test::kv_schema();
  schema.add(troupe::library_keys());
  CHECK(schema.keys().size() == 9 + troupe::library_keys().keys().size());
  CHECK(schema.find("scheduler.workers") != nullptr);
  CHECK(schema.keys().front().name == "listen.port");
  CHECK(schema.environment_prefix() == "KV");
  schema.verify();
}

TEST_CASE("the library's own keys are in order") {
  const auto keys = troupe::library_keys();
  keys.verify();
  CHECK(keys.environment_prefix() == "TROUPE");
  for (const auto& key : keys.keys()) CHECK_MESSAGE(!key.help.empty(), key.name);
}

TEST_CASE("C1: registering a key twice is a broken invariant") {
  CHECK(broken_by([] {
          config_schema schema;
          schema.integer("listen.port");
          schema.text("listen.port");
        }) == "config key \"listen.port\": registered twice");
  CHECK(broken_by([] {
          config_schema schema = config_test::kv_schema();
          schema.add(config_test::kv_schema());
        }) == "config key \"listen.port\": registered twice");
}

TEST_CASE("C1: the abort names the place that registered the key") {
  const auto end = config_test::in_child([] {
    config_schema schema;
    schema.integer("a");
    schema.integer("a");
  });
  CHECK(end.signal == SIGABRT);
  CHECK(end.err.find("schema_test.cpp:") != std::string::npos);
}

TEST_CASE("C2: names that can't be told apart are a broken invariant") {
  CHECK(broken_by([] {
          config_schema schema;
          schema.text("listen");
          schema.text("listen.port");
        }) == "config key \"listen.port\": can't be a table and a value, see \"listen\"");
  CHECK(broken_by([] {
          config_schema schema;
          schema.text("peers.n1");
          schema.table("peers");
        }) == "config key \"peers\": can't be a table and a value, see \"peers.n1\"");
  CHECK(broken_by([] {
          config_schema schema;
          schema.text("a.b");
          schema.text("a-b");
        }) == "config key \"a-b\": has the environment name of \"a.b\", TROUPE_A_B");
  for (const char* name : {"help", "config", "print-config"})
    CHECK(broken_by([&] { config_schema{}.text(name); }) ==
          "config key \"" + std::string(name) + "\": the name is taken by the option --" + name);
}

TEST_CASE("C1: a prefix that no variable can start with is a broken invariant") {
  CHECK(broken_by([] { config_schema{""}; }) == "config prefix \"\": use A-Z, 0-9 and _, a letter first");
  CHECK(broken_by([] { config_schema{"kv"}; }) == "config prefix \"kv\": use A-Z, 0-9 and _, a letter first");
  CHECK(broken_by([] { config_schema{"9"}; }) == "config prefix \"9\": use A-Z, 0-9 and _, a letter first");
}

TEST_CASE("C1: a schema that holds a bad key aborts when it is used") {
  CHECK(broken_by([] {
          config_schema schema;
          schema.duration("t").at_least(1s);
          troupe::parse_config({}, schema).value();
        }) ==
        "config key \"t\": give it a default within its limits or make it required: "
        "expected a duration of at least 1s, got 0s");
  CHECK(broken_by([] {
          config_schema schema;
          schema.text("Upper");
          schema.verify();
        }) ==
        "config key \"Upper\": a name is 1 to 8 parts of a-z, 0-9, _ and -, each starting with a letter, "
        "joined by "
        "dots");
}

namespace {

// Two numbers of which the first must be smaller.
troupe::config_schema ordered() {
  troupe::config_schema schema{"KV"};
  schema.integer("low").def(1);
  schema.integer("high").def(2);
  schema.relate({"low", "high"}, [](const troupe::config& c) {
    return c.get_int("low") < c.get_int("high") ? "" : "expected low to be below high";
  });
  return schema;
}

}  // namespace

TEST_CASE("C3: what does not fit together is reported at the first of its keys that was set") {
  using namespace config_test;
  CHECK(mistakes({}, ordered()).empty());
  CHECK(mistake(file("low = 3"), ordered()) == "kv.toml:1: low: expected low to be below high");
  CHECK(mistake(file("\nhigh = 0"), ordered()) == "kv.toml:2: high: expected low to be below high");
  CHECK(mistake(environment({{"KV_HIGH", "0"}}), ordered()) ==
        "environment KV_HIGH: high: expected low to be below high");
  CHECK(mistake(file("low = 3\nhigh = 3"), ordered()) == "kv.toml:1: low: expected low to be below high");
  CHECK(mistake(file("low = \"x\"\nhigh = 0"), ordered()).starts_with("kv.toml:1: low: expected an integer"));
}

TEST_CASE("C3: relations come along when schemas are added; one about no key is a broken invariant") {
  using namespace config_test;
  troupe::config_schema whole{"KV"};
  whole.text("name").def("n");
  whole.add(ordered());
  CHECK(mistake(file("low = 3"), whole) == "kv.toml:1: low: expected low to be below high");
  CHECK(broken_by([] {
          troupe::config_schema schema;
          schema.relate({"nothing"}, [](const troupe::config&) { return ""; });
          schema.verify();
        }) == "a config relation is about \"nothing\", which is no key");
}

}  // namespace config_schema_test
