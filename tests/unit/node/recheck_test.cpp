// Connections that are held against what counts now, or whose peers' certificates have expired, without sockets (IN19, PL22, LN3).
#include <troupe/node/admission_policy.hpp>
#include <troupe/testkit/manual_clock.hpp>

#include "unit/node/scripted_link.hpp"

namespace node_recheck_test {

using namespace troupe;
using namespace scripted_test;
using wire::frame_kind;

namespace {

/// What events of that kind say.
void tell(troupe::system& sys, event_kind kind, std::vector<std::string>& into) {
  sys.events().subscribe([&into, kind](const event& e) {
    if (e.kind == kind) into.push_back(e.path + ": " + e.reason);
  });
}

}  // namespace

TEST_CASE("IN19: a peer is sent away when it would not be let in any more, with one event, and not before") {
  std::vector<std::string> refused, lost;
  door n2;
  tell(n2.sys, event_kind::peer_refused, refused);
  tell(n2.sys, event_kind::connection_lost, lost);
  const auto one = n2.connect(guest()), silent = n2.connect();
  n2.sys.settle();
  REQUIRE(one.is_in());
  CHECK_FALSE(one.near->recheck());
  CHECK(one.is_in());
  CHECK_FALSE(one.far->is_closed());

  n2.objection = "it is revoked";
  CHECK(one.near->recheck());
  CHECK(one.far->is_closed());
  CHECK(one.near->is_over());
  CHECK_FALSE(one.near->recheck());
  // One that has not said who it is can be judged when it does.
  CHECK_FALSE(silent.near->recheck());
  CHECK_FALSE(silent.far->is_closed());
  n2.sys.settle();
  CHECK(refused == std::vector<std::string>{"guest: it is not let in any more: it is revoked"});
  CHECK(n2.unheard == 1);

  silent.far->send(bytes_of(guest(6)));
  n2.sys.settle();
  CHECK(silent.far->is_closed());
  CHECK(refused.size() == 2);
  CHECK(lost.empty());
}

TEST_CASE(
    "LN3, IN19: a peer whose certificate has expired is sent away at the next look, if that is asked for") {
  std::vector<std::string> refused;
  door n2{[](node_options& o) { o.heartbeat_limit = 1s; }};
  tell(n2.sys, event_kind::peer_refused, refused);
  const auto one = n2.connect(guest());
  n2.sys.settle();
  n2.sys.advance(2s);
  one.far->send(bytes_of(wire::ping{1}));
  n2.objection_to_old = "it has expired";
  n2.sys.advance(2s);
  CHECK(one.far->is_closed());
  CHECK(refused == std::vector<std::string>{"guest: it is not let in any more: it has expired"});
}

TEST_CASE("PL22: a link whose peer would not be believed any more ends, and is dialled anew soon") {
  dialler n1;
  CHECK_FALSE(n1.link->recheck());
  CHECK(n1.link->status().reachable);

  n1.objection = "it is revoked";
  CHECK(n1.link->recheck());
  CHECK_FALSE(n1.link->status().reachable);
  CHECK(n1.far->is_closed());
  REQUIRE(n1.lost.size() == 1);
  CHECK(n1.lost[0] == "the connection to n2 has ended: it is not believed any more: it is revoked");
  CHECK_FALSE(n1.link->recheck());

  // What it is believed then is asked when it answers, not before.
  n1.sys.advance(1s);
  REQUIRE(n1.net.dialled);
  const auto next = std::make_shared<far_side>();
  std::exchange(n1.net.dialled, {})(std::make_unique<scripted_stream>(next));
  n1.sys.settle();
  CHECK(next->is_closed());
  CHECK(next->frames().empty());
  REQUIRE(n1.lost.size() == 2);
  CHECK(n1.lost[1] == "n2 can't be reached: far side: it is revoked");
}

TEST_CASE(
    "LN3, PL22: a link to a peer whose certificate has expired ends at the next look, if that is asked for") {
  dialler n1;
  n1.objection_to_old = "it has expired";
  n1.sys.advance(1s);
  CHECK_FALSE(n1.link->status().reachable);
  REQUIRE(n1.lost.size() == 1);
  CHECK(n1.lost[0] == "the connection to n2 has ended: it is not believed any more: it has expired");
}

TEST_CASE(
    "LN3: who has shown a certificate is too old when that has expired, where that is set, and not before") {
  testkit::test_system sys{{.time = testkit::time_kind::manual, .leftovers = false}};
  const auto now = sys.env().platform().clock().wall();
  const port::peer_proof proof{
      .how = port::peer_proof::kind::certificate, .nodes = {"n2"}, .valid_until = now + 60s};
  const port::peer_proof user{.how = port::peer_proof::kind::local_user, .own_user = true};
  node_options strict{.name = "n1", .tls_close_expired = true};
  const node_options lenient{.name = "n1"};
  const detail::admission_policy ends{sys.env(), strict}, keeps{sys.env(), lenient};
  CHECK(ends.objection_to_age(proof).empty());
  sys.advance(61s);
  CHECK(ends.objection_to_age(proof) ==
        "it has a certificate for n2 that has expired since (node.tls.close_expired)");
  CHECK(keeps.objection_to_age(proof).empty());
  CHECK(ends.objection_to_age(user).empty());
}

}  // namespace node_recheck_test
