// What a supervisor would do about an end of one of its children (messages.hpp, `what_if`). It is found with copies of what decides, so nothing
// is done.
#include <algorithm>
#include <troupe/tree/supervisor.hpp>

namespace troupe {

namespace {

// For a supervisor below that is busy, or starts: whoever asks has a limit of his own, which counts here too (M6).
constexpr duration answer_below = minutes{1};

}  // namespace

promise<forecast> supervisor::on(const what_if& m) {
  auto who = answer_later<forecast>();
  const std::size_t slash = m.id.find('/');
  const std::string id = m.id.substr(0, slash);
  const auto found = known(id);
  const auto refuse = [&](errc code, const char* why) {
    who.fail({code, "child '" + id + "' of " + path() + why, {}, path()});
  };
  if (!found)
    who.fail(found.error());
  else if (slash == std::string::npos)
    who.reply(forecast_of(**found, exit_kind::failed, "if " + path() + "/" + id + " failed now:\n"));
  else if (!(*found)->spec->is_supervisor)
    refuse(errc::invalid, " is no supervisor: nothing below it is put back by itself");
  else if (!(*found)->who)
    refuse(errc::stopped, " is down, and all that was below it");
  else
    actor_base::launch(ask_below(who, id, m.id.substr(slash + 1)));
  return who;
}

task<void> supervisor::ask_below(promise<forecast> who, std::string id, std::string rest) {
  const ref<what_if> below = ref_to<what_if>(env(), path() + "/" + id);
  auto got = co_await ask<what_if>(below, answer_below, std::move(rest));
  if (!got) {
    who.fail(got.error());
  } else if (!got->supervisor_ends) {
    who.reply({std::move(got->text), {}});
  } else if (const auto found = known(id); !found) {  // it has gone meanwhile
    who.fail(found.error());
  } else {
    const exit_kind how = *got->supervisor_ends;
    const char* const would = how == exit_kind::failed ? " would fail:\n" : " would shut itself down:\n";
    forecast here = forecast_of(**found, how, "as " + path() + "/" + id + would);
    who.reply({got->text + here.text, here.supervisor_ends});
  }
}

forecast supervisor::forecast_of(const child_entry& e, exit_kind exit, std::string out) const {
  if (exit == exit_kind::failed && (rules_ || !e.spec->rules.empty()))
    out += "  if no rule speaks of the exception (RU1):\n";
  if (!should_restart(e.spec->restart, exit)) return of_staying_down(e, std::move(out));
  const time_point now = env().now();
  if (e.spec->pace.index() != 0) {
    restart_pacer pacer = e.rare && e.rare->pacer ? *e.rare->pacer : restart_pacer{e.spec->pace};
    prng random{random_.value_or(prng{0})};
    const pace_verdict then = pacer.failed(now, random);
    if (then.exhausted) return of_ending(exit_kind::failed, out + "  its failures in a row are used up (S9)");
    if (then.open) out += "  its circuit would open (S9)\n";
    if (then.wait > duration::zero()) out += "  after a wait of its own (S9)\n";
  } else if (window_.recent(now) >= window_.intensity()) {
    return of_ending(exit_kind::failed, out + "  " + std::to_string(window_.recent(now)) + " of " +
                                            std::to_string(window_.intensity()) +
                                            " restarts are used up (S3)");
  }
  if (!is_group()) return {out + "  it alone would be restarted\n", {}};
  const plan p = restart_plan(how_, e.at, exit, work_.states());
  out += names_at("goes down:", {e.at});
  out += names_at("go down after it:", p.stop);
  out += names_at("are started, in this order:", p.start);
  out += names_at("are gone for good:", p.drop);
  return {std::move(out), {}};
}

forecast supervisor::of_staying_down(const child_entry& e, std::string out) const {
  out += "  it is " + std::string{to_string(e.spec->restart)} + ", so it would stay down (S2)";
  if (!e.spec->is_significant || told_->ends == auto_shutdown::off) return {out + "\n", {}};
  const auto is_another = [&](const auto& one) {
    return one.get() != &e && one->spec->is_significant && one->who;
  };
  if (told_->ends == auto_shutdown::all_significant &&
      std::any_of(children_.begin(), children_.end(), is_another))
    return {out + "; it is significant, and others of those still run\n", {}};
  return of_ending(exit_kind::shutdown,
                   out + "; it is significant (" + std::string{to_string(told_->ends)} + ")");
}

/// The supervisor itself ends so, and takes all others along.
forecast supervisor::of_ending(exit_kind how, std::string out) const {
  std::vector<std::size_t> running;
  std::size_t count = 0;
  for (const auto& one : children_) {
    count += one->who != nullptr;
    if (!is_dynamic() && one->who) running.push_back(one->at);
  }
  std::reverse(running.begin(), running.end());
  out += ", so " + path() + " would " +
         (how == exit_kind::failed ? "fail to its parent\n" : "shut itself down\n");
  if (is_dynamic())
    out += "  with it, at once: " + std::to_string(count) + " children\n";
  else
    out += names_at("with it, in this order:", running);
  return {std::move(out), how};
}

// A line, if there are any.
std::string supervisor::names_at(const char* what, const std::vector<std::size_t>& places) const {
  if (places.empty()) return {};
  std::string out = std::string{"  "} + what;
  for (const std::size_t at : places)
    out += " " + child_table::id_of(**(children_.begin() + static_cast<std::ptrdiff_t>(at)));
  return out + "\n";
}

}  // namespace troupe
