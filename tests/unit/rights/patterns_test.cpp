// How rights are written (RI4, RI5).
#include <doctest/doctest.h>

#include <troupe/base/path_pattern.hpp>
#include <troupe/rights/patterns.hpp>

namespace rights_patterns_test {

using namespace troupe;
using namespace troupe::rights;

namespace {

using strings = std::vector<std::string>;

std::string mistake_of(std::string_view entry) {
  const auto read = parse_send_entry(entry);
  return read ? "" : read.error().text;
}

}  // namespace

TEST_CASE("a pattern of names is a name, its beginning with a star, or a star") {
  for (const char* right : {"desk", "desk-*", "*", "bank.deposit", "a b", "/x"})
    CHECK_MESSAGE(name_pattern_problem(right) == "", right);
  for (const char* wrong : {"", "*desk", "de*sk", "**", "desk-**", "*.*"})
    CHECK_MESSAGE(name_pattern_problem(wrong) == "expected a name, or its beginning with a * for its end",
                  wrong);
  CHECK(name_matches("desk-*", "desk-1"));
  CHECK(name_matches("desk-*", "desk-"));
  CHECK(name_matches("desk-*", "desk-*"));
  CHECK(name_matches("*", ""));
  CHECK(name_matches("*", "anybody"));
  CHECK(name_matches("desk", "desk"));
  CHECK_FALSE(name_matches("desk", "desk-1"));
  CHECK_FALSE(name_matches("desk-*", "desk"));
  CHECK_FALSE(name_matches("desk-*", "a desk-1"));
}

TEST_CASE("what can be reached from outside is what users start and the names of resolvers") {
  for (const char* right : {"/user/a", "/user/*", "/user/**", "/user/*/b/**", "/shards/*", "/shards/**",
                            "/users/a", "/systems/a"})
    CHECK_MESSAGE(reach_pattern_problem(right) == "", right);
  for (const char* wrong : {"", "/", "user/a", "/user", "/user/", "/user//a", "/user/a*", "/user/**/a",
                            "/user/a/", "//shards", "/shards/"})
    CHECK_MESSAGE(reach_pattern_problem(wrong).starts_with("expected the path of actors"), wrong);
  for (const char* wrong : {"/system", "/system/log", "/system/**"})
    CHECK_MESSAGE(reach_pattern_problem(wrong).find("nobody outside reaches what the system has started") !=
                      std::string::npos,
                  wrong);
}

TEST_CASE("a pattern covers another if all that the other is about is its business too") {
  for (const auto& [wide, narrow] :
       std::vector<std::pair<const char*, const char*>>{{"/user/**", "/user/a"},
                                                        {"/user/**", "/user/*"},
                                                        {"/user/**", "/user/a/**"},
                                                        {"/user/**", "/user/**"},
                                                        {"/user/*", "/user/a"},
                                                        {"/user/*/b", "/user/a/b"},
                                                        {"/user/a", "/user/a"}}) {
    CAPTURE(wide);
    CAPTURE(narrow);
    CHECK(covers(wide, narrow));
  }
  for (const auto& [wide, narrow] :
       std::vector<std::pair<const char*, const char*>>{{"/user/a", "/user/*"},
                                                        {"/user/*", "/user/**"},
                                                        {"/user/*", "/user/a/b"},
                                                        {"/user/a/**", "/user/a"},
                                                        {"/user/a/**", "/user/**"},
                                                        {"/user/*/b", "/user/a/*"}}) {
    CAPTURE(wide);
    CAPTURE(narrow);
    CHECK_FALSE(covers(wide, narrow));
  }
}

TEST_CASE("an entry is a path, and behind a colon types, if not all of them are meant") {
  CHECK(parse_send_entry("/user/bank/*").value() == send_entry{"/user/bank/*", {}});
  CHECK(parse_send_entry("/user/bank/*: bank.*").value() == send_entry{"/user/bank/*", {"bank.*"}});
  CHECK(parse_send_entry("/user/a: bank.query  desk.list ").value() ==
        send_entry{"/user/a", {"bank.query", "desk.list"}});
  CHECK(parse_send_entry("/user/a: *").value() == send_entry{"/user/a", {}});
  CHECK(parse_send_entry("/user/a: b.c *").value() == send_entry{"/user/a", {}});
  CHECK(parse_send_entry("/user/a:b").value() == send_entry{"/user/a:b", {}});  // a name may have a colon
  CHECK(parse_send_entry("/user/a: b: c.d").value() == send_entry{"/user/a: b", {"c.d"}});
}

TEST_CASE("RI5: an entry that is none says what was expected") {
  CHECK(mistake_of("bank: x").starts_with("expected the path of actors"));
  CHECK(mistake_of("/system/log").find("nobody outside") != std::string::npos);
  const std::string types =
      "expected the wire names of messages behind the colon, with blanks between them, like bank.query "
      "desk.*";
  for (const char* wrong :
       {"/user/a: ", "/user/a: b.c,", "/user/a: ,", "/user/a: *.query", "/user/a: b.c, d.e"})
    CHECK_MESSAGE(mistake_of(wrong) == types, wrong);
  CHECK(mistake_of("/user/a:") == "expected types of messages behind the colon, or no colon");
}

}  // namespace rights_patterns_test
