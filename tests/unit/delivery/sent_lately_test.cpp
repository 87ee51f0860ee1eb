// Which messages were sent last (SL1, M4).
#include <doctest/doctest.h>

#include <troupe/contract/message_type_of.hpp>
#include <troupe/delivery/sent_lately.hpp>

namespace delivery_sent_lately_test {

using namespace troupe;

TEST_CASE("SL1: the last messages are known, oldest first, however many are asked for or were sent") {
  sent_lately s;
  CHECK(s.last(3).empty());
  s.add(message_type_of<int>, 7);
  s.add(message_type_of<long>, 0);
  CHECK(s.last(0).empty());
  CHECK(s.last(1) == std::vector<sent_lately::one>{{&message_type_of<long>, 0}});
  CHECK(s.last(9) == std::vector<sent_lately::one>{{&message_type_of<int>, 7}, {&message_type_of<long>, 0}});
  for (std::uint64_t i = 1; i <= 100; ++i) s.add(message_type_of<int>, i);
  const auto all = s.last(1'000'000);
  REQUIRE(all.size() == sent_lately::kept_max);
  CHECK(all.front().sender == 101 - sent_lately::kept_max);
  CHECK(all.back().sender == 100);
  s.forget();
  CHECK(s.last(5).empty());
}

}  // namespace delivery_sent_lately_test
