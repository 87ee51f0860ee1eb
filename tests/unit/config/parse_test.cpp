#include <doctest/doctest.h>

#include <troupe/config/library_keys.hpp>

#include "child.hpp"
#include "fixture.hpp"

namespace config_parse_test {

using namespace config_test;
using lines = std::vector<std::string>;

TEST_CASE("G1: the command line wins over the environment, that over the file, that over the default") {
  troupe::config_sources sources;
  CHECK(parsed(sources).get_int("listen.port") == 6379);
  CHECK(parsed(sources).where("listen.port") == "default");
  sources.file = troupe::config_file{"kv.toml", std::string("\nlisten.port = 1\n")};
  CHECK(parsed(sources).get_int("listen.port") == 1);
  CHECK(parsed(sources).where("listen.port") == "kv.toml:2");
  sources.environment = {{"KV_LISTEN_PORT", "2"}};
  CHECK(parsed(sources).get_int("listen.port") == 2);
  CHECK(parsed(sources).where("listen.port") == "environment KV_LISTEN_PORT");
  sources.arguments = {"--listen.port=3"};
  CHECK(parsed(sources).get_int("listen.port") == 3);
  CHECK(parsed(sources).where("listen.port") == "command line --listen.port");
}

TEST_CASE("Q2: a table is taken whole from the highest source that sets it") {
  troupe::config_sources sources = file("[peers]\nn1 = \"a\"\nn2 = \"b\"\n");
  sources.arguments = {"--peers.n3=c"};
  CHECK(parsed(sources).get_table("peers") == troupe::config_table{{"n3", "c"}});
}

TEST_CASE("K2: a key nobody sets has its default or the empty value of its kind") {
  const auto c = parsed({});
  CHECK(c.get_text("listen.address") == "127.0.0.1");
  CHECK(!c.get_bool("tls.enabled"));
  CHECK(c.get_list("tags").empty());
  CHECK(c.get_table("peers").empty());
  CHECK(c.where("tags") == "default");
}

TEST_CASE("K2: a required key that nobody sets is a mistake that says how to set it") {
  troupe::config_schema schema{"KV"};
  schema.text("node.name").required();
  schema.integer("shards").range(1, 64).required();
  CHECK(mistakes({}, schema) ==
        lines{"node.name: missing, expected text; set it in the file, as --node.name or as KV_NODE_NAME",
              "shards: missing, expected an integer from 1 to 64; set it in the file, as --shards or as "
              "KV_SHARDS"});
  CHECK(mistakes(arguments({"--node.name=a", "--shards=4"}), schema).empty());
  CHECK(parsed(arguments({"--node.name=", "--shards=4"}), schema).get_text("node.name") == "");
}

TEST_CASE("K2: a required key is not called missing when it was set wrongly or its file is unreadable") {
  troupe::config_schema schema{"KV"};
  schema.integer("shards").range(1, 64).required();
  CHECK(mistake(file("shards = 0"), schema) == "kv.toml:1: shards: expected an integer from 1 to 64, got 0");
  CHECK(mistakes(file("shards = ["), schema).size() == 1);
  CHECK(mistake(environment({{"KV_SHARDS", "0"}}), schema) ==
        "environment KV_SHARDS: shards: expected an integer from 1 to 64, got 0");
  CHECK(mistake(arguments({"--shards"}), schema) ==
        "command line --shards: shards: expected an integer from 1 to 64, got nothing; "
        "a value that starts with -- is written --shards=VALUE");
}

TEST_CASE("K3: a mistake in the file does not hide behind the command line") {
  troupe::config_sources sources = file("listen.port = 70000");
  sources.arguments = {"--listen.port=1"};
  CHECK(mistake(sources) == "kv.toml:1: listen.port: expected an integer from 0 to 65535, got 70000");
}

TEST_CASE("K3: a check sees a stated default that is in effect, and no unset key") {
  const auto refuse = [](const std::string& v) { return v == "here" ? "no such directory" : ""; };
  troupe::config_schema schema;
  schema.text("data").def("here").check(refuse);
  CHECK(mistake({}, schema) == "default: data: no such directory, got \"here\"");
  CHECK(mistakes(arguments({"--data=there"}), schema).empty());
  troupe::config_schema unset;
  unset.text("data").check([](const std::string&) { return "never right"; });
  CHECK(mistakes({}, unset).empty());
}

TEST_CASE("Q1: the mistakes of all sources are reported together, one line each") {
  troupe::config_schema schema = kv_schema();
  schema.text("node.name").required();
  troupe::config_sources sources = file("listen.port = -1\nnonsense = 1\n");
  sources.environment = {{"KV_TRACE_LEVEL", "loud"}};
  sources.arguments = {"--tgas=a", "stray"};
  CHECK(mistakes(sources, schema) ==
        lines{"kv.toml:1: listen.port: expected an integer from 0 to 65535, got -1",
              "kv.toml:2: unknown key nonsense; --help lists all keys",
              "environment KV_TRACE_LEVEL: trace.level: expected one of debug, info, warn, got \"loud\"",
              "command line: unexpected argument \"stray\"; a setting is written --key value or --key=value",
              "command line --tgas: unknown key; did you mean --tags?",
              "node.name: missing, expected text; set it in the file, as --node.name or as KV_NODE_NAME"});
}

TEST_CASE("a file that could not be read is a mistake next to the others") {
  troupe::config_sources sources = arguments({"--config", "kv.toml", "--zzzzzz"});
  sources.file =
      troupe::config_file{"kv.toml", troupe::error{troupe::errc::not_found, "kv.toml: no such file"}};
  CHECK(mistakes(sources) ==
        lines{"kv.toml: no such file", "command line --zzzzzz: unknown key; --help lists all keys"});
}

TEST_CASE("past 100 mistakes the others are counted") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "zz" + std::to_string(i) + " = 1\n";
  CHECK(mistakes(file(text)).size() == 100);
  const auto all = mistakes(file(text + "yy = 1\nxx = 1\n"));
  REQUIRE(all.size() == 101);
  CHECK(all.back() == "and 2 more");
}

TEST_CASE("value() on mistakes throws an error that has all lines") {
  try {
    parsed(arguments({"stray", "--zzzzzz"}));
    FAIL("no exception");
  } catch (const troupe::failed& e) {
    CHECK(e.why().code == troupe::errc::invalid);
    CHECK(e.why().text ==
          "command line: unexpected argument \"stray\"; a setting is written --key value or --key=value\n"
          "command line --zzzzzz: unknown key; --help lists all keys");
  }
}

TEST_CASE("the library's keys and a service's are parsed as one schema") {
  troupe::config_schema schema = kv_schema();
  schema.add(troupe::library_keys());
  troupe::config_sources sources = file("[scheduler]\nworkers = 2\n[listen]\nport = 1\n");
  CHECK(parsed(sources, schema).get_int("scheduler.workers") == 2);
  CHECK(parsed(sources, schema).get_int("listen.port") == 1);
  CHECK(mistake(environment({{"KV_SCHEDULER_WORKERS", "-1"}}), schema) ==
        "environment KV_SCHEDULER_WORKERS: scheduler.workers: expected an integer from 0 to 1024, got -1");
}

TEST_CASE("a --config whose file was not handed over is a broken invariant") {
  CHECK(broken_by([] { (void)troupe::parse_config(arguments({"--config=kv.toml"}), kv_schema()); }) ==
        "parse_config got a --config without the file it names");
}

}  // namespace config_parse_test
