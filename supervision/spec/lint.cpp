#include <algorithm>
#include <limits>
#include <troupe/spec/lint.hpp>

namespace troupe {

namespace {

constexpr duration worker_shutdown = seconds{5};

std::string text_of(duration d) {
  if (d == duration::max()) return "for ever";
  return std::to_string(duration_cast<milliseconds>(d).count()) + " ms";
}

std::uint64_t times(std::uint64_t a, std::uint64_t b) noexcept {
  return b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b
             ? std::numeric_limits<std::uint64_t>::max()
             : a * b;
}

duration plus(duration a, duration b) noexcept { return a > duration::max() - b ? duration::max() : a + b; }

duration shutdown_of(const child_spec& c) {
  return c.shutdown_time.value_or(c.is_supervisor ? duration::max() : worker_shutdown);
}

/// Looks at one tree.
class linter {
 public:
  explicit linter(const lint_options& how) : how_(how) {}

  /// Returns how long its children may take to stop. `tries`: how often a supervisor above starts it.
  duration look_at(const supervisor_spec& spec, const std::string& path, std::uint64_t tries) {
    tries = times(tries, std::uint64_t{spec.limit.intensity} + 1);
    if (spec.limit.intensity == 0)
      say(path,
          "allows no restarts, so each failure of a child is its own (LI5): give it an intensity, or be "
          "sure");
    duration together{}, in_turn{};
    const auto child = [&](const child_spec& c, const std::string& at) {
      const duration takes = look_at(c, at, spec, tries);
      together = std::max(together, takes);
      in_turn = plus(in_turn, takes);
    };
    for (const child_spec& c : spec.children) child(c, path + "/" + c.id);
    if (spec.pattern) child(*spec.pattern, path + "/*");
    return spec.how == strategy::dynamic ? together : in_turn;
  }

  std::vector<std::string> lines;

 private:
  void say(const std::string& path, const std::string& what) { lines.push_back(path + ": " + what); }

  duration look_at(const child_spec& c, const std::string& path, const supervisor_spec& above,
                   std::uint64_t tries) {
    const duration given = shutdown_of(c);
    if (c.is_supervisor && c.restart == restart_type::transient)
      say(path,
          "is a transient supervisor: when it ends by itself all below it stay down (LI2): make it "
          "permanent, or "
          "significant to its own supervisor");
    if (!c.below && !c.is_supervisor) {
      if (c.pace.index() == 0 && tries > how_.restarts_max && c.restart != restart_type::temporary)
        say(path, "would be started " + std::to_string(tries) +
                      " times, over all levels, before a failure gets to the top "
                      "(LI1): lower the intensities, or let it wait with a backoff");
      mailbox_while_away(c, path, above);
      return given;
    }
    if (!c.below) return given;  // who knows what is in it
    const duration takes = look_at(*c.below, path, tries);
    if (takes > given)
      say(path, "is given " + text_of(given) + " to stop, and its children may take " + text_of(takes) +
                    " (LI4): leave out its shutdown time, or shorten theirs");
    return std::min(takes, given);
  }

  void mailbox_while_away(const child_spec& c, const std::string& path, const supervisor_spec& above) {
    const auto mailbox = c.mailbox         ? c.mailbox
                         : how_.configured ? how_.configured->mailbox_at(path)
                                           : std::nullopt;
    if (c.restart == restart_type::temporary || (mailbox && mailbox->kind == mailbox_kind::bounded)) return;
    duration longest{};
    if (const auto* const b = std::get_if<backoff_restart>(&c.pace)) longest = b->waits.max;
    if (const auto* const b = std::get_if<circuit_restart>(&c.pace)) longest = b->open_for;
    if (longest > how_.wait_max)
      say(path, "may be down for " + text_of(longest) + " with an unbounded mailbox (LI3): give it a bound");
    else if (c.pace.index() == 0 && above.limit.intensity >= how_.intensity_loop_min)
      say(path, "may be restarted " + std::to_string(above.limit.intensity) + " times in " +
                    text_of(above.limit.period) + " with an unbounded mailbox (LI3): give it a bound");
  }

  const lint_options& how_;
};

}  // namespace

std::vector<std::string> lint(const supervisor_spec& spec, const std::string& path, const lint_options& how) {
  linter all{how};
  all.look_at(spec, path, 1);
  return std::move(all.lines);
}

}  // namespace troupe
