// The checker of histories, against a search that tries all orders (LZ1, LZ2).
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <troupe/base/prng.hpp>

#include "sim/linearizable.hpp"

namespace sim_linearizable_test {

using namespace simulations;
using troupe::nanoseconds;
using troupe::never;
using troupe::time_point;

namespace {

constexpr auto reading = operation::kind::read;
constexpr auto writing = operation::kind::write;

time_point at(int t) { return time_point{nanoseconds{t}}; }

/// Wing and Gong: which operations have taken effect, and what the register holds, in every order that the times allow.
class search {
 public:
  explicit search(std::vector<operation> all) : all_(std::move(all)), done_(all_.size(), false) {
    for (const auto& op : all_) left_ += op.answered != never;
  }
  bool run() {
    if (left_ == 0) return true;
    if (!tried_.emplace(done_, holds_).second) return false;
    time_point first_answer = never;
    for (std::size_t i = 0; i < all_.size(); ++i)
      if (!done_[i]) first_answer = std::min(first_answer, all_[i].answered);
    for (std::size_t i = 0; i < all_.size(); ++i)
      if (!done_[i] && all_[i].called <= first_answer && (all_[i].what == writing || all_[i].value == holds_))
        if (follow(i)) return true;
    return false;
  }

 private:
  bool follow(std::size_t i) {
    const std::uint64_t before = holds_;
    const bool counts = all_[i].answered != never;
    if (all_[i].what == writing) holds_ = all_[i].value;
    done_[i] = true;
    left_ -= counts;
    if (run()) return true;
    holds_ = before;
    done_[i] = false;
    left_ += counts;
    return false;
  }

  std::vector<operation> all_;
  std::vector<bool> done_;
  std::uint64_t holds_ = 0;
  std::size_t left_ = 0;
  std::set<std::pair<std::vector<bool>, std::uint64_t>> tried_;
};

}  // namespace

TEST_CASE("LZ2: a read sees the last write before it, and one that overlaps a write sees either value") {
  CHECK(is_linearizable({}));
  CHECK(is_linearizable({{reading, 0, at(1), at(2)}}));
  CHECK(!is_linearizable({{reading, 7, at(1), at(2)}}));
  CHECK(is_linearizable({{writing, 1, at(1), at(2)}, {reading, 1, at(3), at(4)}}));
  CHECK(!is_linearizable({{writing, 1, at(1), at(2)}, {reading, 0, at(3), at(4)}}));  // lost
  CHECK(is_linearizable({{writing, 1, at(1), at(5)}, {reading, 0, at(2), at(3)}}));
  CHECK(is_linearizable({{writing, 1, at(1), at(5)}, {reading, 1, at(2), at(3)}}));
  CHECK(!is_linearizable({{writing, 1, at(1), at(9)},
                          {reading, 1, at(2), at(3)},
                          {reading, 0, at(4), at(5)}}));                              // there and gone
  CHECK(!is_linearizable({{reading, 1, at(1), at(2)}, {writing, 1, at(3), at(4)}}));  // before it was written
}

TEST_CASE("LZ1: a write without an answer may show late or never, but not come and go") {
  CHECK(is_linearizable({{writing, 1, at(1), never}, {reading, 0, at(8), at(9)}}));
  CHECK(
      is_linearizable({{writing, 1, at(1), never}, {writing, 2, at(3), at(4)}, {reading, 1, at(8), at(9)}}));
  CHECK(
      !is_linearizable({{writing, 1, at(1), never}, {reading, 1, at(2), at(3)}, {reading, 0, at(8), at(9)}}));
  CHECK(!is_linearizable({{writing, 1, at(1), never},
                          {writing, 2, at(2), at(3)},
                          {reading, 1, at(4), at(5)},
                          {reading, 2, at(6), at(7)}}));
}

TEST_CASE("the check agrees with a search of all orders, on random histories of a few clients") {
  unsigned good = 0, bad = 0;
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    troupe::prng random{seed};
    std::vector<operation> history;
    const std::size_t count = 2 + random.below(6);
    std::uint64_t values = 0;
    for (std::size_t i = 0; i < count; ++i) {
      operation op;
      op.what = random.below(2) ? writing : reading;
      const int called = 2 * static_cast<int>(random.below(12));
      op.called = at(called);
      op.answered = random.below(5) == 0 ? never : at(called + 1 + 2 * static_cast<int>(random.below(5)));
      op.value = op.what == writing ? ++values : random.below(values + 2);
      history.push_back(op);
    }
    // A read without an answer says nothing, in either.
    std::erase_if(history, [](const operation& op) { return op.what == reading && op.answered == never; });
    const bool expected = search{history}.run();
    (expected ? good : bad)++;
    CAPTURE(seed);
    REQUIRE(is_linearizable(history) == expected);
    CHECK(unexplained(history).empty() == expected);
  }
  CHECK(good > 2'000);
  CHECK(bad > 2'000);
}

}  // namespace sim_linearizable_test
