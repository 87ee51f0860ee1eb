#include <doctest/doctest.h>

#include <string>
#include <troupe/config/file_text.hpp>

#include "fixture.hpp"

namespace config_toml_source_test {

using namespace config_test;
using namespace std::chrono_literals;
using lines = std::vector<std::string>;

TEST_CASE("a file sets keys of every kind") {
  const auto c =
      parsed(file("idle-timeout = \"250s\"\n"
                  "tags = [\"a\", \"b,c\",\n  \"\"]\n"
                  "[listen]\nport = 7000\naddress = 'x'\n"
                  "[tls]\nenabled = true\n"
                  "[load]\nfactor = 1\n"
                  "[memory]\nmax = \"1GiB\"\n"
                  "[trace]\nlevel = \"warn\"\n"
                  "[peers]\nn1 = \"127.0.0.1:7001\"\n\"n.2\" = \"\"\n"));
  CHECK(c.get_duration("idle-timeout") == 250s);
  CHECK(c.get_list("tags") == lines{"a", "b,c", ""});
  CHECK(c.get_int("listen.port") == 7000);
  CHECK(c.get_text("listen.address") == "x");
  CHECK(c.get_bool("tls.enabled"));
  CHECK(c.get_real("load.factor") == 1.0);
  CHECK(c.get_bytes("memory.max") == 1u << 30);
  CHECK(c.get_text("trace.level") == "warn");
  CHECK(c.get_table("peers") == troupe::config_table{{"n1", "127.0.0.1:7001"}, {"n.2", ""}});
}

TEST_CASE("dotted keys, inline tables and plain numbers of bytes mean the same") {
  const auto c = parsed(file("listen.port = 1\nmemory = { max = 65536 }\npeers = { n1 = \"x\" }\n"));
  CHECK(c.get_int("listen.port") == 1);
  CHECK(c.get_bytes("memory.max") == 65536);
  CHECK(c.get_table("peers") == troupe::config_table{{"n1", "x"}});
}

TEST_CASE("the line of a value is the line of its key, of a table its header") {
  const auto c = parsed(file("# top\n\ntags = [\n\"a\" ]\n[listen]\n\nport = 1\n[peers]\nn1 = \"x\"\n"));
  CHECK(c.where("tags") == "kv.toml:3");
  CHECK(c.where("listen.port") == "kv.toml:7");
  CHECK(c.where("peers") == "kv.toml:8");
}

TEST_CASE("an empty file, a byte order mark, Windows lines and an empty known table are fine") {
  CHECK(mistakes(file("")).empty());
  CHECK(mistakes(file("\xef\xbb\xbf# nothing\r\n[listen]\r\n")).empty());
}

TEST_CASE("Q1: an unknown key is named with its line and the nearest known key") {
  CHECK(mistake(file("\n[listen]\nprot = 1\n")) ==
        "kv.toml:3: unknown key listen.prot; did you mean listen.port?");
  CHECK(mistake(file("lissten.port = 1")) ==
        "kv.toml:1: unknown key lissten.port; did you mean listen.port?");
  CHECK(mistake(file("port = 1")) == "kv.toml:1: unknown key port; did you mean listen.port?");
  CHECK(mistake(file("listen = 1")) == "kv.toml:1: unknown key listen; did you mean listen.port?");
  CHECK(mistake(file("frobnicate = 1")) == "kv.toml:1: unknown key frobnicate; --help lists all keys");
  CHECK(mistake(file("[nothing]")) == "kv.toml:1: unknown key nothing; --help lists all keys");
  CHECK(mistake(file("[[listen]]\nport = 1")) == "kv.toml:1: unknown key listen; did you mean listen.port?");
  CHECK(mistake(file("[listen.port]\nx = 1")) ==
        "kv.toml:1: listen.port: expected an integer from 0 to 65535, got a table");
}

TEST_CASE("a quoted key with a dot in it is not the dotted key") {
  CHECK(mistake(file("\"listen.port\" = 1")) ==
        "kv.toml:1: unknown key \"listen.port\"; did you mean listen.port?");
  CHECK(mistake(file("\"a\\u001b\\n\" = 1")) ==
        "kv.toml:1: unknown key \"a\\u001b\\n\"; --help lists all keys");
}

TEST_CASE("Q1: a value of the wrong type says what is expected, how it is written and what came") {
  CHECK(mistake(file("listen.port = \"abc\"")) ==
        "kv.toml:1: listen.port: expected an integer from 0 to 65535, got \"abc\"");
  CHECK(mistake(file("listen.port = \"7000\"")) ==
        "kv.toml:1: listen.port: expected an integer from 0 to 65535, without quotes, got \"7000\"");
  CHECK(mistake(file("listen.port = 1.0")) ==
        "kv.toml:1: listen.port: expected an integer from 0 to 65535, got 1.0");
  CHECK(mistake(file("listen.port = 1979-05-27")) ==
        "kv.toml:1: listen.port: expected an integer from 0 to 65535, got a date or time");
  CHECK(mistake(file("listen.address = 5")) ==
        "kv.toml:1: listen.address: expected text, written like \"abc\", got 5");
  CHECK(mistake(file("tls.enabled = 1")) == "kv.toml:1: tls.enabled: expected true or false, got 1");
  CHECK(mistake(file("tls.enabled = \"true\"")) ==
        "kv.toml:1: tls.enabled: expected true or false, without quotes, got \"true\"");
  CHECK(mistake(file("load.factor = nan")) ==
        "kv.toml:1: load.factor: expected a number from 0.1 to 1.0, got nan");
  CHECK(mistake(file("load.factor = -inf")) ==
        "kv.toml:1: load.factor: expected a number from 0.1 to 1.0, got -inf");
  CHECK(mistake(file("idle-timeout = 5")) ==
        "kv.toml:1: idle-timeout: expected a duration from 1s to 1h, "
        "written like \"250ms\", \"5s\", \"2min\" or \"1h\", got 5");
  CHECK(mistake(file("memory.max = -1")) ==
        "kv.toml:1: memory.max: expected a size in bytes of at least 64KiB, "
        "written like 65536, \"64KiB\", \"16MiB\" or \"1GiB\", got -1");
  CHECK(mistake(file("tags = \"a\"")) ==
        "kv.toml:1: tags: expected a list of texts, written like [\"a\", \"b\"], got \"a\"");
  CHECK(mistake(file("trace.level = true")) ==
        "kv.toml:1: trace.level: expected one of debug, info, warn, in quotes, got true");
  CHECK(mistake(file("peers = []")) ==
        "kv.toml:1: peers: expected a table of texts, written like { a = \"x\", b = \"y\" }, got an array");
}

TEST_CASE("K3: a value past the limits names them") {
  CHECK(mistake(file("listen.port = 65536")) ==
        "kv.toml:1: listen.port: expected an integer from 0 to 65535, got 65536");
  CHECK(mistake(file("load.factor = 2")) ==
        "kv.toml:1: load.factor: expected a number from 0.1 to 1.0, got 2.0");
  CHECK(mistake(file("idle-timeout = \"2h\"")) ==
        "kv.toml:1: idle-timeout: expected a duration from 1s to 1h, got 2h");
  CHECK(mistake(file("memory.max = 5")) ==
        "kv.toml:1: memory.max: expected a size in bytes of at least 64KiB, got 5");
  CHECK(mistake(file("trace.level = \"loud\"")) ==
        "kv.toml:1: trace.level: expected one of debug, info, warn, got \"loud\"");
}

TEST_CASE("Q1: every wrong item of a list or table is one line") {
  CHECK(mistakes(file("tags = [\"a\",\n1,\ntrue]\n[peers]\nn1 = 1\nn2 = \"x\"\nn3 = {}\n")) ==
        lines{"kv.toml:2: tags: expected text in quotes as item 2, got 1",
              "kv.toml:3: tags: expected text in quotes as item 3, got true",
              "kv.toml:5: peers.n1: expected text in quotes, got 1",
              "kv.toml:7: peers.n3: expected text in quotes, got a table"});
}

TEST_CASE("K3: the check of a table's entries is said of the entry, in its line") {
  const auto schema = schema_with_checked_entries();
  CHECK(mistakes(file("[peers]\nn1 = \"h:1\"\nX = \"h\"\nn3 = 1\nn4 = \"i\"\n"), schema) ==
        lines{"kv.toml:3: peers.X: no capitals, got \"X\"", "kv.toml:3: peers.X: needs a port, got \"h\"",
              "kv.toml:4: peers.n3: expected text in quotes, got 1",
              "kv.toml:5: peers.n4: needs a port, got \"i\""});
  CHECK(parsed(file("peers.n1 = \"h:1\""), schema).get_table("peers") == troupe::config_table{{"n1", "h:1"}});
}

TEST_CASE("Q1: mistakes are reported from the top of the file, whatever order the parser has") {
  CHECK(mistakes(file("zzzzzz = 1\naaaaaa = 1\n[listen]\nport = -1\n")) ==
        lines{"kv.toml:1: unknown key zzzzzz; --help lists all keys",
              "kv.toml:2: unknown key aaaaaa; --help lists all keys",
              "kv.toml:4: listen.port: expected an integer from 0 to 65535, got -1"});
}

TEST_CASE("a syntax error names file and line") {
  const auto line = mistake(file("listen.port = 1\ntrace.level = \"in\nx = 1\n"));
  CHECK(line.starts_with("kv.toml:2: TOML syntax: "));
  CHECK(line.find('\n') == std::string::npos);
  CHECK(mistake(file("a = 1\na = 2\n")).starts_with("kv.toml:2: TOML syntax: "));
  CHECK(mistake(file("[listen]\nport = 1\n[listen]\n")).starts_with("kv.toml:3: TOML syntax: "));
}

TEST_CASE("text that is no UTF-8 names line and byte, and nothing else is said of the file") {
  CHECK(mistake(file("nonsense = 1\nlisten.address = \"\xff\"\n")) == "kv.toml:2: not UTF-8, byte \\xff");
  CHECK(mistake(file(std::string("\x7f"
                                 "ELF\x02\x01\xc0"))) == "kv.toml:1: not UTF-8, byte \\xc0");
}

TEST_CASE("text past 1 MiB is refused, up to there it is read") {
  std::string text = "listen.port = 1\n";
  text.resize(troupe::config_file_bytes_max, '\n');
  CHECK(mistakes(file(text)).empty());
  CHECK(mistake(file(text + '\n')) == "kv.toml: larger than 1 MiB");
}

TEST_CASE("a key nested without end is refused before the parser follows it") {
  std::string deep = "x = 1\n";
  for (int i = 0; i < 200'000; ++i) deep += "a.";
  CHECK(mistake(file(deep + "a = 1\n")) == "kv.toml:2: a key has more than 16 dots");
  CHECK(mistake(file("x = '''\n'\n'''\n" + deep.substr(6) + "a = 1\n")) ==
        "kv.toml:4: a key has more than 16 dots");
  CHECK(mistake(file("a = " + std::string(100'000, '['))).starts_with("kv.toml:1: TOML syntax: "));
  std::string inlined = "a = ";
  for (int i = 0; i < 300; ++i) inlined += "{a.a.a.a = ";
  CHECK(mistake(file(inlined)).starts_with("kv.toml:1: TOML syntax: "));
}

TEST_CASE("dots in strings and comments are no dots of a key") {
  const std::string dots(100, '.');
  CHECK(mistakes(file("# " + dots + "\nlisten.address = \"" + dots + "\" # " + dots + "\n")).empty());
  CHECK(mistakes(file("listen.address = '" + dots + "'\n")).empty());
  CHECK(mistakes(file("listen.address = \"\"\"\n\\\"\"\" " + dots + "\n\" " + dots + "\"\"\"\n")).empty());
  CHECK(mistakes(file("listen.address = '''\n' " + dots + "'''\n")).empty());
  CHECK(mistakes(file("listen.address = \"a\\\" " + dots + "\"\n")).empty());
}

TEST_CASE("a file name can't break the line it is printed in") {
  troupe::config_sources sources = file("x = 1");
  sources.file->name = "a\nb.toml";
  CHECK(mistake(sources) == "a\\x0ab.toml:1: unknown key x; --help lists all keys");
}

}  // namespace config_toml_source_test
