// The settings for CAF peers: what makes no sense is said where it was written, and a simulation refuses the extension.
#include <doctest/doctest.h>

#include <troupe/basp/basp.hpp>
#include <troupe/sim/world.hpp>
#include <troupe/system/system.hpp>
#include <troupe/testkit/doctest.hpp>

#include "unit/config/fixture.hpp"

namespace basp_options_test {

using namespace config_test;

namespace {

std::string mistake_of(std::string text) {
  return mistake(file("[basp]\n" + std::move(text)), troupe::basp_options::schema());
}

std::string thrown_by(troupe::basp_options o) {
  try {
    troupe::basp made{std::move(o)};
  } catch (const troupe::failed& e) {
    return e.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE(
    "BO1, C3: an address that others reach needs insecure = true, and the mistake has the address's line") {
  CHECK(mistake_of("address = \"0.0.0.0\"") ==
        "kv.toml:2: basp.address: expected a loopback address, or basp.insecure = true: BASP has no "
        "authentication, and whoever reaches \"0.0.0.0\" can send messages to every actor (R7)");
  CHECK(mistake_of("address = \"0.0.0.0\"\ninsecure = true") == "[]");
  for (const char* address : {"127.0.0.1", "::1", "localhost"})
    CHECK(mistake_of("address = \"" + std::string{address} + "\"") == "[]");
  CHECK(mistake_of("address = \"127.0.0.1.example\"").find("expected a loopback address") !=
        std::string::npos);
}

TEST_CASE("C3: what is no address, no name and no sense is reported at its key") {
  for (const char* address : {"", "unix:/run/x", "[::1]", "a b"})
    CHECK(mistake_of("address = \"" + std::string{address} + "\"")
              .starts_with("kv.toml:2: basp.address: expected an address or a name"));
  CHECK(mistake_of("applications = [\"\"]").starts_with("kv.toml:2: basp.applications: expected names"));
  CHECK(mistake_of("connect_timeout = \"1ms\"").starts_with("kv.toml:2: basp.connect_timeout: "));
  CHECK(mistake_of("heartbeat_interval = \"20s\"") ==
        "kv.toml:2: basp.heartbeat_interval: expected basp.connection_timeout to be at least twice "
        "basp.heartbeat_interval, or one lost moment is a lost peer; they are 30s and 20s");
}

TEST_CASE("every key of the configuration arrives in the options") {
  const auto o = troupe::basp_options::from(
      parsed(file("[basp]\naddress = \"::1\"\ninsecure = true\napplications = [\"bank\", \"shop\"]\n"
                  "connect_timeout = \"2s\"\nheartbeat_interval = \"1s\"\nconnection_timeout = \"3s\""),
             troupe::basp_options::schema()));
  CHECK(o.address == "::1");
  CHECK(o.insecure);
  CHECK(o.applications == std::vector<std::string>{"bank", "shop"});
  CHECK(o.connect_timeout == troupe::seconds{2});
  CHECK(o.heartbeat_interval == troupe::seconds{1});
  CHECK(o.connection_timeout == troupe::seconds{3});
}

TEST_CASE("BO1: options that a program makes itself are held to the same") {
  troupe::basp_options o;
  CHECK(thrown_by(o) == "nothing");
  o.address = "0.0.0.0";
  CHECK(thrown_by(o).find("basp_options::address: expected a loopback address") != std::string::npos);
  o.insecure = true;
  CHECK(thrown_by(o) == "nothing");
  o.connection_timeout = o.heartbeat_interval;
  CHECK(thrown_by(o).find("basp_options::connection_timeout: ") != std::string::npos);
}

TEST_CASE("BP4, D2: a simulated system refuses CAF peers with one line that says what to do") {
  std::string what = "nothing";
  troupe::sim::world w{1};
  try {
    troupe::system sys{{.name = "n1"}, w.boot("n1"), troupe::basp{}};
  } catch (const troupe::failed& e) {
    what = e.what();
  }
  CHECK(what.find("a simulated system can have no troupe::basp") != std::string::npos);
  CHECK(what.find('\n') == std::string::npos);
}

TEST_CASE("a system without the extension says how to get it") {
  troupe::testkit::test_system sys{troupe::testkit::for_doctest()};
  CHECK_THROWS_WITH_AS(troupe::basp_of(sys), doctest::Contains("construct it with troupe::basp{...}"),
                       troupe::failed);
}

}  // namespace basp_options_test
