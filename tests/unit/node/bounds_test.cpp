// What a peer that asks can have this node keep for it: requests that are open, and answers that it does not read (IN5, IN6, IN17, R8).
#include <troupe/contract/contract.hpp>

#include "unit/node/scripted.hpp"

namespace node_bounds_test {

using namespace troupe;
using namespace scripted_test;
using wire::frame_kind;

namespace {

/// Is answered with so many bytes.
struct bytes_wanted {
  std::uint64_t count = 0;
  using reply = std::string;
};
TROUPE_CONTRACT(bytes_wanted, "bounds_test.bytes_wanted", 1, count)
/// Is not answered.
struct patience_wanted {
  using reply = std::int32_t;
};
TROUPE_CONTRACT(patience_wanted, "bounds_test.patience_wanted", 1)

class desk : public actor<bytes_wanted, patience_wanted> {
 public:
  std::string on(const bytes_wanted& m) { return std::string(m.count, 'x'); }
  promise<std::int32_t> on(const patience_wanted&) {
    return kept_.emplace_back(answer_later<std::int32_t>());
  }

 private:
  std::vector<promise<std::int32_t>> kept_;
};

template <class M>
std::string ask_of(std::uint64_t request, const M& m) {
  const std::string payload = pack(m);
  std::string frame;
  REQUIRE(wire::ask{.request = request,
                    .time_left = std::chrono::hours{10},
                    .path = "/user/desk",
                    .type_hash = message_type_of<M>.hash,
                    .payload = payload}
              .encode(frame));
  return frame;
}

constexpr std::size_t kib = 1024, mib = 1024 * kib;

struct office {
  explicit office(const std::function<void(node_options&)>& change = {})
      : at([&](node_options& o) {
          o.unsent_max = mib;
          if (change) change(o);
        }) {
    at.sys.events().subscribe([out = dead](const event& e) {
      if (e.kind == event_kind::dead_letter) out->push_back(e);
    });
    at.sys.spawn<desk>("desk");
    peer = at.connect(guest());
    REQUIRE(peer.is_in());
    at.sys.settle();
    REQUIRE(peer.far->frames().at(0).first == frame_kind::welcome);
  }
  void ask(std::uint64_t first, std::uint64_t count, std::uint64_t bytes) {
    std::string all;
    for (std::uint64_t i = 0; i < count; ++i) all += ask_of(first + i, bytes_wanted{bytes});
    peer.far->send_unread(all);
    at.sys.settle();
  }

  const std::shared_ptr<std::vector<event>> dead = std::make_shared<std::vector<event>>();
  door at;
  door::caller peer;
};

/// What has been said: how many answers, and failures of which code and text.
struct said {
  explicit said(far_side& far) {
    for (const auto& [kind, body] : far.frames())
      if (kind == frame_kind::reply)
        ++answers;
      else if (kind == frame_kind::failure)
        failures.push_back(wire::failure::decode(body).value());
  }
  std::size_t answers = 0;
  std::vector<wire::failure> failures;
};

}  // namespace

TEST_CASE(
    "IN6, R8: a peer that asks and does not read has bounded answers waiting, and hears which are missing") {
  office o;
  o.peer.far->take_nothing();
  o.ask(1, 1000, 256 * kib);
  o.peer.far->take(SIZE_MAX);
  o.at.sys.settle();
  const said all{*o.peer.far};
  CHECK(all.answers == 8);  // with the last of them more than twice node.unsent_max waited
  REQUIRE(all.failures.size() == 992);
  for (const auto& f : all.failures) {
    CHECK(f.why.code == errc::overloaded);
    CHECK(f.why.text == "more than 1048576 bytes of answers wait for node guest (node.unsent_max)");
  }
  REQUIRE(o.dead->size() == 992);
  CHECK(o.dead->front().path == "guest");
  CHECK(o.dead->front().reason.starts_with("overloaded: more than 1048576 bytes"));
  // And it is served as before once it reads.
  o.ask(2000, 3, 256 * kib);
  CHECK(said{*o.peer.far}.answers == 3);
}

TEST_CASE(
    "IN6: while too much waits nothing is read, so what is asked then is answered when there is room again") {
  office o;
  o.peer.far->take_nothing();
  o.ask(1, 5, 256 * kib);  // more than node.unsent_max
  o.ask(6, 2, 256 * kib);
  o.peer.far->take(SIZE_MAX);
  o.at.sys.settle();
  CHECK(said{*o.peer.far}.answers == 5);
  o.peer.far->send("");
  o.at.sys.settle();
  CHECK(said{*o.peer.far}.answers == 2);
  CHECK_FALSE(o.peer.far->is_closed());
}

TEST_CASE("IN6: an answer that is larger than what may wait goes through where nothing waits") {
  office o;
  o.ask(1, 1, 5 * mib);
  const said all{*o.peer.far};
  CHECK(all.answers == 1);
  CHECK(all.failures.empty());
  CHECK(o.dead->empty());
}

TEST_CASE(
    "IN20, M5: an answer that is too large for a peer which joins no parts is a failure at once, and told "
    "here") {
  office o;
  o.ask(1, 1, 65 * mib);
  const said all{*o.peer.far};
  CHECK(all.answers == 0);
  REQUIRE(all.failures.size() == 1);
  CHECK(all.failures[0].why.code == errc::invalid);
  CHECK(all.failures[0].why.text.starts_with("a reply of 68157"));
  CHECK(all.failures[0].why.text.find("is larger than the 67108") != std::string::npos);
  CHECK(all.failures[0].why.text.ends_with(
      " that node guest takes: it is of a release that joins no parts; answer in parts"));
  REQUIRE(o.dead->size() == 1);
  CHECK(o.dead->front().path == "guest");
  CHECK(o.dead->front().reason.starts_with("invalid: a reply of 68157"));
  o.ask(2, 1, 5);
  CHECK(said{*o.peer.far}.answers == 1);
}

TEST_CASE("IN17, R8: asks past requests_max are refused and name it; one that ends makes room for one") {
  office o{[](node_options& n) { n.requests_max = 3; }};
  const auto ask = [&](std::uint64_t number) {
    o.peer.far->send(ask_of(number, patience_wanted{}));
    o.at.sys.settle();
    return said{*o.peer.far};
  };
  for (const std::uint64_t number : {1, 2, 3}) CHECK(ask(number).failures.empty());
  for (const std::uint64_t number : {4, 5}) {
    const said all = ask(number);
    REQUIRE(all.failures.size() == 1);
    CHECK(all.failures[0].request == number);
    CHECK(all.failures[0].why.code == errc::overloaded);
    CHECK(all.failures[0].why.text == "node guest has 3 asks open on this node already (node.requests_max)");
  }
  CHECK(o.dead->size() == 2);
  o.peer.far->send(bytes_of(wire::cancel{2}));
  CHECK(ask(6).failures.empty());
  CHECK(ask(7).failures.size() == 1);
  CHECK_FALSE(o.peer.far->is_closed());
  ask(6);  // which is open
  CHECK(o.peer.far->is_closed());
}

TEST_CASE("IN5, IN6: a slow peer is not silent while it takes what waits for it; one that takes nothing is") {
  office o;
  std::vector<std::string> lost;
  o.at.sys.events().subscribe([&](const event& e) {
    if (e.kind == event_kind::connection_lost) lost.push_back(e.reason);
  });
  o.peer.far->take_nothing();
  o.ask(1, 1, 2 * mib);
  o.peer.far->send_unread(bytes_of(wire::ping{1}));  // which is not read
  for (int i = 0; i < 20; ++i) {
    o.at.sys.advance(10s);
    o.peer.far->take(kib);
    o.at.sys.settle();
    REQUIRE_FALSE(o.peer.far->is_closed());
  }
  o.at.sys.advance(29s);
  CHECK_FALSE(o.peer.far->is_closed());
  o.at.sys.advance(2s);
  CHECK(o.peer.far->is_closed());
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].starts_with("nothing was heard for 3"));
}

TEST_CASE("IN5: what a peer has taken is no sign of life where it is read as well") {
  office o;
  o.peer.far->take_nothing();
  o.ask(1, 1, 512 * kib);
  for (int i = 0; i < 2; ++i) {
    o.at.sys.advance(10s);
    o.peer.far->take(kib);
    o.at.sys.settle();
  }
  CHECK_FALSE(o.peer.far->is_closed());
  o.at.sys.advance(11s);
  CHECK(o.peer.far->is_closed());
}

}  // namespace node_bounds_test
