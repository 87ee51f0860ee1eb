#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "declarations.hpp"
#include "source.hpp"

using namespace tidy;

TEST_CASE("tidy: comments and the insides of literals are blanked, line by line") {
  CHECK(blank_comments_and_literals("a // b\nc") == "a     \nc");
  CHECK(blank_comments_and_literals("a /* b\nb */ c") == "a     \n     c");
  CHECK(blank_comments_and_literals("f(\"a\\\"b\", 'c', '\\'')") == "f(\"    \", ' ', '  ')");
  CHECK(blank_comments_and_literals("R\"x(a)\"\n//)x\" b") == "R\"     \n    \" b");
  CHECK(blank_comments_and_literals("1'000'000 // '") == "1'000'000     ");
  CHECK(blank_comments_and_literals("\"http://x\" y") == "\"        \" y");
  CHECK(blank_comments_and_literals("/* open") == "       ");
  CHECK(blank_comments_and_literals("\"open\nnext") == "\"    \nnext");
}

TEST_CASE("tidy: directives are blanked with their continued lines") {
  CHECK(blank_directives("a\n#define X \\\n  { \nb\n") == "a\n           \n    \nb\n");
}

TEST_CASE("tidy: words are found as words") {
  CHECK(find_word("rand() strand() a.rand(", "rand(") == std::vector<std::size_t>{0, 18});
  CHECK(find_word("xy x", "x") == std::vector<std::size_t>{3});
}

TEST_CASE("tidy: the lines of a declaration go from its template to its end") {
  const auto found = find_declarations(
      "template <class T>\nclass a\n    : b {\n public:\n  void c(\n      int d) {\n  }\n};\n");
  REQUIRE(found.size() == 2);
  CHECK(found[0].name == "a");
  CHECK(found[0].first_line == 1);
  CHECK(found[0].head_line == 3);
  CHECK(found[0].last_line == 8);
  CHECK(found[1].name == "c");
  CHECK(found[1].first_line == 5);
  CHECK(found[1].head_line == 6);
  CHECK(found[1].last_line == 7);
}

TEST_CASE("tidy: text that is no C++ ends the search, it does not hang or crash") {
  for (const std::string text : {"}}}",
                                 "{{{",
                                 "((((",
                                 "template <",
                                 "class",
                                 "enum {",
                                 "operator",
                                 "namespace",
                                 "a:b:c",
                                 "class a { public:",
                                 "requires requires",
                                 "extern \"C\" \"C\"",
                                 "using",
                                 "= = {",
                                 "~",
                                 "a(",
                                 "[[",
                                 "void f() :",
                                 "friend",
                                 "concept",
                                 "struct a : b<",
                                 "operator()("}) {
    CAPTURE(text);
    find_declarations(text);
    CHECK(true);
  }
}
