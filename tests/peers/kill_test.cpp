// A peer that is killed and started again, under load, again and again (M3-M5, R2-R5, L7).
#include <doctest/doctest.h>

#include "peers/order.hpp"

namespace peers_kill_test {

using namespace peers;

TEST_CASE("kill -9 of a peer under load: nothing hangs, comes twice or out of order; each end is told once") {
  for (const bool tls : {false, true}) {
    CAPTURE(tls);
    pair nodes{{.tls = tls}};
    crew all{nodes.one(), 4, 20};
    const std::size_t lives = tls ? 1 + cycles / 10 : cycles;
    for (std::size_t life = 1; life <= lives; ++life) {
      CAPTURE(life);
      nodes.start();
      REQUIRE(all.depend_now());
      all.wait_for_answers(40);
      nodes.kill();
      all.wait_for_ends(life);
    }
    // One that came twice would have come by now: another life is begun, and ended.
    nodes.start();
    REQUIRE(all.depend_now());
    nodes.kill();
    all.wait_for_ends(lives + 1);
    const std::uint64_t ends = (lives + 1) * all.keepers;
    CHECK_MESSAGE(all.heard->count("terminated unreachable") == ends, all.heard->text());
    CHECK_MESSAGE(all.heard->count("link_ended unreachable") == ends, all.heard->text());
    CHECK_MESSAGE(all.heard->count("ask unreachable") == ends, all.heard->text());
    CHECK(all.heard->count_all("") == 3 * ends);
    const account written = check_order(nodes, all);
    CHECK(written.entries <= all.sent->told);
    CHECK(written.entries >= 20 * all.sent->answered);  // what was there before an answer is there
    MESSAGE((lives + 1) << " lives, " << all.sent->told.load() << " entries sent, " << written.entries
                        << " written, " << all.sent->answered.load() << " asks answered, "
                        << all.sent->failed.load() << " failed");
  }
}

}  // namespace peers_kill_test
