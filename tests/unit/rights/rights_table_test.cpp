// What peers may do, by the table (RI1-RI5).
#include <doctest/doctest.h>

#include <algorithm>
#include <troupe/rights/rights_table.hpp>

namespace rights_rights_table_test {

using namespace troupe;
using namespace troupe::rights;

namespace {

using strings = std::vector<std::string>;
using by_name = std::map<std::string, peer_rights>;

/// What is wrong with a table; "" for nothing.
std::string mistake_in(const strings& open, const by_name& by_peer) {
  try {
    const rights_table made{"n1", open, by_peer};
    return "";
  } catch (const failed& f) {
    CHECK(f.why().code == errc::invalid);
    return f.why().text;
  }
}

}  // namespace

TEST_CASE("RI1: what nobody has said is not allowed") {
  const rights_table none;
  const auto anybody = none.of("n2");
  CHECK(anybody.to("/user/a") == reach::none);
  CHECK_FALSE(anybody.may_send("/user/a", "a.b"));
  CHECK_FALSE(anybody.may_link("/user/a"));
  CHECK_FALSE(anybody.may_spawn("a"));
  CHECK_FALSE(none.may_spawn("n2", "a"));
}

TEST_CASE("RI2, RI3: what is public everybody may send to, and nobody link to") {
  const rights_table t{"n1", {"/user/a", "/user/b/*", "/user/c/**", "/shards/*"}};
  for (const char* peer : {"n2", "", "n1", "anybody"}) {
    const auto may = t.of(peer);
    for (const char* path : {"/user/a", "/user/b/x", "/user/c/x", "/user/c/x/y", "/shards/ada"}) {
      CHECK(may.to(path) == reach::all);
      CHECK(may.may_send(path, "whatever"));
      CHECK_FALSE(may.may_link(path));
    }
    for (const char* path : {"/user", "/user/b", "/user/c", "/user/ab", "/user/b/x/y", "/user/d", "/shards",
                             "/", "", "/shards/a/b", "/system/a"})
      CHECK_MESSAGE(may.to(path) == reach::none, path);
    CHECK_FALSE(may.may_spawn("a"));
  }
}

TEST_CASE("RI2: a peer has what is public and what every entry gives that is about its name") {
  const rights_table t{
      "n1",
      {"/user/door"},
      {{"desk-*", {.send = {"/user/bank/*: bank.query"}, .link = {"/user/bank/*"}}},
       {"desk-1", {.send = {"/user/bank/ada", "/user/x: a.b"}, .spawn = {"desk.*", "clerk"}}},
       {"audit", {.send = {"/user/**"}}},
       {"*", {.spawn = {"guest"}}}}};
  const auto one = t.of("desk-1"), two = t.of("desk-2"), audit = t.of("audit"), other = t.of("other");
  CHECK(one.to("/user/door") == reach::all);
  CHECK(one.to("/user/bank/ada") == reach::all);
  CHECK(one.to("/user/bank/bob") == reach::some);
  CHECK(one.to("/user/x") == reach::some);
  CHECK(one.may_send("/user/bank/bob", "bank.query"));
  CHECK_FALSE(one.may_send("/user/bank/bob", "bank.deposit"));
  CHECK_FALSE(one.may_send("/user/bank/bob", "a.b"));
  CHECK(one.may_link("/user/bank/bob"));
  CHECK(one.may_spawn("desk.window"));
  CHECK(one.may_spawn("clerk"));
  CHECK(one.may_spawn("guest"));
  CHECK_FALSE(one.may_spawn("bank"));
  CHECK(two.to("/user/bank/ada") == reach::some);
  CHECK_FALSE(two.may_spawn("clerk"));
  CHECK(two.may_spawn("guest"));
  CHECK(audit.to("/user/any/where") == reach::all);
  CHECK_FALSE(audit.may_link("/user/bank/bob"));
  CHECK(other.to("/user/door") == reach::all);
  CHECK(other.to("/user/bank/ada") == reach::none);
  CHECK(t.may_spawn("desk-1", "clerk"));
  CHECK_FALSE(t.may_spawn("desk-11", "clerk"));
}

TEST_CASE(
    "RI1, RI2, RI11: services are shared with those that an entry names, by patterns of their names; they "
    "add up") {
  const rights_table t{
      "n1",
      {"/user/**"},
      {{"desk-*", {.services = {"bank", "post.*"}}}, {"desk-1", {.services = {"vault"}}}, {"n2", {}}}};
  const auto one = t.of("desk-1"), two = t.of("desk-2"), other = t.of("n2");
  CHECK(one.shares_any());
  CHECK(one.shares("bank"));
  CHECK(one.shares("vault"));
  CHECK(one.shares("post.office"));
  CHECK_FALSE(one.shares("post"));
  CHECK_FALSE(one.shares("banks"));
  CHECK_FALSE(one.shares(""));
  CHECK_FALSE(two.shares("vault"));
  CHECK_FALSE(other.shares_any());
  CHECK_FALSE(other.shares("bank"));
  CHECK_FALSE(two.may_link("/user/a"));  // and nothing else comes with it
  CHECK(mistake_in({}, {{"n2", {.services = {"a*b"}}}}) ==
        "node.rights.n2.services: expected a name, or its beginning with a * for its end, got \"a*b\"");
}

TEST_CASE("RI2: the order of entries means nothing") {
  strings entries{"/user/a", "/user/*: x.y", "/user/a: z", "/user/b: x.z"};
  std::sort(entries.begin(), entries.end());
  do {
    const auto may = rights_table{"n1", {}, {{"p", {.send = entries}}}}.of("p");
    CHECK(may.to("/user/a") == reach::all);
    CHECK(may.to("/user/b") == reach::some);
    CHECK(may.may_send("/user/b", "x.y"));
    CHECK(may.may_send("/user/b", "x.z"));
    CHECK_FALSE(may.may_send("/user/b", "z"));
    CHECK(may.to("/user/c") == reach::some);
    CHECK_FALSE(may.may_send("/user/c", "x.z"));
  } while (std::next_permutation(entries.begin(), entries.end()));
}

TEST_CASE("RI5: what is no pattern is told with its key and what was expected") {
  CHECK(mistake_in({"/user/a", "user/b"}, {}) ==
        "node.public: expected the path of actors, like /user/kv or /user/kv/*, got \"user/b\"");
  CHECK(mistake_in({}, {{"n2", {.send = {"/user/a", "/user/b: "}}}}) ==
        "node.rights.n2.send: expected the wire names of messages behind the colon, with blanks between "
        "them, like bank.query desk.*, "
        "got \"/user/b: \"");
  CHECK(mistake_in({}, {{"n2", {.link = {"/system/log"}}}})
            .starts_with("node.rights.n2.link: expected a path below /user or a resolver's name"));
  CHECK(mistake_in({}, {{"n2", {.spawn = {"a*b"}}}}) ==
        "node.rights.n2.spawn: expected a name, or its beginning with a * for its end, got \"a*b\"");
  CHECK(mistake_in({}, {{"n*2", {}}}) ==
        "node.rights.n*2: expected a name, or its beginning with a * for its end, for the peers that it is "
        "about, got "
        "\"n*2\"");
  CHECK(mistake_in({}, {{"n2", {}}, {"*", {}}}) == "");
}

TEST_CASE("RI5: what contradicts itself is told") {
  CHECK(mistake_in({}, {{"n1", {.send = {"/user/a"}}}}) ==
        "node.rights.n1: expected the names of peers, and \"n1\" is this node itself");
  CHECK(mistake_in({"/user/*"}, {{"n2", {.send = {"/user/a: a.b"}}}}) ==
        "node.rights.n2.send: \"/user/a: a.b\" limits nothing, since node.public lets every peer send "
        "everything to "
        "\"/user/*\": leave the types out here, or the path there");
  CHECK(mistake_in({"/user/a"}, {{"n2", {.send = {"/user/*: a.b", "/user/a"}, .link = {"/user/a"}}}}) == "");
}

}  // namespace rights_rights_table_test
