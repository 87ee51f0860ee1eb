// The commands: against what they should answer, and against what a Redis answers.
#include <doctest/doctest.h>
#include <hiredis/hiredis.h>

#include <algorithm>
#include <memory>

#include "scenario/nodes.hpp"

namespace scenario_commands_test {

using namespace scenario;

namespace {

using words = std::vector<std::string_view>;

const std::string odd_key("a\r\nb\0c", 6);
const std::string odd_value("\0\r\n$5\r\n\xff\n", 9);

// What is claimed to be answered as Redis does, byte by byte.
std::vector<std::string> compatible_requests() {
  const std::string large(900u << 10, 'L');
  const words commands[] = {
      {"PING"},
      {"PING", "hello"},
      {"ping", "a", "b"},
      {"ECHO", "text"},
      {"ECHO", ""},
      {"ECHO"},
      {"GET", "none"},
      {"SET", "k", "v"},
      {"GET", "k"},
      {"set", "k", "v2", "nx"},
      {"SET", "new", "v", "NX"},
      {"SET", "absent", "v", "XX"},
      {"SET", "k", "v3", "xx"},
      {"GET", "k"},
      {"SET", "k"},
      {"GET"},
      {"GET", "a", "b"},
      {"DEL", "k", "none", "new"},
      {"DEL", "k"},
      {"DEL"},
      {"EXISTS", "k", "k"},
      {"SET", "k", "v"},
      {"EXISTS", "k", "k", "none"},
      {"INCR", "n"},
      {"INCR", "n"},
      {"GET", "n"},
      {"INCR", "k"},
      {"SET", "n", "9223372036854775807"},
      {"INCR", "n"},
      {"SET", "n", "-1"},
      {"INCR", "n"},
      {"SET", "n", " 1"},
      {"INCR", "n"},
      {"SET", "n", ""},
      {"INCR", "n"},
      {"SET", "n", "007"},
      {"INCR", "n"},
      {"SET", "n", "-0"},
      {"INCR", "n"},
      {"SET", "n", "99999999999999999999"},
      {"INCR", "n"},
      {"MSET", "m1", "1", "m2", "2", "m1", "3"},
      {"MGET", "m1", "none", "m2", "m1"},
      {"MSET", "m1"},
      {"MSET", "m1", "1", "m2"},
      {"MGET"},
      {"APPEND", "ap", "one"},
      {"APPEND", "ap", ""},
      {"APPEND", "ap", "two"},
      {"GET", "ap"},
      {"STRLEN", "ap"},
      {"STRLEN", "none"},
      {"STRLEN"},
      {"SET", "empty", ""},
      {"GET", "empty"},
      {"STRLEN", "empty"},
      {"EXISTS", "empty"},
      {"SET", "", "empty key"},
      {"GET", ""},
      {"SET", odd_key, odd_value},
      {"GET", odd_key},
      {"MGET", odd_key, "none"},
      {"SET", "large", large},
      {"GET", "large"},
      {"APPEND", "large", "more"},
      {"STRLEN", "large"},
      {"NONSENSE"},
      {"NONSENSE", "a", "b c"},
      {"no\r\nnsense", "a\nb"},
      {"", "a"},
  };
  std::vector<std::string> out;
  for (const auto& c : commands) out.push_back(request(c));
  for (const char* line : {"PING\r\n", "PING\n", "set inline \"a b\\x41\\n\"\r\n", "GET inline\r\n",
                           "  ECHO   'single quoted'  \r\n", "\r\nPING\r\n", "*0\r\nPING\r\n"})
    out.emplace_back(line);
  return out;
}

std::string shortened(const std::string& text) {
  return text.size() < 200 ? text : text.substr(0, 200) + "...";
}

// A Redis without persistence; null when the machine has none.
std::unique_ptr<process> redis(const temporary_directory& d, std::uint16_t port) {
  try {
    auto p = std::make_unique<process>(
        std::vector<std::string>{"redis-server", "--port", std::to_string(port), "--bind", "127.0.0.1",
                                 "--save", "", "--appendonly", "no", "--dir", d.path().string()});
    p->wait_for_output("Ready to accept connections");
    return p;
  } catch (const std::exception& e) {
    MESSAGE("no redis-server to compare with: " << e.what());
    return nullptr;
  }
}

}  // namespace

TEST_CASE("every command answers what it should") {
  nodes n(1);
  client c = n.connect();
  CHECK(c.ask({"PING"}) == "+PONG\r\n");
  CHECK(c.ask({"ECHO", "e"}) == "$1\r\ne\r\n");
  CHECK(c.ask({"GET", "k"}) == "$-1\r\n");
  CHECK(c.ask({"SET", "k", "v"}) == "+OK\r\n");
  CHECK(c.ask({"SET", "k", "w", "NX"}) == "$-1\r\n");
  CHECK(c.ask({"SET", "k", "w", "EX", "3"}).starts_with("-ERR syntax error"));
  CHECK(c.ask({"APPEND", "k", "1"}) == ":2\r\n");
  CHECK(c.ask({"STRLEN", "k"}) == ":2\r\n");
  CHECK(c.ask({"GET", "k"}) == "$2\r\nv1\r\n");
  CHECK(c.ask({"INCR", "n"}) == ":1\r\n");
  CHECK(c.ask({"INCR", "k"}) == "-ERR value is not an integer or out of range\r\n");
  CHECK(c.ask({"MSET", "a", "1", "b", "2"}) == "+OK\r\n");
  CHECK(c.ask({"MGET", "a", "x", "b"}) == "*3\r\n$1\r\n1\r\n$-1\r\n$1\r\n2\r\n");
  CHECK(c.ask({"EXISTS", "a", "a", "x"}) == ":2\r\n");
  CHECK(c.ask({"DBSIZE"}) == ":4\r\n");
  CHECK(c.ask({"DEL", "a", "b", "x"}) == ":2\r\n");
  CHECK(c.ask({"INFO"}).find("troupe_node:n1\r\n") != std::string::npos);
  CHECK(c.ask({"CONFIG", "GET", "save"}) == "*2\r\n$4\r\nsave\r\n$0\r\n\r\n");
  CHECK(c.ask({"CONFIG", "SET", "save", "1"}).starts_with("-ERR CONFIG knows GET only"));
  CHECK(c.ask({"COMMAND", "COUNT"}) == ":17\r\n");
  CHECK(c.ask({"COMMAND"}).starts_with("*17\r\n*6\r\n$4\r\nping\r\n"));
  CHECK(c.ask({"TROUPE", "NODES"}).find("n1 self\n") != std::string::npos);
  CHECK(c.ask({"TROUPE", "TREE"}).find("shards") != std::string::npos);
  CHECK(c.ask({"TROUPE", "WHERE", "k"}).find(" on n1\r\n") != std::string::npos);
  CHECK(c.ask({"TROUPE", "WHERE", "{k}1"}) == c.ask({"TROUPE", "WHERE", "k"}));
  CHECK(c.ask({"TROUPE", "CRASH", "k"}).starts_with("+OK shard "));
  CHECK(c.ask({"TROUPE", "DANCE"}).starts_with("-ERR TROUPE knows"));
  CHECK(c.ask({"GET", "k"}) == "$2\r\nv1\r\n");
  CHECK(c.ask({"QUIT"}) == "+OK\r\n");
  CHECK(c.rest().empty());
}

TEST_CASE("APPEND makes no value larger than kv.value_bytes_max, and says so as Redis does") {
  nodes n(2, "value_bytes_max = \"1KiB\"\n");
  client c = n.connect();
  for (const std::size_t node : {1u, 2u}) {
    const std::string key = n.key_on(node);
    CHECK(c.ask({"SET", key, std::string(1000, 'a')}) == "+OK\r\n");
    CHECK(c.ask({"APPEND", key, std::string(24, 'b')}) == ":1024\r\n");
    CHECK(c.ask({"APPEND", key, "c"}) == "-ERR string exceeds maximum allowed size (kv.value_bytes_max)\r\n");
    CHECK(c.ask({"APPEND", key, ""}) == ":1024\r\n");
    CHECK(c.ask({"GET", key}).ends_with("ab" + std::string(23, 'b') + "\r\n"));
  }
}

TEST_CASE("TROUPE TREE shows path, state, restarts and mailbox of every actor") {
  nodes n(1);
  client c = n.connect();
  const std::string where = c.ask({"TROUPE", "WHERE", "k"});  // shard N on n1
  const std::string shard =
      where.substr(where.find("shard ") + 6, where.find(" on ") - where.find("shard ") - 6);
  const auto line = [&](const std::string& restarts) {
    return "\n      /user/kv/shards/" + shard + " running restarts=" + restarts + " mailbox=0\n";
  };
  const std::string before = c.ask({"TROUPE", "TREE"});
  CHECK(before.find("/user running restarts=0 mailbox=0\n  /user/kv running restarts=0 mailbox=0\n") !=
        std::string::npos);
  CHECK(before.find("\n    /user/kv/listener running restarts=0 mailbox=0\n") != std::string::npos);
  CHECK(before.find(line("0")) != std::string::npos);
  for (int i = 0; i < 2; ++i) REQUIRE(c.ask({"TROUPE", "CRASH", "k"}).starts_with("+OK"));
  REQUIRE(c.ask({"GET", "k"}) == "$-1\r\n");  // it serves again
  const std::string after = c.ask({"TROUPE", "TREE"});
  CHECK(after.find(line("2")) != std::string::npos);
  CHECK(std::count(after.begin(), after.end(), '\n') >= 64 + 5);
}

TEST_CASE("CN4: a client that stops sending gets the answers to all it has asked") {
  nodes n(1);
  client c = n.connect();
  c.send(request({"SET", "k", "v"}) + request({"INCR", "n"}) + request({"GET", "k"}));
  c.end_sending();
  CHECK(c.rest() == "+OK\r\n:1\r\n$1\r\nv\r\n");
}

TEST_CASE("Redis answers the same, byte by byte") {
  const temporary_directory d;
  const std::uint16_t port = free_port();
  const auto real = redis(d, port);
  if (!real) return;
  nodes n(1);
  client ours = n.connect(), theirs(port);
  std::string all, all_theirs;
  for (const auto& r : compatible_requests()) {
    CAPTURE(shortened(r));
    ours.send(r);
    theirs.send(r);
    const std::string a = ours.reply(), b = theirs.reply();
    CHECK_MESSAGE(a == b, shortened(a) << " and Redis: " << shortened(b));
  }
  // The same in one write, from new keys on, so that the replies depend on the order.
  for (client* c : {&ours, &theirs}) {
    c->send(
        "DEL pipe\r\nAPPEND pipe a\r\nAPPEND pipe b\r\nSTRLEN pipe\r\nGET pipe\r\nDEL pipe\r\nEXISTS "
        "pipe\r\nQUIT\r\nPING\r\n");
    (c == &ours ? all : all_theirs) = c->rest();
  }
  CHECK(all == all_theirs);
}

TEST_CASE("a request that breaks the protocol gets the words of Redis, and the connection is closed") {
  const temporary_directory d;
  const std::uint16_t port = free_port();
  const auto real = redis(d, port);
  if (!real) return;
  nodes n(1);
  for (const char* bytes : {"*1\r\n$x\r\n", "*1\r\n:1\r\n", "*1\r\n$-1\r\n", "*x\r\n", "*1000000000000\r\n",
                            "*1\r\n$99999999999\r\n", "SET 'a\r\n", "*2\r\n$3\r\nGET\r\n!\r\n"}) {
    CAPTURE(bytes);
    client ours = n.connect(), theirs(port);
    ours.send(bytes);
    theirs.send(bytes);
    CHECK(ours.rest() == theirs.rest());
  }
}

TEST_CASE("1,000 commands in one write are answered in order") {
  nodes n(1);
  client c = n.connect();
  std::string sets, gets;
  for (int i = 0; i < 500; ++i) {
    const std::string key = "p" + std::to_string(i), value = std::to_string(i * 7);
    sets += request({"SET", key, value});
    gets += request({"GET", key});
  }
  c.send(sets + gets);
  for (int i = 0; i < 500; ++i) REQUIRE(c.reply() == "+OK\r\n");
  for (int i = 0; i < 500; ++i) {
    const std::string value = std::to_string(i * 7);
    REQUIRE(c.reply() == "$" + std::to_string(value.size()) + "\r\n" + value + "\r\n");
  }
}

TEST_CASE("a client library works against it") {
  nodes n(1);
  const std::unique_ptr<redisContext, void (*)(redisContext*)> c(redisConnect("127.0.0.1", n.client_port()),
                                                                 redisFree);
  REQUIRE(c);
  REQUIRE(c->err == 0);
  for (int i = 0; i < 100; ++i) redisAppendCommand(c.get(), "INCR %s", "library");
  long long last = 0;
  for (int i = 0; i < 100; ++i) {
    void* r = nullptr;
    REQUIRE(redisGetReply(c.get(), &r) == REDIS_OK);
    const std::unique_ptr<redisReply, void (*)(void*)> reply(static_cast<redisReply*>(r), freeReplyObject);
    REQUIRE(reply->type == REDIS_REPLY_INTEGER);
    CHECK(reply->integer == ++last);
  }
}

}  // namespace scenario_commands_test
