// Patterns of paths, and which of several counts.
#include <doctest/doctest.h>

#include <algorithm>
#include <troupe/base/error.hpp>
#include <troupe/base/path_pattern.hpp>
#include <troupe/cell/deployments.hpp>

namespace cell_deployments_test {

using namespace troupe;

namespace {

deployments made(std::vector<deployment> all) { return deployments{std::move(all)}; }

}  // namespace

TEST_CASE("DE2: a pattern is about paths of as many names, where * is any one") {
  CHECK(path_matches("/user/kv", "/user/kv"));
  CHECK_FALSE(path_matches("/user/kv", "/user/k"));
  CHECK_FALSE(path_matches("/user/kv", "/user/kv/a"));
  CHECK(path_matches("/user/kv/*", "/user/kv/a"));
  CHECK_FALSE(path_matches("/user/kv/*", "/user/kv"));
  CHECK_FALSE(path_matches("/user/kv/*", "/user/kv/a/b"));
  CHECK(path_matches("/user/*/b", "/user/x/b"));
  CHECK(path_matches("/*/*", "/user/a"));
  CHECK(path_matches("/user/kv/**", "/user/kv/a"));
  CHECK(path_matches("/user/kv/**", "/user/kv/a/b/c"));
  CHECK(path_matches("/user/*/**", "/user/kv/a"));
  CHECK(path_matches("/user/**", "/user/a"));
  CHECK_FALSE(path_matches("/user/kv/**", "/user/kv"));
  CHECK_FALSE(path_matches("/user/kv/**", "/user/kvx/a"));
  CHECK_FALSE(path_matches("/user/*/**", "/user/kv"));
}

TEST_CASE("DE2: what is no pattern is told") {
  for (const char* wrong : {"", "/", "user/a", "/user", "/user/", "/user//a", "/user/a/", "/user/a*", "/x/a",
                            "/user/**/a", "/user/a**", "/**"})
    CHECK_MESSAGE(path_pattern_problem(wrong) != "", wrong);
  for (const char* right : {"/user/a", "/user/*", "/user/*/b", "/system/a.b", "/user/**", "/user/*/**"})
    CHECK_MESSAGE(path_pattern_problem(right) == "", right);
  CHECK_THROWS_AS(made({{"/user/a*", "x"}}), failed);
  CHECK_THROWS_AS(made({{"/user/a", "x"}, {"/user/a", "y"}}), failed);
}

TEST_CASE(
    "DE2: of several that match, the most exact one that says something counts, in whatever order they "
    "come") {
  std::vector<deployment> all{{"/user/*/*", "any"}, {"/user/**", "below"},   {"/user/kv/*", "kv"},
                              {"/user/*/a", "a"},   {"/user/kv/a", "exact"}, {"/user/kv/b", ""}};
  std::sort(all.begin(), all.end(), [](const auto& l, const auto& r) { return l.path < r.path; });
  do {
    const deployments said{all};
    CHECK(said.dispatcher_at("/user/kv/a") == "exact");
    CHECK(said.dispatcher_at("/user/kv/b") == "kv");  // the exact one says nothing
    CHECK(said.dispatcher_at("/user/x/a") == "a");
    CHECK(said.dispatcher_at("/user/x/b") == "any");
    CHECK(said.dispatcher_at("/user/x") == "below");
    CHECK(said.dispatcher_at("/user/x/y/z") == "below");
    CHECK(said.dispatcher_at("/system/x") == "");
  } while (std::next_permutation(all.begin(), all.end(),
                                 [](const auto& l, const auto& r) { return l.path < r.path; }));
  CHECK(made({}).empty());
}

TEST_CASE("DE2: what the most exact one does not say, a less exact one may: each setting for itself") {
  const auto said =
      made({{"/user/kv/*", "disk", bounded(5)}, {"/user/kv/a", "pinned"}, {"/user/kv/b", "", unbounded()}});
  CHECK(said.dispatcher_at("/user/kv/a") == "pinned");
  CHECK(said.mailbox_at("/user/kv/a") == bounded(5));
  CHECK(said.dispatcher_at("/user/kv/b") == "disk");
  CHECK(said.mailbox_at("/user/kv/b") == unbounded());
  CHECK_FALSE(said.mailbox_at("/user/x").has_value());
  CHECK_THROWS_AS(made({{"/user/a", "", bounded(2'000'000)}}), failed);
}

}  // namespace cell_deployments_test
