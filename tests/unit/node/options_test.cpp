// A node's settings: what they must be together, and where a mistake is reported.
#include <doctest/doctest.h>

#include <troupe/node/options.hpp>

#include "unit/config/fixture.hpp"

using namespace config_test;

namespace {

std::string mistake_in(std::string text) {
  return mistake(file(std::move(text)), troupe::node_options::schema());
}

}  // namespace

TEST_CASE("R7: only what leads to this machine for certain is a loopback address") {
  for (const char* host : {"127.0.0.1", "127.1.2.3", "localhost", "::1"})
    CHECK(troupe::is_loopback({host, 1}));
  for (const char* host :
       {"0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example", "1270.0.0.1", "localhost.example"})
    CHECK_FALSE(troupe::is_loopback({host, 1}));
}

TEST_CASE(
    "R7, C3: an address that others reach needs insecure = true, and the mistake has the address's line") {
  CHECK(mistake_in("[node]\nname = \"n\"\nlisten = \"0.0.0.0:1\"") ==
        "kv.toml:3: node.listen: expected a loopback address, or node.insecure = true to listen without TLS "
        "(R7), "
        "got \"0.0.0.0:1\"");
  CHECK(mistake_in("[node]\nname = \"n\"\nlisten = \"0.0.0.0:1\"\ninsecure = true") == "[]");
  CHECK(mistake_in("[node]\nname = \"n\"\nlisten = \"127.0.0.1:1\"") == "[]");
}

TEST_CASE("C3: a heartbeat limit below twice the interval is reported at the one of them that was set") {
  const std::string why =
      "expected node.heartbeat_limit to be at least twice node.heartbeat_interval, or one lost moment is a "
      "lost "
      "peer; they are ";
  CHECK(mistake_in("[node]\nname = \"n\"\nheartbeat_limit = \"999ms\"") ==
        "kv.toml:3: node.heartbeat_limit: " + why + "999ms and 500ms");
  CHECK(mistake_in("[node]\nname = \"n\"\nheartbeat_interval = \"1001ms\"") ==
        "kv.toml:3: node.heartbeat_interval: " + why + "2s and 1001ms");
  CHECK(mistake_in("[node]\nname = \"n\"\nheartbeat_limit = \"1s\"") == "[]");
}

TEST_CASE("a node's name and its peers' names have 1 to 255 bytes and no control characters") {
  const std::string allowed = "expected a name of 1 to 255 bytes without control characters";
  CHECK(mistake_in("[node]\nname = \"\"") == "kv.toml:2: node.name: " + allowed + ", got \"\"");
  CHECK(mistake_in("[node]\nname = \"" + std::string(256, 'n') + "\"")
            .starts_with("kv.toml:2: node.name: " + allowed));
  CHECK(mistake_in("[node]\nname = \"" + std::string(255, 'n') + "\"") == "[]");
  CHECK(mistake_in("[node]\nname = \"n\"\npeers = { \"\" = \"127.0.0.1:1\" }") ==
        "kv.toml:3: node.peers.\"\": " + allowed + ", got \"\"");
}

TEST_CASE("a wrong peer is reported in its own line with its own key") {
  CHECK(mistake_in("[node]\nname = \"n\"\n[node.peers]\nn1 = \"127.0.0.1:1\"\nn2 = \"nowhere\"\n") ==
        "kv.toml:5: node.peers.n2: 'nowhere' is no host:port, for example 127.0.0.1:7000, got \"nowhere\"");
}
