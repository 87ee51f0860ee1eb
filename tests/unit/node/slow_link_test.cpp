// A link whose peer has much to say over a network that is slow (PL16, K6, DL7).
#include <troupe/delivery/send_queue.hpp>
#include <troupe/node/peer_link.hpp>
#include <troupe/wire/system_bodies.hpp>

#include "unit/node/scripted.hpp"

namespace node_slow_link_test {

using namespace troupe;
using namespace scripted_test;
using wire::frame_kind;

namespace {

/// Keeps who dials until the test answers.
class scripted_transport final : public port::transport {
 public:
  result<std::unique_ptr<port::acceptor>> listen(const port::endpoint&) override {
    return error{errc::invalid, {}};
  }
  void connect(const port::endpoint&, duration, port::connect_handler done) override {
    dialled = std::move(done);
  }
  port::connect_handler dialled;
};

/// The link from n1 to n2, whose streams the test makes.
class dialler final : public detail::link_host {
 public:
  dialler() {
    options.name = "n1";
    options.heartbeat_limit = 10s;
    auto gate = std::make_shared<const detail::peer_gate>("n1", "n2", rights.of("n2"), ref_seals, refused);
    link = new detail::peer_link{
        sys.env(), options, self, seals, *this, "n2", gate, {}, {}, detail::known_by::settings, 1};
    sys.events().subscribe([this](const event& e) {
      if (e.kind == event_kind::peer_unreachable) lost.push_back(e.reason);
    });
    link->start();
    REQUIRE(net.dialled);
    far = std::make_shared<far_side>();
    std::exchange(net.dialled, {})(std::make_unique<scripted_stream>(far));
    sys.settle();
    REQUIRE(far->frames().at(0).first == frame_kind::hello);
    far->send(bytes_of(wire::welcome{
        .capabilities = 0, .node = "n2", .incarnation = 3, .heartbeat_interval = 500ms, .epoch = 1}));
    sys.settle();
    REQUIRE(link->status().reachable);
  }
  ~dialler() {
    link->stop();
    far->forget();
    far->bury();
  }
  port::transport& transport() noexcept override { return net; }
  void met(const std::string&) override {}
  time_point dial_turn(time_point now) noexcept override { return now; }
  time_point meet_turn(time_point now) noexcept override { return now; }
  std::optional<std::string> address_for(std::string_view, detail::nearness) const override { return {}; }
  void introduced(const detail::introductions::connection&, const std::string&, detail::nearness,
                  const wire::introduction&) override {}
  void introducer_gone(const detail::introductions::connection&) override {}
  void declared_down(const std::string&, const link_effect::declare_down&,
                     std::function<void()> then) override {
    then();
  }

  std::vector<std::string> lost;
  testkit::test_system sys{{.time = testkit::time_kind::manual, .leftovers = false}};
  node_options options;
  const node_identity self{"n1", 9, 0, 500ms, 64u << 20};
  const detail::wait_seals seals{self, {1, 2}};
  const rights::ref_seals ref_seals{{1, 2}};
  const rights::rights_table rights{"n1", {"/user/**"}};
  detail::refusals refused{sys.env()};
  scripted_transport net;
  detail::peer_link_ptr link;
  far_side_ptr far;
};

/// An answer that nobody waits for any more, of so many bytes, as it leaves: in parts.
std::string large(std::size_t bytes) {
  std::string frame;
  REQUIRE(wire::reply{77, 1, std::string(bytes, 'x')}.encode(frame));
  send_queue queue;
  queue.cut(true);
  queue.add(wire::lane::bulk, std::move(frame), 0);
  std::string out;
  for (auto pieces = queue.next(); !pieces.empty(); pieces = queue.next()) {
    out += pieces.front();
    queue.wrote(pieces.front().size());
  }
  return out;
}

}  // namespace

TEST_CASE("PL16, K6: a large answer over a slow network is a sign of life all the time that it takes") {
  dialler n1;
  const std::string answer = large(1u << 20);
  constexpr std::size_t step = 16u << 10;
  for (std::size_t at = 0; at < answer.size(); at += step) {  // a minute
    n1.far->send(answer.substr(at, step));
    n1.sys.advance(1s);
    REQUIRE_MESSAGE(n1.link->status().reachable, n1.lost.at(0));
  }
  // What comes behind it is understood.
  n1.far->send(bytes_of(wire::goodbye{"that was all"}));
  REQUIRE(n1.lost.size() == 1);
  CHECK(n1.lost[0] == "n2 said goodbye: that was all");
}

TEST_CASE(
    "PL16: what comes behind a length that was spoilt is no sign of life, as long as nothing of it is "
    "whole") {
  dialler n1;
  std::string spoilt = large(1000);  // a frame of 16 MiB, as far as anybody can tell
  spoilt.replace(0, 4, std::string{"\0\0\0\1", 4});
  n1.far->send(spoilt);
  for (int i = 0; i < 30 && n1.link->status().reachable; ++i) {
    n1.far->send(bytes_of(wire::pong{1}) + std::string(500, 'x'));
    n1.sys.advance(500ms);
  }
  CHECK_FALSE(n1.link->status().reachable);
  REQUIRE(n1.lost.size() == 1);
  CHECK(n1.lost[0].starts_with("nothing was heard of n2 for "));
}

TEST_CASE("K6: one that stops in the middle of its answer is silent from there on") {
  dialler n1;
  n1.far->send(large(1u << 20).substr(0, 100'000));
  n1.sys.advance(11s);
  CHECK_FALSE(n1.link->status().reachable);
  REQUIRE(n1.lost.size() == 1);
  CHECK(n1.lost[0].starts_with("nothing was heard of n2 for "));
}

}  // namespace node_slow_link_test
