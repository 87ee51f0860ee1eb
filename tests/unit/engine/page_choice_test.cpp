// Which pages memory is taken in: the one that cost less when it was last tried.
#include <doctest/doctest.h>

#include <troupe/engine/page_choice.hpp>

namespace engine_page_choice_test {

using troupe::engine::page_choice;

namespace {

/// The regions of small pages until the next trial.
unsigned skipped(page_choice& pages) {
  unsigned n = 0;
  while (!pages.try_huge()) ++n;
  return n;
}

}  // namespace

TEST_CASE("PG1: a region is of the pages that were cheaper, of huge ones when they cost the same") {
  page_choice pages;
  REQUIRE(pages.try_huge());
  CHECK(pages.judge(99, 100));
  REQUIRE(pages.try_huge());
  CHECK(pages.judge(100, 100));
  REQUIRE(pages.try_huge());
  CHECK_FALSE(pages.judge(101, 100));
}

TEST_CASE("PG2: huge pages that were cheaper are tried again with the next region") {
  page_choice pages;
  for (int i = 0; i < 10; ++i) {
    CHECK(skipped(pages) == 0);
    pages.judge(1, 2);
  }
}

TEST_CASE("PG2: the more often huge pages were dearer the rarer they are tried, but trials never end") {
  page_choice pages;
  for (const unsigned expected : {0u, 1u, 2u, 4u, 8u, 16u, 32u, 64u, 64u, 64u}) {
    CHECK(skipped(pages) == expected);
    pages.judge(2, 1);
  }
  CHECK(page_choice::skipped_max == 64);
}

TEST_CASE("PG2: one trial that is cheaper forgets those that were dearer") {
  page_choice pages;
  for (int i = 0; i < 5; ++i) {
    skipped(pages);
    pages.judge(2, 1);
  }
  skipped(pages);
  pages.judge(1, 2);
  CHECK(skipped(pages) == 0);
  pages.judge(2, 1);
  CHECK(skipped(pages) == 1);
}

}  // namespace engine_page_choice_test
