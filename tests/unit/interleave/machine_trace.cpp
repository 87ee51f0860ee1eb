// The machine: what it tells people.
#include <algorithm>
#include <array>
#include <string_view>

#include "unit/interleave/machine.hpp"

namespace interleave {
namespace {

constexpr std::array<std::string_view, 13> verbs = {"load",
                                                    "store into the buffer",
                                                    "store becomes visible",
                                                    "store",
                                                    "read-modify-write",
                                                    "fence",
                                                    "heavy fence",
                                                    "heavy fence done",
                                                    "lock",
                                                    "unlock",
                                                    "park",
                                                    "unpark",
                                                    "free"};

std::string_view verb(action a) { return verbs[static_cast<std::size_t>(a)]; }

}  // namespace

void machine::name(const cell& c, std::string text) {
  if (c.at == nowhere) return;
  if (names_.size() <= c.at) names_.resize(c.at + 1);
  names_[c.at] = std::move(text);
}

std::string machine::describe(const step& s) const {
  std::string out(verb(s.what));
  if (s.on) {
    out += ' ';
    out += s.at < names_.size() && !names_[s.at].empty() ? names_[s.at] : "cell " + std::to_string(s.at);
  }
  if (s.block != nowhere) {
    for (std::size_t i = 0; i < blocks_.size(); ++i)
      if (blocks_[i].at == s.block) out += (s.on ? " of block " : " block ") + std::to_string(i);
  }
  return out;
}

// Addresses differ from run to run: a block is known by its number, any other large value by when it came up.
std::string machine::show(std::uint64_t bits) {
  for (std::size_t i = 0; i < blocks_.size(); ++i)
    if (reinterpret_cast<std::uintptr_t>(blocks_[i].begin) == bits) return "block " + std::to_string(i);
  if (bits < 100'000) return std::to_string(bits);
  const auto known = std::find(shown_.begin(), shown_.end(), bits);
  const auto number = known - shown_.begin();
  if (known == shown_.end()) shown_.push_back(bits);
  return "#" + std::to_string(number + 1);
}

void machine::took(unsigned proc, const step& s, std::uint64_t value, const char* note) {
  chooser_->done(proc, s);
  if (proc < threads_max) ++known_[proc].at[proc];  // what comes now is told by later steps only
  if (!tracing_) return;
  std::string line = "thread " + std::to_string(proc % threads_max) + ": " + describe(s);
  if (s.on && s.what != action::park && s.what != action::unpark && s.what != action::lock &&
      s.what != action::unlock)
    line += ": " + show(value);
  outcome_.steps.push_back(line + note);
}

std::string machine::who_waits() const {
  std::string out;
  for (unsigned t = 0; t < threads_; ++t) {
    if (states_[t].ended) continue;
    if (!out.empty()) out += "; ";
    out += "thread " + std::to_string(t) + " waits to " + describe(states_[t].next);
  }
  return out;
}

}  // namespace interleave
