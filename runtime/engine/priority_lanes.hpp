// The messages of a prioritized mailbox that their receiver has taken out of its inbox: a lane for each level, and which of them is
// next (M8). The receiver's own; only `count` is for others.
//
// Rules
//  PR1 Of the levels where something waits the highest is next; within a level what came first is (M3).
//  PR2 No level starves: while something waits in it, at most `passes_max` messages of higher levels are run before the next of it. Of
//      two levels that are due the higher one is first, so the lower one waits for one more.
//  PR3 A node that is not counted (`terminated`, M9) has no level: it is next as soon as all that was there when it came is gone, however
//      low that was, and overtakes what came after it.
//  PR4 What is put back is first in its level, in its order: it was there before all that waits, and gives way to what is more urgent
//      as it did.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <troupe/engine/inbox.hpp>
#include <troupe/engine/message_priorities.hpp>
#include <utility>

namespace troupe::engine {

/// Lanes of `Node`s, which have `Node* next` and `bool counted` (PR1-PR4). Nodes are the caller's: what is in when this goes is lost.
template <class Node>
class priority_lanes {
 public:
  /// How many messages of higher levels are run, at most, while one of a level waits (PR2).
  static constexpr std::uint32_t passes_max = 16;

  priority_lanes() = default;
  priority_lanes(const priority_lanes&) = delete;
  priority_lanes& operator=(const priority_lanes&) = delete;

  /// Adds what an inbox gave out, oldest first; `level_of(node)` is asked once for each counted one.
  template <class LevelOf>
  void take_over(taken<Node> what, LevelOf level_of) {
    for (Node* n = what.first; n;) {
      Node* const behind = n->next;
      if (n->counted)
        lane_of(level_of(*n)).append(n);
      else
        late_.push_back({n, ends()});
      n = behind;
    }
    if (what.first) publish();
  }

  /// Puts nodes back that are linked through `next`, the oldest first (PR4).
  template <class LevelOf>
  void put_back(Node* oldest, LevelOf level_of) {
    std::array<lane, priority_levels> back;
    std::deque<late> uncounted;
    for (Node* n = oldest; n;) {
      Node* const behind = n->next;
      if (n->counted)
        back[static_cast<std::size_t>(level_of(*n))].append(n);
      else
        uncounted.push_back({n, begins()});  // its time had come already
      n = behind;
    }
    for (late& waiting : late_)
      for (std::size_t i = 0; i < priority_levels; ++i)  // what is put back comes before these, too
        waiting.after[i] = std::max(waiting.after[i], lanes_[i].begin);
    late_.insert(late_.begin(), uncounted.begin(), uncounted.end());
    for (std::size_t i = 0; i < priority_levels; ++i) lanes_[i].prepend(back[i]);
    publish();
  }

  /// Takes the next one to run, null if there is none.
  Node* next() noexcept {
    if (!late_.empty() && late_.front().is_due(begins())) {  // PR3
      Node* const n = late_.front().node;
      late_.pop_front();
      n->next = nullptr;
      publish();
      return n;
    }
    const std::size_t chosen = choose();
    if (chosen == priority_levels) return nullptr;
    for (std::size_t i = chosen + 1; i < priority_levels; ++i)
      if (!lanes_[i].empty()) ++passes_[i];
    passes_[chosen] = 0;
    Node* const n = lanes_[chosen].pop();
    publish();
    return n;
  }

  /// Takes any, null if there is none: to give all of them up.
  Node* any() noexcept {
    for (lane& l : lanes_)
      if (!l.empty()) {
        Node* const n = l.pop();
        publish();
        return n;
      }
    return next();
  }

  /// Whether nothing waits.
  bool empty() const noexcept {
    for (const lane& l : lanes_)
      if (!l.empty()) return false;
    return late_.empty();
  }

  /// Calls `f` for each node that waits, in no order.
  template <class F>
  void look(F f) {
    for (const lane& l : lanes_)
      for (Node* n = l.first; n; n = n->next) f(*n);
    for (const late& l : late_) f(*l.node);
  }

  /// Counted nodes that wait, as of now (M8). Thread-safe.
  std::uint64_t count() const noexcept { return count_.load(std::memory_order_relaxed); }

 private:
  /// A list, oldest first, that knows how many have left it and how many ever came.
  struct lane {
    Node* first = nullptr;
    Node* last = nullptr;
    std::int64_t begin =
        0;  // of the first, counted from the first that ever came: less after something was put back
    std::int64_t end = 0;  // behind the last

    bool empty() const noexcept { return !first; }
    void append(Node* n) noexcept {
      n->next = nullptr;
      (last ? last->next : first) = n;
      last = n;
      ++end;
    }
    void prepend(const lane& other) noexcept {
      if (other.empty()) return;
      other.last->next = first;
      if (!last) last = other.last;
      first = other.first;
      begin -= other.end - other.begin;
    }
    Node* pop() noexcept {
      Node* const n = first;
      first = n->next;
      if (!first) last = nullptr;
      ++begin;
      n->next = nullptr;
      return n;
    }
  };

  using positions = std::array<std::int64_t, priority_levels>;

  /// A node that is not counted, and the end of each lane when it came (PR3).
  struct late {
    Node* node;
    positions after;
    bool is_due(const positions& begins) const noexcept {
      for (std::size_t i = 0; i < priority_levels; ++i)
        if (begins[i] < after[i]) return false;
      return true;
    }
  };

  lane& lane_of(priority level) noexcept { return lanes_[static_cast<std::size_t>(level)]; }

  positions ends() const noexcept {
    positions out;
    for (std::size_t i = 0; i < priority_levels; ++i) out[i] = lanes_[i].end;
    return out;
  }
  positions begins() const noexcept {
    positions out;
    for (std::size_t i = 0; i < priority_levels; ++i) out[i] = lanes_[i].begin;
    return out;
  }

  /// The lane to take from; `priority_levels`: all are empty.
  std::size_t choose() const noexcept {
    std::size_t highest = priority_levels;
    for (std::size_t i = 0; i < priority_levels; ++i) {
      if (lanes_[i].empty()) continue;
      if (passes_[i] >= passes_max) return i;  // PR2
      if (highest == priority_levels) highest = i;
    }
    return highest;
  }

  // relaxed: one writer; readers want a figure.
  void publish() noexcept {
    std::int64_t waiting = 0;
    for (const lane& l : lanes_) waiting += l.end - l.begin;
    count_.store(static_cast<std::uint64_t>(waiting), std::memory_order_relaxed);
  }

  std::array<lane, priority_levels> lanes_;
  std::array<std::uint32_t, priority_levels> passes_{};  // by higher levels, since the last of it
  std::deque<late> late_;
  std::atomic<std::uint64_t> count_{0};
};

}  // namespace troupe::engine
