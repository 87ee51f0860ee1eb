// Log lines from inside an actor: its path, its trace, the format (LG1-LG3).
#include <doctest/doctest.h>

#include <troupe/actor/log.hpp>
#include <troupe/cell/environment.hpp>
#include <troupe/testkit/doctest.hpp>

#include "unit/config/child.hpp"

using namespace troupe;
using namespace std::chrono_literals;

namespace {

struct amount {
  std::string account;
  std::int64_t cents = 0;
};
TROUPE_CONTRACT(amount, "log.amount", 1, account, cents)

/// Counts how often it is formatted.
struct counted {
  int* times;
};

/// Can't be formatted when it comes to it.
struct spiteful {};

}  // namespace

template <>
struct fmt::formatter<counted> {
  constexpr auto parse(fmt::format_parse_context& in) { return in.begin(); }
  template <class Context>
  auto format(const counted& c, Context& to) const {
    ++*c.times;
    return to.out();
  }
};

template <>
struct fmt::formatter<spiteful> {
  constexpr auto parse(fmt::format_parse_context& in) { return in.begin(); }
  template <class Context>
  auto format(const spiteful&, Context& to) const {
    if (true) throw std::runtime_error{"I don't print"};
    return to.out();
  }
};

namespace {

struct say {};
struct say_later {};
struct say_plainly {};
struct say_quietly {
  int* times;
};
struct say_badly {};

void in_a_function() { log_warning("from a function"); }

class talker : public actor<say, say_later, say_plainly, say_quietly, say_badly> {
 public:
  void on(const say&) {
    log_info("{} from {}: {}", amount{"ada", 100}, self(), error{errc::timeout, "late"});
    in_a_function();
  }
  task<void> on(say_later) {
    co_await sleep(1ms);
    log_error("after {} ms", 1);
  }
  void on(const say_plainly&) { log(log_level::info, "plainly"); }
  void on(const say_quietly& m) {
    log_debug("{}", counted{m.times});
    log_info("{}", counted{m.times});
  }
  void on(const say_badly&) { log_info("a {} b", spiteful{}); }
};

}  // namespace

namespace {

/// The line that has `part` in it.
testkit::log_line line_with(testkit::test_system& sys, log_level level, std::string_view part) {
  return sys.expect_log(level, part);
}

}  // namespace

TEST_CASE("a line has its actor's path, and contracts, refs and errors are formatted") {
  testkit::test_system sys{testkit::for_doctest()};
  const auto all =
      sys.events().subscribe_log([](log_level, std::string_view, std::string_view) {}, log_level::info);
  sys.spawn<talker>("talker").tell(say{});
  const auto line = line_with(sys, log_level::info, "ada");
  CHECK(line.where == "/user/talker");
  CHECK(line.line == "{account: \"ada\", cents: 100} from /user/talker: timeout: late");
  CHECK(line_with(sys, log_level::warning, "from a function").where == "/user/talker");
  sys.events().unsubscribe(all);
}

TEST_CASE("M6: a line of a traced message ends with the trace's id and the handler's span") {
  testkit::test_system sys{testkit::for_doctest()};
  const auto who = sys.spawn<talker>("talker");
  const trace_context t = sys.env().new_trace();
  with_trace(t, [&] {
    who.tell(say_plainly{});
    who.tell(say_later{});
  });
  const auto plain = line_with(sys, log_level::info, "plainly").line;
  CHECK(plain.starts_with("plainly trace=" + trace_id(t) + "/"));
  CHECK(plain.find(to_string(t)) == std::string::npos);  // the handler's span, not the sender's
  CHECK(line_with(sys, log_level::error, "after 1 ms").line.find("trace=" + trace_id(t)) !=
        std::string::npos);
  who.tell(say_plainly{});
  CHECK(line_with(sys, log_level::info, "plainly").line == "plainly");
}

TEST_CASE("LG1: a line whose level nobody listens to is not made") {
  system_options options;
  options.log = log_level::error;
  int times = 0;
  {
    troupe::system sys{options};
    auto who = spawn<talker>(sys, "talker");
    who.tell(say_quietly{&times});
    stop(who);
    sys.shutdown();
  }
  CHECK(times == 0);
  testkit::test_system sys{testkit::for_doctest()};  // its captured log listens to everything
  sys.spawn<talker>("talker").tell(say_quietly{&times});
  sys.settle();
  CHECK(times == 2);
}

TEST_CASE("LG2: a formatter that throws is logged, and is no failure of the actor") {
  testkit::test_system sys{testkit::for_doctest()};
  const auto who = sys.spawn<talker>("talker");
  who.tell(say_badly{});
  CHECK(line_with(sys, log_level::error, "I don't print").line.find("'a {} b'") != std::string::npos);
  who.tell(say_plainly{});
  line_with(sys, log_level::info, "plainly");
}

TEST_CASE(
    "LG3: on a thread that runs no actor a line goes to standard error, whatever its level, and is not "
    "lost") {
  const auto end = config_test::in_child([] {
    log_info("moved {} cents of {}", 5, amount{"ada", 100});
    log_debug("{}", error{errc::timeout, "late"});
    log_error("a {} b", spiteful{});
    in_a_function();
    _exit(0);
  });
  CHECK(end.exit_code == 0);
  CHECK(end.out.empty());
  CHECK(end.err ==
        "info (no actor): moved 5 cents of {account: \"ada\", cents: 100}\n"
        "debug (no actor): timeout: late\n"
        "error (no actor): a log line could not be made of 'a {} b': I don't print\n"
        "warning (no actor): from a function\n");
}
