// Askers who give up, on three simulated nodes: what follows on the others, and when (M5, M6, IN8).
#include <doctest/doctest.h>

#include <troupe/simulate/cluster.hpp>
#include <troupe/troupe.hpp>
#include <troupe/wire/bodies.hpp>

#include "unit/node/cancelled.hpp"

namespace simulate_cancel_test {

using namespace troupe;
using namespace cancelled_test;
using life::journal;
using life::journal_ptr;
using life::lines;

namespace {

constexpr auto a_moment = milliseconds{20};  // far longer than a way there and back takes
constexpr std::uint64_t seeds = 20;

/// n1 asks n2, which asks n3, which waits.
struct chain {
  explicit chain(std::uint64_t seed) : nodes(cluster_options{.seed = seed}) {
    for (const std::string name : {"n1", "n2", "n3"})
      nodes.add(name, [this, name](troupe::system& sys) -> std::shared_ptr<void> {
        spawn<worker>(sys, "worker", name, notes);
        return {};
      });
    nodes.start();
    nodes.run_for(seconds{1});
  }

  ref<worker> on(const std::string& name) { return nodes.find<worker>("n1", name, "/user/worker"); }
  /// The asker on n1 goes first.
  void begin() {
    on("n1").tell(work{{on("n2"), on("n3")}});
    nodes.run_for(a_moment);
    REQUIRE(notes->all() == lines{"n1 begins", "n2 begins", "n3 begins"});
  }

  journal_ptr notes = std::make_shared<journal>();
  cluster nodes;
};

/// The lines that are in the journal in any order.
lines sorted(lines all) {
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace

TEST_CASE("M6: a deadline that passes ends what is done for the ask, on all nodes, within a way there") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    chain c{seed};
    std::optional<errc> told;
    // n2 waits for ever, and has no deadline of his own to end it.
    c.on("n2").ask(work{}, seconds{2}).then([&](const result<int>& r) {
      told = r ? errc::invalid : r.error().code;
    });
    c.nodes.run_for(seconds{2} - a_moment);
    CHECK(c.notes->all() == lines{"n2 begins"});
    c.nodes.run_for(2 * a_moment);
    CHECK(told == errc::timeout);
    CHECK(c.notes->all() == lines{"n2 begins", "n2 ends"});
  }
}

TEST_CASE("M6: when the asker's actor stops, the whole chain behind it ends, node by node") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    chain c{seed};
    c.begin();
    stop(c.on("n1"));
    c.nodes.run_for(a_moment);
    CHECK(c.notes->all() == lines{"n1 begins", "n2 begins", "n3 begins", "n1 ends", "n2 ends", "n3 ends"});
    CHECK(c.on("n2").ask(hello{}, seconds{1}).get().value() == 7);
    CHECK(c.on("n3").ask(hello{}, seconds{1}).get().value() == 7);
  }
}

TEST_CASE(
    "M5, IN8: when a link is cut the asker hears unreachable, and who worked for him ends as cancelled") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    for (const bool cut : {true, false}) {
      CAPTURE(seed);
      CAPTURE(cut);
      chain c{seed};
      c.begin();
      if (cut)
        c.nodes.world().network().partition("n1", "n2", true);
      else
        c.nodes.world().network().reset("n1", "n2");
      c.nodes.run_for(cut ? seconds{40} : duration{a_moment});
      CHECK(sorted(c.notes->all()) == lines{"n1 begins", "n1 ends", "n1 heard unreachable", "n2 begins",
                                            "n2 ends", "n3 begins", "n3 ends"});
    }
  }
}

TEST_CASE("M5, IN8: when the asking node crashes the others end what they did for it") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    chain c{seed};
    c.begin();
    c.nodes.crash("n1");
    c.nodes.run_for(a_moment);
    CHECK(c.notes->count("n2 ends") == 1);
    CHECK(c.notes->count("n3 ends") == 1);
  }
}

TEST_CASE("M5, OQ2: an answer and a deadline at the same time: one outcome, and nobody works on") {
  int answered = 0, timed_out = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    chain c{seed};
    int asked = 0, told = 0;
    for (int i = 0; i < 100; ++i) {
      ++asked;
      // There and back takes 100 us to 1.1 ms.
      c.on("n2").ask(nap{100}, milliseconds{1}).then([&](const result<int>& r) {
        ++told;
        ++(r ? answered : timed_out);
        if (!r) CHECK(r.error().code == errc::timeout);
      });
      c.nodes.run_for(milliseconds{2});
    }
    c.nodes.run_for(a_moment);
    CHECK(told == asked);
    CHECK(c.notes->count("n2 begins") == c.notes->count("n2 ends"));
    CHECK(c.on("n2").ask(hello{}, seconds{1}).get().value() == 7);
  }
  CHECK(answered > 100);
  CHECK(timed_out > 100);
}

TEST_CASE(
    "FU1, OQ2: an answer and a thread that cancels at the same time: one outcome, and nobody works on") {
  int answered = 0, given_up = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    chain c{seed};
    int told = 0;
    for (int i = 0; i < 100; ++i) {
      std::optional<errc> heard;
      auto asked = c.on("n2").ask(nap{100}, very_long);
      const canceller gives_up = asked.make_canceller();
      asked.then([&](const result<int>& r) {
        ++told;
        heard = r ? errc{} : r.error().code;
      });
      c.nodes.run_for(microseconds{100 + 10 * i});
      const bool was_open = !heard;
      CHECK(gives_up.cancel() == was_open);
      REQUIRE(heard);
      ++(was_open ? given_up : answered);
      if (was_open) CHECK(*heard == errc::cancelled);
      c.nodes.run_for(milliseconds{2});
    }
    c.nodes.run_for(a_moment);
    CHECK(told == 100);
    CHECK(c.notes->count("n2 begins") == c.notes->count("n2 ends"));
    CHECK(c.on("n2").ask(hello{}, seconds{1}).get().value() == 7);
  }
  CHECK(answered > 100);
  CHECK(given_up > 100);
}

TEST_CASE("IN8: a request whose time is over ends by itself where its peer knows no cancels") {
  chain c{1};
  const auto platform = c.nodes.world().boot("old");
  std::unique_ptr<port::stream> stream;
  const auto at = c.nodes.at("n2").find_extension<remoting>()->listens_on();
  platform->transport().connect(at, seconds{1},
                                [&](result<std::unique_ptr<port::stream>> s) { stream = std::move(*s); });
  c.nodes.run_for(a_moment);
  REQUIRE(stream);
  const auto send = [&](const auto& frame) {
    std::string bytes;
    frame.encode(bytes);
    for (std::size_t sent = 0; sent < bytes.size();)  // pieces may be cut up anywhere
      sent += stream->write_some(std::as_bytes(std::span{bytes}.subspan(sent))).value();
  };
  send(wire::hello{.node = "old", .incarnation = 5, .heartbeat_interval = seconds{1}});
  std::string payload;
  {
    const work message{};
    byte_writer to{payload};
    message_type_of<work>.encode(&message, to);
  }
  for (const std::uint64_t request : {1, 2})
    send(wire::ask{.request = request,
                   .time_left = seconds{request == 1 ? 2 : 1000},
                   .path = "/user/worker",
                   .type_hash = message_type_of<work>.hash,
                   .payload = payload});
  c.nodes.run_for(a_moment);
  CHECK(c.notes->all() == lines{"n2 begins"});
  for (int second = 1; second <= 40; ++second) {
    c.nodes.run_for(seconds{1});
    send(wire::ping{1});
  }
  CHECK(c.notes->all() == lines{"n2 begins", "n2 ends", "n2 begins"});
  stream->close();
  c.nodes.run_for(a_moment);
  CHECK(c.notes->count("n2 ends") == 2);
}

TEST_CASE("PL19, M5: who asks without a deadline has his answer, however long it takes") {
  cluster nodes{cluster_options{}};
  const auto seldom = [](system_options&, node_options& n) {
    n.heartbeat_interval = seconds{60};
    n.heartbeat_limit = seconds{600};
  };
  const auto notes = std::make_shared<journal>();
  nodes.add(
      "n1", [](troupe::system&) { return nullptr; }, seldom);
  nodes.add(
      "n2",
      [notes](troupe::system& sys) {
        spawn<worker>(sys, "worker", "n2", notes);
        return nullptr;
      },
      seldom);
  nodes.start();
  nodes.run_for(seconds{1});
  const auto there = nodes.find<worker>("n1", "n2", "/user/worker");
  std::optional<result<int>> first, second;
  there.ask(nap{duration_cast<std::chrono::microseconds>(hours{3}).count()}, duration::max())
      .then([&](const result<int>& r) { first = r; });
  // It waits in the mailbox meanwhile: an ask whose time is over would be dropped there.
  there.ask(hello{}, duration::max()).then([&](const result<int>& r) { second = r; });
  nodes.run_for(hours{2});
  CHECK(notes->all() == lines{"n2 begins"});
  CHECK_FALSE(first);
  nodes.run_for(hours{2});
  REQUIRE(first);
  CHECK(*first == result<int>{7});
  REQUIRE(second);
  CHECK(*second == result<int>{7});
}

}  // namespace simulate_cancel_test
