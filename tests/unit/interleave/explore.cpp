#include "unit/interleave/explore.hpp"

#include <algorithm>
#include <bit>
#include <troupe/base/prng.hpp>

namespace interleave {
namespace {

constexpr std::size_t shown_max = 200;

// One order that was written down. Where it ends, the first that can goes on.
class script final : public chooser {
 public:
  explicit script(const std::string& schedule) : schedule_(schedule) {}

  void begin() override { next_ = 0; }
  unsigned choose(const machine&, proc_set enabled, unsigned) override {
    if (next_ == schedule_.size()) return static_cast<unsigned>(std::countr_zero(enabled));
    const char c = schedule_[next_++];
    unsigned proc = nobody;
    if (c >= '0' && c < static_cast<char>('0' + threads_max)) proc = static_cast<unsigned>(c - '0');
    if (c >= 'a' && c < static_cast<char>('a' + threads_max))
      proc = threads_max + static_cast<unsigned>(c - 'a');
    return proc != nobody && has(enabled, proc) ? proc : nobody;
  }
  void done(unsigned, const step&) override {}

 private:
  const std::string& schedule_;
  std::size_t next_ = 0;
};

// Random orders. How long a thread goes on undisturbed and how lazy the buffers are changes from run to run: bugs
// differ in what they need.
class dice final : public chooser {
 public:
  explicit dice(std::uint64_t seed) : random_(seed) {}

  void begin() override {
    stay_ = random_.below(8);
    lazy_ = random_.below(8);
  }
  unsigned choose(const machine&, proc_set enabled, unsigned current) override {
    if (has(enabled, current) && random_.below(8) < stay_) return current;
    constexpr proc_set threads = (proc_set{1} << threads_max) - 1;
    proc_set from = enabled;
    if ((enabled & threads) != 0 && random_.below(8) < lazy_) from &= threads;
    for (auto skip = random_.below(static_cast<std::uint64_t>(std::popcount(from))); skip > 0; --skip)
      from &= from - 1;
    return static_cast<unsigned>(std::countr_zero(from));
  }
  void done(unsigned, const step&) override {}

 private:
  troupe::prng random_;
  std::uint64_t stay_ = 0;
  std::uint64_t lazy_ = 0;
};

void write_down(report& out, outcome&& o) {
  out.failure = std::move(o.failure);
  out.schedule = std::move(o.schedule);
  out.steps = std::move(o.steps);
}

// The failed run once more, to have its steps in words.
void tell(report& out, machine& m, subject& s, outcome&& failed) {
  script same(failed.schedule);
  const std::string failure = failed.failure;
  write_down(out, m.run(s, same, true));
  if (out.failure != failure) {
    out.failure = failure + " (and when run again: " + (out.failure.empty() ? "nothing" : out.failure) +
                  "; the program depends on something besides the schedule)";
    out.schedule = failed.schedule;
  }
}

}  // namespace

std::string report::text() const {
  if (passed()) return "passed in " + std::to_string(runs) + " runs";
  std::string out = failure + "\nin run " + std::to_string(runs) + ", schedule \"" + schedule + "\"\n";
  // A long run ends where it went wrong.
  const std::size_t first = steps.size() > shown_max ? steps.size() - shown_max : 0;
  if (first > 0) out += "  ... " + std::to_string(first) + " steps\n";
  for (std::size_t i = first; i < steps.size(); ++i)
    out += "  " + std::to_string(i + 1) + "  " + steps[i] + "\n";
  return out;
}

namespace detail {

report explore(subject& s, const explore_options& options) {
  report out;
  machine m(s.threads(), options.steps_max);
  search orders(options.search);
  do {
    if (out.runs == options.runs_max) {
      out.failure = "gave up after " + std::to_string(out.runs) +
                    " runs with orders left to try: make the program smaller, or raise runs_max";
      return out;
    }
    ++out.runs;
    outcome o = m.run(s, orders);
    out.steps_taken += o.schedule.size();
    if (!o.failure.empty()) {
      tell(out, m, s, std::move(o));
      return out;
    }
  } while (orders.advance());
  return out;
}

report run_seeded(subject& s, std::uint64_t seed, std::uint64_t steps, std::size_t steps_max) {
  report out;
  machine m(s.threads(), steps_max);
  dice orders(seed);
  do {
    ++out.runs;
    outcome o = m.run(s, orders);
    out.steps_taken += o.schedule.size();
    if (!o.failure.empty()) {
      tell(out, m, s, std::move(o));
      return out;
    }
  } while (out.steps_taken < steps && out.steps_taken > 0);
  return out;
}

report replay(subject& s, const std::string& schedule) {
  report out;
  machine m(s.threads(), std::max(default_steps_max, schedule.size()));
  script order(schedule);
  outcome o = m.run(s, order, true);
  out.runs = 1;
  out.steps_taken = o.schedule.size();
  if (o.given_up) o.failure = "the schedule does not fit the program";
  write_down(out, std::move(o));
  return out;
}

}  // namespace detail
}  // namespace interleave
