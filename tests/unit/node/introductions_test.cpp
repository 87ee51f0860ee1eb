// What nodes say of each other, as values (IT1-IT3, W10).
#include <doctest/doctest.h>

#include <troupe/node/introductions.hpp>
#include <troupe/wire/introduction.hpp>

namespace node_introductions_test {

using namespace troupe;
using namespace troupe::detail;

namespace {

port::endpoint at(const std::string& text) { return port::parse_endpoint(text).value(); }

/// Why a node with these settings does not believe that address; empty when it does.
std::string why_not(const node_options& o, nearness from, const std::string& address,
                    const std::string& node = "n3") {
  const auto got = judge_introduction(o, from, {node, address});
  if (got) {
    CHECK(to_string(*got) == address);
    return {};
  }
  return got.error().text;
}

using on = introductions::connection;

}  // namespace

TEST_CASE(
    "IT1: addresses of a machine mean the same on that machine only, and a Unix path to the same user") {
  using enum nearness;
  for (const std::string far :
       {"10.0.0.3:7000", "host.example:7000", "[2001:db8::1]:7000", "127.0.0.1.example:1"})
    for (const nearness whom : {elsewhere, this_machine, this_user}) CHECK(means_something(at(far), whom));
  for (const std::string own :
       {"127.0.0.1:7000", "127.9.9.9:7000", "localhost:7000", "[::1]:7000", "[::ffff:127.0.0.1]:7000"}) {
    CAPTURE(own);
    CHECK_FALSE(means_something(at(own), elsewhere));
    CHECK(means_something(at(own), this_machine));
    CHECK(means_something(at(own), this_user));
  }
  CHECK_FALSE(means_something(at("unix:/run/x.sock"), elsewhere));
  CHECK_FALSE(means_something(at("unix:/run/x.sock"), this_machine));
  CHECK(means_something(at("unix:/run/x.sock"), this_user));
  for (const std::string none : {"0.0.0.0:7000", "[::]:7000", "10.0.0.3:0"})
    CHECK_FALSE(means_something(at(none), this_user));
  CHECK(nearness_of(at("unix:/run/x.sock")) == this_user);
  CHECK(nearness_of(at("localhost:1")) == this_machine);
  CHECK(nearness_of(at("10.0.0.3:1")) == elsewhere);
}

TEST_CASE(
    "IT3: what this node would not dial on another's word is not believed, and the words say what to set") {
  using enum nearness;
  node_options plain;
  CHECK(why_not(plain, this_machine, "127.0.0.1:7000").empty());
  CHECK(why_not(plain, elsewhere, "127.0.0.1:7000") == "that means this machine here");
  CHECK(why_not(plain, this_machine, "unix:/run/x.sock") == "that means this machine here");
  CHECK(why_not(plain, this_machine, "nonsense") == "'nonsense' is no host:port, for example 127.0.0.1:7000");
  CHECK(why_not(plain, elsewhere, "10.0.0.3:7000").find("node.tls") != std::string::npos);  // R7
  node_options open = plain;
  open.insecure = true;
  CHECK(why_not(open, elsewhere, "10.0.0.3:7000").empty());
  CHECK(why_not(open, elsewhere, "127.0.0.1:7000") == "that means this machine here");
  node_options secure = plain;
  secure.tls = port::credential_files{};
  CHECK(why_not(secure, elsewhere, "10.0.0.3:7000").empty());
  secure.tls_allow = {"n4", "n3"};
  CHECK(why_not(secure, elsewhere, "10.0.0.3:7000").empty());
  CHECK(why_not(secure, elsewhere, "10.0.0.3:7000", "n5") == "node.tls.allow here does not name it");
}

TEST_CASE("IT1: a node is introduced once a connection, and again when its address is another one") {
  introduced_nodes book;
  CHECK(book.is_news({"n3", "h:1"}));
  CHECK_FALSE(book.is_news({"n3", "h:1"}));
  CHECK(book.is_news({"n3", "h:2"}));
  CHECK_FALSE(book.is_news({"n3", "h:2"}));
  CHECK(book.is_news({"n4", "h:1"}));
  book.begin_anew();
  CHECK(book.is_news({"n3", "h:2"}));
}

TEST_CASE(
    "IT2: what was said counts while its connection lasts, the latest first; who said nothing that is "
    "believed is named") {
  introductions heard;
  const int one = 0, two = 0;
  CHECK(heard.of("n3").empty());
  heard.add(on{&one, 0}, "a", "n3", at("h:1"));
  heard.add(on{&two, 0}, "b", "n3", at("h:2"));
  CHECK(heard.of("n3") == std::vector<told_address>{{at("h:2"), "b"}, {at("h:1"), "a"}});
  heard.add(on{&one, 0}, "a", "n3", at("h:3"));
  CHECK(heard.of("n3") == std::vector<told_address>{{at("h:3"), "a"}, {at("h:2"), "b"}});
  heard.over(on{&two, 1});  // another one of the same
  CHECK(heard.of("n3").size() == 2);
  heard.over(on{&two, 0});
  CHECK(heard.of("n3").size() == 1);
  heard.add(on{&one, 0}, "a", "n3", error{errc::refused, "no"});
  CHECK(heard.of("n3").empty());
  CHECK(heard.why_not("n3") == ", and takes the address that node 'a' has given for it for none: no");
  CHECK(heard.why_not("n4").empty());
  heard.over(on{&one, 0});
  CHECK(heard.why_not("n3").empty());
}

TEST_CASE(
    "W10, R8: both sides of a connection keep the same nodes, so many of them, and who is forgotten is "
    "introduced anew") {
  introduced_nodes said;
  introductions heard;
  const int here = 0;
  const auto mention = [&](std::size_t n) {
    const wire::introduction one{"n" + std::to_string(n), "h:" + std::to_string(n + 1)};
    if (said.is_news(one)) heard.add(on{&here, 0}, "a", one.node, at(one.address));
    return heard.of(one.node).size() == 1;
  };
  std::size_t draw = 1;
  for (int i = 0; i < 20'000; ++i) {
    draw = draw * 6364136223846793005u + 1442695040888963407u;
    CHECK(mention((draw >> 33) % (2 * wire::introductions_max)));
  }
  std::size_t known = 0;
  for (std::size_t n = 0; n < 2 * wire::introductions_max; ++n)
    known += heard.of("n" + std::to_string(n)).size();
  CHECK(known == wire::introductions_max);
  // On another connection the same nodes have places of their own.
  const int there = 0;
  for (std::size_t n = 0; n < wire::introductions_max; ++n)
    heard.add(on{&there, 0}, "b", "m" + std::to_string(n), at("h:1"));
  known = 0;
  for (std::size_t n = 0; n < 2 * wire::introductions_max; ++n)
    known += heard.of("n" + std::to_string(n)).size();
  CHECK(known == wire::introductions_max);
}

}  // namespace node_introductions_test
