// What an actor of a round does on its own account.
#include <algorithm>

#include "stress/member.hpp"

namespace stress {

namespace {

constexpr unsigned depth_max = 5;
constexpr std::size_t known_max = 12;
constexpr std::size_t watched_max = 8;
constexpr std::size_t alarms_max = 4;

}  // namespace

void member::react(const stamp* poison, kind what) {
  if (calm()) return;
  // About two messages for each actor are kept under way, so that queues are short and long, and nothing dies out.
  const std::uint64_t load = books().traffic.count();
  const std::uint64_t wanted = thin() ? 2 : 2 * role_.where->actors;
  for (int n = load < wanted ? 2 : load > 2 * wanted ? 0 : 1; n > 0; --n) talk();
  const std::uint64_t deed = dice(1000);
  if (deed < 100) {
    if (!thin()) launch(wonder(somebody(), troupe::microseconds{200 + dice(30'000)}));
  } else if (deed < 180) {
    grow();
  } else if (deed < 220) {
    stop_one();
  } else if (deed < 340) {
    watch_one();
  } else if (deed < 380) {
    unwatch_one();
  } else if (deed < 440) {
    if (!thin()) arm();
  } else if (deed < 470) {
    disarm();
  } else if (deed < (me_->at.supervised ? 500u : 475u)) {
    stumble(poison, what, 1);
  }
}

const peer& member::somebody() {
  if (known_.empty() || one_in(20)) meet({self(), me_, &me_->at});
  return known_[dice(known_.size())];
}

void member::meet(const peer& somebody_new) {
  if (known_.size() < known_max)
    known_.push_back(somebody_new);
  else
    known_[dice(known_max)] = somebody_new;
}

void member::talk() { talk_to(peer{somebody()}); }

void member::talk_to(const peer& to) {
  const stamp mark = next(to, kind::tell);
  books().sending(*to.at, kind::tell);
  if (one_in(3)) {
    const std::size_t size = 1 + dice(200);
    parcel p{mark, std::string(size, 'x'), std::vector<std::uint64_t>(size)};
    p.numbers.back() = answer_to(mark);
    to.to.tell(std::move(p));
  } else {
    to.to.tell(note{mark, one_in(2) ? peer{self(), me_, &me_->at} : somebody()});
  }
}

void member::grow() {
  if (books().alive.load(std::memory_order_relaxed) >= role_.where->actors) return;
  role next_one = role_;
  next_one.at = &books().new_seat(false);
  next_one.depth = role_.depth + 1;
  switch (dice(3)) {
    case 0:
      next_one.poison = troupe::poison_policy::drop();
      break;
    case 1:
      next_one.poison = troupe::poison_policy::retry(static_cast<unsigned>(1 + dice(2)));
      break;
    default:
      next_one.poison = troupe::poison_policy::put_back();
  }
  std::vector<peer> known{{self(), me_, &me_->at}, somebody()};
  if (const auto* const crowd = role_.where->crowd.load(std::memory_order_acquire); crowd && one_in(10)) {
    next_one.who = nullptr;
    next_one.early = false;
    next_one.poison = {};  // a dynamic child has its supervisor's choice
    crowd->start(next_one, std::move(known));
    return;
  }
  if (role_.depth >= depth_max) return;
  next_one.who = &books().new_life(*next_one.at, role_.early);
  troupe::spawn_options options;
  if (!one_in(4)) options.name = "c" + std::to_string(next_one.at->id);
  if (one_in(50)) options.dispatcher = "blocking";
  options.poison = next_one.poison;
  options.shutdown_time =
      troupe::minutes{10};  // a machine under load is slow; nobody is detached for it (S5)
  const anyone made = one_in(4) ? anyone{spawn<scribe>(std::move(options), next_one, std::move(known))}
                                : anyone{spawn<player>(std::move(options), next_one, std::move(known))};
  children_.push_back({made, next_one.who, next_one.at});
  meet(children_.back());
}

void member::stop_one() {
  if (books().alive.load(std::memory_order_relaxed) * 4 < role_.where->actors * 3) return;
  if (one_in(4)) {
    if (!me_->never_stopped) stop_self();
    return;
  }
  const peer& whom = somebody();
  if (!whom.who || !whom.who->never_stopped) troupe::stop(whom.to);
}

void member::watch_one() {
  const peer& whom = somebody();
  if (!whom.who || whom.who == me_ || me_->watched.size() >= watched_max) return;
  auto& all = me_->watched;
  // Watching twice is watching once.
  const bool already = std::any_of(all.begin(), all.end(), [&](const peer& p) { return p.who == whom.who; });
  if (!already) all.push_back(whom);
  watch(whom.to);
}

void member::unwatch_one() {
  auto& all = me_->watched;
  if (all.empty()) return;
  const auto whom = all.begin() + static_cast<std::ptrdiff_t>(dice(all.size()));
  unwatch(whom->to);
  all.erase(whom);
}

void member::arm() {
  std::erase_if(alarms_, [](const auto& a) { return a.second->over; });
  if (alarms_.size() >= alarms_max) return;
  const troupe::duration delay = troupe::microseconds{dice(20'000)};
  auto state = std::make_shared<alarm>(alarm{troupe::after(now(), delay)});
  auto ring = [this, state, own = errand{books().traffic}, born = me_->incarnation] {
    const inside here{*this};
    judge().expect(me_->now == phase::started && me_->incarnation == born, "S6",
                   "a timer ends with its object");
    judge().expect(!state->over && !state->cancelled, "TM2",
                   "a timer fires once, and never when it was cancelled");
    judge().expect(ports().clock().now() >= state->due, "W2", "no timer fires before its time");
    state->over = true;
    figures::add(books().counted.alarms);
    react(nullptr, kind::tell);
  };
  alarms_.emplace_back(after_delay(delay, std::move(ring)), std::move(state));
}

void member::disarm() {
  if (alarms_.empty()) return;
  auto& [handle, state] = alarms_[dice(alarms_.size())];
  handle.cancel();
  if (!state->over) state->cancelled = true;
  state->over = true;
}

}  // namespace stress
