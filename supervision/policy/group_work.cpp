#include <algorithm>
#include <troupe/base/check.hpp>
#include <troupe/policy/group_work.hpp>

namespace troupe {

void group_work::add(restart_type type) { places_.push_back({type}); }

void group_work::erase(std::size_t at) {
  check(at < places_.size(), "a child that goes was there");
  places_.erase(places_.begin() + static_cast<std::ptrdiff_t>(at));
  const auto moved = [at](std::optional<std::size_t>& one) {
    if (!one) return;
    if (*one == at)
      one.reset();
    else if (*one > at)
      --*one;
  };
  moved(first_);
  moved(under_way_);
  if (top_ > at) --top_;
  if (bottom_ > at) --bottom_;
}

std::vector<child_state> group_work::states() const {
  std::vector<child_state> out;
  out.reserve(places_.size());
  for (const place& p : places_) out.push_back({p.type, is_there(p.now)});
  return out;
}

void group_work::want(std::size_t at) {
  places_[at].to_start = true;
  bottom_ = std::min(bottom_, at);
}

void group_work::leave(std::size_t at) noexcept {
  places_[at].to_start = places_[at].to_fall = places_[at].to_stop = false;
  if (first_ == at) first_.reset();
}

void group_work::restart(const plan& p, std::size_t ended) {
  const auto goes_down = [this](std::size_t at, bool for_good) {
    place& one = places_[at];
    if (!is_there(one.now)) return;
    (for_good ? one.to_stop : one.to_fall) = true;
    top_ = std::max(top_, at + 1);
    if (under_way_ == at) under_way_.reset();  // GW3
  };
  for (const std::size_t at : p.start) {
    if (places_[at].now == child_phase::stopping) continue;
    want(at);
    goes_down(at, false);
  }
  for (const std::size_t at : p.drop) {
    if (!is_there(places_[at].now)) continue;  // it has yet to be started for the first time
    places_[at].to_start = false;
    goes_down(at, true);
  }
  if (places_[ended].to_fall || places_[ended].to_stop) first_ = ended;
}

group_work::step group_work::next() noexcept {
  using action = step::action;
  if (under_way_) return {action::wait, *under_way_};
  const auto down = [this](std::size_t at) {
    return step{places_[at].to_stop ? action::stop : action::hold, at};
  };
  if (first_) return down(*first_);
  for (; top_ > 0; --top_)
    if (places_[top_ - 1].to_fall || places_[top_ - 1].to_stop) return down(top_ - 1);
  for (; bottom_ < places_.size(); ++bottom_)
    if (places_[bottom_].to_start) return {action::start, bottom_};
  return {};
}

void group_work::begin(const step& s) noexcept {
  using action = step::action;
  check(s.what == action::hold || s.what == action::stop || s.what == action::start, "a step is begun");
  under_way_ = s.at;
  places_[s.at].now = s.what == action::hold   ? child_phase::falling
                      : s.what == action::stop ? child_phase::stopping
                                               : child_phase::starting;
}

void group_work::now_is(std::size_t at, child_phase phase) noexcept {
  place& one = places_[at];
  one.now = phase;
  const bool moves =
      phase == child_phase::falling || phase == child_phase::stopping || phase == child_phase::starting;
  if (!moves && under_way_ == at) under_way_.reset();
  if (phase == child_phase::down || phase == child_phase::held) {
    one.to_fall = one.to_stop = false;
    if (first_ == at) first_.reset();
  }
  if (phase == child_phase::up) one.to_start = false;
}

}  // namespace troupe
