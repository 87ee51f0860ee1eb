// What other nodes offer, as a receptionist lists it, and what it tells those who follow it (RC6, RC7, FO1-FO3).
#include <doctest/doctest.h>

#include <troupe/pattern/receptionist.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/probe.hpp>

namespace pattern_far_offers_test {

using namespace troupe;
using namespace troupe::testkit;
using namespace std::chrono_literals;

namespace {

struct ask_price {
  std::int32_t item = 0;
  using reply = std::int32_t;
};
TROUPE_CONTRACT(ask_price, "far_offers.ask_price", 1, item)
struct other_words {};
TROUPE_CONTRACT(other_words, "far_offers.other_words", 1)
/// Has no codec, so it can't cross.
struct private_word {
  const void* what = nullptr;
};

const service_key<ask_price> prices{"prices"};
const service_key<other_words> others{"prices"};
const std::string words = "far_offers.ask_price", other = "far_offers.other_words";

class clerk : public actor<ask_price, other_words, private_word> {
 public:
  std::int32_t on(const ask_price& m) { return m.item; }
  void on(const other_words&) {}
  void on(const private_word&) {}
};

/// Brings what other nodes offer.
class courier : public actor<private_word> {
 public:
  void on(const private_word&) { stop_self(); }
};

using lines = std::vector<std::string>;

struct stage {
  test_system sys{for_doctest({.time = time_kind::manual}), receptionist_extension{}};
  receptionist_ref desk = receptionist_of(sys);
  ref<troupe::detail::receptionist_actor> inside =
      ref_to<troupe::detail::receptionist_actor>(sys.env(), "/system/receptionist");
  ref<courier> brings = sys.spawn<courier>("courier");
  probe<listing<ask_price>> hears{sys, "hears"};

  /// An offer of an actor that stands for one of another node.
  service_offer offer(std::uint64_t number, const std::string& who, std::string protocol = words,
                      std::string name = "prices") {
    return {number, std::move(name), std::move(protocol), ref_to<clerk>(sys.env(), "/user/" + who)};
  }
  void bring(const std::string& node, std::vector<service_offer> come, std::vector<ended_offer> gone = {},
             bool anew = false) {
    inside.tell(offers_elsewhere{brings, node, anew, std::move(gone), std::move(come)});
    sys.settle();
  }
  static lines paths(const std::vector<ref<ask_price>>& all) {
    lines out;
    for (const auto& r : all) out.push_back(r.path());
    return out;
  }
  lines found() { return paths(desk.find_now(prices, 1h).value()); }
  /// The listings that have come.
  std::vector<lines> heard() {
    sys.settle();
    std::vector<lines> out;
    for (auto n = hears.queued(); n > 0; --n) out.push_back(paths(hears.expect<listing<ask_price>>().all));
    return out;
  }
};

}  // namespace

TEST_CASE(
    "RC6, FO1: other nodes' actors stand behind those from here, by their nodes, then by their numbers") {
  stage s;
  s.bring("n3", {s.offer(1, "n3-a")});
  s.bring("n2", {s.offer(9, "n2-b"), s.offer(4, "n2-a")});
  CHECK(s.found() == lines{"/user/n2-a", "/user/n2-b", "/user/n3-a"});
  s.desk.enlist(prices, s.sys.spawn<clerk>("z"));
  s.desk.enlist(prices, s.sys.spawn<clerk>("a"));
  s.bring("n2", {s.offer(7, "n2-c")}, {{9, "prices"}});
  CHECK(s.found() == lines{"/user/z", "/user/a", "/user/n2-a", "/user/n2-c", "/user/n3-a"});
  const auto all = s.desk.services_now(1h).value();
  REQUIRE(all.size() == 1);
  CHECK(all[0] == service_info{"prices", words, 5, 0, 3});
}

TEST_CASE("RC6, RC4: who listens hears of other nodes' changes, and of nothing that is none") {
  stage s;
  s.desk.listen(prices, ref<listing<ask_price>>{s.hears.ref()});
  s.bring("n2", {s.offer(1, "a"), s.offer(2, "b"), s.offer(3, "x", words, "else")});
  s.bring("n2", {s.offer(4, "y", words, "else")});
  s.bring("n2", {}, {{8, "prices"}, {4, "nothing"}});
  s.bring("n2", {s.offer(1, "a"), s.offer(2, "b")}, {}, true);
  s.bring("n2", {s.offer(2, "b")}, {}, true);
  s.bring("n3", {}, {}, true);
  s.bring("n2", {}, {}, true);
  CHECK(s.heard() == std::vector<lines>{{}, {"/user/a", "/user/b"}, {"/user/b"}, {}});
  CHECK(s.desk.services_now(1h).value().size() == 1);
}

TEST_CASE("RC6: what an actor here has brought goes when it ends") {
  stage s;
  s.desk.listen(prices, ref<listing<ask_price>>{s.hears.ref()});
  s.bring("n2", {s.offer(1, "a")});
  s.bring("n3", {s.offer(1, "b")});
  s.brings.tell(private_word{});
  CHECK(s.heard() == std::vector<lines>{{}, {"/user/a"}, {"/user/a", "/user/b"}, {"/user/b"}, {}});
  s.bring("n2", {s.offer(2, "c")});  // by nobody
  CHECK(s.found().empty());
}

TEST_CASE("RC6, RC2: nobody elsewhere decides what a name is for here") {
  stage s;
  s.bring("n2", {s.offer(1, "a", other)});
  const auto no = s.desk.find_now(prices, 1h);
  REQUIRE(!no.has_value());
  CHECK(no.error().code == errc::invalid);
  CHECK(no.error().text ==
        "service 'prices' is there for the messages (far_offers.other_words) on node n2, "
        "not for (far_offers.ask_price)");
  s.bring("n3", {s.offer(1, "b")});
  CHECK(s.found() == lines{"/user/b"});
  CHECK(s.desk.find_now(others, 1h).value().size() == 1);
  // Somebody from here uses the name: he gets it, and the others are not listed.
  const auto mine = s.sys.spawn<clerk>("mine");
  CHECK(s.desk.enlist_now(prices, mine, 1h).value());
  CHECK(s.found() == lines{"/user/mine", "/user/b"});
  CHECK(
      s.desk.find_now(others, 1h).error().text ==
      "service 'prices' is there for the messages (far_offers.ask_price), not for (far_offers.other_words)");
  CHECK(s.desk.services_now(1h).value() == std::vector{service_info{"prices", words, 2, 0, 1}});
  // And the other way round, when he is gone.
  s.desk.delist(prices, mine);
  s.sys.settle();
  CHECK(s.desk.find_now(others, 1h).value().size() == 1);
}

TEST_CASE("RC6: offers for other messages are not listed, and at most one line a second says so") {
  stage s;
  s.desk.listen(prices, ref<listing<ask_price>>{s.hears.ref()});
  s.sys.settle();
  for (std::uint64_t n = 1; n <= 50; ++n) s.bring("n2", {s.offer(n, "a" + std::to_string(n), other)});
  CHECK(s.found().empty());
  const auto lines_of = [&] {
    std::size_t count = 0;
    for (const auto& line : s.sys.said().log())
      count += line.line.find("is not listed here") != std::string::npos;
    return count;
  };
  CHECK(lines_of() == 1);
  s.sys.advance(1s);
  s.bring("n2", {s.offer(99, "z", other)});
  CHECK(lines_of() == 2);
}

TEST_CASE(
    "RC7: who follows hears what is enlisted here and can cross, as it is and then each change in order") {
  stage s;
  const auto early = s.sys.spawn<clerk>("early"), late = s.sys.spawn<clerk>("late");
  s.desk.enlist(prices, early);
  s.desk.enlist(service_key<private_word>{"secret"}, early);
  s.bring("n2", {s.offer(1, "far")});
  probe<offers_changed> follows{s.sys, "follows"};
  const auto to = ref<offers_changed>{follows.ref()};
  s.inside.tell(follow_offers{to, [to](const offers_changed& m) { to.tell(m); }});
  s.desk.enlist(prices, late);
  s.desk.enlist(prices, late);
  s.desk.enlist(service_key<private_word>{"more secret"}, late);
  s.bring("n2", {s.offer(2, "farther")});
  s.desk.delist(prices, early);
  stop(late);
  s.sys.settle();
  lines told;
  for (auto n = follows.queued(); n > 0; --n) {
    const auto m = follows.expect<offers_changed>();
    std::string line;
    for (const auto& o : m.gone) line += "-" + o.name + " " + std::to_string(o.number) + " ";
    for (const auto& o : m.come)
      line += "+" + o.name + " " + o.protocol + " " + o.who.path() + " " + std::to_string(o.number) + " ";
    told.push_back(line);
  }
  const std::string plus = "+prices far_offers.ask_price ";
  CHECK(told == lines{plus + "/user/early 1 ", plus + "/user/late 2 ", "-prices 1 ", "-prices 2 "});
}

TEST_CASE(
    "RC7: who follows and has ended is not told any more; one that is enlisted as well is still heard of") {
  stage s;
  const auto both = s.sys.spawn<courier>("both");
  int told = 0;
  s.inside.tell(follow_offers{both, [&told](const offers_changed&) { ++told; }});
  s.desk.enlist(service_key<private_word>{"own"}, both);
  s.desk.delist(service_key<private_word>{"own"}, both);
  const auto one = s.sys.spawn<clerk>("one");
  s.desk.enlist(prices, one);
  s.sys.settle();
  CHECK(told == 2);
  both.tell(private_word{});
  s.sys.settle();
  s.desk.delist(prices, one);
  s.sys.settle();
  CHECK(told == 2);
}

}  // namespace pattern_far_offers_test
