// The order of a supervisor's children stays that of its list, whoever has got a new cell meanwhile (S5).
#include <doctest/doctest.h>

#include <troupe/testkit/doctest.hpp>
#include <troupe/tree/inspect.hpp>

#include "unit/tree/noted.hpp"

namespace tree_order_test {

using namespace troupe;
using namespace life;
using namespace noting;

namespace {

struct stage {
  journal_ptr j = std::make_shared<journal>();
  testkit::test_system sys{testkit::for_doctest({.time = testkit::time_kind::manual, .leftovers = false})};

  /// Who has stopped, from the line `from` on.
  lines stops(std::size_t from) const {
    lines out;
    const lines all = j->all();
    for (std::size_t i = from; i < all.size(); ++i)
      if (all[i].ends_with(" stop")) out.push_back(all[i]);
    return out;
  }
  /// The tree below `top` as `inspect` shows it.
  std::string seen() {
    std::string out;
    for (const auto& c : inspect(sys.env(), "/user/top").children) out += c.path.substr(10) + " ";
    return out;
  }
  template <class M>
  void administrate(const supervision& top, M what) {
    sys.expect_reply(top.admin().ask(std::move(what), 1s));
  }
};

}  // namespace

TEST_CASE("S5: a child in a new cell goes down in its place, not as the one that was started last") {
  stage s;
  auto top =
      supervise(s.sys, "top", one_for_one{.intensity = 9}, noted("a", s.j), noted("b", s.j), noted("c", s.j));
  SUBCASE("it stopped by itself") { top.ref<quit>("a").tell(quit{}); }
  SUBCASE("an administrator started it again") {
    s.administrate(top, terminate_child{"a"});
    s.administrate(top, restart_child{"a"});
  }
  SUBCASE("an administrator replaced it") { s.administrate(top, replace_child{noted("a", s.j)}); }
  SUBCASE("while the one behind it is down") {
    for (const char* id : {"a", "b"}) s.administrate(top, terminate_child{id});
    for (const char* id : {"a", "b"}) s.administrate(top, restart_child{id});
  }
  SUBCASE("and the ones around it, in any order") {
    for (const char* id : {"c", "a", "b"}) s.administrate(top, terminate_child{id});
    for (const char* id : {"b", "a", "c"}) s.administrate(top, restart_child{id});
  }
  s.sys.settle();
  CHECK(s.seen() == "a b c ");
  const std::size_t from = s.j->all().size();
  top.stop();
  s.sys.settle();
  CHECK(s.stops(from) == lines{"c stop", "b stop", "a stop"});
}

TEST_CASE("S5: one that is started later stands behind the others, and goes down first") {
  stage s;
  auto top = supervise(s.sys, "top", rest_for_one{}, noted("a", s.j), noted("b", s.j));
  s.administrate(top, start_child{noted("c", s.j)});
  s.administrate(top, terminate_child{"b"});
  s.administrate(top, restart_child{"b"});
  CHECK(s.seen() == "a b c ");
  const std::size_t from = s.j->all().size();
  top.stop();
  s.sys.settle();
  CHECK(s.stops(from) == lines{"c stop", "b stop", "a stop"});
}

}  // namespace tree_order_test
