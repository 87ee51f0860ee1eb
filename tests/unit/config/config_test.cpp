#include <doctest/doctest.h>

#include <troupe/config/config.hpp>

#include "child.hpp"
#include "fixture.hpp"

namespace config_test {

using namespace config_test;
using namespace std::chrono_literals;

TEST_CASE("settings keep the order of the schema") {
  const auto c = parsed({});
  REQUIRE(c.settings().size() == 9);
  CHECK(c.settings()[0].name == "listen.port");
  CHECK(c.settings()[8].name == "peers");
}

TEST_CASE("a configuration is a value: a copy has the same settings") {
  const auto c = parsed(arguments({"--listen.port=1"}));
  const troupe::config copy = c;
  CHECK(copy.get_int("listen.port") == 1);
  CHECK(copy.where("listen.port") == c.where("listen.port"));
}

TEST_CASE("G2: asking for a key that is in no schema is a broken invariant") {
  CHECK(broken_by([] { parsed({}).get_int("listen.prot"); }) ==
        "config key \"listen.prot\" is asked for and in no schema");
  CHECK(broken_by([] { parsed({}).where("listen"); }) ==
        "config key \"listen\" is asked for and in no schema");
}

TEST_CASE("G2: asking for a key as what it is not is a broken invariant") {
  CHECK(broken_by([] { parsed({}).get_text("listen.port"); }) ==
        "config key \"listen.port\" is of kind INTEGER, asked for as TEXT");
  CHECK(broken_by([] { parsed({}).get_int("memory.max"); }) ==
        "config key \"memory.max\" is of kind BYTES, asked for as INTEGER");
}

TEST_CASE("G2: the abort names the place that asked") {
  const auto end = in_child([] { parsed({}).get_bool("nothing"); });
  CHECK(end.signal == SIGABRT);
  CHECK(end.err.find("config_test.cpp:") != std::string::npos);
}

TEST_CASE("defaults has the library's keys and the service's") {
  const auto c = troupe::config::defaults(kv_schema());
  CHECK(c.get_int("scheduler.workers") == 0);
  CHECK(c.get_duration("idle-timeout") == 5min);
  CHECK(troupe::config::defaults().get_int("scheduler.workers") == 0);
}

TEST_CASE("defaults of a required key do not exist: a broken invariant") {
  CHECK(broken_by([] {
          troupe::config_schema schema{"KV"};
          schema.text("name").required();
          (void)troupe::config::defaults(schema);
        }) ==
        "no configuration of defaults: name: missing, expected text; set it in the file, as --name or as "
        "KV_NAME");
}

}  // namespace config_test
