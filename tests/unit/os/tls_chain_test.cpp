// Chains of certificates, what they are for, and the names in them, as the other side of a connection meets them (SE1, SE3, TV1).
#include <thread>

#include "unit/os/tls_meeting.hpp"

namespace os_tls_chain_test {

using namespace troupe;
using namespace troupe::os_test;
using namespace troupe::tls_test;

namespace {

/// The files of n1, whose certificate is led to the authority by so many others between.
port::credential_files led_by(const authority& ca, int between) {
  std::vector<identity> chain;
  for (int i = 0; i < between; ++i) {
    const wanted w{.common_name = "authority " + std::to_string(i), .serial = 100 + i};
    chain.push_back(i == 0 ? ca.make_authority_below(w) : new_identity(w, &chain.back(), true));
  }
  port::credential_files files = ca.issue("n1");
  const identity leaf = new_identity({.uris = {"troupe:n1"}}, &chain.back());
  std::vector<const X509*> all{leaf.cert.get()};
  for (auto i = chain.rbegin(); i != chain.rend(); ++i) all.push_back(i->cert.get());
  write_certificates(files.certificate, all);
  write_key(files.key, leaf.key.get());
  return files;
}

/// What became of the accepter's first read when `near` dialled `far`.
struct outcome {
  outcome(const port::credential_files& near, const port::credential_files& far) : m(near, far) {
    m.meet();
    if (m.dialled) static_cast<void>((*m.dialled)->write_some(bytes_of("x")));
    REQUIRE(m.b.drive_until([&] { return m.first.has_value() || !m.dialled; }));
  }
  bool is_through() const { return m.dialled.has_value() && m.first && m.first->has_value(); }
  meeting m;
};

}  // namespace

TEST_CASE(
    "SE1, TV1: a certificate counts by others between it and the authority, four at most, and is checked "
    "anew with them") {
  const authority ca;
  {
    outcome o{led_by(ca, 2), ca.issue("n2")};
    REQUIRE(o.is_through());
    const port::peer_proof near = o.m.accepted->proof();
    CHECK(near.nodes == std::vector<std::string>{"n1"});
    REQUIRE(o.m.far->reload().has_value());
    CHECK(o.m.far->objection_to(near).empty());
  }
  CHECK(outcome{led_by(ca, 4), ca.issue("n2")}.is_through());
  outcome o{led_by(ca, 5), ca.issue("n2")};
  CHECK_FALSE(o.is_through());
  CHECK(says(o.m.refusal(), "its certificate (n1) "));
}

TEST_CASE("TV1: a proof is as old as the first of its chain that expires") {
  const authority ca;
  const auto now = std::chrono::system_clock::now();
  const identity between =
      ca.make_authority_below({.common_name = "short", .until_seconds = 1000, .serial = 9});
  auto files = ca.issue("n1");
  const identity leaf = new_identity({.uris = {"troupe:n1"}}, &between);
  write_certificates(files.certificate, {leaf.cert.get(), between.cert.get()});
  write_key(files.key, leaf.key.get());
  outcome o{files, ca.issue("n2")};
  REQUIRE(o.is_through());
  const auto until = o.m.accepted->proof().valid_until;
  CHECK(until >= now + std::chrono::seconds{900});
  CHECK(until <= std::chrono::system_clock::now() + std::chrono::seconds{1000});
}

TEST_CASE("SE1, TV1: what is for servers only accepts and does not dial; what is for clients only dials") {
  const authority ca;
  const auto only = [&](const std::string& name, const std::string& usage) {
    return ca.issue(name, {.uris = {"troupe:" + name}, .usage = usage});
  };
  {
    // Each is looked at anew for what it was shown as.
    outcome o{only("n1", "clientAuth"), only("n2", "serverAuth")};
    REQUIRE(o.is_through());
    const port::peer_proof near = o.m.accepted->proof(), far = (*o.m.dialled)->proof();
    REQUIRE(o.m.near->reload().has_value());
    CHECK(o.m.near->objection_to(far).empty());
    REQUIRE(o.m.far->reload().has_value());
    CHECK(o.m.far->objection_to(near).empty());
  }
  CHECK_FALSE(outcome{only("n1", "serverAuth"), ca.issue("n2")}.is_through());
  CHECK_FALSE(outcome{ca.issue("n1"), only("n2", "clientAuth")}.is_through());
}

TEST_CASE(
    "SE3: only URIs name nodes, whole ones: no other name of a certificate does, nor what stands before a "
    "NUL") {
  const authority ca;
  const auto names_of = [&](const wanted& w) {
    outcome o{ca.issue("n1", w), ca.issue("n2")};
    REQUIRE(o.is_through());
    return o.m.accepted->proof().nodes;
  };
  CHECK(names_of({.uris = {"troupe:n1"},
                  .other_names = {"DNS:troupe:n5", "email:troupe:n6", "RID:1.2.3.4", "IP:127.0.0.1"},
                  .common_name = "troupe:n7"}) == std::vector<std::string>{"n1"});
  CHECK(names_of({.common_name = "troupe:n1"}).empty());
  CHECK(names_of({.uris = {"https://n1", "troupe:"}}).empty());

  identity cut = ca.make({});
  const std::unique_ptr<GENERAL_NAMES, freed<GENERAL_NAMES_free>> names{GENERAL_NAMES_new()};
  GENERAL_NAME* const one = GENERAL_NAME_new();
  ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
  ASN1_STRING_set(text, "troupe:n1\0.example", 18);
  GENERAL_NAME_set0_value(one, GEN_URI, text);
  sk_GENERAL_NAME_push(names.get(), one);
  REQUIRE(X509_add1_ext_i2d(cut.cert.get(), NID_subject_alt_name, names.get(), 0, 0) == 1);
  ca.sign(cut);
  auto files = ca.issue("n1");
  write_certificates(files.certificate, {cut.cert.get()});
  write_key(files.key, cut.key.get());
  outcome o{files, ca.issue("n2")};
  REQUIRE(o.is_through());
  CHECK(o.m.accepted->proof().nodes.empty());
}

TEST_CASE("R6: a chain of more than 32 KiB is refused, though all of it is in order") {
  const authority ca;
  meeting m{ca.issue("n1"), ca.issue("n2")};
  m.accept();
  const int fd = m.dial_plainly();
  const timeval limit{20, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  const auto who = ca.make({.uris = {"troupe:n1"}});
  bare_tls peer{fd, nullptr};
  SSL_use_certificate(peer.ssl.get(), who.cert.get());
  SSL_use_PrivateKey(peer.ssl.get(), who.key.get());
  const int size = i2d_X509(who.cert.get(), nullptr);
  int bytes = 0;
  SUBCASE("as much as may be") { bytes = 24 << 10; }
  SUBCASE("too much") { bytes = 36 << 10; }
  for (int sent = size; sent + size <= bytes; sent += size)
    REQUIRE(SSL_add1_chain_cert(peer.ssl.get(), who.cert.get()) == 1);
  std::thread shakes{[&] {
    if (SSL_connect(peer.ssl.get()) == 1) static_cast<void>(SSL_write(peer.ssl.get(), "x", 1));
  }};
  REQUIRE(m.b.drive_until([&] { return m.first.has_value(); }));
  CHECK(m.first->has_value() == (bytes < 32 << 10));
  shakes.join();
  ::close(fd);
}

}  // namespace os_tls_chain_test
