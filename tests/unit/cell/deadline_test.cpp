// The cheap ways to set a deadline and to look whether it has come.
#include <doctest/doctest.h>

#include "world.hpp"

namespace cell_deadline_test {

using namespace troupe;
using namespace life;

TEST_CASE("M5: a deadline is never earlier than its time-out, and a hundredth of it later at most") {
  troupe::system sys{quiet()};
  auto& env = sys.env();
  for (const duration timeout :
       {duration{1us}, duration{3ms}, duration{500ms}, duration{1s}, duration{10s}, duration{24h}}) {
    const time_point before = env.from_now(timeout);
    const time_point deadline = env.deadline_after(timeout);
    const time_point afterwards = env.from_now(timeout);
    CHECK(deadline >= before);
    CHECK(deadline <= afterwards + timeout / 100);
  }
  CHECK(env.deadline_after(duration::max()) == never);
}

TEST_CASE("M6: a deadline is over when it has come, and not before") {
  troupe::system sys{quiet()};
  auto& env = sys.env();
  CHECK(env.is_over(env.from_now(0ms)));
  CHECK(env.is_over(env.from_now(0ms) - 1h));
  CHECK_FALSE(env.is_over(env.from_now(10s)));
  CHECK_FALSE(env.is_over(never));
  // One that is near is looked at exactly: waiting for it ends, and not before its time.
  const time_point near = env.from_now(2ms);
  while (!env.is_over(near)) std::this_thread::yield();
  CHECK(env.from_now(0ms) >= near);
}

}  // namespace cell_deadline_test
