// Which member a strategy chooses, exactly: nobody works, so what waits where is what was sent where.
#include <doctest/doctest.h>

#include <set>
#include <troupe/pattern/hash_ring.hpp>
#include <troupe/testkit/doctest.hpp>

#include "unit/pattern/workers.hpp"

namespace pattern_picking_test {

using namespace routed;

namespace {

system_options of_one_worker() {
  system_options o = quiet();
  o.workers = 1;
  return o;
}

/// Members of a group whose system's only worker is held up.
struct still {
  journal_ptr j = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys{of_one_worker()};
  open_at_end last{g};
  std::vector<ref<worker>> members;

  explicit still(int n) {
    for (int i = 0; i < n; ++i) members.push_back(spawn<worker>(sys, "m" + std::to_string(i), j, g));
  }
  template <class How>
  auto group(How how, std::vector<ref<worker>> all) {
    auto made = spawn_group(sys, {.name = "group"}, how, all);
    const auto blocker = spawn<worker>(sys, "blocker", j, g);
    blocker.tell(work{0, true});
    REQUIRE(j->wait_for("waits /user/blocker"));
    return made;
  }
  ref<worker> nobody() { return ref_to<worker>(sys.env(), "/user/nobody"); }
  std::uint64_t waits(std::size_t at) { return cell_of(members[at])->mailbox_depth(); }
  std::uint64_t waits() {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < members.size(); ++i) sum += waits(i);
    return sum;
  }
  std::uint64_t dead_letters() { return sys.events().count(event_kind::dead_letter); }
};

/// By the number of the work.
constexpr auto by_number = [](const auto& m) {
  if constexpr (requires { m.number; })
    return m.number;
  else
    return 0;
};

}  // namespace

TEST_CASE("least_loaded: of up to 16 members it finds the emptiest, whichever it is") {
  for (const int n : {2, 3, 16}) {
    still s{n};
    const auto group = s.group(least_loaded{}, s.members);
    for (int i = 0; i < 2 * n; ++i) group.tell(work{i});
    for (std::size_t i = 0; i < s.members.size(); ++i) CHECK(s.waits(i) == 2);
    // Backwards: whose turn it would be among equals is another one.
    for (std::size_t one = s.members.size(); one-- != 0;) {
      for (std::size_t i = 0; i < s.members.size(); ++i)
        if (i != one) s.members[i].tell(work{});
      group.tell(work{});
      CHECK(s.waits(one) == 2 + s.members.size() - one);
    }
  }
}

TEST_CASE("least_loaded: of many members it looks at a few, and a busy one is hardly ever the best of them") {
  still s{64};
  const auto group = s.group(least_loaded{}, s.members);
  for (std::size_t i = 0; i < 32; ++i)
    for (int n = 0; n < 5; ++n) s.members[2 * i].tell(work{});
  for (int i = 0; i < 32; ++i) group.tell(work{});
  std::uint64_t at_busy = 0;
  for (std::size_t i = 0; i < 32; ++i) at_busy += s.waits(2 * i) - 5;
  // All of the eight it looks at are busy once in 256 times; who looked at one would send half of the messages there.
  CHECK(at_busy < 8);
}

TEST_CASE("least_loaded: a member of whom nothing is known is the last choice") {
  still s{1};
  const auto group = s.group(least_loaded{}, {s.nobody(), s.members[0]});
  for (int i = 0; i < 10; ++i) group.tell(work{i});
  CHECK(s.waits(0) == 10);
  CHECK(s.dead_letters() == 0);
}

TEST_CASE("HR3: consistent_hash with a bound gives a key's owner exactly its share times the bound") {
  still s{4};
  const auto group =
      s.group(consistent_hash{[](const auto&) { return 7; }, {.bound_percent = 125}}, s.members);
  std::uint64_t most = 0;
  for (int i = 0; i < 40; ++i) group.tell(work{i});
  for (std::size_t i = 0; i < 4; ++i) most = std::max(most, s.waits(i));
  CHECK(most == load_limit(39, 4, 125));
  CHECK(s.waits() == 40);
}

TEST_CASE("consistent_hash: with a bound of 100 all have the same, without one the owner has everything") {
  {
    still s{4};
    const auto group =
        s.group(consistent_hash{[](const auto&) { return 7; }, {.bound_percent = 100}}, s.members);
    for (int i = 0; i < 40; ++i) group.tell(work{i});
    for (std::size_t i = 0; i < 4; ++i) CHECK(s.waits(i) == 10);
  }
  still s{4};
  const auto group = s.group(consistent_hash{[](const auto&) { return 7; }, {.bound_percent = 0}}, s.members);
  for (int i = 0; i < 40; ++i) group.tell(work{i});
  std::multiset<std::uint64_t> all;
  for (std::size_t i = 0; i < 4; ++i) all.insert(s.waits(i));
  CHECK(all == std::multiset<std::uint64_t>{0, 0, 0, 40});
}

TEST_CASE("consistent_hash: a member of whom nothing is known counts as one that has nothing to do") {
  still s{1};
  const consistent_hash how{by_number};
  const auto group = s.group(how, {s.nobody(), s.members[0]});
  const hash_ring ring{{"/user/nobody", "/user/m0"}, how.settings.points};
  int of_nobody = 0, of_member = 0;
  while (ring.owner(ring_place(of_nobody)) != 0) ++of_nobody;
  while (ring.owner(ring_place(of_member)) != 1) ++of_member;
  group.tell(work{of_nobody});
  CHECK(s.dead_letters() == 1);
  for (int i = 0; i < 10; ++i) group.tell(work{of_member});
  CHECK(s.waits(0) == 2);  // its share of two, with the bound; then the other seems to have room
  CHECK(s.dead_letters() == 9);
}

TEST_CASE("consistent_hash: a key that can't be read is logged with its reason") {
  testkit::test_system sys{testkit::for_doctest()};
  const auto m = sys.spawn<worker>("m", std::make_shared<journal>(), std::make_shared<gate>());
  sys.keep("/user/group");
  const auto group = spawn_group(
      sys, {.name = "group"}, consistent_hash{[](const auto&) -> int { throw std::runtime_error{"no key"}; }},
      std::vector{m, m});
  CHECK(sys.expect_error(group.ask(who{}, 5s), errc::invalid).path == "/user/group");
  sys.expect_log(log_level::error, "the key of a message can't be read: invalid: std::runtime_error: no key");
}

}  // namespace pattern_picking_test
