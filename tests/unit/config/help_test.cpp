#include <doctest/doctest.h>

#include <troupe/config/help.hpp>

#include "fixture.hpp"

namespace config_help_test {

using namespace config_test;

TEST_CASE("help lists every key with type, help, range, default and environment name") {
  troupe::config_schema schema{"KV"};
  schema.integer("listen.port").range(0, 65535).def(6379).help("port that clients connect to");
  schema.duration("idle-timeout").at_least(1s).def(5min).help("a silent client is dropped after this");
  schema.choice("log.level", {"debug", "info"}).required().help("what is logged");
  schema.list("tags");
  CHECK(troupe::config_help("kv", schema) ==
        "usage: kv [--config FILE] [--KEY VALUE]...\n"
        "\n"
        "The command line wins over the environment, the environment over the file, the file over the "
        "defaults.\n"
        "Durations are written 250ms, 5s, 2min or 1h; sizes 65536, 64KiB, 16MiB or 1GiB; lists a,b; tables "
        "a=x,b=y.\n"
        "\n"
        "  --config FILE\n"
        "      read settings from this TOML file\n"
        "  --print-config\n"
        "      print the settings in effect and where they came from, then exit\n"
        "  --help\n"
        "      print this, then exit\n"
        "\n"
        "Keys:\n"
        "  --listen.port INTEGER\n"
        "      port that clients connect to\n"
        "      an integer from 0 to 65535; default 6379; environment KV_LISTEN_PORT\n"
        "  --idle-timeout DURATION\n"
        "      a silent client is dropped after this\n"
        "      a duration of at least 1s; default 5min; environment KV_IDLE_TIMEOUT\n"
        "  --log.level CHOICE\n"
        "      what is logged\n"
        "      one of debug, info; required; environment KV_LOG_LEVEL\n"
        "  --tags LIST\n"
        "      a list of texts; default []; environment KV_TAGS\n");
}

TEST_CASE("help of a program without keys still names the options") {
  const auto text = troupe::config_help("kv", troupe::config_schema{});
  CHECK(text.ends_with("print this, then exit\n"));
}

TEST_CASE("the listing has every setting in effect and its origin") {
  troupe::config_sources sources = file("[listen]\nport = 7000\n[peers]\nn1 = \"127.0.0.1:7001\"\n");
  sources.environment = {{"KV_IDLE_TIMEOUT", "90s"}};
  sources.arguments = {"--tags=a,b"};
  CHECK(troupe::config_listing(parsed(sources)) ==
        "listen.port = 7000  # kv.toml:2\n"
        "listen.address = \"127.0.0.1\"  # default\n"
        "tls.enabled = false  # default\n"
        "load.factor = 0.75  # default\n"
        "idle-timeout = \"90s\"  # environment KV_IDLE_TIMEOUT\n"
        "memory.max = \"16MiB\"  # default\n"
        "tags = [\"a\", \"b\"]  # command line --tags\n"
        "trace.level = \"info\"  # default\n"
        "peers = { n1 = \"127.0.0.1:7001\" }  # kv.toml:3\n");
}

TEST_CASE("V2: a listing is a file with the same settings") {
  const auto before = parsed(arguments({"--listen.address=a\"b\\c\n\t\x01\xc3\xa9", "--load.factor=0.3",
                                        "--memory.max=65537", "--idle-timeout=1500ms", "--tags=x y,#",
                                        "--peers.n 1=#", "--peers.x.y=\"", "--tls.enabled"}));
  const auto after = parsed(file(troupe::config_listing(before)));
  REQUIRE(before.settings().size() == after.settings().size());
  for (std::size_t i = 0; i < before.settings().size(); ++i) {
    CHECK_MESSAGE(before.settings()[i].value == after.settings()[i].value, before.settings()[i].name);
    CHECK(after.settings()[i].where == "kv.toml:" + std::to_string(i + 1));
  }
}

}  // namespace config_help_test
