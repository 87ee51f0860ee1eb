#include <doctest/doctest.h>

#include <troupe/config/command_line.hpp>

#include "fixture.hpp"

namespace config_command_line_test {

using namespace config_test;
using namespace std::chrono_literals;
using troupe::configuration::read_command_line;
using lines = std::vector<std::string>;

TEST_CASE("A1: a value follows its option or an equals sign") {
  const auto line =
      read_command_line({"--a", "1", "--b=2", "--c=", "--d", "--e=x=y", "--f", "-5", "--g=--x"});
  REQUIRE(line.settings.size() == 7);
  CHECK(line.mistakes.empty());
  CHECK(line.settings[0].value == "1");
  CHECK(line.settings[1].name == "b");
  CHECK(line.settings[1].value == "2");
  CHECK(line.settings[2].value == "");
  CHECK(!line.settings[3].value);
  CHECK(line.settings[4].name == "e");
  CHECK(line.settings[4].value == "x=y");
  CHECK(line.settings[5].value == "-5");
  CHECK(line.settings[6].value == "--x");
}

TEST_CASE("A2: the program's own options are told apart from settings") {
  const auto line = read_command_line({"--config", "kv.toml", "--help", "--print-config"});
  CHECK(line.settings.empty());
  CHECK(line.mistakes.empty());
  CHECK(line.file == "kv.toml");
  CHECK(line.help);
  CHECK(line.print_config);
  CHECK(read_command_line({"--config=a b"}).file == "a b");
  CHECK(read_command_line({"-h"}).help);
  CHECK(!read_command_line({}).help);
  CHECK(!read_command_line({"--name", "-h"}).help);
}

TEST_CASE("A2: wrong use of the program's own options") {
  CHECK(read_command_line({"--config"}).mistakes ==
        lines{"command line --config: expected the name of a file, got nothing"});
  CHECK(read_command_line({"--config="}).mistakes ==
        lines{"command line --config: expected the name of a file, got nothing"});
  CHECK(read_command_line({"--config", "--help"}).mistakes ==
        lines{"command line --config: expected the name of a file, got nothing"});
  CHECK(read_command_line({"--config", "a", "--config", "b"}).mistakes ==
        lines{"command line --config: given twice"});
  CHECK(read_command_line({"--help=x"}).mistakes == lines{"command line --help: takes no value"});
  CHECK(read_command_line({"--print-config", "x"}).mistakes ==
        lines{"command line: unexpected argument \"x\"; a setting is written --key value or --key=value"});
}

TEST_CASE("A1: what is no option is a mistake") {
  for (const char* wrong : {"x", "-p", "--", "--=1", "", "-"})
    CHECK(read_command_line({wrong}).mistakes ==
          lines{"command line: unexpected argument \"" + std::string(wrong) +
                "\"; a setting is written --key value or --key=value"});
}

TEST_CASE("options set keys of every kind") {
  const auto c = parsed(arguments({"--listen.port=7000", "--listen.address", "x y", "--tls.enabled", "true",
                                   "--load.factor", "0.5", "--idle-timeout", "90s", "--memory.max=1MiB",
                                   "--tags", "a,b", "--trace.level", "warn", "--peers", "n1=x"}));
  CHECK(c.get_int("listen.port") == 7000);
  CHECK(c.get_text("listen.address") == "x y");
  CHECK(c.get_bool("tls.enabled"));
  CHECK(c.get_real("load.factor") == 0.5);
  CHECK(c.get_duration("idle-timeout") == 90s);
  CHECK(c.get_bytes("memory.max") == 1u << 20);
  CHECK(c.get_list("tags") == lines{"a", "b"});
  CHECK(c.get_text("trace.level") == "warn");
  CHECK(c.get_table("peers") == troupe::config_table{{"n1", "x"}});
  CHECK(c.where("listen.port") == "command line --listen.port");
}

TEST_CASE("A1: a boolean alone means true, anything else alone is a mistake") {
  CHECK(parsed(arguments({"--tls.enabled"})).get_bool("tls.enabled"));
  CHECK(parsed(arguments({"--tls.enabled", "--listen.port=1"})).get_bool("tls.enabled"));
  CHECK(!parsed(arguments({"--tls.enabled=false"})).get_bool("tls.enabled"));
  CHECK(mistake(arguments({"--listen.port"})) ==
        "command line --listen.port: listen.port: expected an integer from 0 to 65535, got nothing; "
        "a value that starts with -- is written --listen.port=VALUE");
  CHECK(mistake(arguments({"--tags", "--tls.enabled"})) ==
        "command line --tags: tags: expected a list of texts, got nothing; "
        "a value that starts with -- is written --tags=VALUE");
  CHECK(parsed(arguments({"--listen.address=--x"})).get_text("listen.address") == "--x");
}

TEST_CASE("lists and tables may come in pieces") {
  const auto c = parsed(arguments({"--tags", "a,b", "--peers.n1", "x,y", "--tags=c", "--peers", "n2=z"}));
  CHECK(c.get_list("tags") == lines{"a", "b", "c"});
  CHECK(c.get_table("peers") == troupe::config_table{{"n1", "x,y"}, {"n2", "z"}});
  CHECK(c.where("peers") == "command line --peers");
  CHECK(parsed(arguments({"--peers.n.1=x"})).get_table("peers") == troupe::config_table{{"n.1", "x"}});
}

TEST_CASE("anything else may come once") {
  CHECK(mistake(arguments({"--listen.port", "1", "--listen.port=2"})) ==
        "command line --listen.port: listen.port: given twice");
  CHECK(mistake(arguments({"--tls.enabled", "--tls.enabled"})) ==
        "command line --tls.enabled: tls.enabled: given twice");
  CHECK(mistake(arguments({"--peers.n1=x", "--peers", "n1=y"})) ==
        "command line --peers: peers: \"n1\" is given twice");
}

TEST_CASE("K3: the check of a table's entries is said of the entry, and of the option that has it") {
  const auto schema = schema_with_checked_entries();
  CHECK(mistakes(arguments({"--peers.n1=h", "--peers", "n2=h:1,n3=i", "--peers.n4", "h:4"}), schema) ==
        lines{"command line --peers.n1: peers.n1: needs a port, got \"h\"",
              "command line --peers: peers.n3: needs a port, got \"i\""});
  CHECK(parsed(arguments({"--peers.n1=h:1"}), schema).get_table("peers").size() == 1);
}

TEST_CASE("the check of a list sees all of it, and each mistake of a value is said once") {
  troupe::config_schema schema;
  schema.list("tags").check(
      [](const troupe::config_list& all) { return all.size() == 1 ? "needs two" : ""; });
  CHECK(mistakes(arguments({"--tags=a", "--tags=b"}), schema).empty());
  CHECK(mistake(arguments({"--tags=a"}), schema) == "command line --tags: tags: needs two, got [\"a\"]");
  CHECK(mistake(arguments({"--listen.port=x"})) ==
        "command line --listen.port: listen.port: expected an integer from 0 to 65535, got \"x\"");
  CHECK(mistake(arguments({"--listen.port=-1"})) ==
        "command line --listen.port: listen.port: expected an integer from 0 to 65535, got -1");
}

TEST_CASE("Q1: an unknown option is named with the nearest known one, and never taken for it") {
  CHECK(mistake(arguments({"--listen.prot", "1"})) ==
        "command line --listen.prot: unknown key; did you mean --listen.port?");
  CHECK(mistake(arguments({"--listen.por", "1"})) ==
        "command line --listen.por: unknown key; did you mean --listen.port?");
  CHECK(mistake(arguments({"--port=1"})) == "command line --port: unknown key; did you mean --listen.port?");
  CHECK(mistake(arguments({"--confg=x"})) == "command line --confg: unknown key; did you mean --config?");
  CHECK(mistake(arguments({"--zzzzzz"})) == "command line --zzzzzz: unknown key; --help lists all keys");
  CHECK(mistake(arguments({"--peers."})) == "command line --peers.: unknown key; did you mean --peers?");
  CHECK(mistake(arguments({"--\x1b=1"})) == "command line --\\x1b: unknown key; --help lists all keys");
}

TEST_CASE("Q1: an argument that is no UTF-8 is a mistake") {
  CHECK(mistake(arguments({"--listen.address=\xff"})) ==
        "command line --listen.address: listen.address: expected UTF-8, got \"\\xff\"");
  CHECK(mistake(arguments({"--tags=\xff"})) == "command line --tags: tags: expected UTF-8, got \"\\xff\"");
  CHECK(mistake(arguments({"--peers.a=\xff"})) ==
        "command line --peers.a: peers: expected UTF-8, got \"\\xff\"");
}

}  // namespace config_command_line_test
