// Where a failed expectation goes. By default it is thrown, and every framework prints it; the adapters `doctest.hpp` and
// `gtest.hpp` make it a failure of the framework with the file and line of the test.
//
// Rules
//  RP1 A failed expectation ends the test's function: `fail` does not come back. What is found while a test system ends can't
//      throw when an exception is under way already, and is printed on standard error then.
//  RP2 A reporter is handed to a test system or a probe; there is none for the process.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <troupe/base/check.hpp>

namespace troupe::testkit {

/// What an expectation that fails throws where no adapter is used. `what()` begins with the place.
class expectation_failed : public std::runtime_error {
 public:
  expectation_failed(const std::string& text, source_location where);
  /// Where the test expected it.
  const source_location& where() const noexcept { return where_; }

 private:
  source_location where_;
};

/// Takes failures of expectations (RP1, RP2). Used by the thread that runs the test. The base class throws
/// `expectation_failed`.
class reporter {
 public:
  virtual ~reporter() = default;

  /// The test fails here. Throws something; if it does come back, `expectation_failed` is thrown for it.
  virtual void fail(const std::string& text, source_location where);

  /// The test fails, and goes on to its end: must not throw. Returns whether the framework has taken it; if not, it is thrown
  /// by whoever asked, or printed where that is impossible (RP1).
  virtual bool fail_and_go_on(const std::string& text, source_location where) noexcept;

  /// Whether the running test is known to have failed: what would be noise otherwise is printed then.
  virtual bool has_failed() const noexcept { return false; }
};

/// A shared reporter.
using reporter_ptr = std::shared_ptr<reporter>;

/// Fails the test through `to`; null: by throwing `expectation_failed`.
[[noreturn]] void fail_test(const reporter_ptr& to, const std::string& text, source_location where);

/// The same from a place that an exception may have been the way to: `unwinding` says so. Throws only when it is not (RP1).
void fail_test_at_end(const reporter_ptr& to, const std::string& text, source_location where, bool unwinding);

}  // namespace troupe::testkit
