// Peers that speak of services as no node does: actors that are not theirs, answers that can't be, floods, questions from nowhere (R8, SX2-SX8).
#include <doctest/doctest.h>

#include <troupe/pattern/receptionist.hpp>
#include <troupe/services/messages.hpp>
#include <troupe/services/shared_services.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_hostile_services_test {

using namespace troupe;
using namespace node_test;
using wire::frame_kind;

namespace {

struct price {
  std::int32_t of = 0;
  using reply = std::int32_t;
};
TROUPE_CONTRACT(price, "hostile_services.price", 1, of)

/// `told_offer` and `services_told` as bytes have them: a ref is its token.
struct raw_offer {
  std::uint64_t number = 0;
  std::string name = "bank";
  std::string protocol = "hostile_services.price";
  std::string who = {};
};
TROUPE_CONTRACT(raw_offer, "hostile_services.offer", 1, number, name, protocol, who)
struct raw_told {
  std::uint64_t epoch = 7;
  bool anew = true;
  std::uint64_t upto = 0;
  std::vector<std::uint64_t> gone = {};
  std::vector<raw_offer> come = {};
  bool more = false;
  std::uint64_t total = 0;
};
TROUPE_CONTRACT(raw_told, "hostile_services.told", 1, epoch, anew, upto, gone, come, more, total)

const service_key<price> bank{"bank"};

class bank_clerk : public actor<price> {
 public:
  std::int32_t on(const price& m) { return m.of; }
};

class bank_reader : public actor<listing<price>> {
 public:
  explicit bank_reader(life::journal_ptr to) : to_(std::move(to)) {}
  void on_start() { receptionist_here().listen(bank, ref<listing<price>>{self()}); }
  void on(const listing<price>& m) {
    std::string line = "listed:";
    for (const auto& each : m.all) line += " " + each.path();
    to_->note(line);
  }

 private:
  const life::journal_ptr to_;
};

/// n1, which shares its bank with everybody, and the test as n2, which is dialled and may dial.
struct market {
  explicit market(const std::function<void(node_options&)>& tune = {})
      : here(silent(), receptionist_extension{}, remoting{options(tune)}), dialled(as_n2.accept()) {
    here.events().subscribe([to = refused](const event& e) {
      if (e.kind == event_kind::not_permitted) to->note(e.reason);
    });
    spawn<bank_reader>(here, "reader", heard);
    REQUIRE(heard->wait_for("listed:"));
    REQUIRE(dialled.next().first == frame_kind::hello);
    // The exchange has begun: of a peer that is met while it does it may hear twice, and asks once more then.
    static_cast<void>(
        ref_to<services_wanted>(here.env(), std::string{services_path}).ask(services_wanted{}, 20s).get());
    dialled.send(
        frame_of(wire::welcome{.node = "n2", .incarnation = 3, .heartbeat_interval = 1s, .epoch = 1}));
  }
  node_options options(const std::function<void(node_options&)>& tune) const {
    node_options o = w.options("n1");
    o.public_paths.clear();
    o.rights.clear();
    o.services = {"bank"};
    o.peers["n3"].port = free_port();  // which is not there
    if (tune) tune(o);
    return o;
  }
  /// Mistakes that are told are what these tests are about.
  static system_options silent() {
    system_options o = node_test::quiet();
    o.log_to = [](log_level, std::string_view, std::string_view) {};
    return o;
  }
  /// What n1 asks next.
  services_wanted question() {
    const auto [kind, body] = dialled.next();
    REQUIRE(kind == frame_kind::ask);
    const auto m = wire::ask::decode(body).value();
    CHECK(m.path == services_path);
    CHECK(m.type_hash == stable_hash("troupe.services.wanted"));
    asked = m.request;
    return unpack<services_wanted>(m.payload).value();
  }
  void answer(const raw_told& m) const {
    std::string frame;
    const std::string payload = pack(m);
    REQUIRE(wire::reply{asked, stable_hash("troupe.services.told"), payload}.encode(frame).has_value());
    dialled.send(frame);
  }
  void fail(errc code) const { dialled.send(frame_of(wire::failure{asked, {code, "because"}})); }

  /// The test dials as well.
  raw_peer& dial(const std::string& as = "n2") {
    dials.emplace(w.one,
                  frame_of(wire::hello{
                      .node = as, .incarnation = 3, .target = "n1", .heartbeat_interval = 1s, .epoch = 1}));
    REQUIRE(dials->next().first == frame_kind::welcome);
    return *dials;
  }
  void want(std::uint64_t request, const services_wanted& m) const {
    std::string frame;
    const std::string payload = pack(m);
    REQUIRE(wire::ask{.request = request,
                      .time_left = 10s,
                      .path = services_path,
                      .type_hash = stable_hash("troupe.services.wanted"),
                      .payload = payload}
                .encode(frame)
                .has_value());
    dials->send(frame);
  }
  /// What n1 says: `reply 5: epoch? anew upto +n tokens`, or the error.
  std::string said() const {
    const auto [kind, body] = dials->next();
    if (kind == frame_kind::failure) {
      const auto f = wire::failure::decode(body).value();
      return std::to_string(f.request) + " " + std::string{to_string(f.why.code)} + ": " + f.why.text;
    }
    REQUIRE(kind == frame_kind::reply);
    const auto r = wire::reply::decode(body).value();
    const auto m = unpack<raw_told>(r.payload).value();
    last = m;
    std::string out = std::to_string(r.request) + (m.anew ? " anew " : " ") + std::to_string(m.upto);
    for (const auto number : m.gone) out += " -" + std::to_string(number);
    for (const auto& o : m.come) out += " +" + o.name;
    return out;
  }

  const world w;
  const raw_listener as_n2{w.two};
  life::journal_ptr heard = std::make_shared<life::journal>(), refused = std::make_shared<life::journal>();
  troupe::system here;
  raw_peer dialled;
  mutable std::optional<raw_peer> dials;
  mutable raw_told last;
  std::uint64_t asked = 0;
};

}  // namespace

TEST_CASE("SX1, SX2: questions say how far this node has heard, and what is answered is listed") {
  market m;
  auto q = m.question();
  CHECK(q.epoch == 0);
  CHECK(q.after == 0);
  CHECK(q.at_once);
  m.answer({.upto = 2,
            .come = {{1, "bank", "hostile_services.price", "n2@3:17/user/a"},
                     {2, "bank", "hostile_services.price", "n2:/user/b"}}});
  CHECK(m.heard->wait_for("listed: n2:/user/a n2:/user/b"));
  q = m.question();
  CHECK(q.epoch == 7);
  CHECK(q.after == 2);
  CHECK_FALSE(q.at_once);
  m.answer({.anew = false, .upto = 3, .gone = {1}});
  CHECK(m.heard->wait_for("listed: n2:/user/b"));
  CHECK(m.question().after == 3);
  CHECK(m.refused->all().empty());
}

TEST_CASE("SX5, R8: actors that are not the peer's own are refused and told of; the others are listed") {
  const std::string words = "hostile_services.price";
  for (const auto& [token, shown] :
       std::vector<std::pair<std::string, std::string>>{{"n1:/user/reader", "n1:/user/reader"},
                                                        {"n3@5:17/user/x", "n3:/user/x"},
                                                        {"n9@5:17/user/x", "n9@5:17/user/x"},
                                                        {":/user/reader", ":/user/reader"},
                                                        {"!hidden", "!hidden"},
                                                        {"", "(no ref)"}}) {
    CAPTURE(token);
    market m;
    m.question();
    m.answer({.upto = 2, .come = {{1, "bank", words, token}, {2, "bank", words, "n2@3:18/user/b"}}});
    CHECK(m.heard->wait_for("listed: n2:/user/b"));
    CHECK(m.refused->wait_for("node n2 says that " + shown + " offers 'bank', and that is no actor of n2"));
    CHECK(m.question().after == 2);
  }
}

TEST_CASE("SX5: not even an actor of this node that the peer may send to is believed to be its own") {
  market m{[](node_options& o) { o.public_paths = {"/user/**"}; }};
  m.question();
  m.answer({.upto = 1, .come = {{1, "bank", "hostile_services.price", "n1:/user/reader"}}});
  CHECK(m.refused->wait_for("node n2 says that /user/reader offers 'bank', and that is no actor of n2"));
  CHECK(m.question().after == 1);
}

TEST_CASE("SX5: services that are not shared with the peer are passed over without a word") {
  market m;
  m.question();
  m.answer({.upto = 2,
            .come = {{1, "vault", "x", "n2@3:17/user/a"},
                     {2, "bank", "hostile_services.price", "n2@3:18/user/b"}}});
  CHECK(m.heard->wait_for("listed: n2:/user/b"));
  CHECK(receptionist_of(m.here).services_now(20s).value().size() == 1);
  CHECK(m.refused->all().empty());
}

TEST_CASE("RC6, R8: what a peer says a name is for keeps nobody here from using it") {
  market m{[](node_options& o) { o.services = {"*"}; }};
  m.question();
  m.answer({.upto = 1, .come = {{1, "desk", "evil.words", "n2@3:17/user/a"}}});
  m.question();
  const service_key<price> desk{"desk"};
  CHECK(receptionist_of(m.here).find_now(desk, 20s).error().text ==
        "service 'desk' is there for the messages (evil.words) on node n2, not for (hostile_services.price)");
  CHECK(receptionist_of(m.here).enlist_now(desk, spawn<bank_clerk>(m.here, "clerk"), 20s).value());
  CHECK(receptionist_of(m.here).find_now(desk, 20s).value().size() == 1);
}

TEST_CASE("R8: names and protocols that would write lines of their own, or fill the memory, are refused") {
  for (const auto& [name, protocol, why] : std::vector<std::array<std::string, 3>>{
           {"bank\nERROR all is lost", "p",
            "node n2 offers 'bank ERROR all is lost', but the name of a shared "
            "service has no control characters"},
           {std::string(600, 'b'), "p",
            "node n2 offers '" + std::string(255, 'b') +
                "', but the name of a shared service has 1 to 512 bytes"},
           {"bank", "p\nq", "node n2 offers 'bank', but names of messages have no control characters"},
           {"bank", std::string(5000, 'p'),
            "node n2 offers 'bank', but the names of its messages have more than 4096 bytes"}}) {
    CAPTURE(why);
    market m{[](node_options& o) { o.services = {"b*"}; }};
    m.question();
    m.answer({.upto = 2,
              .come = {{1, name, protocol, "n2@3:17/user/a"},
                       {2, "bank", "hostile_services.price", "n2@3:18/user/b"}}});
    CHECK(m.heard->wait_for("listed: n2:/user/b"));
    CHECK(m.refused->wait_for(why));
  }
}

TEST_CASE(
    "HO1, R8: an answer that can't be is refused whole, told of, and takes along what was believed before") {
  market m;
  m.question();
  m.answer({.upto = 1, .come = {{1, "bank", "hostile_services.price", "n2@3:17/user/a"}}});
  CHECK(m.heard->wait_for("listed: n2:/user/a"));
  m.question();
  m.answer({.epoch = 9, .anew = false, .upto = 5});
  CHECK(m.refused->wait_for("what node n2 says of its services can't be: it goes on in another epoch"));
  CHECK(m.heard->wait_for("listed:", 2));
  CHECK(shared_services_now(m.here, 20s).value().at(0).why_not == "its answer was none");
}

TEST_CASE("HO3, R8: a peer that offers more than is taken is told of, with the limit") {
  market m{[](node_options& o) { o.services_max = 3; }};
  m.question();
  raw_told many{.upto = 1000, .total = 1000};
  for (std::uint64_t n = 1; n <= 1000; ++n)
    many.come.push_back({n, "bank", "hostile_services.price", "n2@3:" + std::to_string(n) + "/user/a"});
  m.answer(many);
  CHECK(
      m.refused->wait_for("node n2 offers more services than the 3 that are taken of it: 997 are not listed "
                          "(node.services_max)"));
  CHECK(m.heard->wait_for("listed: n2:/user/a n2:/user/a n2:/user/a"));
  CHECK(shared_services_now(m.here, 20s).value().at(0).offers == 3);
}

TEST_CASE("SX7, R8: a peer that fails each question at once is not asked at once again") {
  market m;
  m.question();
  m.fail(errc::overloaded);
  m.dial();
  m.want(1, {.epoch = 0, .after = 0, .at_once = true});
  CHECK(m.said() == "1 anew 0");
  // Nothing more has been asked meanwhile.
  CHECK(shared_services_now(m.here, 20s).value().at(0).why_not == "because");
}

TEST_CASE(
    "SX2: who asks is told what there is, sealed, and later what has changed; rubbish positions begin anew") {
  market m;
  const auto desk = receptionist_of(m.here);
  const auto a = spawn<bank_clerk>(m.here, "a");
  REQUIRE(desk.enlist_now(bank, a, 20s).value());
  m.dial();
  m.want(1, {.epoch = 0, .after = 0, .at_once = true});
  std::string first = m.said();
  if (first == "1 anew 0") {  // asked before the exchange had heard of it
    m.want(2, {m.last.epoch, 0, false});
    first = m.said().substr(2);
    CHECK(first == "anew 1 +bank");
  }
  REQUIRE(m.last.come.size() == 1);
  CHECK(m.last.come[0].protocol == "hostile_services.price");
  const auto token = ref_token::parse(m.last.come[0].who);
  REQUIRE(token.has_value());
  CHECK(token->node == "n1");
  CHECK(token->path == "/user/a");
  CHECK(token->seal != 0);
  const std::uint64_t epoch = m.last.epoch;
  m.want(3, {epoch + 1, 1, false});
  CHECK(m.said() == "3 anew 1 +bank");
  m.want(4, {epoch, ~std::uint64_t{0}, false});
  CHECK(m.said() == "4 anew 1 +bank");
  m.want(5, {epoch, 1, false});
  m.want(6, {epoch, 1, false});  // SX8: it takes the place of the other
  CHECK(m.said().starts_with("5 broken_promise"));
  desk.delist(bank, a);
  CHECK(m.said() == "6 2 -1");
}

TEST_CASE(
    "RI11: a peer hears of the services that are shared with it only, of their changes and how many there "
    "are") {
  market m{[](node_options& o) { o.rights["n3"].services = {"vault"}; }};
  const auto desk = receptionist_of(m.here);
  const service_key<price> vault{"vault"};
  const auto a = spawn<bank_clerk>(m.here, "a");
  REQUIRE(desk.enlist_now(vault, a, 20s).value());
  REQUIRE(desk.enlist_now(bank, a, 20s).value());
  m.dial();
  m.want(1, {.epoch = 0, .after = 0, .at_once = true});
  std::string first = m.said();
  if (m.last.come.empty()) {  // asked before the exchange had heard of it
    m.want(2, {m.last.epoch, 0, false});
    first = m.said();
  }
  CHECK(first.ends_with(" anew 2 +bank"));
  CHECK(m.last.total == 1);
  m.want(3, {m.last.epoch, 2, false});
  desk.delist(vault, a);  // no news for n2
  desk.delist(bank, a);
  CHECK(m.said() == "3 4 -2");
}

TEST_CASE("HO3: when all of what a peer offers would find room it is asked for at once, from the beginning") {
  market m{[](node_options& o) { o.services_max = 1; }};
  const std::string words = "hostile_services.price";
  m.question();
  m.answer({.upto = 2,
            .come = {{1, "bank", words, "n2@3:1/user/a"}, {2, "bank", words, "n2@3:2/user/b"}},
            .total = 2});
  CHECK_FALSE(m.question().at_once);
  m.answer({.anew = false, .upto = 3, .gone = {1}, .total = 1});
  const auto q = m.question();
  CHECK(q.at_once);
  CHECK(q.epoch == 7);
  CHECK(q.after == 0);
  m.answer({.upto = 3, .come = {{2, "bank", words, "n2@3:2/user/b"}}, .total = 1});
  CHECK(m.heard->wait_for("listed: n2:/user/b"));
}

TEST_CASE("RI11, PG2: who shares nothing with a peer says so, and what to set") {
  market m{[](node_options& o) {
    o.services.clear();
    o.rights["n3"].services = {"bank"};
  }};
  m.dial();
  m.want(1, {.epoch = 0, .after = 0, .at_once = true});
  CHECK(m.said() ==
        "1 refused: node n1 shares no services with n2: name them in node.services or "
        "node.rights.n2.services there");
}

}  // namespace node_hostile_services_test
