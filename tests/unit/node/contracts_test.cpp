// Nodes that compare their contracts when they meet (PL15, W9). What a node has is data, so here it says what suits the test.
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/agreement/agreement.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/contract/pack.hpp>
#include <troupe/schema/contracts.hpp>
#include <troupe/wire/contract_bodies.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_contracts_test {

using namespace troupe;
using namespace node_test;
using life::journal;
using life::journal_ptr;
using wire::frame_kind;

namespace {

struct greet {
  std::string name;
  using reply = std::string;
};
TROUPE_CONTRACT(greet, "contracts_test.greet", 1, name)
struct count {
  std::int64_t step = 1;
  using reply = std::int64_t;
};
TROUPE_CONTRACT(count, "contracts_test.count", 1, step)

class host : public actor<greet, count> {
 public:
  std::string on(const greet& m) { return "hello " + m.name; }
  std::int64_t on(const count& m) { return n_ += m.step; }

 private:
  std::int64_t n_ = 0;
};

/// The contracts of a release in which the field of `count` is another one.
schema::contract_set other_release() {
  auto set = contracts<host>();
  for (auto& t : set.types)
    if (t.name == "contracts_test.count") {
      t.fields[0].type = "string";
      t.schema = "0xother";
    }
  return set;
}

/// n1 and n2 with those contracts.
struct meeting {
  meeting(
      schema::contract_set mine, schema::contract_set theirs,
      std::function<void(node_options&)> change = [](node_options&) {})
      : more(std::move(change)),
        there(node_test::quiet(), remoting{options("n2", std::move(theirs))}),
        here(node_test::quiet(), listening{differ}, remoting{options("n1", std::move(mine))}) {
    spawn<host>(there, "host");
    REQUIRE(wait_for_peer(here, true));
    far = node(here, "n2").ref<host>("/user/host");
  }
  node_options options(const std::string& name, schema::contract_set contracts) const {
    auto o = w.options(name);
    o.contracts = std::move(contracts);
    more(o);
    return o;
  }

  class listening final : public extension {
   public:
    explicit listening(journal_ptr to) : to_(std::move(to)) {}
    void start(troupe::system& sys) override {
      sys.events().subscribe([to = to_](const event& e) {
        if (e.kind == event_kind::contracts_differ) to->note(e.path + " " + e.message + ": " + e.reason);
      });
    }

   private:
    journal_ptr to_;
  };

  const std::function<void(node_options&)> more;
  world w;
  journal_ptr differ = std::make_shared<journal>();
  troupe::system there, here;
  ref<host> far;
};

/// n1 with contracts, and the test as n2, which it has dialled and which has contracts as well.
struct door {
  door() : here(node_test::quiet(), remoting{options()}), as_it(as_n2.accept()) {
    here.events().subscribe([to = lost](const event& e) {
      if (e.kind == event_kind::peer_unreachable) to->note(e.reason);
    });
    REQUIRE(as_it.next().first == frame_kind::hello);
  }
  node_options options() const {
    auto o = w.options("n1");
    o.contracts = contracts<host>();
    return o;
  }
  void welcome(std::uint64_t capabilities = wire::can_compare) {
    as_it.send(frame_of(wire::welcome{
        .capabilities = capabilities, .node = "n2", .incarnation = 3, .heartbeat_interval = 1s, .epoch = 1}));
  }

  world w;
  journal_ptr lost = std::make_shared<journal>();
  raw_listener as_n2{w.two};
  troupe::system here;
  raw_peer as_it;
};

}  // namespace

TEST_CASE("PL15: the same contracts, or none on one side, and nodes talk as ever") {
  for (const auto& theirs : {contracts<host>(), schema::contract_set{}}) {
    meeting m{contracts<host>(), theirs};
    CHECK(m.far.ask(greet{"you"}, 20s).get().value() == "hello you");
    CHECK(m.far.ask(count{2}, 20s).get().value() == 2);
    CHECK(m.differ->all().empty());
  }
}

TEST_CASE(
    "PL15: what the peer would misread is told with the difference and refused here; all else goes on") {
  meeting m{contracts<host>(), other_release()};
  REQUIRE(m.differ->all().size() == 1);
  CHECK(m.differ->all()[0].starts_with(
      "n2 contracts_test.count: contracts_test.count: breaking  contracts_test.count.step: "));
  const auto no = m.far.ask(count{2}, 20s).get();
  CHECK(no.error().code == errc::not_understood);
  CHECK(no.error().text.starts_with("n2 reads contracts_test.count: breaking  contracts_test.count.step: "));
  CHECK(m.far.ask(greet{"you"}, 20s).get().value() == "hello you");
}

TEST_CASE(
    "PL21: a node that says no contracts to a peer that compares them warns of it once, and nobody else "
    "does") {
  const world w;
  const journal_ptr warned = std::make_shared<journal>();
  const auto logging = [&](const std::string& name) {
    auto o = node_test::quiet();
    o.log = log_level::warning;
    o.log_to = [name, warned](log_level, std::string_view where, std::string_view line) {
      if (line.find("contracts") != std::string_view::npos)
        warned->note(name + " of " + std::string{where} + ": " + std::string{line});
    };
    return o;
  };
  auto with = w.options("n1");
  with.contracts = contracts<host>();
  troupe::system there{logging("n2"), remoting{w.options("n2")}};
  for (int life = 1; life <= 2; ++life) {
    if (life == 2) REQUIRE(wait_for_peer(there, false));
    troupe::system here{logging("n1"), remoting{with}};
    spawn<host>(here, "host");
    REQUIRE(wait_for_peer(there, true));
    CHECK(node(there, "n1").ref<host>("/user/host").ask(greet{"you"}, 20s).get().value() == "hello you");
    REQUIRE(wait_for_peer(here, true));
  }
  CHECK(warned->wait_for(
      "n2 of n1: says which contracts it has, and node n2 does not, so nobody compares them; set "
      "node_options::contracts = troupe::contracts<Actors...>() there too"));
  CHECK(warned->all().size() == 1);
}

TEST_CASE("PL15: fields that were appended are no reason to refuse") {
  auto newer = contracts<host>();
  for (auto& t : newer.types)
    if (t.name == "contracts_test.count") {
      t.version = 2;
      t.fields.push_back({"why", "string", 2, {}});
      t.schema = "0xnewer";
    }
  meeting m{contracts<host>(), newer};
  CHECK(m.differ->all().empty());
  CHECK(m.far.ask(count{2}, 20s).get().value() == 2);
}

TEST_CASE(
    "W9: nothing leaves before the contracts are known; the list is asked for where the digest is another") {
  door d;
  d.welcome();
  d.as_it.send(frame_of(wire::contracts{12345}));
  const auto far = node(d.here, "n2").ref<host>("/user/host");
  CHECK(d.as_it.next().first == frame_kind::contracts_wanted);
  const auto waits = far.ask(greet{"you"}, 20s);  // K13
  const std::string set = troupe::pack(other_release());
  std::string frame;
  REQUIRE(wire::contract_list{set}.encode(frame).has_value());
  d.as_it.send(frame);
  REQUIRE(wait_for_peer(d.here, true));
  CHECK(d.as_it.next().first == frame_kind::ask);
  far.tell(greet{"you"});
  CHECK(d.as_it.next().first == frame_kind::tell);
}

TEST_CASE(
    "W9, R8: contracts that do not decode, come unasked, or not at all end the connection with the reason") {
  door d;
  d.welcome();
  SUBCASE("no set") {
    d.as_it.send(frame_of(wire::contracts{12345}));
    CHECK(d.as_it.next().first == frame_kind::contracts_wanted);
    std::string frame;
    REQUIRE(wire::contract_list{"nonsense"}.encode(frame).has_value());
    d.as_it.send(frame);
    CHECK(d.lost->wait_for_part("troupe.schema.contracts: "));
  }
  SUBCASE("unasked") {
    std::string frame;
    REQUIRE(wire::contract_list{""}.encode(frame).has_value());
    d.as_it.send(frame);
    CHECK(d.lost->wait_for_part("a contract list came that was not waited for"));
  }
  SUBCASE("too large") {
    d.as_it.send(frame_of(wire::contracts{12345}));
    CHECK(d.as_it.next().first == frame_kind::contracts_wanted);
    std::string frame;
    const std::string huge(contract_set_bytes_max + 1, 'x');
    REQUIRE(wire::contract_list{huge}.encode(frame).has_value());
    d.as_it.send(frame);
    CHECK(d.lost->wait_for_part("contracts of 1048577 bytes, more than 1048576"));
  }
}

TEST_CASE(
    "PL15: what one run of a peer would misread is sent to the next one, which does not say what it has") {
  door d;
  d.welcome();
  d.as_it.send(frame_of(wire::contracts{12345}));
  CHECK(d.as_it.next().first == frame_kind::contracts_wanted);
  const std::string set = troupe::pack(other_release());
  std::string frame;
  REQUIRE(wire::contract_list{set}.encode(frame).has_value());
  d.as_it.send(frame);
  REQUIRE(wait_for_peer(d.here, true));
  const auto far = node(d.here, "n2").ref<host>("/user/host");
  CHECK(far.ask(count{2}, 20s).get().error().code == errc::not_understood);
  d.as_it.send(frame_of(wire::goodbye{"the run is over"}));
  REQUIRE(wait_for_peer(d.here, false));
  raw_peer next{d.as_n2.accept()};
  REQUIRE(next.next().first == frame_kind::hello);
  next.send(frame_of(wire::welcome{.node = "n2", .incarnation = 4, .heartbeat_interval = 1s, .epoch = 1}));
  REQUIRE(wait_for_peer(d.here, true));
  far.tell(count{2});
  CHECK(next.next().first == frame_kind::tell);
}

TEST_CASE("W9: contracts that are larger than the largest message of either node are compared all the same") {
  auto mine = contracts<host>(), theirs = other_release();
  for (int i = 0; i < 2000; ++i)
    for (auto* const set : {&mine, &theirs})
      set->types.push_back({"contracts_test.much" + std::to_string(10'000 + i),
                            schema::type_kind::record,
                            1,
                            {},
                            "0x1",
                            {{"some_field", "string", 1, {}}, {"another_field", "list<string>", 2, {}}}});
  REQUIRE(troupe::pack(theirs).size() > 2 * (64u << 10));
  meeting m{mine, theirs, [](node_options& o) { o.message_max = 64u << 10; }};
  CHECK(m.differ->all().size() == 1);
  CHECK(m.far.ask(count{2}, 20s).get().error().code == errc::not_understood);
  CHECK(m.far.ask(greet{"you"}, 20s).get().value() == "hello you");
}

TEST_CASE("W9, R8: who wants the list twice, or can't compare, is cut off") {
  for (const bool can : {true, false}) {
    CAPTURE(can);
    const world w;
    auto o = w.options("n2");
    o.peers.clear();
    o.contracts = contracts<host>();
    troupe::system sys{node_test::quiet(), remoting{o}};
    raw_peer guest{w.two, frame_of(wire::hello{.capabilities = can ? wire::can_compare : 0,
                                               .node = "guest",
                                               .incarnation = 5,
                                               .target = "n2",
                                               .heartbeat_interval = 1s,
                                               .epoch = 1})};
    CHECK(guest.next().first == frame_kind::welcome);
    if (can) CHECK(guest.next().first == frame_kind::contracts);
    guest.send(frame_of(wire::contracts_wanted{}));
    if (can) {
      const auto [kind, body] = guest.next();
      REQUIRE(kind == frame_kind::contract_list);
      CHECK(troupe::unpack<schema::contract_set>(body).value() == contracts<host>());
      guest.send(frame_of(wire::contracts_wanted{}));
    }
    CHECK(guest.next() == std::pair{frame_kind::goodbye, std::string{}});  // closed
  }
}

}  // namespace node_contracts_test
