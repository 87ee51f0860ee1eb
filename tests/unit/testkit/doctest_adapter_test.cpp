// The adapter for doctest: what fails is doctest's own failure, and nothing is thrown at the end of a test (RP1).
#include <troupe/testkit/doctest.hpp>

#include "unit/testkit/world.hpp"

namespace testkit_doctest_adapter_test {

using namespace troupe::testkit;
using namespace kit;

TEST_CASE("RP1: with the adapter a failed expectation is one failure of doctest" *
          doctest::expected_failures(1)) {
  test_system sys{for_doctest({.waits = short_patience()})};
  probe<note> p{sys};
  p.expect<note>();
  FAIL("goes on");
}

TEST_CASE(
    "RP1: with the adapter what is left behind is one failure of doctest, and the test's function ends as "
    "ever" *
    doctest::expected_failures(1)) {
  {
    test_system sys{for_doctest()};
    probe<note> p{sys};
    troupe::spawn<clerk>(sys, "forgotten", troupe::ref<note>{p.ref()});
  }
  CHECK(true);
}

TEST_CASE("PR1: doctest shows a result by what it holds, printable or not, or by its error") {
  const troupe::result<note> held = note{"ada", 5};
  CHECK(held);  // this compiles, although a note has no operator<<
  CHECK(doctest::toString(held) == printed(*held).c_str());
  const troupe::result<int> none = troupe::error{troupe::errc::not_found, "no such account"};
  CHECK(doctest::toString(none) == "not_found: no such account");
  CHECK(doctest::toString(none.error()) == "not_found: no such account");
  CHECK(doctest::toString(troupe::result<void>{}) == "success");
}

}  // namespace testkit_doctest_adapter_test
