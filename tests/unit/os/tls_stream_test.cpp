// TLS over sockets, turned by the test's own thread: who gets through, and what goes through (SE1-SE3, TS1-TS4).
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <vector>

#include "unit/os/tls_meeting.hpp"

namespace os_tls_stream_test {

using namespace troupe;
using namespace troupe::os_test;
using namespace troupe::tls_test;

namespace {

/// Sends all of `what` from one side while the other reads, and returns what came.
std::vector<std::byte> carry(bench& b, port::stream& from, port::stream& to, std::span<const std::byte> what,
                             std::size_t piece, std::size_t reads) {
  std::vector<std::byte> got, into(reads);
  std::size_t sent = 0;
  bool wait_w = false, wait_r = false;
  while (got.size() < what.size()) {
    while (sent < what.size() && !wait_w) {
      const auto n = from.write_some(what.subspan(sent, std::min(piece, what.size() - sent)));
      if (n) {
        sent += *n;
        continue;
      }
      REQUIRE(n.error().code == errc::would_block);
      wait_w = true;
      from.wait_writable([&](result<void>) { wait_w = false; });
    }
    while (!wait_r && got.size() < what.size()) {
      const auto n = to.read_some(into);
      if (n) {
        REQUIRE(*n > 0);
        got.insert(got.end(), into.begin(), into.begin() + static_cast<std::ptrdiff_t>(*n));
        continue;
      }
      REQUIRE(n.error().code == errc::would_block);
      wait_r = true;
      to.wait_readable([&](result<void>) { wait_r = false; });
    }
    if (got.size() < what.size())
      REQUIRE(b.drive_until([&] { return !wait_r || (!wait_w && sent < what.size()); }));
  }
  // A callback that is still out would write into what is gone.
  from.close();
  to.close();
  REQUIRE(b.drive_until([&] { return !wait_r && !wait_w; }));
  return got;
}

}  // namespace

TEST_CASE("SE1, SE3: two sides with certificates of one authority meet, and each knows the other's names") {
  const authority ca;
  meeting m{ca.issue("n1"),
            ca.issue("two", {.uris = {"troupe:n2", "https://n3", "troupe:n%203", "troupe:%zz"}})};
  m.meet();
  REQUIRE(m.dialled.has_value());
  const port::peer_proof there = (*m.dialled)->proof();
  CHECK(there.how == port::peer_proof::kind::certificate);
  CHECK(there.nodes == std::vector<std::string>{"n2", "n 3"});
  CHECK(there.fingerprint.size() == 64);
  CHECK(there.fingerprint == m.far->report().fingerprint);
  CHECK(there.bytes > 500);

  REQUIRE((*m.dialled)->write_some(bytes_of("hello")).value() == 5);
  REQUIRE(m.b.drive_until([&] { return m.first.has_value(); }));
  REQUIRE(m.first->has_value());
  CHECK(m.first->value() == 5);
  CHECK(m.accepted->proof().nodes == std::vector<std::string>{"n1"});
}

TEST_CASE(
    "SE1: an accepted stream has proved nothing before its first byte, and nothing is written through it") {
  const authority ca;
  meeting m{ca.issue("n1"), ca.issue("n2")};
  m.accept();
  const int fd = m.dial_plainly();
  REQUIRE(m.b.drive_until([&] { return m.accepted != nullptr; }));
  CHECK(m.accepted->proof().how == port::peer_proof::kind::none);
  CHECK(m.accepted->write_some(bytes_of("secret")).error().code == errc::would_block);
  ::close(fd);
  CHECK(says(m.refusal(), "closed the connection before it had proved who it is"));
}

TEST_CASE("SE2: a certificate of another authority is refused, and both sides say so") {
  const authority ca, other{"other authority"};
  auto stranger = other.issue("n1");
  SUBCASE("by who dials") {
    meeting m{stranger, ca.issue("n2")};
    m.meet();
    REQUIRE(m.dialled.has_error());
    CHECK(says(m.dialled.error(), "its certificate (n2) is of another authority, CN=test authority"));
    CHECK(says(m.refusal(), "refuses this side: our certificate is of an authority that it does not trust"));
  }
  SUBCASE("by who accepts") {
    stranger.authority = ca.file();
    meeting m{stranger, ca.issue("n2")};
    m.meet();
    REQUIRE(m.dialled.has_value());
    CHECK(says(m.refusal(), "its certificate (n1) is of another authority, CN=other authority"));
    CHECK(says(m.end_of_dialled(),
               "refuses this side: our certificate is of an authority that it does not trust"));
  }
}

TEST_CASE("SE2: a revoked certificate is refused") {
  const authority ca;
  auto files = ca.issue("n2");
  files.revoked = ca.revoke({77});
  SUBCASE("one on the list") {
    meeting m{ca.issue("n1", {.uris = {"troupe:n1"}, .serial = 77}), files};
    m.meet();
    CHECK(says(m.refusal(), "its certificate (n1) is revoked"));
    REQUIRE(m.dialled.has_value());
    CHECK(says(m.end_of_dialled(), "our certificate is revoked"));
  }
  SUBCASE("one that is not on it gets through") {
    meeting m{ca.issue("n1"), files};
    m.meet();
    REQUIRE(m.dialled.has_value());
    REQUIRE((*m.dialled)->write_some(bytes_of("x")).has_value());
    REQUIRE(m.b.drive_until([&] { return m.first.has_value(); }));
    CHECK(m.first->has_value());
  }
}

TEST_CASE("SE1: who shows no certificate, an expired one, one of the future, or speaks TLS 1.2 is refused") {
  const authority ca;
  meeting m{ca.issue("n1"), ca.issue("n2")};
  m.accept();
  std::string expected;
  std::optional<identity> who;
  int version = TLS1_3_VERSION;
  SUBCASE("none") { expected = "it showed no certificate"; }
  SUBCASE("expired") {
    who = ca.make({.uris = {"troupe:n1"}, .from_seconds = -7200, .until_seconds = -3600});
    expected = "its certificate (n1) has expired, on 20";
  }
  SUBCASE("of the future") {
    who = ca.make({.uris = {"troupe:n1"}, .from_seconds = 3600, .until_seconds = 7200});
    expected = "its certificate (n1) is not valid before 20";
  }
  SUBCASE("TLS 1.2") {
    who = ca.make({.uris = {"troupe:n1"}});
    version = TLS1_2_VERSION;
    expected = "it does not speak TLS 1.3";
  }
  // A descriptor that does not block: the driver is turned between the steps.
  const int fd = m.dial_plainly();
  {
    timeval brief{0, 1000};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &brief, sizeof brief);
    bare_tls peer{fd, who ? &*who : nullptr, version};
    SSL_set_connect_state(peer.ssl.get());
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!m.first) {
      // Who is let through says something, so that it ends here too.
      if (SSL_is_init_finished(peer.ssl.get()))
        static_cast<void>(SSL_write(peer.ssl.get(), "x", 1));
      else
        SSL_do_handshake(peer.ssl.get());
      REQUIRE(std::chrono::steady_clock::now() < until);
      m.b.poll();
    }
  }
  CHECK(says(m.refusal(), expected));
  CHECK(m.accepted->proof().how == port::peer_proof::kind::none);
  ::close(fd);
}

TEST_CASE("SE2, TW3: who does not speak TLS is told so by an alert, and the text says what to do") {
  const authority ca;
  meeting m{ca.issue("n1"), ca.issue("n2")};
  m.accept();
  const int fd = m.dial_plainly();
  REQUIRE(::send(fd, "GET / HTTP/1.1\r\n\r\n", 18, 0) == 18);
  CHECK(says(m.refusal(), "does not speak TLS; give both sides certificates (node.tls), or neither"));
  m.accepted.reset();
  char got[16];
  REQUIRE(::recv(fd, got, sizeof got, 0) == 7);
  CHECK(got[0] == 0x15);
  ::close(fd);
}

TEST_CASE("R6, TW3: a handshake costs at most 64 KiB, however it is spread") {
  const authority ca;
  meeting m{ca.issue("n1"), ca.issue("n2")};
  m.accept();
  const int fd = m.dial_plainly();
  // One handshake message of 128 KiB in records of 1 KiB: a ClientHello that never ends.
  std::string bytes;
  for (int i = 0; i < 128; ++i) {
    std::string body(1024, '\0');
    if (i == 0) body.replace(0, 4, std::string{"\x01\x02\x00\x00", 4});
    bytes += std::string{"\x16\x03\x01\x04\x00", 5} + body;
  }
  ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  CHECK(says(m.refusal(), "more than the 65536 bytes that a handshake may have"));
  CHECK(m.accepted->proof().how == port::peer_proof::kind::none);
  ::close(fd);
}

TEST_CASE("TS1, TS2: eight megabytes arrive as they were sent, however they are cut") {
  const authority ca;
  meeting m{ca.issue("n1"), ca.issue("n2")};
  std::size_t piece = 8u << 20, reads = 64 << 10;
  SUBCASE("all at once") {}
  SUBCASE("small reads") { reads = 1000; }
  SUBCASE("odd pieces") { piece = 16385; }
  m.meet();
  REQUIRE(m.dialled.has_value());
  REQUIRE((*m.dialled)->write_some(bytes_of("x")).has_value());
  REQUIRE(m.b.drive_until([&] { return m.first.has_value(); }));
  const auto all = pattern(8u << 20);
  // Both directions, one after the other.
  SUBCASE("there") { CHECK(carry(m.b, **m.dialled, *m.accepted, all, piece, reads) == all); }
  SUBCASE("back") { CHECK(carry(m.b, *m.accepted, **m.dialled, all, piece, reads) == all); }
}

TEST_CASE("TS1: many small writes arrive whole and in order") {
  const authority ca;
  meeting m{ca.issue("n1"), ca.issue("n2")};
  m.meet();
  REQUIRE(m.dialled.has_value());
  REQUIRE((*m.dialled)->write_some(bytes_of("x")).has_value());
  REQUIRE(m.b.drive_until([&] { return m.first.has_value(); }));
  const auto all = pattern(200'000);
  CHECK(carry(m.b, **m.dialled, *m.accepted, all, 37, 64 << 10) == all);
}

TEST_CASE("T4, TS3: an end is an end, with TLS' goodbye and without") {
  const authority ca;
  bench b;
  meeting m{ca.issue("n1"), ca.issue("n2")};
  m.meet();
  REQUIRE(m.dialled.has_value());
  REQUIRE((*m.dialled)->write_some(bytes_of("x")).has_value());
  REQUIRE(m.b.drive_until([&] { return m.first.has_value(); }));
  m.accepted->close();
  CHECK(m.end_of_dialled().text == "the end");
}

TEST_CASE("T3, O3: a connection that goes in the middle of its handshake takes everything with it") {
  const authority ca;
  auto m = std::make_unique<meeting>(ca.issue("n1"), ca.issue("n2"));
  m->accept();
  SUBCASE("the dialler's, with the platform") { m->dial(); }
  SUBCASE("the accepter's, by its peer") {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const auto to = loopback::address(m->at->local().port);
    REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    REQUIRE(::send(fd, "\x16\x03\x01", 3, 0) == 3);
    ::close(fd);
    CHECK(says(m->refusal(), "closed the connection"));
  }
  m->accepted.reset();
  m->at.reset();
  m.reset();  // ASan says what is left
}

TEST_CASE("SE1: reloaded certificates are those of the next connection, and what is open goes on") {
  const authority ca;
  const auto files = ca.issue("n2");
  meeting m{ca.issue("n1"), files};
  m.meet();
  REQUIRE(m.dialled.has_value());
  const std::string before = (*m.dialled)->proof().fingerprint;
  ca.issue("n2");
  const auto report = m.far->reload();
  REQUIRE(report.has_value());
  CHECK(report->fingerprint != before);

  REQUIRE((*m.dialled)->write_some(bytes_of("still there")).has_value());
  REQUIRE(m.b.drive_until([&] { return m.first.has_value(); }));
  CHECK(m.first->value() == 11);

  stream_ptr old = std::move(*m.dialled), old_far = std::move(m.accepted);
  m.answered = false;
  m.first.reset();
  m.meet();
  REQUIRE(m.dialled.has_value());
  CHECK((*m.dialled)->proof().fingerprint == report->fingerprint);
}

TEST_CASE("SE1: a reload that fails says which file is wrong, and leaves the certificate in use") {
  const authority ca;
  const auto files = ca.issue("n2");
  meeting m{ca.issue("n1"), files};
  const std::string before = m.far->report().fingerprint;
  write_key(files.key, new_key().get());
  CHECK(m.far->reload().error() ==
        error{errc::invalid,
              "key " + files.key + ": it is not the key of the certificate " + files.certificate});
  ca.issue("n2");
  CHECK(m.far->reload([](const port::credential_report&) { return std::string{"not this one"}; })
            .error()
            .text == "not this one");
  CHECK(m.far->report().fingerprint == before);
  m.meet();
  REQUIRE(m.dialled.has_value());
  CHECK((*m.dialled)->proof().fingerprint == before);
}

}  // namespace os_tls_stream_test
