#include <doctest/doctest.h>

#include <map>
#include <troupe/base/prng.hpp>
#include <troupe/delivery/route_book.hpp>
#include <vector>

namespace delivery_route_book_test {

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

TEST_CASE(
    "W6: numbers that are given out come in turn, and one that is missing, doubled or changed does not") {
  prng random{5};
  for (int round = 0; round < 50; ++round) {
    route_book b;
    route_order order;
    std::vector<route_mark> marks(3000);
    std::vector<std::uint32_t> given;
    for (int step = 0; step < 6000; ++step) {
      const std::size_t who = random.below(marks.size());
      if (b.use(marks[who], who % 2 ? lane::bulk : lane::ordinary, true) == how::defined)
        given.push_back(marks[who].number);
    }
    const std::size_t bad = random.below(given.size() - 4);
    for (std::size_t i = 0; i < bad; ++i) REQUIRE(order.comes(given[i]));
    if (round % 3 == 0) {  // doubled
      REQUIRE(order.comes(given[bad]));
      CHECK_FALSE(order.comes(given[bad]));
    } else if (round % 3 == 1) {  // changed
      CHECK_FALSE(order.comes(given[bad] ^ 8));
    } else {  // missing: the next of its lane is not the one whose turn it is
      std::size_t next = bad + 1;
      while (given[next] % 2 != given[bad] % 2) ++next;
      CHECK_FALSE(order.comes(given[next]));
    }
  }
}

}  // namespace delivery_route_book_test
