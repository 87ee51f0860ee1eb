// A network that is cut between two nodes and mended, TLS and all (R3-R5): the tests run themselves again inside of a namespace.
#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>

#include "peers/namespaces.hpp"
#include "peers/order.hpp"

namespace peers_cut_test {

using namespace peers;

namespace {

constexpr const char* second_namespace = "PEERS_SECOND_NAMESPACE";

pair_settings cabled(troupe::duration down_after) {
  return {.heartbeat_interval = troupe::milliseconds{50},
          .heartbeat_limit = troupe::milliseconds{500},
          .acceptable_pause = troupe::milliseconds{300},
          .down_after = down_after,
          .tls = true,
          .host_one = namespaces::address_one,
          .host_two = namespaces::address_two,
          .run_two_by = {"ip", "netns", "exec", ::getenv(second_namespace)}};
}

}  // namespace

TEST_CASE("inside: a cut that is mended in time ends nothing, and what ended meanwhile is told once" *
          doctest::skip()) {
  pair nodes{cabled(troupe::minutes{5})};
  crew all{nodes.one(), 4, 20}, of_guest{nodes.one(), 0, 4, "guest"};
  nodes.start();
  REQUIRE(all.depend_now());
  REQUIRE(of_guest.depend_now());
  const auto guest = troupe::node(nodes.one(), "n2").ref<leave>("/user/guest");
  for (std::size_t time = 1; time <= 1 + cycles / 4; ++time) {
    CAPTURE(time);
    all.wait_for_answers(40);
    if (time == 1) {
      guest.tell(leave{200});
      all.wait_for_answers(4);  // it is there: it was sent before what these answers answer
    }
    cut_cable();
    nodes.wait_for_peer(false);
    mend_cable();
    nodes.wait_for_peer(true);
  }
  all.wait_for_answers(40);
  scenario::wait_until("the end of the guest is told", [&] {
    return of_guest.heard->count("terminated normal") == of_guest.keepers &&
           of_guest.heard->count("link_ended normal") == of_guest.keepers;
  });
  CHECK_MESSAGE(of_guest.heard->count_all("") == 3 * of_guest.keepers, of_guest.heard->text());
  CHECK_MESSAGE(all.heard->count("ask unreachable") == all.keepers, all.heard->text());
  CHECK_MESSAGE(all.heard->count_all("") == all.keepers, all.heard->text());
  check_order(nodes, all);
}

TEST_CASE("inside: a cut that lasts is the end of each other, once, and both meet anew when it is mended" *
          doctest::skip()) {
  pair nodes{cabled(troupe::milliseconds{300})};
  crew all{nodes.one(), 4, 20};
  nodes.start();
  const std::size_t times = 1 + cycles / 4;
  for (std::size_t time = 1; time <= times; ++time) {
    CAPTURE(time);
    REQUIRE(all.depend_now());
    all.wait_for_answers(40);
    cut_cable();
    all.wait_for_ends(time);
    mend_cable();
    nodes.wait_for_peer(true);
  }
  all.wait_for_answers(40);
  const std::uint64_t ends = times * all.keepers;
  CHECK_MESSAGE(all.heard->count("terminated unreachable") == ends, all.heard->text());
  CHECK_MESSAGE(all.heard->count("link_ended unreachable") == ends, all.heard->text());
  CHECK(all.heard->count_all("") == 3 * ends);
  check_order(nodes, all);
}

TEST_CASE("a network that is cut and mended between nodes with certificates") {
  std::string why_not;
  const auto made = namespaces::make(why_not);
  if (!made) {
    MESSAGE("passed over: no network namespaces can be made here: " << why_not);
    return;
  }
  ::setenv(second_namespace, made->two().c_str(), 1);
  scenario::process inside{{"ip", "netns", "exec", made->one(),
                            std::filesystem::read_symlink("/proc/self/exe").string(), "--no-skip",
                            "--test-case=inside:*", "--no-intro", "--cycles", std::to_string(cycles)}};
  const int code = inside.wait(std::chrono::minutes{1} + std::chrono::seconds{5} * cycles);
  CHECK_MESSAGE(code == 0, inside.output());
  CHECK_MESSAGE(inside.output().find("2 passed | 0 failed") != std::string::npos, inside.output());
}

}  // namespace peers_cut_test
