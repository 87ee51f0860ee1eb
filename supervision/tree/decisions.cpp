#include <algorithm>
#include <troupe/tree/decisions.hpp>

namespace troupe {

namespace {

void cut(std::string& text) {
  if (text.size() <= decision_log::text_max) return;
  std::size_t end = decision_log::text_max;
  // Not in the middle of a character.
  while (end != 0 && (static_cast<unsigned char>(text[end]) & 0xc0u) == 0x80u) --end;
  text.resize(end);
  text += "...";
}

void add_name(std::vector<std::string>& to, const std::string& name) {
  if (to.size() < decision_log::names_max)
    to.push_back(name);
  else if (to.size() == decision_log::names_max)
    to.emplace_back("...");
}

std::string text_of(duration d) {
  const auto us = duration_cast<microseconds>(d).count();
  if (us < 10'000) return std::to_string(us) + " us";
  const auto ms = us / 1000;
  if (ms < 10'000) return std::to_string(ms) + " ms";
  const auto s = ms / 1000;
  return s < 600 ? std::to_string(s) + " s" : std::to_string(s / 60) + " min";
}

void add_names(std::string& to, const char* what, const std::vector<std::string>& names) {
  if (names.empty()) return;
  to += what;
  for (const std::string& one : names) to += (&one == &names.front() ? "" : ", ") + one;
}

}  // namespace

std::string names_in(const decision& d) {
  std::string out;
  add_names(out, "down: ", d.stopped);
  add_names(out, out.empty() ? "up: " : "; up: ", d.started);
  return out;
}

std::string to_string(const decision& d) {
  std::string out = text_of(d.age) + " ago: " + d.who;
  if (!d.message.empty()) out += " failed on " + d.message;
  out += ": " + d.reason + ": " + d.action;
  add_names(out, "; down: ", d.stopped);
  add_names(out, "; up: ", d.started);
  if (!d.is_over)
    out += "; under way for " + text_of(d.took);
  else if (!d.stopped.empty() || !d.started.empty())
    out += "; took " + text_of(d.took);
  return out;
}

void decision_log::add(decision d, part whose, time_point now) {
  for (std::string* const text : {&d.reason, &d.message, &d.action}) cut(*text);
  d.number = ++count_;
  if (!d.is_over) {
    if (kept* const before = whose == group ? nullptr : open_of(whose); before && before->whose == whose)
      close(*before, now);
    ++open_;
  }
  const std::lock_guard hold{mutex_};
  if (all_.size() == kept_max) {
    if (!all_.front().what.is_over) --open_;
    all_.pop_front();
  }
  all_.push_back({std::move(d), now, whose});
}

// The newest that is under way and that the child has a part in. In the supervisor's turn, where nobody else writes.
decision_log::kept* decision_log::open_of(part whose) noexcept {
  if (open_ == 0) return nullptr;
  const auto found = std::find_if(all_.rbegin(), all_.rend(), [&](const kept& one) {
    return !one.what.is_over && (one.whose == group || one.whose == whose);
  });
  return found == all_.rend() ? nullptr : &*found;
}

void decision_log::close(kept& one, time_point now) {
  {
    const std::lock_guard hold{mutex_};
    one.what.is_over = true;
    one.what.took = now - one.at;
  }
  --open_;
  if (one.what.stopped.size() > 1 || one.what.started.size() > 1) done_.push_back(one.what);
}

void decision_log::went_down(part whose, const std::string& who) {
  kept* const one = open_of(whose);
  if (!one) return;
  auto& names = one->what.stopped;
  if (std::find(names.begin(), names.end(), who) != names.end()) return;  // it went by itself
  const std::lock_guard hold{mutex_};
  add_name(names, who);
}

void decision_log::came_up(part whose, const std::string& who, time_point now) {
  kept* const one = open_of(whose);
  if (!one) return;
  {
    const std::lock_guard hold{mutex_};
    add_name(one->what.started, who);
  }
  if (one->whose != group) close(*one, now);
}

void decision_log::ended(part whose, time_point now) {
  if (kept* const one = open_of(whose); one && one->whose == whose) close(*one, now);
}

void decision_log::settled(time_point now) {
  if (open_ == 0) return;
  for (kept& one : all_)
    if (!one.what.is_over && one.whose == group) close(one, now);
}

void decision_log::abandon(time_point now) {
  for (kept& one : all_)
    if (!one.what.is_over) close(one, now);
}

std::vector<decision> decision_log::all(time_point now) const {
  std::vector<decision> out;
  const std::lock_guard hold{mutex_};
  for (const kept& one : all_) {
    out.push_back(one.what);
    out.back().age = now - one.at;
    if (!one.what.is_over) out.back().took = out.back().age;
  }
  return out;
}

}  // namespace troupe
