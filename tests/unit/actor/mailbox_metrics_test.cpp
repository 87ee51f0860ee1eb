// Mailboxes for who scrapes: how many messages wait, and how long they did (M8, ME2, ME5, MV1).
#include <doctest/doctest.h>

#include <sstream>
#include <troupe/observe/hub.hpp>
#include <troupe/observe/mailbox_figures.hpp>
#include <troupe/observe/metrics.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/test_system.hpp>
#include <troupe/troupe.hpp>

namespace actor_mailbox_metrics_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

struct pause_a_while {
  duration time;
};
struct one_more {};

/// Lets others wait.
class dawdler : public actor<pause_a_while, one_more> {
 public:
  task<void> on(pause_a_while m) { co_await sleep(m.time); }
  void on(const one_more&) {}
};

const std::string dawdlers{actor_class_of<dawdler>::value.name};

/// The value of a series; -1: it is not there.
double value_of(const std::string& text, const std::string& series) {
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(series + " ")) return std::stod(line.substr(series.size() + 1));
  return -1;
}

std::string of_dawdlers(const std::string& name, const std::string& more = "") {
  return name + "{actor_type=\"" + dawdlers + "\"" + more + "}";
}

mailbox_figures figures_of(std::string type, std::uint64_t actors, std::uint64_t waiting,
                           std::uint64_t deepest) {
  mailbox_figures out;
  out.type = std::move(type);
  out.actors = actors;
  out.waiting = waiting;
  out.deepest = deepest;
  return out;
}

test_options still() {
  test_options o{.time = time_kind::manual};
  o.system.workers = 1;
  return o;
}

}  // namespace

TEST_CASE(
    "M8, ME5: who scrapes sees how many messages wait at a class's actors, and at the one with the most") {
  for (const auto& mailbox : {mailbox_choice{}, bounded(1'000), prioritized<messages<one_more>>()}) {
    test_system sys{still()};
    const metrics figures{sys.events()};
    const auto a = sys.spawn<dawdler>(spawn_options{.name = "a", .mailbox = mailbox}),
               b = sys.spawn<dawdler>(spawn_options{.name = "b", .mailbox = mailbox});
    for (const auto& each : {a, b}) each.tell(pause_a_while{1s});
    sys.settle();
    for (int i = 0; i < 40; ++i) a.tell(one_more{});
    for (int i = 0; i < 2; ++i) b.tell(one_more{});
    std::string text = figures.text();
    CAPTURE(text);
    CHECK(value_of(text, of_dawdlers("troupe_actors")) == 2);
    CHECK(value_of(text, of_dawdlers("troupe_mailbox_depth")) == 42);
    CHECK(value_of(text, of_dawdlers("troupe_mailbox_deepest")) == 40);
    CHECK(value_of(text, "troupe_actors_unseen") == 0);
    sys.advance(1s);
    stop(b);
    sys.settle();
    text = figures.text();
    CHECK(value_of(text, of_dawdlers("troupe_actors")) == 1);
    CHECK(value_of(text, of_dawdlers("troupe_mailbox_depth")) == 0);
    CHECK(value_of(text, of_dawdlers("troupe_mailbox_deepest")) == 0);
  }
}

TEST_CASE("M8, ME5: how long messages waited is a histogram of those that were measured") {
  test_options o = still();
  o.system.mailbox_sample_period = 1ms;
  test_system sys{o};
  const metrics figures{sys.events()};
  const auto a = sys.spawn<dawdler>("a");
  a.tell(pause_a_while{10ms});
  sys.settle();
  for (int i = 0; i < 640; ++i) a.tell(one_more{});
  sys.advance(10ms);
  sys.settle();
  const std::string text = figures.text();
  CAPTURE(text);
  const double count = value_of(text, of_dawdlers("troupe_mailbox_wait_seconds_count"));
  CHECK(count >= 10);  // each 64th of a thread that is no worker (MT1)
  CHECK(value_of(text, of_dawdlers("troupe_mailbox_wait_seconds_sum")) == doctest::Approx(0.1));
  const auto bucket = [&](const std::string& le) {
    return value_of(text, of_dawdlers("troupe_mailbox_wait_seconds_bucket", ",le=\"" + le + "\""));
  };
  CHECK(bucket("+Inf") == count);
  CHECK(bucket("0.016777216") == count);
  CHECK(bucket("0.004194304") == count - 10);  // `pause_a_while` may have been one, too
}

TEST_CASE("ME5: where nothing is measured there is no histogram, and the depths are there") {
  test_options o = still();
  o.system.mailbox_sample_period = 0ms;
  test_system sys{o};
  const metrics figures{sys.events()};
  const auto a = sys.spawn<dawdler>("a");
  a.tell(one_more{});
  sys.settle();
  const std::string text = figures.text();
  CHECK(value_of(text, of_dawdlers("troupe_actors")) == 1);
  CHECK(text.find("troupe_mailbox_wait_seconds_bucket") == std::string::npos);
}

TEST_CASE("ME2: classes past the maximum are one series, and who has one keeps it") {
  hub events;
  mailbox_survey now;
  events.surveyed_by([&] { return now; });
  const metrics figures{events};
  for (std::size_t i = 0; i < metrics::series_max; ++i)
    now.by_type.push_back(figures_of("m" + std::to_string(i), 1, 1, 1));
  CHECK(value_of(figures.text(), "troupe_actors{actor_type=\"m7\"}") == 1);
  for (std::size_t i = 0; i < 10; ++i) {
    mailbox_figures late = figures_of("a" + std::to_string(i), 2, 3, i);
    late.waits.add(1ms);
    now.by_type.insert(now.by_type.begin(), late);
  }
  const std::string text = figures.text();
  CHECK(value_of(text, "troupe_actors{actor_type=\"m7\"}") == 1);
  CHECK(value_of(text, "troupe_actors{actor_type=\"a3\"}") == -1);
  CHECK(value_of(text, "troupe_actors{actor_type=\"other\"}") == 20);
  CHECK(value_of(text, "troupe_mailbox_depth{actor_type=\"other\"}") == 30);
  CHECK(value_of(text, "troupe_mailbox_deepest{actor_type=\"other\"}") == 9);
  CHECK(value_of(text, "troupe_mailbox_wait_seconds_count{actor_type=\"other\"}") == 10);
}

}  // namespace actor_mailbox_metrics_test
