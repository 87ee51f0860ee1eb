// What is thrown where an error was expected: it is no error that could pass, and ends the retries (RT3).
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <troupe/pattern/retrying.hpp>
#include <troupe/testkit/doctest.hpp>

namespace pattern_retry_throws_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

/// The attempt that throws, and where: in the function itself, or in what it returns.
struct try_it {
  int throws_at = 1;
  bool in_the_task = false;
  using reply = int;
};

class caller : public actor<try_it> {
 public:
  explicit caller(std::shared_ptr<int> made) : made_(std::move(made)) {}
  task<result<int>> on(try_it m) {
    const retry_settings how{.attempts_max = 5, .waits = {.min = 1s, .max = 1s, .jitter = 0}};
    co_return co_await retrying(how, [this, &m] {
      const bool throws = ++*made_ == m.throws_at;
      if (throws && !m.in_the_task) throw std::runtime_error{"thrown by the function"};
      return attempt(throws);
    });
  }

 private:
  // An error that is retried, or a throw whose error would be if it were returned.
  static task<result<int>> attempt(bool throws) {
    if (throws) throw failed{{errc::overloaded, "thrown by the attempt"}};
    co_return error{errc::overloaded, "not yet"};
  }
  std::shared_ptr<int> made_;  // looked at once the system is quiet
};

struct desk {
  test_system sys{for_doctest({.time = time_kind::manual})};
  std::shared_ptr<int> made = std::make_shared<int>(0);

  /// The error that a call is answered with, once all that it could wait for has passed.
  std::string outcome(const try_it& m) {
    auto answer = sys.spawn<caller>("caller", made).ask(m, 1h);
    sys.advance(1min);
    return sys.expect_error(std::move(answer), errc::handler_failed).text;
  }
};

}  // namespace

TEST_CASE(
    "RT3: what the function throws is not retried: the handler fails with it, at the first attempt or "
    "later") {
  for (const int at : {1, 3}) {
    desk d;
    CHECK(d.outcome({.throws_at = at}) == "thrown by the function");
    CHECK(*d.made == at);
    CHECK(d.sys.expect_failure("/user/caller").reason.find("thrown by the function") != std::string::npos);
  }
}

TEST_CASE("RT3: what an attempt throws is not retried, though its error would be") {
  for (const int at : {1, 3}) {
    desk d;
    const std::string why = d.outcome({.throws_at = at, .in_the_task = true});
    CHECK(why.find("thrown by the attempt") != std::string::npos);
    CHECK(why.find("attempt " + std::to_string(at)) == std::string::npos);  // no word of giving up
    CHECK(*d.made == at);
  }
}

TEST_CASE("RT3, RP1: the same error, returned, is retried to the last attempt") {
  desk d;
  auto answer = d.sys.spawn<caller>("caller", d.made).ask(try_it{.throws_at = 0}, 1h);
  d.sys.advance(1min);
  CHECK(d.sys.expect_error(std::move(answer), errc::overloaded).text == "not yet (the last of 5 attempts)");
  CHECK(*d.made == 5);
}

}  // namespace pattern_retry_throws_test
