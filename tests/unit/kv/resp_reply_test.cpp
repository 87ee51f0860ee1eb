#include <doctest/doctest.h>

#include <cstdint>
#include <kv/resp/reply.hpp>
#include <limits>
#include <string>
#include <string_view>

namespace kv_resp_reply_test {

using namespace kv::resp;

TEST_CASE("replies are appended in the bytes of RESP2") {
  std::string out;
  append_simple(out, "OK");
  append_error(out, "ERR no such key");
  append_integer(out, -42);
  append_bulk(out, std::string_view("a\r\n\0b", 5));
  append_bulk(out, "");
  append_null_bulk(out);
  append_array(out, 2);
  append_array(out, 0);
  const std::string bulk("$5\r\na\r\n\0b\r\n", 11);
  CHECK(out == "+OK\r\n-ERR no such key\r\n:-42\r\n" + bulk + "$0\r\n\r\n$-1\r\n*2\r\n*0\r\n");
}

TEST_CASE("the smallest and the largest integer fit") {
  std::string out;
  append_integer(out, std::numeric_limits<std::int64_t>::min());
  append_integer(out, std::numeric_limits<std::int64_t>::max());
  CHECK(out == ":-9223372036854775808\r\n:9223372036854775807\r\n");
}

TEST_CASE("a line end in a text can't forge a second reply") {
  std::string out;
  append_error(out, "ERR unknown command 'a\r\n+OK'");
  append_simple(out, "a\nb");
  CHECK(out == "-ERR unknown command 'a  +OK'\r\n+a b\r\n");
}

}  // namespace kv_resp_reply_test
