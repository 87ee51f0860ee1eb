// The far node: who receives.
#include "measure/process.hpp"
#include "troupe/nodes.hpp"

namespace bench::remote {
namespace {

class sink : public troupe::actor<item, bulk_item, expect_items> {
 public:
  std::uint64_t on(const expect_items& m) {
    pattern_.emplace(m.bytes);
    ordered_ = m;
    received_ = 0;
    return m.count;
  }

  void on(const item& m) { take(pattern_->read(m.payload)); }
  void on(const bulk_item& m) {
    pattern_->expect_rest(m.rest.text());
    take(m.number);
  }

 private:
  void take(std::uint64_t number) {
    expect(number == received_, "items out of order");
    ++received_;
    if (received_ % ordered_.each_grant == 0 || received_ == ordered_.count)
      ordered_.from.tell(grant{received_});
  }

  std::optional<payload_pattern> pattern_;
  expect_items ordered_{};
  std::uint64_t received_ = 0;
};

class mirror : public troupe::actor<item, reflect> {
 public:
  std::uint64_t on(const reflect& m) {
    to_ = m.to;
    return 1;
  }
  void on(const item& m) { to_.tell(m); }

 private:
  troupe::ref<item> to_;
};

class answerer : public troupe::actor<echo, bulk_echo> {
 public:
  std::string on(const echo& m) { return m.payload; }
  troupe::blob on(const bulk_echo& m) { return m.payload; }
};

class porter : public troupe::actor<knock_back> {
 public:
  troupe::task<std::uint64_t> on(knock_back m) {
    const auto back = co_await ask<knock>(m.at, ask_timeout);
    co_return back ? *back : 0;
  }
};

class neighbour : public troupe::actor<knock> {
 public:
  std::uint64_t on(const knock&) { return 1; }
};

troupe::system_options options_of(const settings& s) {
  troupe::system_options options;
  options.workers = s.workers;
  options.log = troupe::log_level::error;
  return options;
}

// With what a scenario needs beyond the defaults.
troupe::node_options node_for(std::string name, const std::string& scenario) {
  troupe::node_options out{.name = std::move(name)};
  troupe::trust_all_peers(out);
  if (scenario == "payload_100m") {
    out.message_max = large_message_max;
    out.unsent_max = payload_100m_flow.window * large_message_max;
  }
  if (scenario == "heartbeat") {
    out.message_max = heartbeat_message_max;
    out.bulk = {"/user/sink0"};
  }
  return out;
}

void start_node(const settings& s, troupe::node_options options) {
  auto& sys = immortal<troupe::system>(options_of(s), troupe::remoting{std::move(options)});
  for (std::uint64_t i = 0; i < pairs_max; ++i) troupe::spawn<sink>(sys, "sink" + std::to_string(i));
  troupe::spawn<mirror>(sys, "mirror");
  troupe::spawn<answerer>(sys, "answerer");
  troupe::spawn<porter>(sys, "porter");
  say(sys.find_extension<troupe::remoting>()->listens_on().port);
}

}  // namespace

void start_far(const std::string& scenario, const settings& s) {
  if (scenario == "connections") return start_peers(s);
  start_node(s, node_for("far", scenario));
  if (scenario != "tls") return;
  auto options = node_for("far", scenario);
  options.tls = credentials_of("far");
  start_node(s, std::move(options));
}

troupe::system& meet(far_half& far, const settings& s, const std::string& scenario, bool by_tls) {
  troupe::node_options here = node_for("near", scenario);
  if (by_tls) here.tls = credentials_of("near");
  here.peers["far"].port = static_cast<std::uint16_t>(far.hear());
  auto& sys = immortal<troupe::system>(options_of(s), troupe::remoting{here});
  const troupe::ref<knock> at = troupe::spawn<neighbour>(sys, "neighbour");
  const auto porter_ref = at_far<knock_back>(sys, "/user/porter");
  const stopwatch time;
  for (;;) {
    const auto met = porter_ref.ask(knock_back{at}, ask_timeout).get();
    if (met && *met == 1) return sys;
    expect(time.elapsed() < meet_time_max, "the nodes do not meet");
    be_quiet(std::chrono::milliseconds{5});
  }
}

}  // namespace bench::remote
