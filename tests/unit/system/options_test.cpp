// What a system takes from a configuration: each key is the option that its comment names (options.hpp, config/library_keys.hpp).
#include <doctest/doctest.h>

#include <troupe/config/library_keys.hpp>
#include <troupe/config/parse.hpp>
#include <troupe/testkit/doctest.hpp>

#include "unit/cell/world.hpp"

namespace system_options_test {

using namespace troupe;
using namespace life;

namespace {

config_result parsed(std::string text) {
  config_sources sources;
  sources.file = config_file{"test.toml", std::move(text)};
  return parse_config(sources, library_keys());
}

system_options options_of(std::string text) { return system_options::from(parsed(std::move(text)).value()); }

/// The one mistake in a configuration.
std::string mistake_in(std::string text) {
  const auto no = parsed(std::move(text));
  REQUIRE(no.has_error());
  REQUIRE(no.error().lines.size() == 1);
  return no.error().lines.front();
}

struct stay {};
/// Stays in its handler until its gate is open.
class slow : public actor<stay> {
 public:
  explicit slow(gate_ptr g) : gate_(std::move(g)) {}
  void on(const stay&) { gate_->pass(); }

 private:
  gate_ptr gate_;
};

struct open_at_end {
  gate_ptr g = std::make_shared<gate>();
  ~open_at_end() { g->open(); }
};

}  // namespace

TEST_CASE("an empty configuration leaves each option as it is without one") {
  const auto from = options_of("");
  const system_options without;
  CHECK(from.workers == without.workers);
  CHECK(from.blocking_threads == without.blocking_threads);
  CHECK(from.spin == without.spin);
  CHECK(from.log == without.log);
  CHECK(from.message_text_max == without.message_text_max);
  CHECK(from.slow_handler == without.slow_handler);
  CHECK(from.stack_traces == without.stack_traces);
  CHECK(from.shutdown_deadline == without.shutdown_deadline);
  CHECK(from.mailbox_sample_period == without.mailbox_sample_period);
  CHECK(from.flight_recorder_messages == without.flight_recorder_messages);
  CHECK(from.dispatchers.empty());
  CHECK(from.actors.empty());
}

TEST_CASE("each key of a configuration is its option") {
  const auto o = options_of(R"(
[scheduler]
workers = 3
blocking_threads = 7
spin = false
[log]
level = "error"
slow_handler = "250ms"
message_text = 77
[actors]
stack_traces = true
[shutdown]
deadline = "9s"
[mailbox]
sample_period = "5ms"
[flight_recorder]
messages = 1234
[dispatcher.crunch]
kind = "pool"
threads = 2
[dispatcher.disks]
kind = "blocking"
)");
  CHECK(o.workers == 3);
  CHECK(o.blocking_threads == 7);
  CHECK(!o.spin);
  CHECK(o.log == log_level::error);
  CHECK(o.slow_handler == 250ms);
  CHECK(o.message_text_max == 77);
  CHECK(o.stack_traces);
  CHECK(o.shutdown_deadline == 9s);
  CHECK(o.mailbox_sample_period == 5ms);
  CHECK(o.flight_recorder_messages == 1234);
  REQUIRE(o.dispatchers.size() == 2);
  CHECK(o.dispatchers[0].name == "crunch");
  CHECK(o.dispatchers[0].kind == engine::dispatcher_kind::pool);
  CHECK(o.dispatchers[0].threads == 2);
  CHECK(o.dispatchers[1].name == "disks");
  CHECK(o.dispatchers[1].kind == engine::dispatcher_kind::blocking);
}

TEST_CASE(
    "M8: each spelling of a mailbox in a configuration is that mailbox, with the bound that is beside it") {
  const auto mailbox = [](const std::string& lines) {
    const auto o = options_of("[actor.\"/user/a\"]\n" + lines);
    REQUIRE(o.actors.size() == 1);
    CHECK(o.actors.front().path == "/user/a");
    return o.actors.front().mailbox;
  };
  CHECK(mailbox("dispatcher = \"blocking\"") == std::nullopt);
  CHECK(mailbox("mailbox = \"as spawned\"") == std::nullopt);
  CHECK(mailbox("mailbox = \"unbounded\"") == unbounded());
  CHECK(mailbox("mailbox = \"priority\"") == prioritized());
  CHECK(mailbox("mailbox = \"reject\"") == bounded(1000));
  CHECK(mailbox("mailbox = \"reject\"\nmailbox_max = 2") == bounded(2, overflow::reject));
  CHECK(mailbox("mailbox = \"drop_oldest\"\nmailbox_max = 3") == bounded(3, overflow::drop_oldest));
  CHECK(mailbox("mailbox = \"push_back\"\nmailbox_max = 4") == bounded(4, overflow::push_back));
}

TEST_CASE(
    "M8: a mailbox that there is not, or a bound where nothing is bounded, is one mistake with its place") {
  const auto drop = mistake_in("[actor.\"/user/a\"]\nmailbox = \"drop-oldest\"\n");
  CHECK(drop.find("mailbox") != std::string::npos);
  CHECK(drop.find("drop-oldest") != std::string::npos);
  CHECK(drop.find("drop_oldest") != std::string::npos);
  const auto bound = mistake_in("[actor.\"/user/a\"]\nmailbox = \"priority\"\nmailbox_max = 4\n");
  CHECK(bound.find("to be reject, drop_oldest or push_back beside it, it is priority") != std::string::npos);
}

TEST_CASE("SH1: log.slow_handler of a configuration is the limit that handlers are held to, and 0 is none") {
  auto watched = testkit::for_doctest();
  watched.system = options_of("[log]\nslow_handler = \"1ms\"\n");
  testkit::test_system sys{watched};
  auto unwatched = testkit::for_doctest();
  unwatched.system = options_of("[log]\nslow_handler = \"0s\"\n");
  CHECK(unwatched.system.slow_handler == duration::zero());
  testkit::test_system other{unwatched};
  const open_at_end gate;
  other.spawn<slow>("waits", gate.g).tell(stay{});
  sys.spawn<slow>("waits", gate.g).tell(stay{});
  const event slow_one = sys.said().expect_event(event_kind::handler_slow, "/user/waits");
  CHECK(slow_one.took >= 1ms);
  gate.g->open();
  sys.settle();
  other.settle();
  CHECK(other.events().count(event_kind::handler_slow) == 0);
  const auto wrong = mistake_in("[log]\nslow_handler = \"soon\"\n");
  CHECK(wrong.find("slow_handler") != std::string::npos);
  CHECK(wrong.find("soon") != std::string::npos);
}

}  // namespace system_options_test
