// Refs outside of their system: tokens, in binary and in JSON, and resolvers (RC1-RC3, NM1-NM5, TK1, TK2).
#include <doctest/doctest.h>

#include <caf/all.hpp>
#include <troupe/cell/lost_address.hpp>
#include <troupe/json/json.hpp>
#include <troupe/ref/caf.hpp>
#include <troupe/ref/find.hpp>
#include <troupe/schema/contracts.hpp>
#include <troupe/testkit/probe.hpp>
#include <troupe/testkit/test_system.hpp>

#include "unit/cell/world.hpp"

namespace ref_codec_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace ref_codec {

struct ping {
  int n = 0;
  using reply = int;
};
TROUPE_CONTRACT(ping, "ref_codec.ping", 1, n)
class ponger;
struct invite {
  ref<ping> to;
  std::vector<ref<ponger>> all;
  std::optional<ref<ping>> maybe;
};
TROUPE_CONTRACT(invite, "ref_codec.invite", 1, to, all, maybe)

class ponger : public actor<ping> {
 public:
  int on(const ping& m) { return m.n + 1; }
};

}  // namespace ref_codec

using namespace ref_codec;

namespace {

/// What a ref of that token answers; `(no token)` when it is refused.
std::string answer_of(test_system& sys, const std::string& token) {
  std::string bytes;
  byte_writer to{bytes};
  to.bytes(token);
  const auto r = unpack<ref<ping>>(bytes, &sys.env().names());
  if (!r) return "(no token)";
  const auto got = r->ask(ping{1}, 5s).get();
  return got ? std::to_string(*got) : std::string{to_string(got.error().code)} + ": " + got.error().text;
}

std::string token_of(const any_ref& r) { return r.address()->home()->names().token_of(*r.address()); }

}  // namespace

TEST_CASE("RC1, R1: refs come back from bytes and from JSON as refs to the same actors") {
  test_system sys;
  const auto a = sys.spawn<ponger>("a");
  const auto named = find<ponger>(sys, "/user/a");
  const void* names = &sys.env().names();
  const invite sent{a, {a, named, {}}, ref<ping>{a}};
  const auto check_it = [&](const result<invite>& got) {
    REQUIRE(got.has_value());
    CHECK(got->to == a);
    REQUIRE(got->all.size() == 3);
    CHECK(got->all[0] == a);
    CHECK(got->all[1] == named);
    CHECK_FALSE(got->all[2]);
    CHECK(got->maybe.value() == a);
    CHECK(sys.expect_reply(got->to.ask(ping{1}, 5s)) == 2);
    CHECK(sys.expect_reply(got->all[1].ask(ping{2}, 5s)) == 3);
  };
  check_it(unpack<invite>(pack(sent, names), names));
  const std::string json = to_json(sent, json_style::compact, names);
  CHECK(json.find("/user/a\"") != std::string::npos);
  check_it(from_json<invite>(json, {}, names));
}

TEST_CASE(
    "RC1: without the names of a system only empty refs are coded, and nothing else is mistaken for one") {
  test_system sys;
  const auto a = sys.spawn<ponger>("a");
  const invite empty;
  CHECK(unpack<invite>(pack(empty)).has_value());
  CHECK(to_json(empty) == R"({"to":"","all":[],"maybe":null})");
  CHECK(from_json<invite>(to_json(empty)).has_value());
  const std::string written = pack(invite{a, {}, {}});
  CHECK(unpack<invite>(written).has_error());
  CHECK(unpack<invite>(written, &sys.env().names()).error().text.find("a ref that is no token") !=
        std::string::npos);
  const auto unread = unpack<invite>(pack(invite{a, {}, {}}, &sys.env().names()));
  CHECK(unread.error().text.find("no system's names") != std::string::npos);
  CHECK(from_json<invite>(R"({"to":"nonsense"})", {}, &sys.env().names()).error().text ==
        "ref_codec.invite: $.to: a ref that is no token");
}

TEST_CASE("RC2: for schemas a ref is a ref") {
  CHECK(type_name_of<ref<ping>> == "ref");
  CHECK(type_name_of<std::vector<ref<ponger>>> == "list<ref>");
  CHECK(contracts_json<invite>().find("\"type\": \"ref\"") != std::string::npos);
}

TEST_CASE("NM3: a token that leads nowhere answers with its reason, and keeps its text") {
  test_system sys;
  const auto a = sys.spawn<ponger>("a");
  const std::string exact = token_of(a);
  CHECK(answer_of(sys, exact) == "2");
  CHECK(answer_of(sys, ":/user/a") == "2");
  CHECK(answer_of(sys, "n2@17:5/user/a") ==
        "unreachable: the actor lives on node 'n2', and this system is no node: construct it with "
        "troupe::remoting{...}");
  CHECK(answer_of(sys, "@17:" + std::to_string(a.address()->number()) + "/user/a") ==
        "stopped: the actor lived in an earlier run of this node");
  stop(a);
  sys.settle();
  CHECK(answer_of(sys, exact) == "stopped: the actor has stopped");
  sys.spawn<ponger>("a");
  CHECK(answer_of(sys, exact) == "stopped: the actor has stopped");  // L5: that is another one
  CHECK(answer_of(sys, ":/user/a") == "2");
  CHECK(answer_of(sys, ":/user/b").starts_with("stopped: "));
  const address_ptr lost = sys.env().names().address_of("n2@17:5/user/a");
  CHECK(sys.env().names().token_of(*lost) == "n2@17:5/user/a");
  CHECK(answer_of(sys, "!caf:17").starts_with("unreachable: the ref was sent as one that works inside"));
  CHECK(sys.env().names().token_of(*sys.env().names().address_of("!caf:17")) == "!caf:17");
}

TEST_CASE("NM4: what no user has started can't be named from outside") {
  test_system sys;
  CHECK(answer_of(sys, ":/system") ==
        "not_found: only what lies below /user can be reached by a ref from outside");
  CHECK(answer_of(sys, ":/system/log").starts_with("not_found: "));
  CHECK(answer_of(sys, ":/user").starts_with("not_found: "));
  CHECK(answer_of(sys, ":/").starts_with("not_found: "));
  const std::string run = token_front("", sys.env().names().incarnation());
  CHECK(answer_of(sys, run + std::to_string(sys.system_root()->number()) + "/system")
            .starts_with("not_found: "));
  CHECK(sys.env().names().reachable("/system") == nullptr);
  CHECK(sys.env().names().reachable("/user") == nullptr);
  CHECK(sys.env().names().reachable("nonsense") == nullptr);
}

TEST_CASE("RC3: plain CAF actors have no name outside: their refs go as ones that lead nowhere") {
  test_system sys;
  const auto echo = from_caf<ping>(
      sys.caf().spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int n) { return n; }}; }));
  CHECK(token_of(echo).starts_with("!caf:"));
  const auto back = unpack<ref<ping>>(pack(ref<ping>{echo}, &sys.env().names()), &sys.env().names());
  CHECK(sys.expect_error(back.value().ask(ping{1}, 5s), errc::unreachable).text.find("has no path") !=
        std::string::npos);
}

TEST_CASE("TK1: any name of a node comes back out of its token") {
  for (const std::string name :
       {"n1", "a:b", "a@b", "a/b", "100%", "%41", "", "7", "!n1", "!", "\xc3\xa4 \x01"}) {
    const std::string exact = token_front(name, 0x5f3a) + "17/user/a";
    const auto what = ref_token::parse(exact);
    REQUIRE(what.has_value());
    CHECK(what->node == name);
    CHECK(what->incarnation == 0x5f3a);
    CHECK(what->number == 17);
    CHECK(what->path == "/user/a");
    const std::string by_path = token_front(name, 0) + "/user/a:b@c";
    const auto named = ref_token::parse(by_path);
    REQUIRE(named.has_value());
    CHECK(named->node == name);
    CHECK(named->number == 0);
    CHECK(named->path == "/user/a:b@c");
  }
}

TEST_CASE("TK3: a token may bear a seal, behind the number or in its place") {
  for (const auto& [number, seal, text] : std::vector<std::tuple<std::uint64_t, std::uint64_t, std::string>>{
           {17, 0x8e21c4, "17-8e21c4/user/a"},
           {0, 0x8e21c4, "-8e21c4/user/a"},
           {17, 0, "17/user/a"},
           {0, 0, "/user/a"},
           {1, ~std::uint64_t{0}, "1-ffffffffffffffff/user/a"}}) {
    CHECK(local_token(number, seal, "/user/a") == text);
    const auto what = parse_local_token(text);
    REQUIRE(what.has_value());
    CHECK(what->number == number);
    CHECK(what->seal == seal);
    CHECK(what->path == "/user/a");
    const auto whole = ref_token::parse(token_front("n1", number != 0 ? 5 : 0) + text);
    REQUIRE(whole.has_value());
    CHECK(whole->seal == seal);
  }
  for (const char* wrong : {"17-/user/a", "-/user/a", "17-0/user/a", "17-xyz/user/a", "17--1/user/a",
                            "0-1/user/a", "17-1-1/user/a", "17-11111111111111111/user/a"})
    CHECK_MESSAGE(!parse_local_token(wrong).has_value(), wrong);
}

TEST_CASE("TK2: names, depth and tokens may be as long as their limits") {
  std::string path;
  for (std::size_t i = 0; i < limits::path_depth_max; ++i)
    path += "/" + std::string(limits::name_bytes_max, 'p');
  const std::string name(limits::name_bytes_max, '!');
  const std::string text = token_front(name, ~std::uint64_t{0}) + "18446744073709551615" + path;
  const auto what = ref_token::parse(text);
  REQUIRE(what.has_value());
  CHECK(what->node == name);
  CHECK(what->incarnation == ~std::uint64_t{0});
  CHECK(what->number == ~std::uint64_t{0});
  CHECK(what->path == path);
  CHECK(parse_local_token("17" + path).has_value());
  CHECK_FALSE(parse_local_token(std::string(20000, '0') + "17/user/a").has_value());
  CHECK_FALSE(parse_local_token("17" + path + "/p").has_value());
}

TEST_CASE("TK2, R8: what is no token is refused, whatever it is") {
  const std::string name256(256, 'x');
  std::string deep;
  for (int i = 0; i < 65; ++i) deep += "/a";
  for (const std::string& wrong : {std::string{},
                                   std::string{":"},
                                   std::string{"/user/a"},
                                   std::string{"n1"},
                                   std::string{"n1:"},
                                   std::string{"n1:17"},
                                   std::string{"n1:/user/"},
                                   std::string{"n1://a"},
                                   std::string{"n1:17/user/a"},
                                   std::string{"n1@:17/user/a"},
                                   std::string{"n1@5:/user/a"},
                                   std::string{"n1@0:17/user/a"},
                                   std::string{"n1@5:0/user/a"},
                                   std::string{"n1@x:17/user/a"},
                                   std::string{"n1@5:1x/user/a"},
                                   std::string{"n1@5:-1/user/a"},
                                   std::string{"n1@5:99999999999999999999/user/a"},
                                   std::string{"n1@11111111111111111:1/user/a"},
                                   std::string{"%:/user/a"},
                                   std::string{"%4:/user/a"},
                                   std::string{"%zz:/user/a"},
                                   std::string{"!n1:/user/a"},
                                   "n1@5:" + std::string(20000, '0') + "17/user/a",
                                   "n1@" + std::string(20000, '0') + "5:17/user/a",
                                   std::string(20000, '0') + "17/user/a",
                                   "n1:/user/" + name256,
                                   name256 + ":/user/a",
                                   "n1:" + deep,
                                   "n1:/user/" + std::string(20000, 'x'),
                                   std::string{"!caf:17"}}) {
    CAPTURE(wrong);
    CHECK_FALSE(ref_token::parse(wrong).has_value());
  }
  test_system sys;
  CHECK(sys.env().names().address_of("!" + std::string(20000, 'x')) == nullptr);
}

// ---- resolvers

namespace {

/// Starts whoever is asked for.
class shards final : public resolver {
 public:
  explicit shards(troupe::system& sys) : sys_(sys) {}
  address_ptr resolve(std::string_view path) noexcept override {
    ++asked;
    const std::string name{path.substr(path.rfind('/') + 1)};
    if (name == "nobody") return {};
    if (const cell_ptr there = sys_.env().resolve("/user/" + name)) return there;
    return spawn<ponger>(sys_, name).address();
  }
  std::atomic<int> asked{0};

 private:
  troupe::system& sys_;
};

}  // namespace

TEST_CASE("NM1: names below a resolver's prefix are looked up by it, at each use; all others in the tree") {
  test_system sys;
  sys.keep("/user/*");
  const auto by = std::make_shared<shards>(sys);
  const auto early = find<ponger>(sys, "/shards/early");
  sys.expect_error(early.ask(ping{1}, 5s), errc::stopped);
  sys.env().names().resolve_with("/shards", by);
  CHECK(sys.expect_reply(early.ask(ping{1}, 5s)) == 2);
  const auto ada = find<ponger>(sys, "/shards/ada");
  CHECK(sys.expect_reply(ada.ask(ping{1}, 5s)) == 2);
  const int asked = by->asked;
  stop(find_now<ponger>(sys, "/user/ada").value());
  sys.settle();
  CHECK(sys.expect_reply(ada.ask(ping{1}, 5s)) == 2);  // started anew
  CHECK(by->asked > asked);
  CHECK(find_now<ponger>(sys, "/shards/ada").value() == ada);
  sys.expect_error(find<ponger>(sys, "/shards/nobody").ask(ping{1}, 5s), errc::stopped);
  const int before = by->asked;
  sys.expect_error(find<ponger>(sys, "/shardsx/ada").ask(ping{1}, 5s), errc::stopped);
  sys.expect_reply(find<ponger>(sys, "/user/ada").ask(ping{1}, 5s));
  CHECK(by->asked == before);
}

TEST_CASE("NM1: the longest prefix wins; a prefix that is taken or the tree's is refused with a line") {
  test_system sys;
  sys.keep("/user/*");
  const auto wide = std::make_shared<shards>(sys), narrow = std::make_shared<shards>(sys);
  auto& names = sys.env().names();
  names.resolve_with("/shards", wide);
  names.resolve_with("/shards/vip", narrow);
  sys.expect_reply(find<ponger>(sys, "/shards/vip/ada").ask(ping{1}, 5s));
  CHECK(narrow->asked == 1);
  CHECK(wide->asked == 0);
  const auto code = [&](const std::string& prefix, std::shared_ptr<resolver> by) {
    try {
      names.resolve_with(prefix, std::move(by));
    } catch (const failed& f) {
      return f.why().code;
    }
    return errc{};
  };
  CHECK(code("/shards", wide) == errc::already_exists);
  CHECK(code("/user", wide) == errc::invalid);
  CHECK(code("/user/x", wide) == errc::invalid);
  CHECK(code("/system", wide) == errc::invalid);
  CHECK(code("shards2", wide) == errc::invalid);
  CHECK(code("/shards3", nullptr) == errc::invalid);
}

TEST_CASE("NM2: a resolver's name goes as it is: it is looked up where it is read") {
  test_system here, there;
  here.keep("/user/*");
  there.keep("/user/*");
  here.env().names().resolve_with("/shards", std::make_shared<shards>(here));
  there.env().names().resolve_with("/shards", std::make_shared<shards>(there));
  const auto ada = find<ponger>(here, "/shards/ada");
  CHECK(token_of(ada) == ":/shards/ada");
  const auto read = unpack<ref<ping>>(pack(ref<ping>{ada}, &here.env().names()), &there.env().names());
  CHECK(there.expect_reply(read.value().ask(ping{1}, 5s)) == 2);
  CHECK(find_now<ponger>(there, "/user/ada").has_value());
  CHECK(find_now<ponger>(here, "/user/ada").has_error());
}

}  // namespace ref_codec_test
