// What an operator sees when a node can't start.
#include <doctest/doctest.h>
#include <unistd.h>

#include "scenario/nodes.hpp"

namespace scenario_configuration_test {

using namespace scenario;
using namespace std::chrono_literals;

namespace {

struct ending {
  int code;
  std::string said;
};

ending run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), node_program());
  process p(arguments);
  const int code = p.wait();
  return {code, p.output()};
}

std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  if (end == std::string::npos) return {};
  const auto before = text.find_last_of('\n', end);
  return text.substr(before == std::string::npos ? 0 : before + 1,
                     end - (before == std::string::npos ? 0 : before + 1) + 1);
}

// A file that is right, with `more` in line 5.
std::string file_with(const temporary_directory& d, const std::string& more) {
  return d.write("node.toml", "[node]\nname = \"n1\"\n[kv]\ndirectory = \"" + (d.path() / "data").string() +
                                  "\"\n" + more + "\n");
}

}  // namespace

TEST_CASE("a wrong file is one line that names file, line, key and what is allowed, and exit code 2") {
  const temporary_directory d;
  const std::string file = (d.path() / "node.toml").string();
  struct wrong {
    std::string line5;
    std::string told;
  };
  for (const wrong& w : {
           wrong{"nonsense = 1", file + ":5: unknown key kv.nonsense; --help lists all keys\n"},
           wrong{"durability = \"some\"",
                 file + ":5: kv.durability: expected one of full, normal, off, got \"some\"\n"},
           wrong{"pipeline_max = 0",
                 file + ":5: kv.pipeline_max: expected an integer from 1 to 65536, got 0\n"},
           wrong{"pipeline_max = \"many\"",
                 file + ":5: kv.pipeline_max: expected an integer from 1 to 65536, got \"many\"\n"},
           wrong{"request_timeout = \"5 apples\"",
                 file + ":5: kv.request_timeout: expected a duration from 10ms to 1h, written like "
                        "\"250ms\", \"5s\", \"2min\" or \"1h\", got \"5 apples\"\n"},
       }) {
    CAPTURE(w.line5);
    const auto e = run({"--config", file_with(d, w.line5)});
    CHECK(e.code == 2);
    CHECK(e.said == w.told);
  }
}

TEST_CASE(
    "settings that do not fit together are one line with the place where they were set, and exit code 2") {
  const temporary_directory d;
  const std::string file = (d.path() / "node.toml").string();
  struct wrong {
    std::string lines;
    std::string told;
  };
  for (const wrong& w : {
           wrong{"[kv]\nrequest_bytes_max = \"8MiB\"\nvalue_bytes_max = \"2MiB\"\n[node]\nname = \"n1\"",
                 ":2: kv.request_bytes_max: expected kv.request_bytes_max to hold two of the largest "
                 "requests, at "
                 "least 64MiB with kv.value_bytes_max = 2MiB, got 8MiB\n"},
           wrong{"[kv]\nvalue_bytes_max = \"64MiB\"\n[node]\nname = \"n1\"",
                 ":2: kv.value_bytes_max: expected a size in bytes from 1KiB to 16MiB, got 64MiB\n"},
           wrong{"[kv]\nlisten = \"127.0.0.1:4000\"\n[node]\nname = \"n1\"\nlisten = \"127.0.0.1:4000\"",
                 ":2: kv.listen: expected another address than node.listen, which peers connect to, got "
                 "\"127.0.0.1:4000\"\n"},
           wrong{"[node]\nname = \"n1\"\nheartbeat_limit = \"900ms\"",
                 ":3: node.heartbeat_limit: expected node.heartbeat_limit to be at least twice "
                 "node.heartbeat_interval, or one lost moment is a lost peer; they are 900ms and 500ms\n"},
           wrong{"[dispatcher.disk]\nkind = \"threads\"\n[node]\nname = \"n1\"",
                 ":2: dispatcher.disk.kind: expected one of pool, blocking, pinned, got \"threads\"\n"},
           wrong{"[actor.\"/user/kv/shards/*\"]\ndispatcher = \"disk\"\n[node]\nname = \"n1\"",
                 ":2: actor.\"/user/kv/shards/*\".dispatcher: expected one of blocking, default, pinned, got "
                 "\"disk\"\n"},
           wrong{"[node]\nname = \"n\\n1\"",
                 ":2: node.name: expected a name of 1 to 255 bytes without control characters, got "
                 "\"n\\x0a1\"\n"},
           wrong{"[node]\nname = \"n1\"\nlisten = \"0.0.0.0:7000\"",
                 ":3: node.listen: expected a loopback address or unix:/path, certificates (node.tls), or "
                 "node.insecure = "
                 "true to listen without TLS (R7), got \"0.0.0.0:7000\"\n"},
       }) {
    CAPTURE(w.lines);
    d.write("node.toml", w.lines + "\n");
    const auto e = run({"--config", file, "--kv.directory", (d.path() / "data").string()});
    CHECK(e.code == 2);
    CHECK(e.said == file + w.told);
  }
}

TEST_CASE("a file that is no TOML is one line with its place, and exit code 2") {
  const temporary_directory d;
  // The required keys come from the command line: only the syntax is wrong.
  const std::string file = d.write("node.toml", "[kv]\nlisten = \n");
  const auto e = run({"--config", file, "--node.name", "n1", "--kv.directory", "d"});
  CHECK(e.code == 2);
  CHECK(e.said.starts_with(file + ":2: TOML syntax: "));
  CHECK(e.said.find('\n') == e.said.size() - 1);
}

TEST_CASE("a missing key, a missing file and unknown keys from elsewhere are one line each") {
  const temporary_directory d;
  CHECK(
      run({"--node.name", "n1"}).said ==
      "kv.directory: missing, expected text; set it in the file, as --kv.directory or as KV_KV_DIRECTORY\n");
  CHECK(run({"--node.name", "n1"}).code == 2);
  const auto absent =
      run({"--config", (d.path() / "none.toml").string(), "--node.name", "n1", "--kv.directory", "d"});
  CHECK(absent.code == 2);
  CHECK(absent.said == (d.path() / "none.toml").string() + ": no such file\n");
  const auto unknown = run({"--node.name", "n1", "--kv.directory", "d", "--kv.nonsense", "3"});
  CHECK(unknown.code == 2);
  CHECK(unknown.said == "command line --kv.nonsense: unknown key; --help lists all keys\n");
}

TEST_CASE("a port that is taken is one readable line and exit code 1, before any database") {
  nodes n(1);
  const temporary_directory d;
  const std::string taken = "127.0.0.1:" + std::to_string(n.client_port());
  const auto e =
      run({"--node.name", "n9", "--kv.directory", (d.path() / "data").string(), "--kv.listen", taken});
  CHECK(e.code == 1);
  CHECK(last_line(e.said) == "kv_node: already_exists: " + taken +
                                 " is taken by another program; stop that program or choose another port");
  CHECK(e.said.find("warning") == std::string::npos);
  CHECK_FALSE(std::filesystem::exists(d.path() / "data"));
  CHECK(serves(n));
}

TEST_CASE("a second node on the same data directory is refused and does not disturb the first") {
  nodes n(1);
  client c = n.connect();
  CHECK(c.ask({"SET", "k", "v"}) == "+OK\r\n");
  const auto e = run({"--node.name", "n1", "--kv.directory", (n.directory().path() / "n1").string(),
                      "--kv.listen", "127.0.0.1:" + std::to_string(free_port())});
  CHECK(e.code == 1);
  CHECK(last_line(e.said).find("shard-0.db is in use by another process") != std::string::npos);
  CHECK(c.ask({"GET", "k"}) == "$1\r\nv\r\n");
  CHECK(c.ask({"SET", "k", "w"}) == "+OK\r\n");
}

TEST_CASE("a data directory that can't be made or written is a line that names it, and exit code 1") {
  const temporary_directory d;
  const std::string port = "127.0.0.1:" + std::to_string(free_port());
  const std::string in_a_file = d.write("file", "") + "/data";
  const auto e = run({"--node.name", "n1", "--kv.directory", in_a_file, "--kv.listen", port});
  CHECK(e.code == 1);
  CHECK(last_line(e.said).find(in_a_file + ": Not a directory") != std::string::npos);
  if (::geteuid() == 0) {
    MESSAGE("running as root, who may write everywhere: the case without permission is left out");
    return;
  }
  const auto closed = d.path() / "closed";
  std::filesystem::create_directory(closed);
  std::filesystem::permissions(closed,
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const auto refused = run({"--node.name", "n1", "--kv.directory", closed.string(), "--kv.listen", port});
  CHECK(refused.code == 1);
  CHECK(last_line(refused.said).find(closed.string()) != std::string::npos);
}

}  // namespace scenario_configuration_test
