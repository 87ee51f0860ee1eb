// How long messages wait (M8): which are measured, what is said of them. Time stands still unless a test moves it.
#include <doctest/doctest.h>

#include <numeric>
#include <troupe/config/library_keys.hpp>
#include <troupe/config/parse.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/test_system.hpp>
#include <troupe/tree/inspect.hpp>
#include <troupe/troupe.hpp>

namespace actor_mailbox_times_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

struct pause_for {
  duration time;
};
struct say {};
struct put_aside {};
struct take_up {};

/// Lets others wait.
class sluggish : public actor<pause_for, say, put_aside, take_up> {
 public:
  static constexpr std::size_t stash_max = 100;
  task<void> on(pause_for m) { co_await sleep(m.time); }
  void on(const say&) {}
  void on(const put_aside&) {
    if (stashes_) stash();
  }
  void on(const take_up&) {
    stashes_ = false;
    unstash_all();
  }

 private:
  bool stashes_ = true;
};

struct go_on {
  int left;
};

/// Sends a message of two, one to `to` and one to itself, a number of times.
class chatty : public actor<go_on> {
 public:
  explicit chatty(ref<say> to) : to_(std::move(to)) {}
  void on(const go_on& m) {
    to_.tell(say{});
    if (m.left > 0) self().tell(go_on{m.left - 1});
  }

 private:
  ref<say> to_;
};

test_options manual(duration period = 1ms) {
  test_options o{.time = time_kind::manual};
  o.system.workers = 1;
  o.system.mailbox_sample_period = period;
  return o;
}

std::uint64_t measured(troupe::system& sys) {
  const auto all = waits(sys.env());
  return std::accumulate(all.begin(), all.end(), std::uint64_t{0},
                         [](std::uint64_t n, const class_waits& w) { return n + w.measured; });
}

constexpr int one_in = 64;  // MT1

}  // namespace

TEST_CASE("M8, MT1: a sample of the messages says how long they wait, by class") {
  test_system sys{manual()};
  const auto a = sys.spawn<sluggish>("a");
  a.tell(pause_for{10ms});
  sys.settle();
  const auto before = measured(sys);
  for (int i = 0; i < 10 * one_in; ++i) a.tell(say{});
  CHECK(inspect(sys.env(), a.path()).mailbox_depth == 10 * one_in);
  CHECK(measured(sys) == before);  // they wait still
  sys.advance(10ms);
  sys.settle();
  CHECK(measured(sys) == before + 10);
  const auto all = waits(sys.env());
  REQUIRE(all.size() == 1);
  CHECK(all[0].type.find("sluggish") != std::string::npos);
  CHECK(all[0].longest == 10ms);
  CHECK(all[0].p99 == 10ms);
  CHECK(all[0].median == 10ms);
  CHECK(to_text(all).find("p99=10000us longest=10000us\n") != std::string::npos);
}

TEST_CASE("M8, MT1: it is the same for bounded and for prioritized mailboxes") {
  for (const auto chosen : {bounded(1'000), prioritized<messages<say>>()}) {
    test_system sys{manual()};
    const auto a = sys.spawn<sluggish>(spawn_options{.name = "a", .mailbox = chosen});
    a.tell(pause_for{10ms});
    sys.settle();
    const auto before = measured(sys);
    for (int i = 0; i < one_in; ++i) a.tell(say{});
    sys.advance(10ms);
    sys.settle();
    CHECK(measured(sys) == before + 1);
    CHECK(waits(sys.env())[0].longest == 10ms);
  }
}

TEST_CASE("M8, MT1: a worker measures one message in each period, however many it sends") {
  test_system sys{manual(1ms)};
  const auto to = sys.spawn<sluggish>("to");
  const auto from = sys.spawn<chatty>("from", ref<say>{to});
  for (int round = 1; round <= 3; ++round) {
    sys.advance(1ms);
    const auto before = measured(sys);
    from.tell(go_on{2'000});
    sys.settle();
    const auto now = measured(sys);
    CHECK(now - before >= 1);
    CHECK(now - before <= 2);  // the test's own tell may be one, too
  }
}

TEST_CASE("M8, MT2: what is stashed is measured once") {
  test_system sys{manual()};
  const auto a = sys.spawn<sluggish>("a");
  for (int i = 0; i < one_in; ++i) a.tell(put_aside{});
  sys.settle();
  CHECK(measured(sys) == 1);
  sys.advance(1h);
  a.tell(take_up{});
  sys.settle();
  CHECK(measured(sys) <= 2);  // `take_up` may be one
  CHECK(waits(sys.env())[0].longest == 0s);
}

TEST_CASE("M8, M5: a message that is measured is whole, and asks among them are answered") {
  struct question {
    std::string text;
    std::vector<int> numbers;
    using reply = std::string;
  };
  class echo : public actor<question> {
   public:
    std::string on(const question& m) { return m.text + std::to_string(m.numbers.at(2)); }
  };
  test_system sys{manual()};
  const auto a = sys.spawn<echo>("a");
  for (int i = 0; i < 2 * one_in; ++i)
    CHECK(sys.expect_reply(a.ask(question{"a text that is longer than a small string", {1, 2, 3}}, 1s)) ==
          "a text that is longer than a small string3");
  CHECK(measured(sys) >= 2);
}

TEST_CASE("M8: a period of 0 measures nothing, and the configuration says which") {
  test_system sys{manual(0ms)};
  const auto a = sys.spawn<sluggish>("a");
  for (int i = 0; i < 4 * one_in; ++i) a.tell(say{});
  sys.settle();
  CHECK(waits(sys.env()).empty());
  CHECK(to_text(waits(sys.env())).empty());
  config_sources sources;
  CHECK(system_options::from(parse_config(sources, library_keys()).value()).mailbox_sample_period == 1ms);
  sources.file = config_file{"test.toml", "[mailbox]\nsample_period = \"5s\"\n"};
  CHECK(system_options::from(parse_config(sources, library_keys()).value()).mailbox_sample_period == 5s);
}

}  // namespace actor_mailbox_times_test
