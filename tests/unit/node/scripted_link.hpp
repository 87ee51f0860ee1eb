// A link on a clock that stands still, whose streams are the test's.
#pragma once

#include <troupe/node/peer_link.hpp>

#include "unit/node/scripted.hpp"

namespace scripted_test {

namespace links {

using namespace troupe;

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
    REQUIRE(far->frames().at(0).first == wire::frame_kind::hello);
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
  std::string objection_to(const port::peer_proof&, std::string_view) const override { return objection; }
  std::string objection_to_age(const port::peer_proof&) const override { return objection_to_old; }
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

  std::string objection = {}, objection_to_old = {};
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

}  // namespace links

using links::dialler;
using links::scripted_transport;

}  // namespace scripted_test
