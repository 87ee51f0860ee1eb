// A node's settings: what they must be together, and where a mistake is reported.
#include <doctest/doctest.h>

#include <troupe/node/options.hpp>

#include "unit/config/fixture.hpp"

namespace node_options_test {

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
        "kv.toml:3: node.listen: expected a loopback address or unix:/path, certificates (node.tls), or "
        "node.insecure = true to listen without TLS (R7), got \"0.0.0.0:1\"");
  CHECK(mistake_in("[node]\nname = \"n\"\nlisten = \"0.0.0.0:1\"\ninsecure = true") == "[]");
  CHECK(mistake_in("[node]\nname = \"n\"\nlisten = \"127.0.0.1:1\"") == "[]");
}

TEST_CASE(
    "R7, C3: so does a peer that is dialled over a network; where this node is among the peers it is not "
    "dialled") {
  const std::string there = "[node]\nname = \"n\"\npeers.n = \"10.0.0.1:1\"\npeers.m = \"unix:/m\"\n";
  CHECK(mistake_in(there) == "[]");
  CHECK(mistake_in(there + "peers.x = \"10.0.0.5:7000\"")
            .find("expected loopback addresses or unix:/path, certificates (node.tls), or node.insecure = "
                  "true to dial "
                  "without TLS (R7); x is at \"10.0.0.5:7000\"") != std::string::npos);
  CHECK(mistake_in(there + "peers.x = \"10.0.0.5:7000\"\ninsecure = true") == "[]");
}

TEST_CASE("C3: a heartbeat limit below twice the interval is reported at the one of them that was set") {
  const std::string why =
      "expected node.heartbeat_limit to be at least twice node.heartbeat_interval, or one lost moment is a "
      "lost "
      "peer; they are ";
  CHECK(mistake_in("[node]\nname = \"n\"\nheartbeat_limit = \"999ms\"") ==
        "kv.toml:3: node.heartbeat_limit: " + why + "999ms and 500ms");
  CHECK(mistake_in("[node]\nname = \"n\"\nheartbeat_interval = \"1001ms\"") == "[]");
  CHECK(mistake_in("[node]\nname = \"n\"\nheartbeat_interval = \"5001ms\"") ==
        "kv.toml:3: node.heartbeat_interval: " + why + "10s and 5001ms");
  CHECK(mistake_in("[node]\nname = \"n\"\nheartbeat_limit = \"1s\"") == "[]");
}

TEST_CASE(
    "C3: a pause that was asked for and would be cut off by the limit is reported; a lower limit alone is a "
    "fixed one") {
  const std::string why =
      "expected node.detector.acceptable_pause to be less than node.heartbeat_limit, which ends every "
      "silence; they "
      "are ";
  const std::string head = "[node]\nname = \"n\"\n";
  CHECK(mistake_in(head + "detector.acceptable_pause = \"10s\"") ==
        "kv.toml:3: node.detector.acceptable_pause: " + why + "10s and 10s");
  CHECK(mistake_in(head + "detector.acceptable_pause = \"9999ms\"") == "[]");
  CHECK(mistake_in(head + "detector.acceptable_pause = \"20s\"\nheartbeat_limit = \"40s\"") == "[]");
  CHECK(mistake_in(head + "heartbeat_limit = \"2s\"") == "[]");
}

TEST_CASE(
    "the failure detector is configured by key, with Pekko's defaults, and what makes no sense names the key "
    "and what would") {
  const std::string head = "[node]\nname = \"n\"\n[node.detector]\n";
  CHECK(mistake_in(head + "threshold = 0.5").starts_with("kv.toml:4: node.detector.threshold: "));
  CHECK(mistake_in(head + "threshold = 16.5").find("16") != std::string::npos);
  CHECK(mistake_in(head + "acceptable_pause = \"-1s\"")
            .starts_with("kv.toml:4: node.detector.acceptable_pause: "));
  CHECK(mistake_in(head + "min_deviation = \"0s\"").starts_with("kv.toml:4: node.detector.min_deviation: "));
  CHECK(mistake_in(head + "samples_max = 1").starts_with("kv.toml:4: node.detector.samples_max: "));
  CHECK(mistake_in(head + "samples_max = 10001").starts_with("kv.toml:4: node.detector.samples_max: "));

  const auto read = [](std::string text) {
    return troupe::node_options::from(parsed(file(std::move(text)), troupe::node_options::schema()));
  };
  CHECK(read("[node]\nname = \"n\"").detector ==
        troupe::detector_settings{
            .threshold = 8, .acceptable_pause = 3s, .min_deviation = 100ms, .samples_max = 1000});
  CHECK(
      read(head + "threshold = 12.5\nacceptable_pause = \"1s\"\nmin_deviation = \"50ms\"\nsamples_max = 200")
          .detector ==
      troupe::detector_settings{
          .threshold = 12.5, .acceptable_pause = 1s, .min_deviation = 50ms, .samples_max = 200});
}

TEST_CASE("LN3: to end connections with expired certificates needs certificates, and is not the default") {
  const std::string head = "[node]\nname = \"n\"\n[node.tls]\n";
  const std::string tls = head + "certificate = \"c\"\nkey = \"k\"\nauthority = \"a\"\n";
  const auto read = [](std::string text) {
    return troupe::node_options::from(parsed(file(std::move(text)), troupe::node_options::schema()));
  };
  CHECK_FALSE(read(tls).tls_close_expired);
  CHECK(read(tls + "close_expired = true").tls_close_expired);
  CHECK(mistake_in(head + "close_expired = true")
            .find("expected node.tls.certificate, node.tls.key and node.tls.authority as well") !=
        std::string::npos);
  CHECK(mistake_in(head + "close_expired = false") == "[]");
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

TEST_CASE("an address to be dialled at that no hello has room for is reported") {
  const std::string head = "[node]\nname = \"n\"\nadvertise = \"";
  CHECK(mistake_in(head + std::string(249, 'a') + ":12345\"") == "[]");
  CHECK(mistake_in(head + std::string(250, 'a') + ":12345\"")
            .find("kv.toml:3: node.advertise: expected an address of at most 255 bytes without control "
                  "characters") == 0);
}

TEST_CASE("a wrong peer is reported in its own line with its own key") {
  CHECK(mistake_in("[node]\nname = \"n\"\n[node.peers]\nn1 = \"127.0.0.1:1\"\nn2 = \"nowhere\"\n") ==
        "kv.toml:5: node.peers.n2: 'nowhere' is no host:port, for example 127.0.0.1:7000, got \"nowhere\"");
}

TEST_CASE("RI1, RI2: rights are read by the names of peers; nothing is public where nothing is said") {
  const auto read = [](std::string text) {
    return troupe::node_options::from(parsed(file(std::move(text)), troupe::node_options::schema()));
  };
  CHECK(read("[node]\nname = \"n\"").public_paths.empty());
  CHECK(read("[node]\nname = \"n\"").rights.empty());
  const auto o = read(
      "[node]\nname = \"n\"\npublic = [\"/user/door\", \"/shards/**\"]\n"
      "[node.rights.\"desk-*\"]\nsend = [\"/user/bank/*\", \"/user/x: a.b c.*\"]\nlink = [\"/user/bank/*\"]\n"
      "[node.rights.factory]\nspawn = [\"shop.*\"]\n[node.rights.nobody]\n");
  CHECK(o.public_paths == std::vector<std::string>{"/user/door", "/shards/**"});
  CHECK(o.rights == std::map<std::string, troupe::peer_rights>{
                        {"desk-*", {.send = {"/user/bank/*", "/user/x: a.b c.*"}, .link = {"/user/bank/*"}}},
                        {"factory", {.spawn = {"shop.*"}}},
                        {"nobody", {}}});
}

TEST_CASE("RI11: shared services are read by the names of peers; none are where nothing is said") {
  const auto read = [](std::string text) {
    return troupe::node_options::from(parsed(file(std::move(text)), troupe::node_options::schema()));
  };
  const std::string head = "[node]\nname = \"n\"\n";
  CHECK(read(head).services.empty());
  CHECK(read(head).services_max == 10'000);
  CHECK_FALSE(troupe::shares_services(read(head)));
  CHECK_FALSE(troupe::shares_services(read(head + "[node.rights.m]\nspawn = [\"a\"]")));
  const auto all = read(head + "services = [\"bank\", \"post.*\"]\nservices_max = 5");
  CHECK(all.services == std::vector<std::string>{"bank", "post.*"});
  CHECK(all.services_max == 5);
  CHECK(troupe::shares_services(all));
  const auto some = read(head + "[node.rights.\"m-*\"]\nservices = [\"vault\"]");
  CHECK(some.rights.at("m-*") == troupe::peer_rights{.services = {"vault"}});
  CHECK(troupe::shares_services(some));
  CHECK(mistake_in(head + "services = [\"*a\"]")
            .starts_with("kv.toml:3: node.services: expected a name, or its beginning with a * for its end"));
  CHECK(mistake_in(head + "services_max = 0").starts_with("kv.toml:3: node.services_max: "));
  CHECK(mistake_in(head + "[node.rights.n]\nservices = [\"a\"]") ==
        "kv.toml:4: node.rights.n.services: expected the names of peers, and \"n\" is this node itself");
}

TEST_CASE("RI5: rights that make no sense are reported where they stand, with what was expected") {
  const std::string head = "[node]\nname = \"n\"\n";
  CHECK(mistake_in(head + "public = [\"user/a\"]")
            .starts_with(
                "kv.toml:3: node.public: expected the path of actors, like /user/kv or /user/kv/*, got "));
  CHECK(mistake_in(head + "public = [\"/system/log\"]").find("nobody outside reaches") != std::string::npos);
  const std::string desk = head + "[node.rights.desk]\n";
  CHECK(mistake_in(desk + "send = [\"/user/a: \"]")
            .starts_with(
                "kv.toml:4: node.rights.desk.send: expected the wire names of messages behind the colon"));
  CHECK(
      mistake_in(desk + "link = [\"/user/a*\"]").starts_with("kv.toml:4: node.rights.desk.link: expected "));
  CHECK(mistake_in(desk + "spawn = [\"*a\"]")
            .starts_with(
                "kv.toml:4: node.rights.desk.spawn: expected a name, or its beginning with a * for its end"));
  CHECK(mistake_in(desk + "sent = [\"/user/a\"]").find("node.rights.desk.sent") != std::string::npos);
  CHECK(mistake_in(head + "[node.rights.\"d*k\"]\nsend = [\"/user/a\"]")
            .find("for the peers that it is about") != std::string::npos);
}

TEST_CASE("R8: what peers may have open here is read from the configuration, and is never nothing") {
  const std::string head = "[node]\nname = \"n\"\n";
  for (const char* key : {"inbound_max", "strangers_max", "requests_max", "watches_max"}) {
    CAPTURE(key);
    CHECK(mistake_in(head + key + " = 7") == "[]");
    CHECK(mistake_in(head + key + " = 0").starts_with("kv.toml:3: node." + std::string{key} + ": expected "));
  }
}

TEST_CASE("RI5: rights that contradict each other, the node's name or who is let in are reported") {
  const std::string head = "[node]\nname = \"n\"\n";
  CHECK(mistake_in(head + "[node.rights.n]\nsend = [\"/user/a\"]") ==
        "kv.toml:4: node.rights.n.send: expected the names of peers, and \"n\" is this node itself");
  CHECK(mistake_in(head + "public = [\"/user/*\"]\n[node.rights.desk]\nsend = [\"/user/a: b.c\"]") ==
        "kv.toml:5: node.rights.desk.send: \"/user/a: b.c\" limits nothing, since node.public lets every "
        "peer send "
        "everything to \"/user/*\": leave the types out here, or the path there");
  const std::string tls = head + "tls.certificate = \"c\"\ntls.key = \"k\"\ntls.authority = \"a\"\n";
  CHECK(mistake_in(tls + "tls.allow = [\"desk-1\"]\n[node.rights.\"desk-*\"]\nsend = [\"/user/a\"]") == "[]");
  CHECK(mistake_in(tls + "tls.allow = [\"desk-1\"]\n[node.rights.till]\nsend = [\"/user/a\"]") ==
        "kv.toml:8: node.rights.till.send: expected a peer that node.tls.allow lets in; nobody there is "
        "\"till\"");
}

}  // namespace node_options_test
