#include <doctest/doctest.h>

#include <map>
#include <troupe/base/prng.hpp>
#include <troupe/delivery/route_book.hpp>
#include <vector>

using namespace troupe;
using wire::lane;
using how = route_book::how;

TEST_CASE("RB1: what is sent once is spelled out, the second time it gets a number, and has it then") {
  route_book b;
  route_mark m;
  CHECK(b.use(m, lane::ordinary) == how::spelled_out);
  CHECK(b.use(m, lane::ordinary) == how::defined);
  const auto number = m.number;
  CHECK(b.use(m, lane::ordinary) == how::routed);
  CHECK(b.use(m, lane::ordinary) == how::routed);
  CHECK(m.number == number);
  route_mark large;
  CHECK(b.use(large, lane::ordinary, true) == how::defined);
  CHECK(large.number != number);
}

TEST_CASE("RB3: on another connection every mark begins anew") {
  route_book b;
  route_mark m, n;
  for (route_mark* one : {&m, &m, &n, &n}) b.use(*one, lane::bulk);
  b.begin_anew();
  CHECK(b.use(n, lane::bulk) == how::spelled_out);
  CHECK(b.use(n, lane::bulk) == how::defined);
  CHECK(b.use(m, lane::bulk) == how::spelled_out);
  CHECK(b.use(n, lane::bulk) == how::routed);
  CHECK(b.use(m, lane::bulk) == how::defined);
  CHECK(m.number != n.number);
}

TEST_CASE("RB2, W4: numbers stay below the limit, no two marks share one, none is of both lanes") {
  prng random{11};
  route_book b;
  std::vector<route_mark> marks(10'000);
  std::map<std::uint32_t, std::size_t> means;  // as the receiver has it
  for (int step = 0; step < 100'000; ++step) {
    const std::size_t who = random.below(step % 2 ? 100 : marks.size());
    const lane in = who % 3 == 0 ? lane::bulk : lane::ordinary;
    const how what = b.use(marks[who], in);
    if (what == how::spelled_out) continue;
    const std::uint32_t number = marks[who].number;
    REQUIRE(number < wire::routes_max);
    REQUIRE(number % wire::lanes == static_cast<std::uint32_t>(in));
    if (what == how::defined) means[number] = who;
    REQUIRE(means[number] == who);
  }
  CHECK(means.size() == wire::routes_max);
}
