#include <doctest/doctest.h>

#include "fixture.hpp"

namespace config_environment_test {

using namespace config_test;
using namespace std::chrono_literals;
using lines = std::vector<std::string>;

TEST_CASE("variables with the program's prefix set keys of every kind") {
  const auto c = parsed(environment({{"KV_LISTEN_PORT", "7000"},
                                     {"KV_LISTEN_ADDRESS", ""},
                                     {"KV_TLS_ENABLED", "true"},
                                     {"KV_LOAD_FACTOR", "0.5"},
                                     {"KV_IDLE_TIMEOUT", "2min"},
                                     {"KV_MEMORY_MAX", "1MiB"},
                                     {"KV_TAGS", "a,b"},
                                     {"KV_TRACE_LEVEL", "debug"},
                                     {"KV_PEERS", "n1=127.0.0.1:7001"}}));
  CHECK(c.get_int("listen.port") == 7000);
  CHECK(c.get_text("listen.address") == "");
  CHECK(c.get_bool("tls.enabled"));
  CHECK(c.get_real("load.factor") == 0.5);
  CHECK(c.get_duration("idle-timeout") == 2min);
  CHECK(c.get_bytes("memory.max") == 1u << 20);
  CHECK(c.get_list("tags") == lines{"a", "b"});
  CHECK(c.get_text("trace.level") == "debug");
  CHECK(c.get_table("peers") == troupe::config_table{{"n1", "127.0.0.1:7001"}});
  CHECK(c.where("listen.port") == "environment KV_LISTEN_PORT");
}

TEST_CASE("variables of others are not looked at") {
  CHECK(mistakes(environment({{"HOME", "/"}, {"KV", "1"}, {"KVM_PORT", "1"}, {"kv_port", "1"}, {"", "\xff"}}))
            .empty());
}

TEST_CASE("Q1: an unknown variable with the prefix is a mistake") {
  CHECK(mistake(environment({{"KV_LISTEN_PROT", "1"}})) ==
        "environment KV_LISTEN_PROT: unknown key; did you mean KV_LISTEN_PORT?");
  CHECK(mistake(environment({{"KV_PORT", "1"}})) ==
        "environment KV_PORT: unknown key; did you mean KV_LISTEN_PORT?");
  CHECK(mistake(environment({{"KV_ZZZZZZ", "1"}})) ==
        "environment KV_ZZZZZZ: unknown key; --help lists all keys");
  CHECK(mistake(environment({{"KV_", "1"}})) == "environment KV_: unknown key; --help lists all keys");
  CHECK(mistake(environment({{"KV_CONFIG", "1"}})) ==
        "environment KV_CONFIG: unknown key; --help lists all keys");
  CHECK(mistake(environment({{"KV_\x1b", "1"}})) ==
        "environment KV_\\x1b: unknown key; --help lists all keys");
}

TEST_CASE("the whole name says how near two variables are, not the prefix they share") {
  troupe::config_schema schema{"A_VERY_LONG_PREFIX"};
  schema.text("abcd");
  CHECK(mistake(environment({{"A_VERY_LONG_PREFIX_WXYZ", "1"}}), schema) ==
        "environment A_VERY_LONG_PREFIX_WXYZ: unknown key; --help lists all keys");
}

TEST_CASE("Q1: a wrong value names variable and key") {
  CHECK(mistake(environment({{"KV_LISTEN_PORT", "abc"}})) ==
        "environment KV_LISTEN_PORT: listen.port: expected an integer from 0 to 65535, got \"abc\"");
  CHECK(mistake(environment({{"KV_LISTEN_ADDRESS", "\xff"}})) ==
        "environment KV_LISTEN_ADDRESS: listen.address: expected UTF-8, got \"\\xff\"");
}

TEST_CASE("K3: the check of a table's entries is said of the entry") {
  const auto schema = schema_with_checked_entries();
  CHECK(mistakes(environment({{"KV_PEERS", "n1=h,n2=h:1,n3=i"}}), schema) ==
        lines{"environment KV_PEERS: peers.n1: needs a port, got \"h\"",
              "environment KV_PEERS: peers.n3: needs a port, got \"i\""});
  CHECK(parsed(environment({{"KV_PEERS", "n1=h:1"}}), schema).get_table("peers").size() == 1);
}

TEST_CASE("Q1: mistakes come by name, and the first of two equal names counts") {
  CHECK(mistakes(environment({{"KV_Z", "1"}, {"KV_TRACE_LEVEL", "x"}, {"KV_TRACE_LEVEL", "info"}})) ==
        lines{"environment KV_TRACE_LEVEL: trace.level: expected one of debug, info, warn, got \"x\"",
              "environment KV_Z: unknown key; --help lists all keys"});
}

}  // namespace config_environment_test
