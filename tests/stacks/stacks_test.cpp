// Where exceptions were thrown (TH1-TH3, SK1-SK3): what failures tell of it, and that all else is as it was.
#include <doctest/doctest.h>

#include <cstring>
#include <exception>
#include <stdexcept>
#include <thread>
#include <troupe/base/throw_site.hpp>
#include <troupe/sim/world.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/troupe.hpp>

namespace stacks_test {

using namespace troupe;
using namespace std::chrono_literals;

[[gnu::noinline]] void innermost(int n) {
  if (n == 0) throw std::domain_error{"too far down"};
  innermost(n - 1);
  asm volatile("");  // no tail call
}
[[gnu::noinline]] void in_between(int n) {
  innermost(n);
  asm volatile("");
}

/// Says where what `f` throws was thrown.
template <class F>
std::string site_of(F f) {
  try {
    f();
  } catch (...) {
    const error why = current_exception_error(errc::handler_failed);
    return why.thrown_at ? why.thrown_at->text() : "(not known)";
  }
  return "(nothing was thrown)";
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

struct go {
  using reply = int;
};
struct wait_and_go {
  using reply = int;
};

class digger : public actor<go, wait_and_go> {
 public:
  int on(const go&) {
    in_between(2);
    return 0;
  }
  task<int> on(wait_and_go) {
    co_await sleep(1s);
    in_between(0);
    co_return 0;
  }
};

/// Throws, and catches, while another exception is on its way.
struct clumsy {
  ~clumsy() {
    try {
      throw 1;
    } catch (int) {
    }
  }
};

}  // namespace stacks_test

using namespace stacks_test;

TEST_CASE("TH1: nothing is known while nobody wants it") {
  CHECK_FALSE(throw_site::is_wanted());
  CHECK(site_of([] { in_between(0); }) == "(not known)");
}

TEST_CASE(
    "TH2: while somebody wants it the place is known, innermost first, without addresses, the same each "
    "time") {
  const throw_site::wish w{true};
  std::string first;
  for (int i = 0; i < 2; ++i) {
    const std::string text = site_of([] { in_between(3); });
    INFO(text);
    CHECK(text.starts_with("stacks_test::innermost(int) at "));
    CHECK(has(text, "stacks_test.cpp:"));
    CHECK(has(text, "stacks_test::in_between(int)"));
    CHECK(text.find("innermost") < text.find("in_between"));
    CHECK_FALSE(has(text, "0x7f"));
    CHECK_FALSE(has(text, "__cxa_throw"));
    if (i == 0) first = text;
    CHECK(text == first);
  }
}

TEST_CASE(
    "SK2: a rethrow, a thread that has thrown since and destructors that throw inside do not change what is "
    "known") {
  const throw_site::wish w{true};
  const auto rethrows = [] {
    try {
      const clumsy inside;
      in_between(0);
    } catch (...) {
      throw;
    }
  };
  CHECK(has(site_of(rethrows), "stacks_test::in_between(int)"));
  std::exception_ptr carried;
  try {
    in_between(0);
  } catch (...) {
    carried = std::current_exception();
  }
  std::thread{[] { site_of([] { throw 2; }); }}.join();
  CHECK(has(site_of([&] { std::rethrow_exception(carried); }), "stacks_test::in_between(int)"));
  std::thread{[&] { CHECK(site_of([&] { std::rethrow_exception(carried); }) == "(not known)"); }}.join();
  // One of the C++ runtime's own.
  CHECK(has(site_of([] { static_cast<void>(std::string{}.at(1)); }), "::at(unsigned long)"));
}

TEST_CASE(
    "SK2: an exception from deeper than is kept has its innermost frames, and one of the standard library's "
    "own is found") {
  const throw_site::wish w{true};
  const std::string text = site_of([] { in_between(100); });
  CHECK(has(text, "innermost"));
  CHECK_FALSE(has(text, "in_between"));
  CHECK(std::count(text.begin(), text.end(), '\n') < static_cast<std::ptrdiff_t>(throw_site::frames_max));
}

TEST_CASE(
    "TH1: a failure tells where it was thrown: in its event, in the log, and in the reason its watchers "
    "get") {
  testkit::test_options o = testkit::for_doctest({.time = testkit::time_kind::manual, .leftovers = false});
  o.system.stack_traces = true;
  std::string event_text, log_text;
  std::mutex mutex;
  testkit::test_system sys{std::move(o)};
  sys.events().subscribe([&](const event& e) {
    const std::lock_guard hold{mutex};
    if (e.kind == event_kind::actor_failed) event_text = e.stack;
  });
  sys.events().subscribe_log(
      [&](log_level, std::string_view, std::string_view line) {
        const std::lock_guard hold{mutex};
        if (line.starts_with("actor_failed")) log_text = line;
      },
      log_level::debug);
  const auto d = spawn<digger>(sys, "digger");
  const error answer = d.ask(go{}, 20s).get().error();
  REQUIRE(answer.thrown_at);
  sys.settle();
  const std::lock_guard hold{mutex};
  CHECK(event_text.starts_with("stacks_test::innermost(int) at "));
  CHECK(has(event_text, "digger::on(stacks_test::go const&)"));
  CHECK_FALSE(has(event_text, "troupe::cell::"));  // what is always the same
  CHECK(has(log_text, "\n    thrown in stacks_test::innermost(int) at "));
  CHECK(has(log_text, "\n        from stacks_test::in_between(int)"));
  CHECK(answer.thrown_at->text() == event_text);
  CHECK(answer == error{errc::handler_failed, "too far down", "std::domain_error", "/user/digger"});
  sys.expect_failure("/user/digger");
}

TEST_CASE("TH1: so does a coroutine that fails after a wait") {
  testkit::test_options o = testkit::for_doctest({.time = testkit::time_kind::manual, .leftovers = false});
  o.system.stack_traces = true;
  testkit::test_system sys{std::move(o)};
  const auto d = spawn<digger>(sys, "digger");
  auto answer = d.ask(wait_and_go{}, 20s);
  sys.settle();
  sys.advance(1s);
  const error why = answer.get().error();
  REQUIRE(why.thrown_at);
  CHECK(has(why.thrown_at->text(), "stacks_test::in_between(int)"));
  sys.expect_failure("/user/digger");
}

TEST_CASE("D1: in a simulation a stack is known, and is no part of what happened") {
  const auto hash_of = [](bool traces) {
    sim::world w{7};
    system_options o;
    o.name = "n1";
    o.workers = 1;
    o.log_to = [](log_level, std::string_view, std::string_view) {};
    o.stack_traces = traces;
    troupe::system sys{std::move(o), w.boot("n1")};
    bool known = false;
    sys.events().subscribe([&](const event& e) { known |= !e.stack.empty(); });
    const auto d = spawn<digger>(sys, "digger");
    CHECK(d.ask(go{}, 20s).get().has_error());
    w.run_for(seconds{1});  // its parent hears of it
    CHECK(known == traces);
    return w.record().hash();
  };
  const auto without = hash_of(false);
  CHECK(hash_of(true) == without);
  CHECK(hash_of(true) == without);
}
