// Makes failed expectations failures of doctest, with the file and line of the test. Include it in a test's source; the testkit
// itself needs no doctest.
//
//     troupe::testkit::test_system sys{troupe::testkit::for_doctest()};
//     CHECK(bank.ask(balance{"ada"}, 1s).get());        // a result, whatever it holds, is shown as testkit::printed has it
#pragma once

#include <doctest/doctest.h>

#include <troupe/testkit/test_system.hpp>

namespace troupe::testkit {

/// Reports to doctest. Use it in the thread of the test case.
class doctest_reporter final : public reporter {
 public:
  void fail(const std::string& text, source_location where) override {
    failed_ = true;
    DOCTEST_ADD_FAIL_AT(where.file_name(), static_cast<int>(where.line()), text);
  }
  bool fail_and_go_on(const std::string& text, source_location where) noexcept override {
    failed_ = true;
    DOCTEST_ADD_FAIL_CHECK_AT(where.file_name(), static_cast<int>(where.line()), text);
    return true;
  }
  /// Whether an expectation has failed through this reporter. A failed REQUIRE is seen by its exception (TS3); a failed CHECK
  /// is not known here.
  bool has_failed() const noexcept override { return failed_; }

 private:
  bool failed_ = false;
};

/// `options` with failures that are doctest's.
inline test_options for_doctest(test_options options = {}, source_location at = TROUPE_HERE) {
  options.at = at;
  options.report_to = std::make_shared<doctest_reporter>();
  return options;
}

}  // namespace troupe::testkit

/// How doctest shows a result. Its own way asks for an `operator<<` of what it holds, which most values do not have: a page of
/// templates for a plain CHECK.
template <class T>
struct doctest::StringMaker<boost::system::result<T, troupe::error>> {
  /// The value, or the error in one line.
  static String convert(const boost::system::result<T, troupe::error>& what) {
    if (!what) return to_string(what.error()).c_str();
    if constexpr (std::is_void_v<T>)
      return "success";
    else
      return troupe::testkit::printed(*what).c_str();
  }
};
