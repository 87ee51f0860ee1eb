#include "stress/model.hpp"

#include <charconv>
#include <optional>

namespace stress {

namespace {

std::string text(const stamp& s, kind what) {
  return std::string{what == kind::ask ? "ask " : "tell "} + std::to_string(s.number) + " (tell " +
         std::to_string(s.tells) + ") of " + std::to_string(s.from >> 20) + "." +
         std::to_string(s.from & 0xfffff) + (s.named ? " by name" : "");
}

bool same(const stamp& a, const stamp& b) noexcept {
  return a.from == b.from && a.number == b.number && a.named == b.named;
}

std::uint64_t channel(const stamp& s) noexcept { return s.from * 2 + s.named; }

std::optional<std::uint64_t> number_in(std::string_view digits) noexcept {
  std::uint64_t n = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (ec != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return n;
}

}  // namespace

model::model(verdict& v, std::size_t numbers_max)
    : judge(v), numbers_max_(numbers_max), by_number_(std::make_unique<dead_letters[]>(numbers_max)) {}

seat& model::new_seat(bool supervised) {
  const std::lock_guard hold{mutex_};
  return seats_.emplace_back(seats_.size(), supervised);
}

life& model::new_life(seat& at, bool early) {
  const std::lock_guard hold{mutex_};
  figures::add(counted.lives);
  return lives_.emplace_back(lives_.size(), at, early);
}

void model::sending(seat& to, kind what) {
  traffic.begin();
  sent_.fetch_add(1, std::memory_order_relaxed);
  to.sent[static_cast<std::size_t>(what)].fetch_add(1, std::memory_order_relaxed);
}

void model::dead_letter(std::string_view path, std::string_view message, std::string_view reason) {
  if (message == "troupe.terminated")
    return;  // to a watcher that has stopped itself; the others are counted on
  if (message == "troupe::start_child")
    return;  // its supervisor has stopped: the actor is none, and its seat tells so
  if (message == "stress::roll_call") return traffic.end();
  const bool tell = message == "stress::note" || message == "stress::parcel";
  const bool known = tell || message == "stress::question";
  const auto f =
      reason == "stopped" ? fate::stopped
      : reason == "expired" || reason == "cancelled"  // overdue, or its asker has noticed that first
          ? fate::expired
          : fate::handler_failed;
  const auto what = tell ? kind::tell : kind::ask;
  if (!known || (f == fate::handler_failed && reason != "handler_failed") || (tell && f == fate::expired))
    judge.broken("M4", "no such dead letter",
                 std::string{message} + ", " + std::string{reason} + ", to " + std::string{path});
  // The names of a round: c17 is the seat 17; what begins otherwise has the number that the system gave it.
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const auto number = number_in(name.starts_with('c') || name.starts_with('$') ? name.substr(1) : name);
  dead_letters* where = nullptr;
  if (!number)
    judge.broken("M4", "a path of this round", std::string{path});
  else if (!name.starts_with('c'))
    where = *number < numbers_max_ ? &by_number_[*number] : nullptr;
  else {
    const std::lock_guard hold{mutex_};
    where = *number < seats_.size() ? &seats_[*number].dead : nullptr;
  }
  judge.expect(where != nullptr, "M4", "a dead letter's path is one that was given out");
  if (where)
    where->of[static_cast<std::size_t>(what)][static_cast<std::size_t>(f)].fetch_add(
        1, std::memory_order_relaxed);
  // One that was thrown at has been handled.
  if (f != fate::handler_failed) traffic.end();
}

std::uint32_t model::receive(life& me, const stamp& mark, kind what) {
  seat& s = me.at;
  while (!s.again.empty()) {
    const repeat due = s.again.front();
    s.again.pop_front();
    if (same(due.mark, mark) && due.what == what) {
      figures::add(counted.repeats);
      return due.tries;
    }
    ++s.given_up[static_cast<std::size_t>(due.what)];
    if (due.what == kind::ask) continue;  // it may have expired while the actor was restarted
    judge.broken("S6, S7", text(due.mark, due.what) + " comes again first", text(mark, what));
  }
  ++s.received[static_cast<std::size_t>(what)];
  const auto [at, fresh] = me.seen.try_emplace(channel(mark));
  progress before = at->second;
  bool next = true;
  if (fresh && mark.named) {
    // What was sent by this name before may have gone to a cell that was here earlier.
    before = s.by_name[channel(mark)];
    next = mark.number > before.number &&
           (what == kind::tell ? mark.tells > before.tells : mark.tells >= before.tells);
  } else {
    next = mark.number > before.number && mark.tells == before.tells + (what == kind::tell ? 1 : 0);
  }
  if (!next)
    judge.broken("M3",
                 "the message behind number " + std::to_string(before.number) + " (tell " +
                     std::to_string(before.tells) + ")",
                 text(mark, what));
  at->second = {mark.number, mark.tells};
  if (mark.named) s.by_name[channel(mark)] = at->second;
  return 0;
}

void model::succeed(life& me) {
  seat& s = me.at;
  for (const repeat& r : s.again) ++s.given_up[static_cast<std::size_t>(r.what)];
  s.again.clear();
  s.current = &me;
}

std::string model::imbalance(seat& s) {
  const std::uint64_t number = s.number.load(std::memory_order_relaxed);
  const dead_letters& dead = number ? by_number_[number] : s.dead;
  for (const repeat& r : s.again) ++s.given_up[static_cast<std::size_t>(r.what)];
  s.again.clear();
  std::string out;
  for (const kind k : {kind::tell, kind::ask}) {
    const auto i = static_cast<std::size_t>(k);
    const std::uint64_t sent = s.sent[i].load(std::memory_order_relaxed);
    const std::uint64_t lost = dead.count(k, fate::stopped) + dead.count(k, fate::expired);
    const std::string what = k == kind::tell ? " tells" : " asks";
    if (sent + s.given_up[i] != s.received[i] + lost)
      out += std::to_string(sent) + what + " sent to " + std::to_string(s.id) + ", " +
             std::to_string(s.received[i]) + " received, " + std::to_string(lost) + " dead letters, " +
             std::to_string(s.given_up[i]) + " both; ";
    if (s.thrown[i] != dead.count(k, fate::handler_failed))
      out += std::to_string(s.thrown[i]) + what + " thrown at by " + std::to_string(s.id) + ", " +
             std::to_string(dead.count(k, fate::handler_failed)) + " of them dead letters; ";
  }
  return out;
}

std::string model::missing() {
  constexpr int told_max = 5;
  const std::lock_guard hold{mutex_};
  std::string out;
  int told = 0;
  for (seat& s : seats_) {
    const std::string wrong = imbalance(s);
    if (!wrong.empty() && ++told <= told_max) out += wrong;
  }
  return out;
}

void model::forget() {
  for (life& l : lives_) l.watched.clear();
}

void model::balance() {
  for (const life& l : lives_)
    if (l.now != phase::nobody) judge.broken("L2", "every actor object is destroyed", "one that is left");
  for (seat& s : seats_) {
    const std::string wrong = imbalance(s);
    if (!wrong.empty()) judge.broken("M2, M4", "sent = received + dead letters", wrong);
  }
  judge.expect(traffic.count() == 0, "M5", "every message, ask and timer has come to its end");
  judge.expect(alive == 0, "L2", "every actor object is destroyed");
  if (started != stopped)
    judge.broken("L2", std::to_string(started) + " on_stop, as many as on_start", std::to_string(stopped));
}

}  // namespace stress
