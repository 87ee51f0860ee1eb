// Peers that try what they may not, byte by byte, on real sockets (R8, RI8, RI9, IN16, PL12, PG2), and a node's settings of rights as its start sees
// them (RI5).
#include <doctest/doctest.h>

#include <functional>
#include <troupe/actor/spawn.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/observe/metrics.hpp>
#include <troupe/sys/sys.hpp>
#include <troupe/wire/link_bodies.hpp>
#include <troupe/wire/message_front.hpp>
#include <troupe/wire/routed_bodies.hpp>
#include <troupe/wire/system_bodies.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_rights_test {

namespace guarded {

struct peek {
  using reply = std::int32_t;
};
TROUPE_CONTRACT(peek, "guarded.peek", 1)
struct poke {
  std::int32_t n = 0;
};
TROUPE_CONTRACT(poke, "guarded.poke", 1, n)

}  // namespace guarded

using namespace troupe;
using namespace node_test;
using namespace guarded;
using life::journal;
using life::journal_ptr;
using wire::frame_kind;

namespace {

class keeper : public actor<peek, poke> {
 public:
  explicit keeper(journal_ptr to) : to_(std::move(to)) {}
  std::int32_t on(const peek&) { return ++peeks_; }
  void on(const poke& m) { to_->note("poke " + std::to_string(m.n)); }

 private:
  const journal_ptr to_;
  std::int32_t peeks_ = 0;
};

template <class M>
std::string payload(const M& m) {
  std::string out;
  byte_writer to{out};
  message_type_of<M>.encode(&m, to);
  return out;
}

std::string ask_frame(std::uint64_t request, const std::string& path) {
  return frame_of(wire::ask{.request = request,
                            .time_left = 20s,
                            .path = path,
                            .type_hash = message_type_of<peek>.hash,
                            .payload = payload(peek{})});
}

std::string routed_ask_frame(std::uint64_t request, std::uint32_t route) {
  const std::string body = payload(peek{});
  wire::message_front front;
  front.routed_ask(request, 20s, route, 0, body.size());
  return std::string{front.bytes()} + body;
}

std::string route_frame(std::uint32_t number, const std::string& path) {
  return frame_of(wire::route{number, path, message_type_of<peek>.hash});
}

std::string tell_frame(const std::string& path, std::int32_t n = 1) {
  return frame_of(
      wire::tell{.path = path, .type_hash = message_type_of<poke>.hash, .payload = payload(poke{n})});
}

/// n2, on which `/user/open` is public and `/user/closed` is not.
struct fortress {
  explicit fortress(const std::function<void(node_options&)>& change = {}, bool inhabited = true) {
    node_options o = w.options("n2");
    o.public_paths = {"/user/open"};
    o.rights.clear();
    if (change) change(o);
    system_options settings = node_test::quiet();
    settings.log = log_level::warning;
    settings.log_to = [to = logged](log_level, std::string_view, std::string_view line) {
      to->note(std::string{line});
    };
    here = std::make_unique<troupe::system>(settings, remoting{o});
    here->events().subscribe([to = told](const event& e) {
      if (e.kind == event_kind::not_permitted) to->note(e.path + " " + e.message + " from " + e.sender);
    });
    if (!inhabited) return;
    open = spawn<keeper>(*here, "open", poked);
    closed = spawn<keeper>(*here, "closed", poked);
  }
  std::uint64_t refused() const { return here->events().count(event_kind::not_permitted); }
  std::string name_of(const ref<keeper>& who, std::uint64_t seal) const {
    return local_token(who.address()->number(), seal, who.path());
  }
  std::uint64_t seal_of(const ref<keeper>& who) const {
    const std::string token = here->env().names().token_of(*who.address());
    return ref_token::parse(token).value().seal;
  }

  world w;
  journal_ptr told = std::make_shared<journal>(), logged = std::make_shared<journal>(),
              poked = std::make_shared<journal>();
  std::unique_ptr<troupe::system> here;
  ref<keeper> open, closed;
};

/// A peer that nobody knows, and that can't be dialled.
struct stranger : raw_peer {
  explicit stranger(const fortress& of, const std::string& name = "stranger")
      : raw_peer(of.w.two,
                 frame_of(wire::hello{.capabilities = wire::can_route | wire::can_offer | wire::can_cancel,
                                      .node = name,
                                      .incarnation = 5,
                                      .target = "n2",
                                      .heartbeat_interval = 1s,
                                      .epoch = 1})) {
    REQUIRE(next().first == frame_kind::welcome);
  }
  /// What is answered to that request, which is the next answer: the code, or `answered`.
  std::string answer(std::uint64_t request) {
    const auto [kind, body] = next();
    if (kind == frame_kind::reply) {
      CHECK(wire::reply::decode(body).value().request == request);
      return "answered";
    }
    if (kind != frame_kind::failure) return std::string{to_string(kind)};
    const auto no = wire::failure::decode(body).value();
    CHECK(no.request == request);
    last = no.why;
    return std::string{to_string(no.why.code)};
  }
  /// The same for whatever request.
  std::string answer_any() { return next().first == frame_kind::reply ? "answered" : "something else"; }
  std::string ask(const std::string& path) {
    send(ask_frame(++requests, path));
    return answer(requests);
  }
  error last;
  std::uint64_t requests = 0;
};

}  // namespace

TEST_CASE("R9, PG2, R8: a stranger reaches what is public, and is told the same of all else") {
  fortress f;
  stranger s{f};
  CHECK(s.ask("/user/open") == "answered");
  CHECK(s.ask(f.name_of(f.open, 0)) == "answered");
  CHECK(s.ask(f.name_of(f.open, 77)) == "answered");  // a wrong seal takes nothing away
  CHECK(s.ask("/user/nobody") == "not_permitted");
  const error nobody = s.last;
  CHECK(s.ask("/user/closed") == "not_permitted");
  CHECK(s.last.path == "/user/closed");
  CHECK(s.last.text ==
        "node stranger may not send guarded.peek to /user/closed on node n2; to let it, add the path to "
        "node.public "
        "or node.rights.stranger.send there");
  std::string same = nobody.text;
  same.replace(same.find("/user/nobody"), 12, "/user/closed");
  CHECK(same == s.last.text);
  for (const std::string& path : {f.name_of(f.closed, 0), f.name_of(f.closed, 1), f.name_of(f.closed, ~0ull),
                                  std::string{"-1/user/closed"}, std::string{"/user/open/x"}}) {
    CAPTURE(path);
    CHECK(s.ask(path) == "not_permitted");
  }
  for (const char* path : {"/user", "/", "/system", "/system/log", "", "nonsense", "17", "17-/user/closed"}) {
    CAPTURE(path);
    CHECK(s.ask(path) == "stopped");  // nobody lives there for anybody
  }
  s.send(tell_frame("/user/closed") + tell_frame("/user/open", 2));
  CHECK(f.poked->wait_for("poke 2"));
  CHECK(f.poked->all().size() == 1);
}

TEST_CASE("RI6, RI7: a seal is as good on another connection and from another peer, and not in another run") {
  fortress f;
  const std::string name = f.name_of(f.closed, f.seal_of(f.closed));
  {
    stranger s{f};
    CHECK(s.ask(name) == "answered");
    CHECK(s.ask(f.name_of(f.open, f.seal_of(f.closed)) + "x") == "not_permitted");
  }
  stranger other{f, "other"};
  CHECK(other.ask(name) == "answered");
  CHECK(other.ask("/user/closed") == "not_permitted");
  fortress next;  // another run of a node of that name, in which the number may be the same
  stranger again{next};
  CHECK(again.ask(next.name_of(next.closed, f.seal_of(f.closed))) == "not_permitted");
  CHECK(again.ask(next.name_of(next.closed, next.seal_of(next.closed))) == "answered");
}

TEST_CASE("IN16, W4: a route to what is not public carries nothing, however much; the connection goes on") {
  fortress f;
  stranger s{f};
  s.send(route_frame(0, "/user/closed") + route_frame(2, "/user/open") +
         route_frame(4, f.name_of(f.closed, f.seal_of(f.closed))));
  for (std::uint64_t request = 1; request <= 100; ++request) {
    s.send(routed_ask_frame(3 * request, 0) + routed_ask_frame(3 * request + 1, 2) +
           routed_ask_frame(3 * request + 2, 4));
    CHECK(s.answer(3 * request) == "not_permitted");
    CHECK(s.answer_any() == "answered");
    CHECK(s.answer_any() == "answered");
  }
  CHECK(f.refused() == 100);
}

TEST_CASE("RI9: what a peer tries is counted exactly and told once a second; the rest when it goes") {
  fortress f;
  {
    stranger s{f};
    std::string flood;
    for (int n = 0; n < 999; ++n) flood += tell_frame("/user/closed", n);
    s.send(flood);
    CHECK(s.ask("/user/closed") == "not_permitted");
    CHECK(f.refused() == 1000);
    const auto lines = f.told->all().size();
    CHECK(lines >= 1);
    CHECK(lines < 10);  // however slow this machine is
    CHECK(f.told->all().front() == "/user/closed guarded.poke from stranger");
  }
  CHECK(f.logged->wait_for_part(" more of it since the line before"));
  CHECK(f.poked->all().empty());
  CHECK(metrics{f.here->events()}.text().find("troupe_events_total{kind=\"not_permitted\"} 1000") !=
        std::string::npos);
}

TEST_CASE("R8: a peer writes no lines of its own into the log, and long paths are cut there") {
  fortress f;
  stranger s{f};
  CHECK(s.ask("/user/clo\nsed" + std::string(200, 'x')) == "not_permitted");
  CHECK(s.last.text.find('\n') == std::string::npos);
  std::string deep;
  for (int i = 0; i < 60; ++i) deep += "/" + std::string(200, 'd');
  CHECK(s.ask("/user" + deep) == "not_permitted");
  CHECK(s.last.text.size() < 1000);
  for (const std::string& line : f.logged->all()) {
    CHECK(line.find('\n') == std::string::npos);
    CHECK(line.size() < 2000);
  }
}

TEST_CASE(
    "RI4, IN16: a type that is let through once its name is known here is let through on an old route too") {
  fortress f{[](node_options& o) { o.rights["*"].send = {"/user/late: guarded.*"}; }, false};
  stranger s{f};
  s.send(route_frame(0, "/user/late") + routed_ask_frame(1, 0));
  CHECK(s.answer(1) == "not_permitted");
  CHECK(s.last.text.find("type 0x") != std::string::npos);
  const auto late = spawn<keeper>(*f.here, "late", f.poked);
  s.send(routed_ask_frame(2, 0));
  CHECK(s.answer(2) == "answered");
}

TEST_CASE("PL12, FS4: a link and a watch that are not permitted are answered by system frames, `gone`") {
  fortress f;
  const raw_listener as_n1{f.w.one};
  raw_peer dialled{as_n1.accept()};
  REQUIRE(dialled.next().first == frame_kind::hello);
  dialled.send(frame_of(wire::welcome{
      .capabilities = wire::can_link, .node = "n1", .incarnation = 3, .heartbeat_interval = 1s, .epoch = 1}));
  REQUIRE(wait_for_peer(*f.here, true));
  raw_peer dials{f.w.two, frame_of(wire::hello{.capabilities = wire::can_link,
                                               .node = "n1",
                                               .incarnation = 3,
                                               .target = "n2",
                                               .heartbeat_interval = 1s,
                                               .epoch = 1})};
  REQUIRE(dials.next().first == frame_kind::welcome);
  std::uint64_t number = 0;
  for (const std::string& path :
       {std::string{"/user/closed"}, std::string{"/user/nobody"}, f.name_of(f.closed, 9)}) {
    CAPTURE(path);
    dials.send(frame_of(wire::watch{++number, 70 + number, path}));
    auto [kind, body] = dialled.next();
    REQUIRE(kind == frame_kind::obituary);
    const auto end = wire::obituary::decode(body).value();
    CHECK(end.id == 70 + number);
    CHECK(end.reason.kind == exit_kind::gone);
    CHECK(end.reason.why.code == errc::not_permitted);
    CHECK(end.reason.why.text.starts_with("node n1 may not watch /user/"));
  }
  for (const std::string& path : {std::string{"/user/open"}, std::string{"/user/closed"},
                                  std::string{"/user/nobody"}, f.name_of(f.closed, f.seal_of(f.closed))}) {
    CAPTURE(path);
    dials.send(frame_of(wire::link{++number, 7, static_cast<std::uint32_t>(number), "/user/mine", path}));
    auto [kind, body] = dialled.next();
    REQUIRE(kind == frame_kind::link_end);
    const auto end = wire::link_end::decode(body).value();
    CHECK(end.from == 0);
    CHECK(end.to == 7);
    CHECK(end.by_receiver == number);
    CHECK(end.reason.kind == exit_kind::gone);
    CHECK(end.reason.why.code == errc::not_permitted);
  }
  // What was never linked is not ended by that.
  dials.send(frame_of(wire::link_end{++number,
                                     7,
                                     f.open.address()->number(),
                                     static_cast<std::uint32_t>(number - 1),
                                     0,
                                     {exit_kind::failed, {errc::handler_failed, "", {}, {}}}}));
  CHECK(f.open.ask(peek{}, 20s).get().value() == 1);
}

TEST_CASE("RI5: a node whose rights make no sense does not start, and says which") {
  const world w;
  const auto start = [&](const std::function<void(node_options&)>& change) -> std::string {
    node_options o = w.options("n2");
    change(o);
    try {
      const troupe::system sys{node_test::quiet(), remoting{o}};
      return "";
    } catch (const failed& no) {
      return no.why().text;
    }
  };
  CHECK(start([](node_options& o) {
          o.public_paths = {"user/a"};
        }).starts_with("node n2: node.public: expected the path of actors"));
  CHECK(start([](node_options& o) {
          o.rights["n1"].send = {"/user/a: "};
        }).starts_with("node n2: node.rights.n1.send: expected the wire names"));
  CHECK(start([](node_options& o) { o.rights["n2"].link = {"/user/a"}; }) ==
        "node n2: node.rights.n2: expected the names of peers, and \"n2\" is this node itself");
  CHECK(start([](node_options&) {}) == "");
}

TEST_CASE("M3: a node whose bulk lane would be nobody's does not start, and says why") {
  const world w;
  node_options o = w.options("n2");
  o.bulk = {"/user/files", "/user/shard*"};
  CHECK_THROWS_WITH_AS((troupe::system{node_test::quiet(), remoting{o}}),
                       doctest::Contains("node n2: node.bulk: expected the path of actors, like /user/kv or "
                                         "/user/kv/*, where * stands for a whole name, got \"/user/shard*\""),
                       failed);
}

TEST_CASE("rights that go by names which nobody proves are warned of") {
  fortress by_name{[](node_options& o) { o.rights["n1"].send = {"/user/closed"}; }};
  CHECK(by_name.logged->wait_for_part("node.rights.n1 goes by the name that a peer says"));
  stranger liar{by_name, "n1"};
  CHECK(liar.ask("/user/closed") == "answered");
  fortress nobody;
  for (const std::string& line : nobody.logged->all()) CHECK(line.find("node.rights") == std::string::npos);
}

}  // namespace node_rights_test
