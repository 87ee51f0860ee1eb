#include <doctest/doctest.h>

#include <troupe/config/suggest.hpp>

namespace config_suggest_test {

using troupe::configuration::edit_distance;
using troupe::configuration::nearest;

TEST_CASE("the distance counts added, dropped, changed and swapped letters") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("port", "port") == 0);
  CHECK(edit_distance("prot", "port") == 1);
  CHECK(edit_distance("pot", "port") == 1);
  CHECK(edit_distance("ports", "port") == 1);
  CHECK(edit_distance("part", "port") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("a typo finds the nearest name, the earliest of equals") {
  const std::vector<std::string> known = {"listen.port", "listen.post", "log.level"};
  CHECK(nearest("listen.prot", known, '.') == "listen.port");
  CHECK(nearest("listen.pot", known, '.') == "listen.port");
  CHECK(nearest("listen.posts", known, '.') == "listen.post");
  CHECK(nearest("loglevel", known, '.') == "log.level");
}

TEST_CASE("a name that is part of a known one finds it") {
  const std::vector<std::string> known = {"listen.port", "log.level"};
  CHECK(nearest("listen", known, '.') == "listen.port");
  CHECK(nearest("port", known, '.') == "listen.port");
  CHECK(nearest("level", known, '.') == "log.level");
  CHECK(nearest("evel", known, '.') == "");
}

TEST_CASE("what is not near finds nothing") {
  const std::vector<std::string> known = {"listen.port", "a"};
  CHECK(nearest("frobnicate", known, '.') == "");
  CHECK(nearest("b", known, '.') == "");
  CHECK(nearest("", known, '.') == "");
  CHECK(nearest(std::string(100'000, 'x'), known, '.') == "");
  CHECK(nearest("x", {}, '.') == "");
}

}  // namespace config_suggest_test
