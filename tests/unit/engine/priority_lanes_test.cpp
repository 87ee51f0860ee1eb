// The lanes of a prioritized mailbox, by hand and at random against what the rules say.
#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <troupe/base/prng.hpp>
#include <troupe/engine/priority_lanes.hpp>
#include <vector>

namespace engine_priority_lanes_test {

using namespace troupe;
using namespace troupe::engine;

namespace {

struct alignas(64) note {
  note* next = nullptr;
  bool counted = true;
  priority level = priority::normal;
  int number = 0;
};
using lanes = priority_lanes<note>;

constexpr auto level_of = [](const note& n) { return n.level; };

/// Notes that live as long as it, and the lanes they go into.
struct fixture {
  /// What `take_over` and `put_back` are given: `h1 n2 l3 t4`, high, normal, low and not counted.
  note* chain(const std::vector<const char*>& spelled) {
    note* first = nullptr;
    note** end = &first;
    for (const char* s : spelled) {
      note& n = all.emplace_back();
      n.counted = s[0] != 't';
      n.level = s[0] == 'h' ? priority::high : s[0] == 'l' ? priority::low : priority::normal;
      n.number = std::stoi(s + 1);
      *end = &n;
      end = &n.next;
    }
    return first;
  }
  void take(const std::vector<const char*>& spelled) { box.take_over({chain(spelled), 0}, level_of); }
  void put_back(const std::vector<const char*>& spelled) { box.put_back(chain(spelled), level_of); }
  std::vector<int> next(int count) {
    std::vector<int> out;
    for (; count > 0; --count) {
      const note* const n = box.next();
      out.push_back(n ? n->number : -1);
    }
    return out;
  }

  std::deque<note> all;
  lanes box;
};

using numbers = std::vector<int>;

}  // namespace

TEST_CASE("PR1, M3: the highest level is next, and within one what came first") {
  fixture f;
  f.take({"l1", "n2", "h3", "n4", "h5", "l6"});
  CHECK(f.box.count() == 6);
  CHECK(f.next(3) == numbers{3, 5, 2});
  f.take({"h7", "n8"});
  CHECK(f.next(6) == numbers{7, 4, 8, 1, 6, -1});
  CHECK(f.box.count() == 0);
  CHECK(f.box.empty());
}

TEST_CASE("PR2: a level that waits is next after 16 messages of higher levels; of two the higher is first") {
  fixture f;
  f.take({"n100", "l200"});
  std::vector<const char*> urgent(60, "h1");
  f.take(urgent);
  numbers expected(16, 1);
  expected.push_back(100);
  expected.push_back(200);
  CHECK(f.next(18) == expected);
  // It counts from the last one of its level, and only while something waits in it.
  f.take({"l201"});
  expected.assign(16, 1);
  expected.push_back(201);
  CHECK(f.next(17) == expected);
}

TEST_CASE(
    "PR3, M9: what is not counted comes behind all that was there, however low, and before what came after "
    "it") {
  fixture f;
  f.take({"l1", "n2", "t3", "h4", "n5", "l6"});
  CHECK(f.box.count() == 5);
  CHECK(f.next(6) == numbers{4, 2, 5, 1, 3, 6});
  f.take({"t7", "h8"});
  CHECK(f.next(2) == numbers{7, 8});
}

TEST_CASE("PR4: what is put back is first in its level, and waits for what is more urgent") {
  fixture f;
  f.take({"h1", "n2", "l3", "t4"});
  f.put_back({"n10", "l11", "n12", "h13"});
  CHECK(f.next(9) == numbers{13, 1, 10, 12, 2, 11, 3, 4, -1});
}

TEST_CASE("PR4, PR3: what is not counted and put back is due at once, and what it waited for then is gone") {
  fixture f;
  f.take({"n1", "t2"});
  CHECK(f.next(2) == numbers{1, 2});
  f.take({"n3", "l4", "t5"});
  f.put_back({"t2"});
  CHECK(f.next(4) == numbers{2, 3, 4, 5});
}

TEST_CASE("PR1-PR4: at random, each choice is the one that the rules allow") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    prng random{seed};
    fixture f;
    std::deque<note*> waiting[priority_levels];
    struct barrier {
      note* node;
      std::vector<note*> before;
    };
    std::deque<barrier> late;
    std::uint32_t passes[priority_levels] = {};
    int made = 0;
    const auto make = [&](bool counted) {
      note& n = f.all.emplace_back();
      n.counted = counted;
      n.level = static_cast<priority>(random.below(priority_levels));
      n.number = made++;
      return &n;
    };
    for (int step = 0; step < 400; ++step) {
      const auto deed = random.below(10);
      if (deed < 4) {
        note* first = nullptr;
        note** end = &first;
        for (auto n = random.below(6); n > 0; --n) {
          note* const one = make(random.below(8) != 0);
          *end = one;
          end = &one->next;
          if (one->counted) {
            waiting[static_cast<std::size_t>(one->level)].push_back(one);
          } else {
            barrier b{one, {}};
            for (const auto& w : waiting) b.before.insert(b.before.end(), w.begin(), w.end());
            late.push_back(std::move(b));
          }
        }
        *end = nullptr;
        f.box.take_over({first, 0}, level_of);
      } else if (deed == 4) {
        note* first = nullptr;
        std::vector<note*> back;
        for (auto n = random.below(3); n > 0; --n) back.push_back(make(true));
        for (auto at = back.rbegin(); at != back.rend(); ++at) {
          (*at)->next = first;
          first = *at;
          waiting[static_cast<std::size_t>((*at)->level)].push_front(*at);
        }
        for (auto& b : late) b.before.insert(b.before.end(), back.begin(), back.end());
        f.box.put_back(first, level_of);
      } else {
        note* const got = f.box.next();
        const auto is_due = [&] {
          if (late.empty()) return false;
          for (note* n : late.front().before)
            for (const auto& w : waiting)
              if (std::find(w.begin(), w.end(), n) != w.end()) return false;
          return true;
        };
        if (is_due()) {
          REQUIRE(got == late.front().node);
          late.pop_front();
          continue;
        }
        std::size_t expected = priority_levels;
        for (std::size_t i = 0; i < priority_levels; ++i)
          if (!waiting[i].empty() && passes[i] >= lanes::passes_max && expected == priority_levels)
            expected = i;
        for (std::size_t i = 0; i < priority_levels && expected == priority_levels; ++i)
          if (!waiting[i].empty()) expected = i;
        if (expected == priority_levels) {
          REQUIRE(got == nullptr);
          continue;
        }
        REQUIRE(got == waiting[expected].front());
        waiting[expected].pop_front();
        passes[expected] = 0;
        for (std::size_t i = expected + 1; i < priority_levels; ++i)
          if (!waiting[i].empty()) ++passes[i];
      }
      std::size_t count = 0;
      for (const auto& w : waiting) count += w.size();
      REQUIRE(f.box.count() == count);
      REQUIRE(f.box.empty() == (count == 0 && late.empty()));
    }
  }
}

}  // namespace engine_priority_lanes_test
