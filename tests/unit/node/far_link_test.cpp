// Links between nodes at the node (LB1-LB4), with peers that speak bytes: an older release, one that lies, one that can't be told anything (R8).
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/node/link_book.hpp>
#include <troupe/wire/link_bodies.hpp>
#include <troupe/wire/system_bodies.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_far_link_test {

using namespace troupe;
using namespace node_test;
using life::journal;
using life::journal_ptr;
using wire::frame_kind;

namespace {

struct join {
  any_ref to;
};
struct part {
  any_ref from;
};
struct fall {};
struct number {
  using reply = std::uint64_t;
};

class linked_one : public actor<join, part, fall, number> {
 public:
  explicit linked_one(journal_ptr to) : to_(std::move(to)) {}
  void on(const join& m) { link(m.to); }
  void on(const part& m) { unlink(m.from); }
  void on(const fall&) { throw std::runtime_error{"fell"}; }
  std::uint64_t on(const number&) { return own_cell().number(); }
  void on_link_ended(const link_ended& news) override {
    to_->note(news.path() + " " + to_string(news.reason()));
  }

 private:
  const journal_ptr to_;
};

/// n1, and the test as n2, which both dials and is dialled.
struct liar {
  explicit liar(std::uint64_t capabilities = wire::can_link, bool trusted = true)
      : here(node_test::quiet(), remoting{options(trusted)}), dialled(as_n2.accept()) {
    REQUIRE(dialled.next().first == frame_kind::hello);
    dialled.send(frame_of(wire::welcome{
        .capabilities = capabilities, .node = "n2", .incarnation = 3, .heartbeat_interval = 1s, .epoch = 1}));
    wait_for_peer(here, true);
  }
  node_options options(bool trusted) const {
    node_options o = w.options("n1");
    if (!trusted) o.rights.clear();
    return o;
  }
  void dial() {
    dials.emplace(w.one, frame_of(wire::hello{.capabilities = wire::can_link,
                                              .node = "n2",
                                              .incarnation = 3,
                                              .target = "n1",
                                              .heartbeat_interval = 1s,
                                              .epoch = 1}));
    REQUIRE(dials->next().first == frame_kind::welcome);
  }
  /// The next frame that n1 sends about a link, acknowledged as system frame `n`.
  template <class Body>
  std::string next(frame_kind kind) {
    const auto [got, body] = dialled.next();
    CAPTURE(to_string(got));
    REQUIRE(got == kind);
    dialled.send(frame_of(wire::received{++frames}));
    return body;
  }
  template <class Body>
  void check_next(frame_kind kind, const Body& expected) {
    const std::string bytes = next<Body>(kind);
    auto body = Body::decode(bytes);
    REQUIRE(body.has_value());
    if constexpr (requires { body->reason; }) {
      CHECK(body->reason.kind == expected.reason.kind);
      body->reason = expected.reason;
    }
    CHECK(*body == expected);
  }

  const world w;
  const raw_listener as_n2{w.two};
  journal_ptr told = std::make_shared<journal>();
  std::uint64_t frames = 0;
  troupe::system here;
  raw_peer dialled;  // what n1 has to say
  std::optional<raw_peer> dials;
};

std::uint64_t number_of(const ref<linked_one>& who) { return who.ask(number{}, 20s).get().value(); }

}  // namespace

TEST_CASE("PL11: a peer of an older release is not asked for links: who wants one hears why") {
  liar n2{0};
  const auto one = spawn<linked_one>(n2.here, "one", n2.told);
  one.tell(join{node(n2.here, "n2").ref<linked_one>("/user/two")});
  CHECK(n2.told->wait_for(
      "n2:/user/two unreachable: not_understood: node n2 knows no links between nodes; run the same release "
      "on both"));
  CHECK(number_of(one) != 0);
}

TEST_CASE(
    "LK2, LB1: what a peer says of links by other numbers changes nothing, and what it says twice is heard "
    "once") {
  liar n2;
  n2.dial();
  const auto one = spawn<linked_one>(n2.here, "one", n2.told);
  const std::uint64_t me = number_of(one);
  const exit_reason fell{exit_kind::failed, {errc::handler_failed, "fell", {}, "/user/two"}};
  // Asked for from there, by the path: n1 says whom it is to.
  n2.dials->send(frame_of(wire::link{1, 7, 5, "/user/two", "/user/one"}));
  n2.check_next(frame_kind::linked, wire::linked{1, me, 7, 5});
  n2.dials->send(frame_of(wire::link_end{2, 7, me, 4, 9, fell}) +      // other asks
                 frame_of(wire::link_end{3, 8, me, 5, 0, fell}) +      // another actor
                 frame_of(wire::link_end{4, 7, me + 1, 5, 0, fell}) +  // to another actor
                 frame_of(wire::unlink{5, 7, me, 4, 0}) + frame_of(wire::linked{6, 7, me, 5}) +
                 frame_of(wire::linked{7, 7, me + 1, 5}));
  CHECK(number_of(one) == me);
  n2.dials->send(frame_of(wire::link_end{8, 7, me, 5, 0, fell}) +
                 frame_of(wire::link_end{9, 7, me, 5, 0, fell}) +
                 frame_of(wire::link{10, 7, 6, "/user/two", std::to_string(me) + "/user/one"}) +
                 frame_of(wire::link_end{11, 7, me, 5, 0, fell}) +  // the one before
                 frame_of(wire::link_end{12, 7, me, 6, 0, {exit_kind::normal, {}}}));
  CHECK(n2.told->wait_for("n2:/user/two normal"));
  CHECK(n2.told->all() ==
        life::lines{"n2:/user/two failed: handler_failed at n2:/user/two: fell", "n2:/user/two normal"});
}

TEST_CASE(
    "L7, R8: a peer that asks for links to nobody, or from nowhere, is told so, and the connection goes on") {
  liar n2;
  n2.dial();
  const auto one = spawn<linked_one>(n2.here, "one", n2.told);
  n2.dials->send(frame_of(wire::link{1, 7, 1, "/user/two", "/user/nobody"}));
  n2.check_next(frame_kind::link_end, wire::link_end{1, 0, 7, 0, 1, {exit_kind::gone, {}}});
  n2.dials->send(frame_of(wire::link{2, 7, 2, "nowhere", "/user/one"}));
  n2.check_next(frame_kind::link_end, wire::link_end{2, 0, 7, 0, 2, {exit_kind::unreachable, {}}});
  n2.dials->send(frame_of(wire::link{3, 7, 3, "/user/two", "/system/log"}));
  n2.check_next(frame_kind::link_end, wire::link_end{3, 0, 7, 0, 3, {exit_kind::gone, {}}});
  n2.dials->send(frame_of(wire::link{4, 7, 4, "/user/two", ""}));
  n2.check_next(frame_kind::link_end, wire::link_end{4, 0, 7, 0, 4, {exit_kind::gone, {}}});
  n2.dials->send(frame_of(wire::link{5, 7, 5, "/user/two", "/user/one"}));
  n2.check_next(frame_kind::linked, wire::linked{5, number_of(one), 7, 5});
}

TEST_CASE(
    "L7: the end of an actor here is told under the numbers of both sides' asks, and an unlink is too") {
  liar n2;
  n2.dial();
  const auto one = spawn<linked_one>(n2.here, "one", n2.told);
  const std::uint64_t me = number_of(one);
  const auto two = node(n2.here, "n2").ref<linked_one>("/user/two");
  one.tell(join{two});
  n2.check_next(frame_kind::link, wire::link{1, me, 1, "/user/one", "/user/two"});
  n2.dials->send(frame_of(wire::linked{1, 7, me, 1}) +
                 frame_of(wire::link{2, 7, 5, "/user/two", "/user/one"}));
  n2.check_next(frame_kind::linked, wire::linked{2, me, 7, 5});
  one.tell(join{two});  // there is one
  one.tell(part{two});
  n2.check_next(frame_kind::unlink, wire::unlink{3, me, 7, 1, 5});
  one.tell(join{two});
  n2.check_next(frame_kind::link, wire::link{4, me, 2, "/user/one", "/user/two"});
  one.tell(fall{});
  n2.check_next(frame_kind::link_end, wire::link_end{5, me, 0, 2, 0, {exit_kind::failed, {}}});
}

TEST_CASE(
    "PL20: a wish that an actor stops is a link of `/user` and its end, so that an older release follows it; "
    "what the peer "
    "has against it is a dead letter") {
  liar n2;
  n2.dial();
  const auto said = std::make_shared<journal>();
  n2.here.events().subscribe([said](const event& e) {
    if (e.kind == event_kind::dead_letter) said->note(e.path + " " + e.message + " " + e.reason);
  });
  const std::uint64_t user = n2.here.user_root()->number();
  stop(node(n2.here, "n2").ref<linked_one>("/user/two"));
  n2.check_next(frame_kind::link, wire::link{1, user, 1, "/user", "/user/two"});
  n2.check_next(frame_kind::link_end, wire::link_end{2, user, 0, 1, 0, {exit_kind::shutdown, {}}});
  const auto against = [&](std::uint64_t frame, std::uint64_t to, std::uint32_t ask, errc why) {
    n2.dials->send(
        frame_of(wire::link_end{frame, 0, to, 0, ask, {exit_kind::gone, {why, "so\nthere", {}, "/user/x"}}}));
  };
  against(1, user, 2, errc::not_permitted);      // another wish
  against(2, user + 1, 1, errc::not_permitted);  // another actor
  against(3, user, 1, errc::overloaded);
  against(4, user, 1, errc::not_permitted);  // twice
  CHECK(said->wait_for("n2:/user/two troupe::stop overloaded: so there"));
  stop(node(n2.here, "n2").ref<linked_one>("/user/two"));
  n2.check_next(frame_kind::link, wire::link{3, user, 2, "/user", "/user/two"});
  n2.check_next(frame_kind::link_end, wire::link_end{4, user, 0, 2, 0, {exit_kind::shutdown, {}}});
  against(5, user, 2, errc::stopped);  // it has what it wants
  stop(node(n2.here, "n2").ref<linked_one>("/user/two"));
  n2.check_next(frame_kind::link, wire::link{5, user, 3, "/user", "/user/two"});
  n2.check_next(frame_kind::link_end, wire::link_end{6, user, 0, 3, 0, {exit_kind::shutdown, {}}});
  against(6, user, 3, errc::not_permitted);
  CHECK(said->wait_for("n2:/user/two troupe::stop not_permitted: so there"));
  CHECK(said->all().size() == 2);
}

TEST_CASE("PL20: a peer of an older release is not asked to stop anybody, which is a dead letter") {
  liar n2{0};
  const auto said = std::make_shared<journal>();
  n2.here.events().subscribe([said](const event& e) {
    if (e.kind == event_kind::dead_letter) said->note(e.path + " " + e.message + " " + e.reason);
  });
  stop(node(n2.here, "n2").ref<linked_one>("/user/two"));
  CHECK(said->wait_for(
      "n2:/user/two troupe::stop not_understood: node n2 knows no links between nodes; run the same release "
      "on both"));
}

TEST_CASE(
    "PL20, R8: with the mark a peer stops nobody who has asked for that link himself: he hears of an end") {
  liar n2;
  n2.dial();
  const auto one = spawn<linked_one>(n2.here, "one", n2.told);
  const std::uint64_t me = number_of(one);
  const exit_reason mark{exit_kind::shutdown, {errc::stopped, {}, "troupe::stop", {}}};
  one.tell(join{node(n2.here, "n2").ref<linked_one>("/user/two")});
  n2.check_next(frame_kind::link, wire::link{1, me, 1, "/user/one", "/user/two"});
  n2.dials->send(frame_of(wire::linked{1, 7, me, 1}) +
                 frame_of(wire::link{2, 7, 5, "/user/two", std::to_string(me) + "/user/one"}) +
                 frame_of(wire::link_end{3, 7, me, 5, 1, mark}));
  CHECK(n2.told->wait_for("n2:/user/two shutdown"));
  CHECK(number_of(one) == me);
}

TEST_CASE(
    "PL20, PL12: with the mark a peer stops nobody whom it may link to only because he has asked for it") {
  liar n2{wire::can_link, false};
  n2.dial();
  const auto one = spawn<linked_one>(n2.here, "one", n2.told);
  const std::uint64_t me = number_of(one);
  one.tell(join{node(n2.here, "n2").ref<linked_one>("/user/two")});
  n2.check_next(frame_kind::link, wire::link{1, me, 1, "/user/one", "/user/two"});
  // n1 does not know yet that these are the same.
  n2.dials->send(frame_of(wire::link{1, 7, 5, "/user/two", std::to_string(me) + "/user/one"}) +
                 frame_of(wire::link_end{
                     2, 7, me, 5, 0, {exit_kind::shutdown, {errc::stopped, {}, "troupe::stop", {}}}}));
  CHECK(n2.told->wait_for("n2:/user/two shutdown"));
  CHECK(number_of(one) == me);
}

TEST_CASE("R5: a peer that has never dialled takes its side of the links along when it goes, once") {
  liar n2;
  const auto one = spawn<linked_one>(n2.here, "one", n2.told);
  one.tell(join{node(n2.here, "n2").ref<linked_one>("/user/two")});
  n2.check_next(frame_kind::link, wire::link{1, number_of(one), 1, "/user/one", "/user/two"});
  n2.dialled.send(frame_of(wire::goodbye{"that was all"}));
  CHECK(n2.told->wait_for("n2:/user/two unreachable: unreachable: n2 said goodbye: that was all"));
  CHECK(number_of(one) != 0);
  CHECK(n2.told->all().size() == 1);
}

TEST_CASE("R8, N6: links of a peer that has been told that it can't be told of ends are taken for nothing") {
  const world w;
  const journal_ptr told = std::make_shared<journal>();
  troupe::system here{node_test::quiet(), remoting{w.options("n1")}};
  const auto one = spawn<linked_one>(here, "one", told);
  const std::uint64_t me = number_of(one);
  raw_peer guest{
      w.one, frame_of(wire::hello{.node = "guest", .incarnation = 5, .heartbeat_interval = 1s, .epoch = 1})};
  const auto [first, welcome] = guest.next();
  REQUIRE(first == frame_kind::welcome);
  CHECK(wire::welcome::decode(welcome)->epoch == 0);  // which a node takes for what it is (PL17)
  guest.send(frame_of(wire::link{1, 7, 1, "/user/two", "/user/one"}) + frame_of(wire::linked{2, 7, me, 1}) +
             frame_of(wire::unlink{3, 7, me, 1, 0}) +
             frame_of(wire::link_end{4, 7, me, 1, 0, {exit_kind::failed, {}}}));
  const auto [kind, body] = guest.next();
  REQUIRE(kind == frame_kind::received);
  CHECK(number_of(one) == me);
  CHECK(told->all().empty());
}

TEST_CASE("LB4: a book takes so many bytes of paths, and has room again when links are over") {
  const journal_ptr told = std::make_shared<journal>();
  troupe::system here{node_test::quiet()};
  const cell_ptr local = spawn<linked_one>(here, "one", told).address()->here();
  troupe::detail::link_book book;
  const std::string path(wire::path_bytes_max, 'p');
  std::uint64_t id = 0;
  while (book.has_room(path.size())) {
    ++id;
    book.add(
        {id, local, local, path, path, id, 3, wire::lane::ordinary, {0, static_cast<std::uint32_t>(id)}});
  }
  CHECK(id == troupe::detail::link_book::paths_bytes_max / path.size());
  CHECK(book.asked_there(3, 17, 17)->id == 17);
  CHECK(book.between(local->number(), 3, 17)->id == 17);
  book.take(17);
  CHECK(book.asked_there(3, 17, 17) == nullptr);
  CHECK(book.between(local->number(), 3, 17) == nullptr);
  CHECK(book.to_path(local->number(), path, false)->id == 1);
  CHECK(book.to_path(local->number(), path, true) == nullptr);
  CHECK(book.has_room(path.size()));
  CHECK(book.take_if([](const auto&) { return true; }).size() == id - 1);
}

}  // namespace node_far_link_test
