#include <troupe/pattern/circuit_breaker.hpp>

namespace troupe {
namespace {

const breaker_settings& checked(const breaker_settings& s) {
  const auto wrong = [&s](std::string text) {
    throw failed{{errc::invalid, "circuit breaker '" + s.name + "': " + std::move(text)}};
  };
  if (s.failures_max == 0) wrong("failures_max must be at least 1");
  if (s.call_timeout <= duration::zero()) wrong("call_timeout must be more than 0");
  if (!s.is_failure) wrong("is_failure must be set");
  if (const auto ok = validate(s.reset_timeout); !ok) wrong("reset_timeout: " + ok.error().text);
  return s;
}

std::string milliseconds_of(duration d) {
  return std::to_string(duration_cast<milliseconds>(d).count()) + " ms";
}

// The moment itself: that of a turn may be as old as its handler is slow.
time_point right_now(cell& at) { return at.env().from_now(duration::zero()); }

cell& here() { return detail::turn_of("a circuit breaker belongs to an actor: it is used in its turns"); }

}  // namespace

circuit_breaker::circuit_breaker(breaker_settings settings)
    : settings_(std::move(settings)), machine_(checked(settings_).failures_max, settings_.reset_timeout) {}

circuit_breaker::attempt::attempt(circuit_breaker& of) : breaker_(of), begun_(right_now(here())) {
  const breaker_phase before = of.machine_.phase();
  epoch_ = of.machine_.admit(begun_);
  if (of.machine_.phase() != before) of.tell(before, "its wait is over, one call tries");
}

circuit_breaker::attempt::~attempt() {
  if (!epoch_) return;
  // No turn of the actor may be left (L6), and nobody needs to hear: the machine alone is told.
  prng none{0};
  breaker_.machine_.ended(*epoch_, call_end::given_up, begun_, none);
}

void circuit_breaker::attempt::end_with(const error* why) {
  const std::uint64_t epoch = *std::exchange(epoch_, std::nullopt);
  if (why) {
    breaker_.ended(epoch, breaker_.settings_.is_failure(*why) ? call_end::failure : call_end::success, why);
  } else if (right_now(here()) - begun_ > breaker_.settings_.call_timeout) {
    const error late{errc::timeout,
                     "it took longer than " + milliseconds_of(breaker_.settings_.call_timeout)};
    breaker_.ended(epoch, call_end::failure, &late);  // CI3
  } else {
    breaker_.ended(epoch, call_end::success, nullptr);
  }
}

void circuit_breaker::ended(std::uint64_t epoch, call_end how, const error* why) {
  cell& at = here();
  if (!random_) random_.emplace(detail::seed_of(at));
  const time_point now = right_now(at);
  const breaker_phase before = machine_.phase();
  machine_.ended(epoch, how, now, *random_);
  if (machine_.phase() == before) return;
  if (machine_.phase() == breaker_phase::closed) return tell(before, "the call that tried succeeded");
  tell(before,
       (before == breaker_phase::half_open ? std::string{"the call that tried failed"}
                                           : std::to_string(settings_.failures_max) + " failures in a row") +
           (why ? ": " + to_string(*why) : std::string{}) + "; tries again in " +
           milliseconds_of(machine_.retry_at() - now));
}

error circuit_breaker::refusal() const {
  cell& at = here();
  const duration left = machine_.retry_at() - right_now(at);
  return {errc::overloaded,
          "circuit breaker '" + settings_.name + "' " +
              (machine_.phase() == breaker_phase::half_open
                   ? std::string{"is half open: one call tries already"}
                   : "is open; it tries again in " + milliseconds_of(left)),
          {},
          at.path()};
}

void circuit_breaker::tell(breaker_phase from, std::string why) {
  cell& at = here();
  const breaker_change what{from, machine_.phase(), std::move(why)};
  at.env().events().log(what.to == breaker_phase::closed ? log_level::info : log_level::warning, at.path(),
                        "circuit breaker '" + settings_.name + "': " + std::string{to_string(from)} + " -> " +
                            std::string{to_string(what.to)} + ": " + what.why);
  if (settings_.on_change) settings_.on_change(what);
}

}  // namespace troupe
