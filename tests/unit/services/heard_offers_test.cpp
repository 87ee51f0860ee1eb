// What is kept of what a peer says of its services: in order, begun anew, out of room, and said wrongly (HO1-HO3).
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <troupe/base/prng.hpp>
#include <troupe/ref/named.hpp>
#include <troupe/services/heard_offers.hpp>
#include <troupe/services/offer_log.hpp>
#include <troupe/testkit/doctest.hpp>
#include <troupe/testkit/test_system.hpp>

namespace services_heard_offers_test {

using namespace troupe;
using namespace troupe::testkit;
using services::heard_offers;
using services::offer_log;

namespace {

const auto everything = [](const told_offer&) { return true; };

struct ear {
  explicit ear(std::size_t most = 100) : heard(most) {}

  ref<service_word> who(const std::string& name) { return ref_to<service_word>(sys.env(), "/user/" + name); }
  told_offer offer(std::uint64_t number, const std::string& actor, std::string service = "bank") {
    return {number, std::move(service), "bank.query", who(actor)};
  }
  /// `-1 +2 /user/a`, with `!n` for those that were left out; or the mistake.
  std::string take(const services_told& m, bool at_once = false) {
    const auto news = heard.take(m, at_once, believed);
    if (!news) return news.error().text;
    std::string out;
    for (const auto& end : news->gone) out += " -" + std::to_string(end.number);
    for (const auto& o : news->come) out += " +" + std::to_string(o.number) + " " + o.who.path();
    if (news->left_out) out += " !" + std::to_string(news->left_out);
    return out.empty() ? "nothing" : out.substr(1);
  }
  std::string listed() const {
    std::string out;
    for (const auto& o : heard.all()) out += (out.empty() ? "" : " ") + o.who.path();
    return out;
  }

  test_system sys{for_doctest()};
  std::function<bool(const told_offer&)> believed = everything;
  heard_offers heard;
};

}  // namespace

TEST_CASE("HO1: answers in order change what is known, and lead the next question") {
  ear e;
  CHECK(e.heard.question() == std::pair<std::uint64_t, std::uint64_t>{0, 0});
  CHECK(e.take({7, true, 2, {}, {e.offer(1, "a"), e.offer(2, "b")}}) == "+1 /user/a +2 /user/b");
  CHECK(e.heard.question() == std::pair<std::uint64_t, std::uint64_t>{7, 2});
  CHECK(e.take({7, false, 4, {1}, {e.offer(4, "c")}}) == "-1 +4 /user/c");
  CHECK(e.listed() == "/user/b /user/c");
  CHECK(e.take({7, false, 4, {}, {}}, true) == "nothing");
  CHECK(e.take({7, false, 5, {1, 99}, {}}) == "nothing");                   // which was not known
  CHECK(e.take({7, false, 7, {4}, {e.offer(7, "c")}}) == "-4 +7 /user/c");  // it came back at once
}

TEST_CASE("HO1, R8: an answer that can't follow is refused as a whole") {
  ear e;
  CHECK(e.take({7, true, 5, {}, {e.offer(1, "a"), e.offer(5, "b")}}) == "+1 /user/a +5 /user/b");
  const auto no = [&](const services_told& m, const std::string& why, bool at_once = false) {
    CHECK(e.take(m, at_once) == why);
    CHECK(e.listed() == "/user/a /user/b");
    CHECK(e.heard.question() == std::pair<std::uint64_t, std::uint64_t>{7, 5});
  };
  no({0, true, 5, {}, {}}, "it has no epoch");
  no({8, false, 9, {}, {e.offer(9, "c")}}, "it goes on in another epoch");
  no({7, false, 4, {1}, {}}, "it goes back");
  no({7, false, 5, {1}, {}}, "it has no news");
  no({7, false, 9, {}, {e.offer(7, "c"), e.offer(7, "d")}}, "its numbers do not rise");
  no({7, false, 9, {}, {e.offer(8, "c"), e.offer(7, "d")}}, "its numbers do not rise");
  no({7, false, 9, {}, {e.offer(5, "c")}}, "its numbers do not rise");
  no({7, false, 9, {}, {e.offer(10, "c")}}, "its numbers do not rise");
  no({7, true, 9, {}, {e.offer(0, "c")}}, "its numbers do not rise");
  no({7, false, 9, {1}, {e.offer(8, "c"), e.offer(9, "c")}}, "/user/c offers 'bank' twice");
  no({7, false, 9, {}, {e.offer(8, "a")}}, "/user/a offers 'bank' twice");
  services_told many{7, false, 5000, {1}, {}};
  for (std::uint64_t n = 6; n < 6 + heard_offers::answer_offers_max + 1; ++n)
    many.come.push_back(e.offer(n, "x" + std::to_string(n)));
  no(many, "it has 2001 offers");
}

TEST_CASE("HO2: a list that begins anew in the same epoch is never empty in between") {
  ear e;
  e.take({7, true, 3, {}, {e.offer(1, "a"), e.offer(2, "b"), e.offer(3, "c")}});
  CHECK(e.take({7, true, 2, {}, {e.offer(2, "b")}, true}) == "nothing");
  CHECK(e.listed() == "/user/a /user/b /user/c");
  CHECK(e.take({7, false, 9, {}, {e.offer(9, "d")}, false}) == "-1 -3 +9 /user/d");
  CHECK(e.listed() == "/user/b /user/d");
}

TEST_CASE("HO2: one that offers anew what it offered before the list was begun anew is there once") {
  ear e;
  e.take({7, true, 1, {}, {e.offer(1, "a")}});
  CHECK(e.take({7, true, 9, {}, {e.offer(9, "a")}, true}) == "-1 +9 /user/a");
  CHECK(e.take({7, false, 10, {}, {e.offer(10, "b")}}) == "+10 /user/b");
  CHECK(e.listed() == "/user/a /user/b");
  CHECK(e.take({7, true, 12, {}, {e.offer(9, "x"), e.offer(12, "a")}}) == "-9 -10 +9 /user/x +12 /user/a");
  CHECK(e.listed() == "/user/x /user/a");
}

TEST_CASE("HO2: in another epoch all that was heard is gone at once") {
  ear e;
  e.take({7, true, 3, {}, {e.offer(1, "a"), e.offer(3, "c")}});
  CHECK(e.take({8, true, 1, {}, {e.offer(1, "a")}, true}) == "-1 -3 +1 /user/a");
  CHECK(e.take({9, true, 0, {}, {}}) == "-1");
  e.heard.forget();
  CHECK(e.heard.question() == std::pair<std::uint64_t, std::uint64_t>{0, 0});
}

TEST_CASE("HO3: what finds no room is left out, and asked for when all of it would") {
  ear e{2};
  CHECK(e.take({7, true, 3, {}, {e.offer(1, "a"), e.offer(2, "b"), e.offer(3, "c")}, false, 3}) ==
        "+1 /user/a +2 /user/b !1");
  CHECK_FALSE(e.heard.wants_all());
  CHECK(e.take({7, false, 5, {}, {e.offer(4, "d"), e.offer(5, "f")}, false, 5}) == "!2");
  CHECK(e.take({7, false, 6, {1}, {}, false, 4}) == "-1");
  CHECK_FALSE(e.heard.wants_all());  // it would not help
  CHECK(e.take({7, false, 8, {4, 5}, {}, false, 2}) == "nothing");
  CHECK(e.heard.wants_all());
  CHECK(e.heard.question() == std::pair<std::uint64_t, std::uint64_t>{7, 0});
  CHECK(e.take({7, false, 9, {}, {e.offer(9, "g")}, false, 2}) == "it does not begin anew");
  CHECK(e.take({7, true, 8, {}, {e.offer(2, "b"), e.offer(3, "c")}, false, 2}, true) == "+3 /user/c");
  CHECK(e.listed() == "/user/b /user/c");
  CHECK_FALSE(e.heard.wants_all());
  CHECK(e.heard.question() == std::pair<std::uint64_t, std::uint64_t>{7, 8});
}

TEST_CASE("HO3: when the rest has ended as well, what was kept of it ends too") {
  ear e{2};
  e.take({7, true, 3, {}, {e.offer(1, "a"), e.offer(2, "b"), e.offer(3, "c")}, false, 3});
  e.take({7, false, 4, {1}, {}, false, 2});
  REQUIRE(e.heard.wants_all());
  CHECK(e.take({7, true, 6, {}, {}, false, 0}, true) == "-2");
  CHECK(e.listed().empty());
}

TEST_CASE("SX5: offers that are not believed are as if they had not been said") {
  ear e{2};
  e.believed = [](const told_offer& o) { return o.name != "vault"; };
  CHECK(e.take({7,
                true,
                3,
                {},
                {e.offer(1, "a", "vault"), e.offer(2, "b", "vault"), e.offer(3, "c")},
                false,
                3}) == "+3 /user/c");
  CHECK(e.take({7, false, 4, {1}, {}}) == "nothing");
}

TEST_CASE(
    "SX2, HO2: whatever changes between answers that get lost or not, in the end both sides know the same") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    prng random{seed};
    ear e{seed % 3 == 0 ? 12u : 1000u};
    auto log = std::make_unique<offer_log>(seed % 2 ? 5 : 1000);
    std::uint64_t epoch = 1, made = 0;
    std::map<std::uint64_t, std::string> lasts;
    const auto act = [&] {
      if (lasts.empty() || random.below(5) < 3) {
        const std::string name = "a" + std::to_string(random.below(40));
        const bool is_there =
            std::any_of(lasts.begin(), lasts.end(), [&](const auto& one) { return one.second == name; });
        if (is_there) return;
        lasts.emplace(++made, name);
        log->began({made, "bank", "bank.query", e.who(name)});
      } else {
        auto at = lasts.begin();
        std::advance(at, static_cast<std::ptrdiff_t>(random.below(lasts.size())));
        log->ended(at->first);
        lasts.erase(at);
      }
    };
    const auto all = [](std::string_view) { return true; };
    const auto ask = [&](bool is_lost) {
      const auto [of, after] = e.heard.question();
      const bool anew = of != epoch || after == 0 || after > log->last() || log->has_forgotten(after);
      auto m = log->page(after, anew, all);
      m.epoch = epoch;
      if (is_lost) return true;
      const auto took = e.heard.take(m, true, everything);
      REQUIRE_MESSAGE(took.has_value(), (took ? "" : took.error().text));
      return m.more || e.heard.wants_all();
    };
    for (int step = 0; step < 300; ++step) {
      if (random.below(100) == 0) {  // the other exchange starts anew
        ++epoch;
        log = std::make_unique<offer_log>(seed % 2 ? 5 : 1000);
        for (const auto& [number, name] : lasts) log->began({number, "bank", "bank.query", e.who(name)});
      } else if (random.below(3) == 0) {
        static_cast<void>(ask(random.below(3) == 0));
      } else {
        act();
      }
      CHECK(e.heard.size() <= 1000);
    }
    while (lasts.size() > 12) {
      log->ended(lasts.begin()->first);
      lasts.erase(lasts.begin());
    }
    for (int round = 0; ask(false); ++round) REQUIRE(round < 100);
    std::set<std::string> there, heard;
    for (const auto& [number, name] : lasts) there.insert("/user/" + name);
    for (const auto& o : e.heard.all()) heard.insert(o.who.path());
    CHECK(heard == there);
    CHECK(e.heard.size() == there.size());
  }
}

}  // namespace services_heard_offers_test
