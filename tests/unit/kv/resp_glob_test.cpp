#include <doctest/doctest.h>

#include <kv/resp/glob.hpp>
#include <string>

namespace kv_resp_glob_test {

using kv::resp::glob_match;
using kv::resp::letter_case;

TEST_CASE("literals, '?' and '*' match as in Redis") {
  CHECK(glob_match("", ""));
  CHECK_FALSE(glob_match("", "a"));
  CHECK(glob_match("abc", "abc"));
  CHECK_FALSE(glob_match("abc", "ab"));
  CHECK_FALSE(glob_match("ab", "abc"));
  CHECK(glob_match("a?c", "abc"));
  CHECK_FALSE(glob_match("a?", "a"));
  CHECK(glob_match("*", ""));
  CHECK(glob_match("*", "anything"));
  CHECK(glob_match("a*", "a"));
  CHECK(glob_match("*a*b*", "xxaxxbxx"));
  CHECK(glob_match("**a", "ba"));
  CHECK(glob_match("a*bc", "abcbc"));
  CHECK_FALSE(glob_match("a*bc", "abcb"));
  CHECK(glob_match("max*", "maxmemory"));
}

TEST_CASE("classes take single bytes, ranges either way round, negation and escapes") {
  CHECK(glob_match("h[ae]llo", "hello"));
  CHECK_FALSE(glob_match("h[ae]llo", "hillo"));
  CHECK(glob_match("h[^e]llo", "hallo"));
  CHECK_FALSE(glob_match("h[^e]llo", "hello"));
  CHECK(glob_match("[a-c][z-x]", "by"));
  CHECK_FALSE(glob_match("[a-c]", "d"));
  CHECK(glob_match("[\\]]", "]"));
  CHECK(glob_match("[a\\-z]", "-"));
  CHECK_FALSE(glob_match("[a\\-z]", "b"));
  CHECK_FALSE(glob_match("[]a", "a"));
  CHECK(glob_match("[^]x", "ax"));
  CHECK(glob_match("*[0-9]", "key7"));
  CHECK(glob_match("[\xf0-\xff]", "\xf7"));
}

TEST_CASE("a class that is not closed ends with the pattern") {
  CHECK(glob_match("[ab", "b"));
  CHECK_FALSE(glob_match("[ab", "c"));
  CHECK_FALSE(glob_match("[", "["));
  CHECK(glob_match("[^", "x"));
  CHECK(glob_match("[a-", "-"));
}

TEST_CASE("a backslash takes the next byte as it is, and itself at the end") {
  CHECK(glob_match("\\*", "*"));
  CHECK_FALSE(glob_match("\\*", "a"));
  CHECK(glob_match("a\\?b", "a?b"));
  CHECK(glob_match("a\\", "a\\"));
  CHECK(glob_match("\\[a]", "[a]"));
}

TEST_CASE("letters may be told to match in either case, also in a range") {
  CHECK_FALSE(glob_match("MAX*", "maxmemory"));
  CHECK(glob_match("MAX*", "maxmemory", letter_case::ignored));
  CHECK(glob_match("max*", "MAXMEMORY", letter_case::ignored));
  CHECK(glob_match("[A-C]x", "bX", letter_case::ignored));
}

TEST_CASE("a pattern made to explode is answered in bounded time") {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) pattern += "a*";
  const std::string text(2000, 'a');
  CHECK(glob_match(pattern, text));
  CHECK_FALSE(glob_match(pattern + "b", text));
}

}  // namespace kv_resp_glob_test
