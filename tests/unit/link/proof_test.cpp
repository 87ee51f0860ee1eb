// Who may speak for which node (LP1-LP3).
#include <doctest/doctest.h>

#include <troupe/link/handshake_guard.hpp>
#include <troupe/link/proof.hpp>
#include <troupe/wire/foreign.hpp>

namespace link_proof_test {

using namespace troupe;
using kind = port::peer_proof::kind;

namespace {

port::peer_proof certificate(std::vector<std::string> nodes) {
  return {.how = kind::certificate, .nodes = std::move(nodes)};
}
port::peer_proof user(std::uint32_t number, bool own = false) {
  return {.how = kind::local_user, .user = number, .own_user = own};
}

}  // namespace

TEST_CASE("LP2: what has proved nothing is believed only where nobody has a certificate") {
  CHECK(objection_to({}, "n1", {}).empty());
  CHECK(objection_to({}, "n1", {.certificates = true}) ==
        "n1 has proved nothing, and this node wants certificates (node.tls)");
}

TEST_CASE("LP1: a certificate speaks for the nodes it names, and for no other") {
  const proof_rules rules{.certificates = true};
  CHECK(objection_to(certificate({"n1"}), "n1", rules).empty());
  CHECK(objection_to(certificate({"n0", "n1"}), "n1", rules).empty());
  for (const char* other : {"n2", "N1", "n", "n11", ""})
    CHECK(objection_to(certificate({"n1"}), other, rules)
              .starts_with("it has a certificate for n1, and not for "));
  CHECK(objection_to(certificate({}), "n1", rules)
            .starts_with("it has a certificate for no node, and not for n1; "));
  CHECK(objection_to(certificate({"*"}), "n1", rules) != "");
}

TEST_CASE("LP2: a list of nodes keeps others out whatever their certificates say") {
  const proof_rules rules{.certificates = true, .allowed = {"n1", "n2"}};
  CHECK(objection_to(certificate({"n2"}), "n2", rules).empty());
  CHECK(objection_to(certificate({"n3"}), "n3", rules) == "n3 is not in node.tls.allow");
}

TEST_CASE("LP2: over a Unix socket the user counts: the own one, and those that were named") {
  CHECK(objection_to(user(5, true), "n1", {.certificates = true}).empty());
  CHECK(objection_to(user(5), "n1", {.users = {4, 5}}).empty());
  CHECK(objection_to(user(5), "n1", {.users = {4}}) ==
        "user 5 may not be a peer here; add the number to node.unix_users");
  CHECK(objection_to_user(user(5), {}) != "");
  CHECK(objection_to_user(certificate({}), {}).empty());
}

TEST_CASE("LP3, H2: a hello under a name that is not proved is rejected before all that asks who it is") {
  const node_identity self{.name = "me", .incarnation = 1};
  const wire::hello theirs{
      .node = "me", .incarnation = 2, .target = "you", .heartbeat_interval = std::chrono::seconds{1}};
  const auto answer =
      judge_hello(self, theirs, {}, [](std::string_view node) { return "not " + std::string{node}; });
  REQUIRE(std::holds_alternative<wire::reject>(answer));
  CHECK(std::get<wire::reject>(answer) == wire::reject{.code = errc::refused, .text = "not me"});
}

TEST_CASE("R6: TLS is told from frames by its first three bytes, which no frame of a handshake can have") {
  CHECK(wire::looks_like_tls("\x16\x03\x01"));
  CHECK(wire::looks_like_tls("\x15\x03\x03"));
  CHECK_FALSE(wire::looks_like_tls("\x16\x03"));
  CHECK_FALSE(wire::looks_like_tls(std::string_view{"\x16\x03\x00\x00", 4}));
  const auto length = 0x16u + 0x03u * 256 + 0x01u * 65536;
  CHECK(length > limits::handshake_bytes_max);
}

}  // namespace link_proof_test
