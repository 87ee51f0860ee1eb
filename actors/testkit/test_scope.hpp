// What probes and expectations of one test have in common.
#pragma once

#include <memory>
#include <string_view>
#include <troupe/testkit/captured.hpp>
#include <troupe/testkit/patience.hpp>
#include <troupe/testkit/reporter.hpp>
#include <troupe/testkit/test_platform.hpp>

namespace troupe::testkit {

/// The name of a probe's class: what a test system does not take for left behind.
inline constexpr std::string_view probe_class_name = "troupe.testkit.probe";

/// The system under test, and who is told of failures.
struct test_scope {
  troupe::system* system = nullptr;
  test_platform* platform =
      nullptr;  ///< null: the system runs on others ports, so nobody knows when it is quiet
  std::shared_ptr<captured> seen;
  reporter_ptr report_to;
  patience waits;

  /// The scope of a system that is no test system.
  static test_scope of(troupe::system& sys, reporter_ptr report_to = nullptr, patience waits = {}) {
    return {&sys, test_platform::of(sys), std::make_shared<captured>(sys, report_to, waits), report_to,
            waits};
  }
};

}  // namespace troupe::testkit
