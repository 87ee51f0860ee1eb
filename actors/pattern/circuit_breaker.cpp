#include <troupe/cell/cell.hpp>
#include <troupe/pattern/circuit_breaker.hpp>

namespace troupe {
namespace {

breaker_rules rules_of(const breaker_settings& s) {
  const auto wrong = [&s](std::string text) {
    throw failed{{errc::invalid, "circuit breaker '" + s.name + "': " + std::move(text)}};
  };
  if (s.failures_max == 0) wrong("failures_max must be at least 1");
  if (s.window > breaker_window_max)
    wrong("window must be at most " + std::to_string(breaker_window_max) + ", not " +
          std::to_string(s.window));
  if (s.window_percent < 1 || s.window_percent > 100)
    wrong("window_percent must be from 1 to 100, not " + std::to_string(s.window_percent));
  if (s.call_timeout <= duration::zero()) wrong("call_timeout must be more than 0");
  if (!s.is_failure) wrong("is_failure must be set");
  if (const auto ok = validate(s.reset_timeout); !ok) wrong("reset_timeout: " + ok.error().text);
  return {s.failures_max, s.window, s.window_percent, s.call_timeout, s.reset_timeout};
}

std::string milliseconds_of(duration d) {
  return std::to_string(duration_cast<milliseconds>(d).count()) + " ms";
}

// The moment itself: that of a turn may be as old as its handler is slow.
time_point right_now(cell& at) { return at.env().from_now(duration::zero()); }

cell& breaker_turn() {
  return detail::turn_of(
      "circuit_breaker: it is used in the turns of the actor that it is part of (CI1); others ask that "
      "actor");
}

}  // namespace

circuit_breaker::circuit_breaker(breaker_settings settings)
    : settings_(std::move(settings)), machine_(rules_of(settings_)) {}

result<circuit_breaker::permit> circuit_breaker::enter() {
  cell& at = breaker_turn();
  const time_point now = right_now(at);
  const breaker_phase before = machine_.phase();
  const auto epoch = machine_.admit(now);
  if (!epoch) {
    ++counts_.refused;
    return refusal(at, now);
  }
  // Before anybody is told: if that throws, the trial is given up.
  permit mine{*this, *epoch, now};
  if (machine_.phase() != before) tell(at, before, "its wait is over, one call tries");
  return result<permit>{std::move(mine)};
}

void circuit_breaker::ended(permit& what, const error* why) {
  cell& at = breaker_turn();  // before anything is said: where that throws the permit is open still
  what.breaker_ = nullptr;
  const time_point now = right_now(at);
  std::optional<error> late;
  if (!why && now - what.begun_ > settings_.call_timeout) {  // CI3
    late.emplace(errc::timeout, "it took longer than " + milliseconds_of(settings_.call_timeout));
    why = &*late;
  }
  const bool fails = why && (late || settings_.is_failure(*why));
  ++(fails ? counts_.failed : counts_.succeeded);
  const breaker_phase before = machine_.phase();
  const std::uint32_t row = machine_.failures() + 1;
  machine_.ended(what.epoch_, fails ? call_end::failure : call_end::success, now, random(at));
  if (machine_.phase() == before) return;
  if (machine_.phase() == breaker_phase::closed) return tell(at, before, "the call that tried succeeded");
  std::string text = before == breaker_phase::half_open ? "the call that tried failed"
                     : row >= settings_.failures_max
                         ? std::to_string(row) + " failures in a row"
                         : "at least " + std::to_string(settings_.window_percent) + " % of the last " +
                               std::to_string(settings_.window) + " calls failed";
  tell(at, before, text + (why ? ": " + to_string(*why) : std::string{}) + next_try(now));
}

void circuit_breaker::given_up(const permit& what) noexcept {
  ++counts_.given_up;
  const breaker_phase before = machine_.phase();
  prng unused{0};  // a call that was given up has no wait
  machine_.ended(what.epoch_, call_end::given_up, what.begun_, unused);
  // An actor on its way out (L6) hears no more of it.
  cell* const at = cell::current();
  if (machine_.phase() == before || !at || !at->runs_tasks()) return;
  try {
    tell(*at, before, "the call that tried was given up; the next one tries");
  } catch (...) {
    // Judged in a turn of its own: what is being destroyed goes on being so.
    at->run_inside([why = current_exception_error(errc::handler_failed), born = at->incarnation()](cell& c) {
      if (c.incarnation() == born) c.fail(why, nullptr);
    });
  }
}

void circuit_breaker::trip(std::string why) {
  cell& at = breaker_turn();
  const time_point now = right_now(at);
  const breaker_phase before = machine_.phase();
  machine_.trip(now, random(at));
  tell(at, before, std::move(why) + next_try(now));
}

void circuit_breaker::reset(std::string why) {
  cell& at = breaker_turn();
  const breaker_phase before = machine_.phase();
  if (before == breaker_phase::closed) return;
  machine_.reset();
  tell(at, before, std::move(why));
}

prng& circuit_breaker::random(cell& at) {
  if (!random_) random_.emplace(detail::seed_of(at));
  return *random_;
}

std::string circuit_breaker::next_try(time_point now) const {
  return "; tries again in " + milliseconds_of(machine_.retry_at() - now);
}

error circuit_breaker::refusal(cell& at, time_point now) const {
  return {errc::overloaded,
          "circuit breaker '" + settings_.name + "' " +
              (machine_.phase() == breaker_phase::half_open
                   ? std::string{"is half open: one call tries already"}
                   : "is open; it tries again in " + milliseconds_of(machine_.retry_at() - now)),
          {},
          at.path()};
}

void circuit_breaker::tell(cell& at, breaker_phase from, std::string why) {
  const breaker_change what{from, machine_.phase(), std::move(why)};
  if (what.to == breaker_phase::open && from != what.to) ++counts_.opened;
  at.env().events().log(what.to == breaker_phase::closed ? log_level::info : log_level::warning, at.path(),
                        "circuit breaker '" + settings_.name + "': " + std::string{to_string(from)} + " -> " +
                            std::string{to_string(what.to)} + ": " + what.why);
  if (settings_.on_change) settings_.on_change(what);
}

}  // namespace troupe
