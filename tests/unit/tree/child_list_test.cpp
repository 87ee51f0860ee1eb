// Children that are known at run time only.
#include <doctest/doctest.h>

#include <troupe/testkit/doctest.hpp>
#include <troupe/tree/inspect.hpp>
#include <troupe/tree/supervise.hpp>

namespace tree_child_list_test {

using namespace troupe;

namespace {

struct ping {
  using reply = int;
};
class echo : public actor<ping> {
 public:
  int on(const ping&) { return 1; }
};

std::vector<child_spec> several(int from, int to) {
  std::vector<child_spec> out;
  for (int i = from; i < to; ++i) out.push_back(child<echo>(std::to_string(i)));
  return out;
}

}  // namespace

TEST_CASE("S4: children given as a list start in its order, where it stands among the others") {
  testkit::test_system sys{testkit::for_doctest()};
  sys.keep("/user/top");
  sys.keep("/user/top/*");
  const auto top = supervise(sys, "top", one_for_one{}, child<echo>("first"), several(0, 3),
                             std::vector<child_spec>{}, child<echo>("last"));
  std::string order;
  for (const auto& c : inspect(sys.env(), "/user/top").children) order += c.path.substr(10) + " ";
  CHECK(order == "first 0 1 2 last ");
}

TEST_CASE("S4: a name that a list has twice is a mistake that names it") {
  testkit::test_system sys{testkit::for_doctest()};
  auto twice = several(0, 2);
  twice.push_back(child<echo>("1"));
  try {
    supervise(sys, "top", one_for_one{}, std::move(twice));
    FAIL("it has started");
  } catch (const failed& e) {
    CHECK(e.why().text.find("1") != std::string::npos);
  }
}

}  // namespace tree_child_list_test
