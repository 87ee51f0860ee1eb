// What was proved, looked at again: with other lists, authorities and times than it was proved with (SE4, TV1, TC1).
#include <thread>

#include "unit/os/tls_meeting.hpp"

namespace os_tls_recheck_test {

using namespace troupe;
using namespace troupe::os_test;
using namespace troupe::tls_test;

namespace {

/// A client that speaks with OpenSSL alone on a thread of its own: shakes hands, sends a byte, and may read one. Counts the sessions that it is given.
struct handshaker {
  handshaker(int fd, const identity& who) : peer(fd, &who), descriptor(fd) {
    SSL_CTX_set_session_cache_mode(peer.ctx.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_app_data(peer.ctx.get(), this);
    SSL_CTX_sess_set_new_cb(peer.ctx.get(), [](SSL* ssl, SSL_SESSION*) {
      ++static_cast<handshaker*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))->sessions;
      return 0;
    });
    thread = std::thread{[this] {
      if (SSL_connect(peer.ssl.get()) == 1) static_cast<void>(SSL_write(peer.ssl.get(), "x", 1));
    }};
  }
  ~handshaker() {
    if (thread.joinable()) thread.join();
    ::close(descriptor);
  }
  char read_one() {
    thread.join();
    char out = 0;
    SSL_read(peer.ssl.get(), &out, 1);
    return out;
  }
  bare_tls peer;
  int descriptor;
  int sessions = 0;
  std::thread thread;
};

}  // namespace

TEST_CASE(
    "SE4: what was proved is checked anew with what is in use now: lists, authorities, and not by itself") {
  const authority ca, other{"other authority"};
  auto files = ca.issue("n2");
  files.revoked = ca.revoke({});
  meeting m{ca.issue("n1", {.uris = {"troupe:n1"}, .serial = 77}), files};
  m.meet();
  REQUIRE((*m.dialled)->write_some(bytes_of("x")).has_value());
  REQUIRE(m.b.drive_until([&] { return m.first.has_value(); }));
  const port::peer_proof near = m.accepted->proof(), far = (*m.dialled)->proof();
  CHECK(m.far->objection_to(near).empty());
  CHECK(m.near->objection_to(far).empty());
  CHECK(m.far->objection_to({}).empty());

  // Files that nobody has read count for nothing.
  ca.revoke({77});
  CHECK(m.far->objection_to(near).empty());
  REQUIRE(m.far->reload().has_value());
  CHECK(m.far->objection_to(near) == "its certificate (n1) is revoked");
  ca.revoke({});
  REQUIRE(m.far->reload().has_value());
  CHECK(m.far->objection_to(near).empty());

  auto elsewhere = files;
  elsewhere.authority = other.file();
  elsewhere.revoked = {};
  REQUIRE(m.far->reload(elsewhere, {}).has_value());
  CHECK(m.far->objection_to(near).starts_with(
      "its certificate (n1) is of another authority, CN=test authority"));
  REQUIRE(m.far->reload().has_value());  // of these files from now on
  CHECK(m.far->objection_to(near).starts_with("its certificate (n1) is of another authority"));
  // Who has dialled looks at it the same way: at a server's certificate.
  auto of_near = ca.issue("n1");
  REQUIRE(m.near->reload(of_near, {}).has_value());
  CHECK(m.near->objection_to(far).empty());
  of_near.authority = other.file();
  REQUIRE(m.near->reload(of_near, {}).has_value());
  CHECK(m.near->objection_to(far).starts_with("its certificate (n2) is of another authority"));
}

TEST_CASE(
    "SE4: a list that lacks an authority, and files that are wrong: the one counts, the others change "
    "nothing") {
  const authority ca, other{"other authority"};
  auto files = ca.issue("n2");
  meeting m{ca.issue("n1"), files};
  m.meet();
  REQUIRE((*m.dialled)->write_some(bytes_of("x")).has_value());
  REQUIRE(m.b.drive_until([&] { return m.first.has_value(); }));
  const port::peer_proof near = m.accepted->proof();
  auto wrong = files;
  wrong.authority = "/nowhere";
  CHECK(m.far->reload(wrong, {}).has_error());
  CHECK(m.far->reload().has_value());  // of those before
  CHECK(m.far->objection_to(near).empty());
  files.revoked = other.revoke({});
  REQUIRE(m.far->reload(files, {}).has_value());
  CHECK(m.far->objection_to(near) ==
        "its certificate (n1) can't be checked: the file of revoked certificates has no list of CN=test "
        "authority");
}

TEST_CASE(
    "SE4: who was accepted with the files of before, and proves who he is when others are in use, is held "
    "against those") {
  const authority ca;
  meeting m{ca.issue("n1"), ca.issue("n2")};
  m.accept();
  const int fd = m.dial_plainly();
  REQUIRE(m.b.drive_until([&] { return m.accepted != nullptr; }));
  // Accepted with the files of before, and proved when those of now are in use.
  const authority other{"other authority"};
  auto anew = ca.issue("n2");
  anew.authority = other.file();
  REQUIRE(m.far->reload(anew, {}).has_value());
  const auto who = ca.make({.uris = {"troupe:n1"}});
  const handshaker peer{fd, who};
  REQUIRE(m.b.drive_until([&] { return m.first.has_value(); }));
  CHECK(m.first->value() == 1);
  CHECK(m.accepted->proof().how == port::peer_proof::kind::certificate);
  CHECK(m.far->objection_to(m.accepted->proof()).find("is of another authority") != std::string::npos);
}

TEST_CASE("SE4: what has expired since would not get through, and says when it will") {
  const authority ca;
  const auto wall = [] { return std::chrono::system_clock::now(); };
  for (long lasts = 3;; lasts *= 2) {  // seconds: a busy machine may need more until they have met
    const auto before = wall();
    meeting m{ca.issue("n1", {.uris = {"troupe:n1"}, .until_seconds = lasts}), ca.issue("n2")};
    m.meet();
    if (!m.dialled || !(*m.dialled)->write_some(bytes_of("x"))) continue;
    REQUIRE(m.b.drive_until([&] { return m.first.has_value(); }));
    if (!*m.first) continue;
    const port::peer_proof near = m.accepted->proof();
    CHECK(near.valid_until >= std::chrono::floor<std::chrono::seconds>(before) + std::chrono::seconds{lasts});
    CHECK(near.valid_until <= wall() + std::chrono::seconds{lasts});
    while (wall() <= near.valid_until + std::chrono::seconds{1}) m.b.poll();
    CHECK(m.far->objection_to(near).empty());  // nothing was read anew
    REQUIRE(m.far->reload().has_value());
    CHECK(m.far->objection_to(near).starts_with("its certificate (n1) has expired, on 20"));
    return;
  }
}

TEST_CASE(
    "SE1, TC2: a list of revoked certificates that expires while it is in use keeps out whoever comes") {
  const authority ca;
  for (long lasts = 3;; lasts *= 2) {  // seconds, as above
    auto files = ca.issue("n2");
    files.revoked = ca.revoke({}, -60, lasts);
    const auto end = std::chrono::system_clock::now() + std::chrono::seconds{lasts + 1};
    {
      const bench b;
      if (!b.platform->transport().secured(files)) continue;
    }
    meeting m{ca.issue("n1"), ca.issue("n2")};
    if (!m.far->reload(files, {})) continue;
    while (std::chrono::system_clock::now() <= end) m.b.poll();
    m.meet();
    CHECK(says(m.refusal(),
               "its certificate (n1) can't be checked: the list of revoked certificates has expired"));
    return;
  }
}

TEST_CASE("TC1: no session is given out by which one could come back without proving anew who he is") {
  const authority ca;
  meeting m{ca.issue("n1"), ca.issue("n2")};
  m.accept();
  const int fd = m.dial_plainly();
  const auto who = ca.make({.uris = {"troupe:n1"}});
  handshaker peer{fd, who};
  REQUIRE(m.b.drive_until([&] { return m.first.has_value(); }));
  REQUIRE(m.accepted->write_some(bytes_of("y")).value() == 1);
  // Whatever is given out comes before the first byte.
  CHECK(peer.read_one() == 'y');
  CHECK(peer.sessions == 0);
}

}  // namespace os_tls_recheck_test
