// Seals of refs, and how often refusals are told (RI6, RI8-RI10).
#include <doctest/doctest.h>

#include <set>
#include <troupe/rights/ref_seals.hpp>
#include <troupe/rights/refusal_pace.hpp>

namespace rights_ref_seals_test {

using namespace troupe;
using namespace troupe::rights;

namespace {

time_point at(int ms) { return time_point{milliseconds{ms}}; }

}  // namespace

TEST_CASE("RI6: a seal is of one number and path in one run, and of a path another one than of its actor") {
  const ref_seals run{{1, 2}}, again{{1, 2}}, next{{1, 3}};
  const std::uint64_t seal = run.of(17, "/user/a");
  CHECK(seal == again.of(17, "/user/a"));
  CHECK(run.fits(17, "/user/a", seal));
  CHECK_FALSE(run.fits(18, "/user/a", seal));
  CHECK_FALSE(run.fits(17, "/user/b", seal));
  CHECK_FALSE(run.fits(0, "/user/a", seal));
  CHECK_FALSE(next.fits(17, "/user/a", seal));
  CHECK_FALSE(run.fits(17, "/user/a", seal + 1));
  CHECK(run.fits(0, "/user/a", run.of(0, "/user/a")));
}

TEST_CASE("RI8: no seal is no seal, and each bit of number, path and key makes another one") {
  const ref_seals run{{1, 2}};
  CHECK_FALSE(run.fits(0, "", 0));
  std::set<std::uint64_t> all;
  std::size_t made = 0;
  const auto add = [&](std::uint64_t seal) {
    ++made;
    all.insert(seal);
    CHECK(seal != 0);
  };
  add(run.of(17, "/user/abcdefgh/ijklmnop"));
  for (int bit = 0; bit < 64; ++bit) {
    add(run.of(17 ^ (std::uint64_t{1} << bit), "/user/abcdefgh/ijklmnop"));
    add(ref_seals{{1 ^ (std::uint64_t{1} << bit), 2}}.of(17, "/user/abcdefgh/ijklmnop"));
    add(ref_seals{{1, 2 ^ (std::uint64_t{1} << bit)}}.of(17, "/user/abcdefgh/ijklmnop"));
  }
  std::string path = "/user/abcdefgh/ijklmnop";
  for (std::size_t i = 1; i < path.size(); ++i) {
    path[i] = static_cast<char>(path[i] ^ 1);
    add(run.of(17, path));
    path[i] = static_cast<char>(path[i] ^ 1);
    add(run.of(17, path.substr(0, i)));
  }
  CHECK(all.size() == made);
}

TEST_CASE("RI9: of each peer the first refusal is told at once, then one a second with how many there were") {
  refusal_pace pace;
  CHECK(pace.refused("a", at(0)).count == 1);
  CHECK(pace.refused("a", at(1)).count == 0);
  CHECK(pace.refused("a", at(999)).count == 0);
  CHECK(pace.refused("b", at(999)).count == 1);  // another one's are his own
  CHECK(pace.refused("a", at(1000)).count == 3);
  CHECK(pace.refused("a", at(1001)).count == 0);
  CHECK(pace.left("a") == 1);
  CHECK(pace.left("a") == 0);
  CHECK(pace.left("nobody") == 0);
  CHECK(pace.refused("a", at(5000)).count == 1);
}

TEST_CASE("RI10: so many peers are kept; one that makes room is told of, with what was counted of it") {
  refusal_pace pace;
  for (std::size_t i = 0; i < refusal_pace::peers_max; ++i)
    CHECK(pace.refused("p" + std::to_string(i), at(static_cast<int>(i))).count == 1);
  CHECK(pace.refused("p0", at(1)).count == 0);
  CHECK(pace.refused("p0", at(2)).count == 0);
  auto news = pace.refused("one more", at(500));
  CHECK(news.count == 1);
  CHECK(news.other == "p0");
  CHECK(news.of_other == 2);
  news = pace.refused("and one", at(501));
  CHECK(news.other.empty());  // of p1 nothing was left to tell
  CHECK(news.of_other == 0);
  CHECK(pace.left("p1") == 0);
  CHECK(pace.refused("p0", at(502)).count == 1);
}

}  // namespace rights_ref_seals_test
