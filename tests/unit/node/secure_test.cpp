// Nodes that prove their names: with certificates over sockets, as users of this machine over Unix sockets (LP1-LP3, N5, R6, R7).
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <thread>
#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/testkit/manual_clock.hpp>

#include "unit/node/secure_world.hpp"

namespace node_secure_test {

using namespace troupe;
using namespace node_test;
using life::journal;
using tls_test::authority;

namespace {

struct twice {
  std::string text;
  using reply = std::string;
};
TROUPE_CONTRACT(twice, "secure_test.twice", 1, text)

struct doubler : actor<twice> {
  std::string on(const twice& m) { return m.text + m.text; }
};

std::string start_error(const node_options& o) {
  try {
    const troupe::system sys{node_test::quiet(), remoting{o}};
  } catch (const failed& f) {
    return f.why().text;
  }
  return "";
}

}  // namespace

TEST_CASE("N5: nodes with certificates meet, and asks of any size are answered") {
  const secure_world w;
  troupe::system there{node_test::quiet(), remoting{w.options("n2")}};
  troupe::system here{node_test::quiet(), remoting{w.options("n1")}};
  spawn<doubler>(there, "doubler");
  REQUIRE(wait_for_peer(here, true));
  const auto far = node(here, "n2").ref<doubler>("/user/doubler");
  CHECK(far.ask(twice{"ab"}, 20s).get().value() == "abab");
  const std::string large(8u << 20, 'x');
  CHECK(far.ask(twice{large}, 20s).get().value() == large + large);
}

TEST_CASE(
    "LP1, LP3: a node under a name that its certificate is not for is refused, by who dials and by who "
    "accepts") {
  const secure_world w;
  auto wrong = w.options("n2");
  SUBCASE("the one that is dialled") {
    // It is n3 by its certificate and by its own words, at the address of n2.
    wrong.name = "n3";
    wrong.tls = w.ca.issue("n3");
    wrong.peers.clear();
    troupe::system there{node_test::quiet(), remoting{wrong}};
    const auto why = std::make_shared<journal>();
    troupe::system here{node_test::quiet(), hearing{event_kind::peer_unreachable, why},
                        remoting{w.options("n1")}};
    node(here, "n2");
    CHECK(wait_for_part(why, "it has a certificate for n3, and not for n2"));
  }
  SUBCASE("the one that dials") {
    troupe::system there{node_test::quiet(), remoting{w.options("n2")}};
    auto why = reasons(there, event_kind::peer_refused);
    // A hello from n9 with the certificate of n1.
    const auto who = w.ca.make({.uris = {"troupe:n1"}});
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in at = loopback::address(w.two);
    REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    tls_test::bare_tls peer{fd, &who};
    REQUIRE(SSL_connect(peer.ssl.get()) == 1);
    const std::string hello =
        frame_of(wire::hello{.node = "n9", .incarnation = 5, .target = "n2", .heartbeat_interval = 1s});
    REQUIRE(SSL_write(peer.ssl.get(), hello.data(), static_cast<int>(hello.size())) > 0);
    CHECK(wait_for_part(why, "it has a certificate for n1, and not for n9"));
    char answer[4096];
    const int n = SSL_read(peer.ssl.get(), answer, sizeof answer);
    CHECK(n > 0);  // the reject comes over TLS
    ::close(fd);
  }
}

TEST_CASE("LP2: a node that is not in node.tls.allow is refused though its certificate is in order") {
  const secure_world w;
  auto strict = w.options("n2");
  strict.tls_allow = {"n7"};
  troupe::system there{node_test::quiet(), remoting{strict}};
  auto refused = reasons(there, event_kind::peer_refused);
  auto unreachable = reasons(there, event_kind::peer_unreachable);
  troupe::system here{node_test::quiet(), remoting{w.options("n1")}};
  CHECK(wait_for_part(refused, "n1 is not in node.tls.allow"));
  CHECK(wait_for_part(unreachable, "n1 is not in node.tls.allow"));
}

TEST_CASE("SE2: a node with TLS and one without tell each what is the matter") {
  const secure_world w;
  troupe::system there{node_test::quiet(), remoting{w.options("n2")}};
  auto refused = reasons(there, event_kind::peer_refused);
  auto unreachable = reasons(there, event_kind::peer_unreachable);
  const auto refused_here = std::make_shared<journal>(), unreachable_here = std::make_shared<journal>();
  troupe::system here{node_test::quiet(), hearing{event_kind::peer_refused, refused_here},
                      hearing{event_kind::peer_unreachable, unreachable_here},
                      remoting{w.world::options("n1")}};
  CHECK(wait_for_part(refused, "does not speak TLS; give both sides certificates (node.tls), or neither"));
  CHECK(wait_for_part(unreachable_here, "it speaks TLS; give this node certificates too (node.tls)"));
  CHECK(wait_for_part(refused_here,
                      "it speaks TLS and this node does not; give both certificates (node.tls), or neither"));
  CHECK(
      wait_for_part(unreachable, "does not speak TLS; give both sides certificates (node.tls), or neither"));
}

TEST_CASE("R7: a node that others reach starts with certificates, and says what is wrong with them") {
  const authority ca;
  node_options o{.name = "n1", .listen = {"0.0.0.0", 0}};
  CHECK(start_error(o).find(
            "without TLS; listen on a loopback address, give it certificates (node.tls), or set "
            "node.insecure = true (R7)") != std::string::npos);
  o.tls = ca.issue("n1");
  CHECK(start_error(o) == "");
  o.tls = ca.issue("n2");
  CHECK(start_error(o) ==
        "node n1: node.tls.certificate " + o.tls->certificate +
            ": it is a certificate for n2 and not for n1; its subjectAltName needs the URI troupe:n1");
  o.tls->key = "/nowhere";
  CHECK(start_error(o) == "node n1: node.tls.key /nowhere: No such file or directory");
}

TEST_CASE("N5: certificates are read anew while the node runs; a bad one changes nothing and is named") {
  const secure_world w;
  auto o = w.options("n2");
  troupe::system there{node_test::quiet(), remoting{o}};
  CHECK(reload_certificates(there).has_value());
  tls_test::write_key(o.tls->key, tls_test::new_key().get());
  CHECK(reload_certificates(there).error().text ==
        "node.tls.key " + o.tls->key + ": it is not the key of the certificate " + o.tls->certificate +
            "; the certificate from before stays in use");
  w.ca.issue("n2", {.uris = {"troupe:n3"}});
  CHECK(reload_certificates(there).error().text.find("it is a certificate for n3 and not for n2") !=
        std::string::npos);
  troupe::system here{node_test::quiet(), remoting{w.options("n1")}};
  CHECK(wait_for_peer(here, true));
  troupe::system plain{node_test::quiet(), remoting{world{}.options("n1")}};
  CHECK(reload_certificates(plain).error().text == "node n1 has no certificate (node.tls)");
}

TEST_CASE("UX4, LP2: nodes meet over Unix sockets as the same user, with no certificate") {
  const os_test::temporary_directory dir;
  node_options two{.name = "n2"}, one{.name = "n1"};
  trust_all_peers(two);
  two.listen.path = dir / "two";
  one.listen.path = dir / "one";
  one.peers["n2"] = two.listen;
  troupe::system there{node_test::quiet(), remoting{two}};
  troupe::system here{node_test::quiet(), remoting{one}};
  spawn<doubler>(there, "doubler");
  REQUIRE(wait_for_peer(here, true));
  CHECK(node(here, "n2").ref<doubler>("/user/doubler").ask(twice{"ab"}, 20s).get().value() == "abab");
  CHECK(wait_for_peer(there, true));  // it dials back: a path of this machine from this machine counts
}

namespace {

// A connection to that socket as another user: a thread has credentials of its own. -1: he may not.
int connected_as(uid_t user, const std::string& path) {
  int out = -1;
  std::thread{[&] {
    if (::syscall(SYS_setresuid, -1, user, -1) != 0) return;
    sockaddr_un at{.sun_family = AF_UNIX, .sun_path = {}};
    path.copy(at.sun_path, sizeof at.sun_path - 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0)
      out = fd;
    else
      ::close(fd);
  }}.join();
  return out;
}

}  // namespace

TEST_CASE(
    "UX2, LP2, R7: another user of this machine is let in over a Unix socket where he is named, and shut out "
    "elsewhere") {
  constexpr uid_t nobody = 65534, somebody = 65533;
  if (::getuid() != 0) {
    MESSAGE("passed over: only root can be another user");
    return;
  }
  const os_test::temporary_directory dir;
  REQUIRE(::chmod(dir.path.c_str(), 0755) == 0);
  const std::string hello = frame_of(
      wire::hello{.node = "guest", .incarnation = 5, .target = "n2", .heartbeat_interval = 1s, .epoch = 1});
  node_options two{.name = "n2"};
  two.listen.path = dir / "two";
  {
    troupe::system there{node_test::quiet(), remoting{two}};
    CHECK(connected_as(nobody, two.listen.path) == -1);
  }
  two.unix_users = {somebody};
  {
    troupe::system there{node_test::quiet(), remoting{two}};
    const auto refused = std::make_shared<journal>();
    there.events().subscribe([refused](const event& e) {
      if (e.kind == event_kind::peer_refused) refused->note(e.reason);
    });
    raw_peer guest{connected_as(nobody, two.listen.path)};
    guest.send(hello);
    CHECK(guest.next().first == wire::frame_kind::goodbye);  // none: it is closed without a word
    CHECK(refused->wait_for("user 65534 may not be a peer here; add the number to node.unix_users"));
  }
  two.unix_users = {nobody};
  troupe::system there{node_test::quiet(), remoting{two}};
  raw_peer guest{connected_as(nobody, two.listen.path)};
  guest.send(hello);
  CHECK(guest.next().first == wire::frame_kind::welcome);
}

TEST_CASE("a hello over a network can't have this node dial a path of its own machine") {
  const world w;
  const os_test::temporary_directory dir;
  troupe::system there{node_test::quiet(),
                       remoting{node_options{.name = "n2", .listen = {"127.0.0.1", w.two}}}};
  raw_peer guest{w.two, frame_of(wire::hello{.node = "guest",
                                             .incarnation = 5,
                                             .target = "n2",
                                             .heartbeat_interval = 1s,
                                             .address = "unix:" + (dir / "docker.sock")})};
  CHECK(guest.next().first == wire::frame_kind::welcome);
  CHECK(troupe::peers(there).empty());
}

}  // namespace node_secure_test
