// Trace contexts as text (TC1-TC3).
#include <doctest/doctest.h>

#include <troupe/observe/trace_context.hpp>

namespace observe_trace_context_test {

using namespace troupe;

namespace {

constexpr std::string_view header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string problem_of(std::string_view text) {
  const auto read = trace_from(text);
  return read ? "" : read.error().text;
}

}  // namespace

TEST_CASE("TC1: a traceparent is read and written as W3C has it") {
  const auto t = trace_from(header);
  REQUIRE(t.has_value());
  CHECK(t->high == 0x4bf92f3577b34da6);
  CHECK(t->low == 0xa3ce929d0e0e4736);
  CHECK(t->span == 0x00f067aa0ba902b7);
  CHECK(t->flags == 1);
  CHECK(to_traceparent(*t) == header);
  CHECK(trace_id(*t) == "4bf92f3577b34da6a3ce929d0e0e4736");
  CHECK(to_string(*t) == "4bf92f3577b34da6a3ce929d0e0e4736/00f067aa0ba902b7");
  CHECK(to_string(trace_context{}).empty());
}

TEST_CASE("TC1: a later version is read as far as it is known, and this one to its end") {
  CHECK(trace_from("01" + std::string{header.substr(2)} + "-more").has_value());
  CHECK(problem_of(std::string{header} + "-more").find("follows the flags") != std::string::npos);
  CHECK(problem_of("01" + std::string{header.substr(2)} + "more").find("follows") != std::string::npos);
}

TEST_CASE("TC3: what is no traceparent is refused with what is wrong") {
  CHECK(problem_of("").find("expected 00-") != std::string::npos);
  CHECK(problem_of(std::string{header.substr(0, 54)}).find("expected 00-") != std::string::npos);
  CHECK(problem_of("ff" + std::string{header.substr(2)}).find("version ff") != std::string::npos);
  std::string upper{header};
  upper[4] = 'B';
  CHECK(problem_of(upper).find("lower case") != std::string::npos);
  CHECK(problem_of("00-00000000000000000000000000000000-00f067aa0ba902b7-01").find("trace id is 0") !=
        std::string::npos);
  CHECK(problem_of("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01").find("span is 0") !=
        std::string::npos);
}

}  // namespace observe_trace_context_test
