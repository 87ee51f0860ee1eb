// Makes failed expectations failures of GoogleTest, with the file and line of the test. Include it in a test's source; the testkit
// itself needs no GoogleTest.
//
//     troupe::testkit::test_system sys{troupe::testkit::for_gtest()};
#pragma once

#include <gtest/gtest.h>

#include <troupe/testkit/test_system.hpp>

namespace troupe::testkit {

/// Reports to GoogleTest. Use it in the thread of the test. Where exceptions are on, a failed expectation ends the test's function
/// by GoogleTest's own exception, which is not reported a second time.
class gtest_reporter final : public reporter {
 public:
  void fail(const std::string& text, source_location where) override {
    const auto line = static_cast<int>(where.line());
    ADD_FAILURE_AT(where.file_name(), line) << text;
    throw ::testing::AssertionException(::testing::TestPartResult(::testing::TestPartResult::kFatalFailure,
                                                                  where.file_name(), line, text.c_str()));
  }
  bool fail_and_go_on(const std::string& text, source_location where) noexcept override {
    ADD_FAILURE_AT(where.file_name(), static_cast<int>(where.line())) << text;
    return true;
  }
  bool has_failed() const noexcept override { return ::testing::Test::HasFailure(); }
};

/// `options` with failures that are GoogleTest's.
inline test_options for_gtest(test_options options = {}, source_location at = TROUPE_HERE) {
  options.at = at;
  options.report_to = std::make_shared<gtest_reporter>();
  return options;
}

}  // namespace troupe::testkit
