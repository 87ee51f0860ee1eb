#include <cstdio>
#include <troupe/testkit/reporter.hpp>

namespace troupe::testkit {

namespace {

std::string placed(const std::string& text, const source_location& where) {
  return std::string{where.file_name()} + ":" + std::to_string(where.line()) + ": " + text;
}

}  // namespace

expectation_failed::expectation_failed(const std::string& text, source_location where)
    : std::runtime_error(placed(text, where)), where_(where) {}

void reporter::fail(const std::string& text, source_location where) { throw expectation_failed{text, where}; }

bool reporter::fail_and_go_on(const std::string&, source_location) noexcept { return false; }

void fail_test(const reporter_ptr& to, const std::string& text, source_location where) {
  if (to) to->fail(text, where);
  throw expectation_failed{text, where};
}

void fail_test_at_end(const reporter_ptr& to, const std::string& text, source_location where,
                      bool unwinding) {
  if (to && to->fail_and_go_on(text, where)) return;
  if (!unwinding) throw expectation_failed{text, where};
  std::fprintf(stderr, "%s\n", placed(text, where).c_str());
}

}  // namespace troupe::testkit
