// The adapter for GoogleTest: a failed expectation is one failure of its own, at the line of the test.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <string>
#include <troupe/testkit/gtest.hpp>
#include <troupe/testkit/probe.hpp>

using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

struct hello {
  int n = 0;
};

class listener : public troupe::actor<hello> {
 public:
  void on(const hello&) {}
};

}  // namespace

TEST(Adapter, AFailedExpectationIsOneFailureAtItsLineAndEndsTheTest) {
  test_system sys{for_gtest({.waits = {.expect = 10ms}})};
  probe<hello> p{sys};
  bool ended = false;
  int line = 0;
  testing::TestPartResultArray told;
  {
    const testing::ScopedFakeTestPartResultReporter caught{
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &told};
    try {
      line = __LINE__ + 1;
      p.expect<hello>();
    } catch (const testing::AssertionException&) {
      ended = true;
    }
  }
  EXPECT_TRUE(ended);
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told.GetTestPartResult(0).line_number(), line);
  EXPECT_NE(std::string{told.GetTestPartResult(0).message()}.find("nothing came within 10ms"),
            std::string::npos);
}

TEST(Adapter, WhatIsLeftBehindFailsTheTestAtItsEndAndThrowsNothing) {
  int line = 0;
  testing::TestPartResultArray told;
  {
    const testing::ScopedFakeTestPartResultReporter caught{
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &told};
    line = __LINE__ + 1;
    test_system sys{for_gtest()};
    troupe::spawn<listener>(sys, "forgotten");
  }
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told.GetTestPartResult(0).line_number(), line);
  EXPECT_NE(std::string{told.GetTestPartResult(0).message()}.find("/user/forgotten is alive"),
            std::string::npos);
}

TEST(Adapter, AnExpectationThatIsMetSaysNothing) {
  test_system sys{for_gtest()};
  probe<hello> p{sys};
  p.ref().tell(hello{3});
  EXPECT_EQ(p.expect<hello>().n, 3);
}
