// Whom a node lets in, changed while it runs: over sockets with certificates (N8, LN1, LN2, LN4).
#include <atomic>
#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>

#include "unit/node/secure_world.hpp"

namespace node_reload_test {

using namespace troupe;
using namespace node_test;
using tls_test::authority;

namespace {

struct again {
  std::string text;
  using reply = std::string;
};
TROUPE_CONTRACT(again, "reload_test.again", 1, text)

struct repeater : actor<again> {
  std::string on(const again& m) { return m.text + m.text; }
};

/// n2, which rereads whom it lets in, and its peers n1 and n3. The certificate of n1 has the serial number 77.
struct three : secure_world {
  std::uint16_t port_of_three = free_port();
  node_options first = options("n1"), second = options("n2"), third = secure_world::options("n1");
  std::optional<troupe::system> n2, n1, n3;

  explicit three(bool lists = true) {
    first.tls = ca.issue("n1", {.uris = {"troupe:n1"}, .serial = 77});
    third.name = "n3";
    third.tls = ca.issue("n3");
    third.listen.port = port_of_three;
    second.peers["n3"].port = port_of_three;
    if (lists) second.tls->revoked = ca.revoke({});
  }
  /// Each of n1 and n3 with n2, both ways.
  void meet() {
    n2.emplace(quiet(), remoting{second});
    spawn<repeater>(*n2, "repeater");
    n1.emplace(quiet(), remoting{first});
    n3.emplace(quiet(), remoting{third});
    spawn<repeater>(*n1, "repeater");
    spawn<repeater>(*n3, "repeater");
    for (auto* from : {&*n1, &*n3}) REQUIRE(works(*from, "n2"));
    for (const char* to : {"n1", "n3"}) REQUIRE(works(*n2, to));
  }
  /// Whether asks from there are answered, soon.
  static bool works(troupe::system& from, const std::string& to) {
    const auto far = node(from, to).ref<repeater>("/user/repeater");
    for (const auto until = std::chrono::steady_clock::now() + 20s; std::chrono::steady_clock::now() < until;)
      if (const auto answer = far.ask(again{"ab"}, 20s).get(); answer && answer.value() == "abab")
        return true;
    return false;
  }
  /// Whether an ask is answered at once.
  static bool works_now(troupe::system& from, const std::string& to) {
    return node(from, to).ref<repeater>("/user/repeater").ask(again{"x"}, 20s).get().has_value();
  }
};

/// What one kind of event says, and of whom.
life::journal_ptr who_and_why(troupe::system& sys, event_kind kind) {
  auto out = std::make_shared<life::journal>();
  sys.events().subscribe([out, kind](const event& e) {
    if (e.kind == kind) out->note(e.path + ": " + e.reason);
  });
  return out;
}

bool none_about(const life::journal_ptr& j, const std::string& who) {
  for (const auto& line : j->all())
    if (line.starts_with(who)) return false;
  return true;
}

}  // namespace

TEST_CASE(
    "N8, IN19, PL22: who would not be let in any more is cut off at the reload, both ways, and is refused "
    "when it comes again; the others go on") {
  std::string why = "its certificate (n1) is revoked", told_again = "our certificate is revoked";
  enum { on_the_list, on_a_new_list, left_out } how = on_the_list;
  SUBCASE("revoked") {}
  SUBCASE("revoked by a list that there was none of before") { how = on_a_new_list; }
  SUBCASE("not one of the peers any more") {
    how = left_out;
    why = told_again = "n1 is not in node.tls.allow";
  }
  three w{how != on_a_new_list};
  w.meet();
  const auto refused = who_and_why(*w.n2, event_kind::peer_refused);
  const auto unreachable = who_and_why(*w.n2, event_kind::peer_unreachable);
  const auto lost = who_and_why(*w.n2, event_kind::connection_lost);
  const auto told = reasons(*w.n1, event_kind::peer_unreachable);
  auto anew = w.second;
  if (how == left_out)
    anew.tls_allow = {"n3"};
  else
    anew.tls->revoked = w.ca.revoke({77});
  const auto closed = how == on_the_list ? reload_certificates(*w.n2) : reload_admission(*w.n2, anew);
  REQUIRE(closed.has_value());
  CHECK(*closed == 2);
  CHECK(wait_for_part(refused, "n1: it is not let in any more: " + why));
  CHECK(
      wait_for_part(unreachable, "n1: the connection to n1 has ended: it is not believed any more: " + why));
  CHECK(wait_for_part(told, told_again));
  CHECK(wait_for_part(refused, "127.0.0.1:"));  // as a stranger, by its address
  CHECK_FALSE(three::works_now(*w.n1, "n2"));
  CHECK(three::works_now(*w.n2, "n3"));
  CHECK(three::works_now(*w.n3, "n2"));
  CHECK(none_about(refused, "n3"));
  CHECK(none_about(unreachable, "n3"));
  CHECK(none_about(lost, "n3"));
  if (how != on_a_new_list) return;
  w.ca.revoke({77, 2});  // the file that was named last counts from then on
  CHECK(reload_certificates(*w.n2).value() == 2);
  CHECK(wait_for_part(refused, "n3: it is not let in any more: its certificate (n3) is revoked"));
}

TEST_CASE("N8: a peer whose authority does not count any more is cut off at the reload") {
  three w{false};
  w.meet();
  const auto refused = reasons(*w.n2, event_kind::peer_refused);
  const authority other{"another authority"};
  auto anew = w.second;
  anew.tls->authority = other.file();
  const auto closed = reload_admission(*w.n2, anew);
  REQUIRE(closed.has_value());
  CHECK(*closed == 4);
  CHECK(wait_for_part(
      refused, "it is not let in any more: its certificate (n1) is of another authority, CN=test authority"));
  CHECK(reload_certificates(*w.n2).value() == 0);  // of the files that were named last
}

TEST_CASE("LN1: a reload that fails leaves certificates, peers and connections as they were") {
  three w;
  w.meet();
  auto anew = w.second;
  anew.tls_allow = {"n9"};
  std::string why;
  SUBCASE("a list that has expired") {
    anew.tls->revoked = w.ca.revoke({77}, -7200, -3600);
    why = "node.tls.revoked " + anew.tls->revoked + ": the list of CN=test authority expired on 20";
  }
  SUBCASE("a list of tomorrow") {
    anew.tls->revoked = w.ca.revoke({77}, 3600, 7200);
    why = "node.tls.revoked " + anew.tls->revoked + ": the list of CN=test authority is not valid before 20";
  }
  SUBCASE("a file that is not there") {
    anew.tls->authority = "/nowhere/authority.crt";
    why = "node.tls.authority /nowhere/authority.crt: No such file or directory";
  }
  SUBCASE("the certificate of another node") {
    anew.tls = w.ca.issue("n4");
    why = "node.tls.certificate " + anew.tls->certificate + ": it is a certificate for n4 and not for n2";
  }
  const auto done = reload_admission(*w.n2, anew);
  REQUIRE(done.has_error());
  CHECK(done.error().code == errc::invalid);
  CHECK_MESSAGE(done.error().text.starts_with(why), done.error().text);
  CHECK(done.error().text.ends_with("; the certificate from before stays in use"));
  CHECK(three::works_now(*w.n1, "n2"));
  CHECK(three::works_now(*w.n2, "n1"));
  // New connections too: the list that lets nobody in is not in effect, nor are the files that were named.
  w.ca.revoke({});
  REQUIRE(reload_certificates(*w.n2).has_value());
  w.n1.reset();
  w.n1.emplace(quiet(), remoting{w.first});
  CHECK(three::works(*w.n1, "n2"));
}

TEST_CASE("LN2: a connection that was under way when the node reread whom it lets in is held against that") {
  secure_world w;
  auto options = w.options("n2");
  options.tls->revoked = w.ca.revoke({});
  options.peers.clear();
  troupe::system sys{quiet(), remoting{options}};
  const auto refused = reasons(sys, event_kind::peer_refused);
  const auto who = w.ca.make({.uris = {"troupe:n1"}, .serial = 77});
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in at = loopback::address(w.two);
  REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
  tls_test::bare_tls peer{fd, &who};
  REQUIRE(SSL_connect(peer.ssl.get()) == 1);  // it is let through, and has said nothing yet
  w.ca.revoke({77});
  CHECK(reload_certificates(sys).value() == 0);
  const std::string hello =
      frame_of(wire::hello{.node = "n1", .incarnation = 5, .target = "n2", .heartbeat_interval = 1s});
  REQUIRE(SSL_write(peer.ssl.get(), hello.data(), static_cast<int>(hello.size())) > 0);
  CHECK(wait_for_part(refused, "its certificate (n1) is revoked"));
  ::close(fd);
}

TEST_CASE("LN4: a node has certificates for as long as it runs, or none") {
  const secure_world w;
  const auto with = w.options("n2");
  auto without = w.world::options("n2");
  troupe::system secure{quiet(), remoting{with}};
  CHECK(reload_admission(secure, without).error().text ==
        "node n2 speaks TLS for as long as it runs; start it anew to change whether it has certificates "
        "(node.tls)");
  without.listen.port = free_port();
  troupe::system plain{quiet(), remoting{without}};
  CHECK(reload_admission(plain, with).error().text ==
        "node n2 does not speak TLS for as long as it runs; start it anew to change whether it has "
        "certificates (node.tls)");
  CHECK(reload_admission(plain, without).value() == 0);
  troupe::system none{quiet()};
  CHECK(reload_admission(none, without).error().text == "this system is no node");
}

TEST_CASE("UX2, N8: users of a Unix socket can be named while the node runs, and it is opened to them then") {
  const os_test::temporary_directory dir;
  node_options o{.name = "n2"};
  o.listen.path = dir / "two";
  troupe::system sys{quiet(), remoting{o}};
  const auto mode = [&] {
    struct stat what {};
    REQUIRE(::stat(o.listen.path.c_str(), &what) == 0);
    return what.st_mode & 0777;
  };
  CHECK(mode() == 0600);
  o.unix_users = {12345};
  CHECK(reload_admission(sys, o).value() == 0);
  CHECK(mode() == 0666);
}

}  // namespace node_reload_test
