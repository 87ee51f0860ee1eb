#include "sim/linearizable.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

namespace simulations {

namespace {

using troupe::never;
using troupe::time_point;

double seconds_of(time_point at) { return static_cast<double>(at.time_since_epoch().count()) / 1e9; }

constexpr time_point before_all = time_point::min();

/// A write and the reads of its value. The value was there, in one piece, at the moments from `first_answer` to `last_call` if these are in
/// this order (a forward zone); otherwise at one moment at least between `last_call` and `first_answer` (a backward zone).
struct zone {
  time_point first_answer = never;
  time_point last_call = before_all;
  time_point written_from = before_all;  // the call of the write
  bool is_written = false;

  void add(const operation& op) {
    first_answer = std::min(first_answer, op.answered);
    last_call = std::max(last_call, op.called);
  }
  bool is_forward() const { return first_answer < last_call; }
};

}  // namespace

std::string to_string(const operation& op) {
  char text[160];
  const char* const what = op.what == operation::kind::read ? "reads" : "writes";
  if (op.answered == never)
    std::snprintf(text, sizeof text, "%s %s %llu from %.6f s, without an answer", op.who.c_str(), what,
                  static_cast<unsigned long long>(op.value), seconds_of(op.called));
  else
    std::snprintf(text, sizeof text, "%s %s %llu from %.6f s to %.6f s", op.who.c_str(), what,
                  static_cast<unsigned long long>(op.value), seconds_of(op.called), seconds_of(op.answered));
  return text;
}

bool is_linearizable(const std::vector<operation>& history) {
  std::map<std::uint64_t, zone> zones;
  zones[0] = {.first_answer = before_all, .is_written = true};  // LZ2
  std::set<std::uint64_t> read;
  for (const auto& op : history)
    if (op.what == operation::kind::read && op.answered != never) read.insert(op.value);
  for (const auto& op : history) {
    if (op.answered == never && (op.what == operation::kind::read || !read.contains(op.value)))
      continue;  // LZ1: it never was
    zone& z = zones[op.value];
    if (op.what == operation::kind::write) {
      z.is_written = true;
      z.written_from = op.called;
    }
    z.add(op);
  }
  for (const auto& [value, z] : zones)  // read before it was written, or never written
    if (!z.is_written || z.first_answer < z.written_from) return false;

  std::vector<zone> forward, backward;
  for (const auto& [value, z] : zones) (z.is_forward() ? forward : backward).push_back(z);
  std::sort(forward.begin(), forward.end(),
            [](const zone& a, const zone& b) { return a.first_answer < b.first_answer; });
  for (std::size_t i = 1; i < forward.size(); ++i)  // two values at one moment
    if (forward[i].first_answer < forward[i - 1].last_call) return false;
  for (const auto& b : backward) {  // a value that was there while another one certainly was
    const auto after = std::upper_bound(forward.begin(), forward.end(), b.last_call,
                                        [](time_point at, const zone& f) { return at < f.first_answer; });
    if (after != forward.begin() && b.first_answer < std::prev(after)->last_call &&
        std::prev(after)->first_answer < b.last_call)
      return false;
  }
  return true;
}

std::vector<operation> unexplained(std::vector<operation> history) {
  if (is_linearizable(history)) return {};
  std::vector<time_point> answers;
  for (const auto& op : history)
    if (op.answered != never) answers.push_back(op.answered);
  std::sort(answers.begin(), answers.end());
  // What was not answered by then has no answer yet.
  const auto until = [&](time_point end) {
    std::vector<operation> out;
    for (operation op : history) {
      if (op.called > end) continue;
      if (op.answered > end) op.answered = never;
      if (op.answered != never || op.what == operation::kind::write) out.push_back(std::move(op));
    }
    return out;
  };
  const auto first = std::partition_point(answers.begin(), answers.end(),
                                          [&](time_point end) { return is_linearizable(until(end)); });
  return until(*first);
}

}  // namespace simulations
