// Offers that wait because too much waits for their node (PL14, WO1, OG4), with a peer that does not read.
#include <doctest/doctest.h>

#include <troupe/actor/offer_queued.hpp>
#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/node/waiting_offers.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/world.hpp"

namespace node_waiting_offers_test {

using namespace troupe;
using namespace node_test;
using life::journal;
using life::journal_ptr;
using life::lines;
using wire::frame_kind;

namespace {

/// So large that some hundred fill a socket and what may wait behind it.
struct crate {
  std::int32_t number = 0;
  std::string what = {};
};
TROUPE_CONTRACT(crate, "waiting_offers_test.crate", 1, number, what)

constexpr std::size_t crate_bytes = 60'000;

struct ship {
  int from = 0, to = 0;
};
struct shout {
  int number = 0;
};

/// Offers crates one after the other, and notes what came of each.
class shipper : public actor<ship, shout> {
 public:
  shipper(ref<crate> to, journal_ptr notes) : to_(std::move(to)), notes_(std::move(notes)) {}
  task<void> on(ship m) {
    std::vector<std::unique_ptr<offering>> under_way;
    for (int n = m.from; n < m.to; ++n)
      under_way.push_back(std::make_unique<offering>(offer<crate>(to_, n, std::string(crate_bytes, 'x'))));
    notes_->note("offered");
    for (int n = m.from; n < m.to; ++n) {
      const auto how = co_await std::move(*under_way[static_cast<std::size_t>(n - m.from)]);
      notes_->note(std::to_string(n) + " " + (how ? "queued" : std::string{to_string(how.error().code)}));
    }
  }
  void on(const shout& m) {
    to_.tell(crate{m.number, "told"});
    notes_->note("told");
  }

 private:
  const ref<crate> to_;
  const journal_ptr notes_;
};

/// n1 with a shipper, and the test as n2, which it has dialled.
struct quay {
  quay() : here(node_test::quiet(), remoting{options()}), as_it(as_n2.accept()) {
    REQUIRE(as_it->next().first == frame_kind::hello);
    as_it->send(frame_of(wire::welcome{.capabilities = wire::can_offer,
                                       .node = "n2",
                                       .incarnation = 3,
                                       .heartbeat_interval = 30s,
                                       .epoch = 1}));
    REQUIRE(wait_for_peer(here, true));
    here.events().subscribe([to = dead](const event& e) {
      if (e.kind == event_kind::dead_letter) to->note(e.reason);
    });
    ships = spawn<shipper>(here, "shipper", node(here, "n2").ref<crate>("/user/store"), notes);
  }
  node_options options() {
    auto o = w.options("n1");
    o.unsent_max = 1u << 20;
    o.bulk = {"/user/yard"};
    o.heartbeat_interval = 30s;
    o.heartbeat_limit = 60s;
    return o;
  }
  /// The number of the next crate that comes, and whether it was offered; an offer is answered.
  std::pair<std::int32_t, bool> next() {
    const std::string queued = troupe::pack(detail::offer_queued{});
    bool offered = false;
    for (;;) {
      const auto [kind, body] = as_it->next();
      if (kind == frame_kind::offer) offered = true;
      if (kind != frame_kind::ask && kind != frame_kind::tell) {
        REQUIRE(kind == frame_kind::offer);
        continue;
      }
      std::uint64_t request = 0;
      std::string_view payload;
      if (kind == frame_kind::ask) {
        const auto m = wire::ask::decode(body).value();
        request = m.request;
        payload = m.payload;
      } else {
        payload = wire::tell::decode(body).value().payload;
      }
      crate what;
      byte_reader in{payload};
      REQUIRE(codec<crate>::decode(in, what));
      if (request != 0)
        as_it->send(frame_of(wire::reply{
            .request = request, .type_hash = message_type_of<detail::offer_queued>.hash, .payload = queued}));
      return {what.number, offered};
    }
  }

  world w;
  journal_ptr notes = std::make_shared<journal>(), dead = std::make_shared<journal>();
  raw_listener as_n2{w.two};
  troupe::system here;
  std::optional<raw_peer> as_it;
  ref<shipper> ships;
};

constexpr int many = 200;  // 12 MB: more than sockets hold and a MiB may wait

}  // namespace

TEST_CASE(
    "PL14, WO1: offers past what may wait for a node wait with it, come in order, and nothing overtakes "
    "them") {
  quay q;
  q.ships.tell(ship{0, many});
  REQUIRE(q.notes->wait_for("offered"));
  q.ships.tell(shout{1000});  // handled when all offers are over: told in order
  for (int n = 0; n < many; ++n) {
    CAPTURE(n);
    CHECK(q.next() == std::pair{n, true});
  }
  CHECK(q.notes->wait_for(std::to_string(many - 1) + " queued"));
  CHECK(q.next() == std::pair{1000, false});
  CHECK(q.notes->all().size() == static_cast<std::size_t>(many) + 2);
  for (int n = 0; n < many; ++n) CHECK(q.notes->count(std::to_string(n) + " queued") == 1);
}

TEST_CASE("PL14, OF1: while offers wait, what is told is refused: room belongs to who waits") {
  quay q;
  q.ships.tell(ship{0, many});
  REQUIRE(q.notes->wait_for("offered"));
  const auto other = spawn<shipper>(q.here, "other", node(q.here, "n2").ref<crate>("/user/store"), q.notes);
  other.tell(shout{7});
  REQUIRE(q.notes->wait_for("told"));
  REQUIRE(q.dead->wait_for_part("bytes wait for node n2"));
  for (int n = 0; n < many; ++n) CHECK(q.next() == std::pair{n, true});
}

TEST_CASE("PL14, SQ1: what is full in the bulk lane has nothing refused in the other") {
  quay q;
  const auto yard = spawn<shipper>(q.here, "docker", node(q.here, "n2").ref<crate>("/user/yard"), q.notes);
  yard.tell(ship{0, many});
  REQUIRE(q.notes->wait_for("offered"));
  const auto other = spawn<shipper>(q.here, "other", node(q.here, "n2").ref<crate>("/user/yard"), q.notes);
  other.tell(shout{1008});
  REQUIRE(q.dead->wait_for_part("bytes wait for node n2 in the bulk lane"));
  q.ships.tell(shout{1007});
  REQUIRE(q.notes->wait_for("told", 2));
  q.ships.tell(ship{many, many + 1});
  bool told = false, offered = false;
  for (int n = 0; n < many;) {
    CAPTURE(n);
    const auto [number, as_offer] = q.next();
    if (number == 1007) {
      CHECK_FALSE(as_offer);
      told = true;
    } else if (number == many) {
      CHECK(told);
      offered = true;
    } else {
      CHECK(number == n++);
    }
    if (n == many - 1)
      CHECK(offered);  // what was told and offered to the store has not waited for all of these
  }
  CHECK(q.dead->all().size() == 1);
}

TEST_CASE("PL14: offers that wait fail with the connection, and those whose sender is gone never leave") {
  quay q;
  q.ships.tell(ship{0, many});
  REQUIRE(q.notes->wait_for("offered"));
  SUBCASE("the connection ends") {
    q.as_it.reset();
    CHECK(q.notes->wait_for(std::to_string(many - 1) + " unreachable"));
    CHECK(q.notes->count("0 unreachable") == 1);
  }
  SUBCASE("the node is given up") {
    // No heartbeat is due for half a minute: what waits is told by this, and not at some tick.
    CHECK(disconnect(q.here, "n2"));
    CHECK(q.notes->wait_for(std::to_string(many - 1) + " unreachable"));
    CHECK(q.notes->count("0 unreachable") == 1);
  }
  SUBCASE("the node is forgotten") {
    CHECK(forget_peer(q.here, "n2"));
    CHECK(q.notes->wait_for(std::to_string(many - 1) + " unreachable"));
  }
  SUBCASE("the sender ends") {
    CHECK(life::stop_and_wait(q.ships));
    const auto other = spawn<shipper>(q.here, "other", node(q.here, "n2").ref<crate>("/user/store"), q.notes);
    other.tell(ship{5000, 5001});
    int came = 0;
    for (auto next = q.next(); next.first != 5000; next = q.next()) CHECK(next.first == came++);
    CHECK(came < many);
    CHECK(q.notes->wait_for("5000 queued"));
  }
  SUBCASE("this node ends") {
    q.here.shutdown();
    CHECK(q.notes->count("0 queued") == 0);
  }
}

TEST_CASE(
    "WO1: those that leave next are as many as there is room for, one at least, and until they have left "
    "nothing overtakes") {
  detail::waiting_offers all;
  for (const std::size_t bytes : {60, 40, 1}) all.add({{}, {}, nullptr, nullptr, bytes});
  CHECK(all.next(50).size() == 1);
  CHECK(all.any());
  CHECK_FALSE(all.may_leave());
  all.left();
  CHECK(all.may_leave());
  CHECK(all.next(41).size() == 2);
  CHECK(all.any());
  all.left();
  CHECK_FALSE(all.any());
  CHECK_FALSE(all.may_leave());
  all.add({{}, {}, nullptr, nullptr, 7});
  CHECK(all.take_all().size() == 1);
  CHECK_FALSE(all.any());
}

}  // namespace node_waiting_offers_test
