// Three nodes: keys of the others, shards that crash, nodes that die, stall and come back.
#include <doctest/doctest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "scenario/certificates.hpp"
#include "scenario/nodes.hpp"
#include "scenario/process.hpp"

namespace scenario_cluster_test {

using namespace scenario;
using namespace std::chrono_literals;

namespace {

using clock_type = std::chrono::steady_clock;

// What needs no waiting. Slack for a busy machine, and less than the waits it is to be told from: a handshake's 5 s, the
// heartbeat limits of these tests, and the minute of a request.
constexpr auto at_once = 4s;

std::string bulk(const std::string& value) {
  return "$" + std::to_string(value.size()) + "\r\n" + value + "\r\n";
}

// Asks for a key until the answer begins with `head`; returns the answer.
std::string ask_until(client& c, const std::string& key, const std::string& head) {
  std::string got;
  wait_until("an expected answer for " + key, [&] {
    got = c.ask({"GET", key});
    return got.starts_with(head);
  });
  return got;
}

// Writes 30 keys of each node through n1; what was acknowledged.
std::map<std::string, std::string> fill(const nodes& n) {
  client c = n.connect();
  std::map<std::string, std::string> written;
  for (std::size_t node = 1; node <= 3; ++node)
    for (int i = 0; i < 30; ++i) {
      const std::string key = n.key_on(node, "f" + std::to_string(i)), value = "value " + std::to_string(i);
      REQUIRE(c.ask({"SET", key, value}) == "+OK\r\n");
      written[key] = value;
    }
  return written;
}

void check_all(const nodes& n, std::size_t through, const std::map<std::string, std::string>& written) {
  client c = n.connect(through);
  for (const auto& [key, value] : written) CHECK(c.ask({"GET", key}) == bulk(value));
}

}  // namespace

TEST_CASE("each node serves the keys of all, and commands on many keys cross nodes") {
  nodes n(3);
  const auto written = fill(n);
  for (std::size_t through = 1; through <= 3; ++through) check_all(n, through, written);
  client c = n.connect(2);
  CHECK(c.ask({"DBSIZE"}) == ":90\r\n");
  const std::string a = n.key_on(1, "a"), b = n.key_on(2, "b"), d = n.key_on(3, "d");
  CHECK(c.ask({"MSET", a, "1", b, "2", d, "3"}) == "+OK\r\n");
  CHECK(n.connect(3).ask({"MGET", a, b, d, "none"}) == "*4\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n$-1\r\n");
  CHECK(n.connect(1).ask({"DEL", a, b, d}) == ":3\r\n");
  CHECK(c.ask({"EXISTS", a, b, d}) == ":0\r\n");
}

TEST_CASE("N5: nodes with certificates serve each other's keys, and go on doing so after a crash") {
  nodes n(3, std::vector<std::size_t>{});
  const auto written = fill(n);
  for (std::size_t through = 1; through <= 3; ++through) check_all(n, through, written);
  n.at(2).kill();
  n.start(2);
  n.wait_until_serving(1);
  check_all(n, 3, written);
}

TEST_CASE(
    "TC3: a certificate that is renewed is used by new connections after SIGHUP, and one that is wrong is "
    "not") {
  nodes n(3, std::vector<std::size_t>{});
  const auto written = fill(n);
  const std::filesystem::path pki = n.directory().path() / "pki";
  const auto serial = [](const std::string& of) {
    process p{{"sh", "-c", of + " | openssl x509 -noout -serial"}};
    return p.wait() == 0 ? p.output() : "no certificate: " + p.output();
  };
  const auto in_file = [&] { return serial("cat " + (pki / "n1.crt").string()); };
  const std::string shown =
      "openssl s_client -connect " + n.node_address(1) + " </dev/null 2>/dev/null";  // without one of its own
  const std::string before = in_file();
  CHECK(serial(shown) == before);

  renew_certificate(pki, "n1");
  REQUIRE(in_file() != before);
  CHECK(serial(shown) == before);  // nobody has asked for it
  n.at(1).signal(SIGHUP);
  n.at(1).wait_for_output("has read its certificates anew");
  CHECK(serial(shown) == in_file());
  check_all(n, 2, written);  // over the connections that there are
  n.at(2).kill();
  n.start(2);
  n.wait_until_serving(1);
  check_all(n, 1, written);  // and over new ones

  const std::string good = in_file();
  std::filesystem::copy_file(pki / "n2.crt", pki / "n1.crt",
                             std::filesystem::copy_options::overwrite_existing);
  n.at(1).signal(SIGHUP);
  n.at(1).wait_for_output("keeps its certificates: node.tls.key ");
  CHECK(serial(shown) == good);
  check_all(n, 1, written);
}

TEST_CASE(
    "N8: nodes that are left out of node.tls.allow, or revoked, are cut off at SIGHUP, and nobody else is") {
  nodes n(3, std::vector<std::size_t>{});
  const auto written = fill(n);
  check_all(n, 3, written);
  const std::filesystem::path pki = n.directory().path() / "pki";
  const std::string revoked = (pki / "revoked.pem").string();
  client c = n.connect(1);
  const std::string far = n.key_on(2), kept = n.key_on(3);
  // A file with a mistake changes nothing, and says where that is.
  std::ofstream(n.config_file(1), std::ios::app) << "alow = [\"n3\"]\n";
  n.at(1).signal(SIGHUP);
  n.at(1).wait_for_output("kv_node n1 keeps its certificates: " + n.config_file(1) + ":");
  CHECK_FALSE(c.ask({"GET", far}).starts_with("-"));
  std::string text;
  {
    std::ifstream in{n.config_file(1)};
    text.assign(std::istreambuf_iterator<char>{in}, {});
  }
  std::string line;
  SUBCASE("left out") { line = "allow = [\"n3\"]\n"; }
  SUBCASE("revoked") {
    revoke_certificate(pki, "n2");
    line = "revoked = \"" + revoked + "\"\n";
  }
  text.replace(text.find("alow"), std::string::npos, line);
  std::ofstream{n.config_file(1)} << text;
  n.at(1).signal(SIGHUP);
  n.at(1).wait_for_output("kv_node n1 has read its certificates anew, and closed 2 connections");
  CHECK(ask_until(c, far, "-UNAVAILABLE node n2").find("n2") != std::string::npos);
  CHECK_FALSE(c.ask({"GET", kept}).starts_with("-"));
  client through = n.connect(3);
  CHECK_FALSE(through.ask({"GET", far}).starts_with("-"));  // n3 has not been told
}

TEST_CASE("R7: a node without a certificate among nodes with one is not served, and both sides say why") {
  nodes n(2, std::vector<std::size_t>{2});
  n.at(1).wait_for_output("does not speak TLS; give both sides certificates (node.tls), or neither");
  n.at(2).wait_for_output("it speaks TLS; give this node certificates too (node.tls)");
  client c = n.connect();
  CHECK(ask_until(c, n.key_on(2), "-UNAVAILABLE").find("n2") != std::string::npos);
}

TEST_CASE("a large value crosses nodes whole") {
  nodes n(3);
  const std::string key = n.key_on(3), value(900u << 10, 'x');
  CHECK(n.connect(1).ask({"SET", key, value}) == "+OK\r\n");
  CHECK(n.connect(2).ask({"GET", key}) == bulk(value));
}

TEST_CASE("a shard that crashes is served again with its old values, at home and from afar") {
  nodes n(3);
  client c = n.connect(1);
  for (const std::size_t node : {1u, 3u}) {
    const std::string key = n.key_on(node);
    CHECK(c.ask({"SET", key, "old"}) == "+OK\r\n");
    for (int i = 0; i < 5; ++i) {
      CHECK(c.ask({"TROUPE", "CRASH", key}).starts_with("+OK"));
      CHECK(c.ask({"GET", key}) == "$3\r\nold\r\n");
    }
  }
}

TEST_CASE(
    "a node that is killed: its keys are unavailable at once, the others are served, and it comes back") {
  nodes n(3);
  auto written = fill(n);
  client c = n.connect(1);
  const std::string lost = n.key_on(2), kept = n.key_on(3);
  CHECK(c.ask({"SET", lost, "l"}) == "+OK\r\n");
  CHECK(c.ask({"SET", kept, "k"}) == "+OK\r\n");
  written[lost] = "l";
  written[kept] = "k";
  const auto killed = clock_type::now();
  n.at(2).kill();
  const std::string told = c.ask({"GET", lost});
  const auto took = clock_type::now() - killed;
  MESSAGE("told after " << took / 1ms << " ms: " << told);
  CHECK(told.starts_with("-UNAVAILABLE node n2 is unreachable"));
  CHECK(took < at_once);
  const auto again = clock_type::now();
  CHECK(c.ask({"GET", lost}).starts_with("-UNAVAILABLE node n2"));
  CHECK(c.ask({"MGET", kept, lost}).starts_with("-UNAVAILABLE node n2"));
  CHECK(c.ask({"GET", kept}) == bulk("k"));
  CHECK(n.connect(3).ask({"GET", kept}) == bulk("k"));
  CHECK(clock_type::now() - again < at_once);
  n.start(2);
  for (std::size_t i = 1; i <= 3; ++i) n.wait_until_serving(i);
  for (std::size_t i = 1; i <= 3; ++i) check_all(n, i, written);
}

TEST_CASE(
    "M5: a node that stalls is unreachable when its silence is beyond what was usual and is served again "
    "when it goes on") {
  constexpr auto pause = 5s;
  nodes n(3, {}, pause);
  client c = n.connect(1);
  const std::string stalled = n.key_on(2), kept = n.key_on(3);
  CHECK(c.ask({"SET", stalled, "s"}) == "+OK\r\n");
  CHECK(c.ask({"SET", kept, "k"}) == "+OK\r\n");
  const auto stopped = clock_type::now();
  n.at(2).stall();
  const std::string told = c.ask({"GET", stalled});
  const auto took = clock_type::now() - stopped;
  MESSAGE("told after " << took / 1ms << " ms: " << told);
  // How long that took is not compared: each time n1 itself was not run the limit begins anew (K6). A minute, as long as
  // the request would have waited, it was not: that is more than the tests' patience.
  CHECK(told.starts_with("-UNAVAILABLE node n2 is unreachable: nothing was heard of n2 for "));
  CHECK(told.find("(phi ") != std::string::npos);
  const auto again = clock_type::now();
  CHECK(c.ask({"GET", stalled}).starts_with("-UNAVAILABLE node n2 is unreachable"));
  // From here on at once, though the peer's kernel still takes connections.
  CHECK(clock_type::now() - again < at_once);
  CHECK(c.ask({"GET", kept}) == bulk("k"));
  n.at(2).signal(SIGCONT);
  CHECK(ask_until(c, stalled, "$") == bulk("s"));
  // The others may have given up its connections to them meanwhile; it has to make new ones.
  client through = n.connect(2);
  CHECK(ask_until(through, kept, "$") == bulk("k"));
}

TEST_CASE("nodes that were given different node.peers say so and do not serve each other's keys") {
  nodes n(2);
  client c = n.connect(1);
  const std::string near = n.key_on(1), far = n.key_on(2);
  REQUIRE(c.ask({"SET", far, "f"}) == "+OK\r\n");
  n.at(2).kill();
  // n2 comes back with a peer more, by which most keys live elsewhere.
  std::ofstream(n.config_file(2), std::ios::app) << "n3 = \"127.0.0.1:" << free_port() << "\"\n";
  n.start(2);
  n.at(1).wait_for_output("node n2 was given different node.peers");
  n.at(2).wait_for_output("node n1 was given different node.peers");
  const std::string refused = "-UNAVAILABLE node n2 has different node.peers; give all nodes the same";
  CHECK(c.ask({"GET", far}).starts_with(refused));
  CHECK(c.ask({"MGET", near, far}).starts_with(refused));
  CHECK(c.ask({"DBSIZE"}).starts_with(refused));
  CHECK(c.ask({"SET", near, "n"}) == "+OK\r\n");
}

}  // namespace scenario_cluster_test
