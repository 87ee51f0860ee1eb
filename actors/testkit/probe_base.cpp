#include <future>
#include <troupe/actor/spawn.hpp>
#include <troupe/system/system.hpp>
#include <troupe/system/waiter.hpp>
#include <troupe/testkit/probe_base.hpp>
#include <utility>

namespace troupe::testkit {

namespace {

/// The path of the actor with that number below `c`; empty if there is none.
std::string path_of(const cell_ptr& c, std::uint64_t number) {
  if (c->number() == number) return c->path();
  for (const auto& child : c->children())
    if (auto found = path_of(child, number); !found.empty()) return found;
  return {};
}

}  // namespace

void detail::probe_body::receive(delivery& d) {
  if (to_->accepts(*d->type))
    to_->add(d.keep());
  else
    on_unknown(d);
}

probe_base::probe_base(test_scope scope, std::string name, const actor_class& type,
                       std::span<const message_form> forms)
    : scope_(std::move(scope)), inbox_(std::make_shared<probe_inbox>(forms)), mark_(scope_.seen->mark()) {
  environment& env = scope_.system->env();
  cell_props props;
  props.name = name.empty() ? "probe-" + std::to_string(env.next_id()) : std::move(name);
  props.type = &type;
  props.how = recipe_of<detail::probe_body>(inbox_);
  cell_ = cell::spawn(env, scope_.system->user_root(), std::move(props)).value();
}

probe_base::~probe_base() {
  stop();
  inbox_->close();
  if (last_reply_) last_reply_->fail({errc::stopped, "the probe that was asked has ended", {}, path()});
}

void probe_base::stop() {
  const boost::intrusive_ptr<waiter> gone{new waiter{cell_->env().platform()}};
  cell_->add_watcher(gone);
  cell_->request_stop(exit_kind::normal);
  gone->wait_for(dilated(scope_.waits.settle));
}

void probe_base::fail(const std::string& story, source_location where) {
  std::string report = story;
  if (const auto queue = inbox_->shown_queue(); !queue.empty())
    report += "\n  still queued at " + path() + " (" + std::to_string(queued()) + "):" + queue;
  if (const auto meanwhile = scope_.seen->since(mark_); !meanwhile.empty())
    report += "\n  dead letters and failures meanwhile:" + meanwhile;
  if (scope_.platform && scope_.platform->time_stands_still())
    report += "\n  time is manual: it stands still, and timers fire only while it is advanced";
  fail_test(scope_.report_to, report, where);
}

void probe_base::fail_on(const engine::envelope& e, std::string_view what, source_location where,
                         std::string_view details, const std::vector<std::string>& lines) {
  std::string story = "expected ";
  story.append(what).append(" at ").append(path()).append(", but got\n    ").append(shown(e));
  if (const auto from = last_sender(); !from.empty()) story.append("\n  from ").append(from);
  story.append(details);
  for (const auto& line : lines) story.append("\n    ").append(line);
  story.append("\n  waited ").append(printed_time(duration_cast<milliseconds>(waited_)));
  fail(story, where);
}

void probe_base::fail_to_fish(std::string_view name, bool fits, duration given, std::size_t count,
                              const std::vector<std::string>& passed, source_location where) {
  std::string story = "fished for ";
  story.append(name_of_a(name)).append(fits ? " that fits at " : " at ").append(path());
  story.append(", but none came within ").append(printed_time(given));
  if (count) story.append("\n  passed over (").append(std::to_string(count)).append("):");
  for (const auto& line : passed) story.append("\n    ").append(line);
  fail(story, where);
}

std::string probe_base::name_of_a(std::string_view name) { return std::string{"a "}.append(name); }

std::string probe_base::name_of_any(std::initializer_list<std::string_view> names) {
  std::string out = "one of";
  for (const auto name : names) out.append(names.begin()->data() == name.data() ? " " : ", ").append(name);
  return out;
}

std::string probe_base::name_of_nth(std::string_view name, std::size_t nth, std::size_t of) {
  return name_of_a(name)
      .append(" (the ")
      .append(std::to_string(nth))
      .append(". of ")
      .append(std::to_string(of))
      .append(")");
}

void probe_base::note(engine::envelope& e) {
  last_cause_ = e.cause;
  last_name_ = e.type->name;
  // Whoever asked and was not answered is not kept waiting by a test that goes on.
  last_reply_ = std::exchange(e.reply, nullptr);
}

probe_base::time_limit probe_base::limit_of(std::optional<duration> within) const {
  const duration given = within ? *within : scope_.waits.expect;
  time_limit out{stopwatch{dilated(given)}, {}, dilated(given)};
  if (within && scope_.platform && scope_.platform->time_stands_still()) {
    out.manual_end = after(scope_.platform->clock().now(), given);
    out.given = given;
  }
  return out;
}

engine::envelope_ptr probe_base::take_in_manual_time(time_point end) {
  test_platform& time = *scope_.platform;
  const duration settle = dilated(scope_.waits.settle);
  for (bool more = true;;) {
    if (!time.settle(settle)) return inbox_->take(duration::zero());
    if (auto e = inbox_->take(duration::zero()); e || !more) return e;
    more = time.step(end);
  }
}

engine::envelope_ptr probe_base::next_or_null(const time_limit& limit) {
  auto e = limit.manual_end ? take_in_manual_time(*limit.manual_end) : inbox_->take(limit.real.left());
  waited_ = limit.real.lasted();
  if (e) note(*e);
  return e;
}

engine::envelope_ptr probe_base::next(std::string_view what, std::optional<duration> within,
                                      source_location where) {
  const time_limit limit = limit_of(within);
  if (auto e = next_or_null(limit)) return e;
  fail("expected " + std::string{what} + " at " + path() + ", but nothing came within " +
           printed_time(limit.given),
       where);
}

exit_reason probe_base::expect_terminated(const any_ref& who, std::optional<duration> within,
                                          source_location where) {
  const std::string what = "the end of " + who.path();
  const auto e = next(what, within, where);
  if (e->type != &terminated_type || e->as<terminated>().path() != who.path()) fail_on(*e, what, where);
  met();
  return e->as<terminated>().reason();
}

void probe_base::expect_no_message(source_location where) {
  if (!scope_.platform) return expect_no_message(scope_.waits.nothing, where);
  const stopwatch watch{dilated(scope_.waits.settle)};
  if (!scope_.platform->settle(watch.limit()))
    fail("expected no message at " + path() + ", but the system has not become quiet within " +
             printed_time(watch.limit()) + ", so one may come still",
         where);
  waited_ = watch.lasted();
  if (auto e = inbox_->take(duration::zero())) {
    note(*e);
    fail_on(*e, "no message", where);
  }
}

void probe_base::expect_no_message(duration d, source_location where) {
  const bool manual = scope_.platform && scope_.platform->time_stands_still();
  const stopwatch watch{d};
  auto e = manual ? take_in_manual_time(after(scope_.platform->clock().now(), d)) : inbox_->take(d);
  waited_ = watch.lasted();
  if (!e) return;
  note(*e);
  fail_on(*e, "no message for " + printed_time(d), where);
}

std::string probe_base::last_sender() const {
  if (last_cause_ == 0) return {};
  const cell_ptr root = cell_->env().resolve("/");
  return root ? path_of(root, last_cause_) : std::string{};
}

engine::reply_slot_ptr probe_base::open_request(source_location where) {
  if (last_reply_) return std::exchange(last_reply_, nullptr);
  fail(last_name_.empty() ? "there is nothing to reply to: no message has been taken from " + path()
                          : "there is nothing to reply to: the last message, a " + last_name_ +
                                ", was told and not asked, or has been replied to",
       where);
}

bool probe_base::reply_error(error why, source_location where) {
  return open_request(where)->fail(std::move(why));
}

bool probe_base::reply_with(engine::envelope_ptr e, source_location where) {
  const auto slot = open_request(where);
  if (e->type != &slot->reply_type()) {
    slot->fail({errc::broken_promise, "the probe's reply was of another type", {}, path()});
    fail("a " + last_name_ + " is answered with a " + std::string{slot->reply_type().name} +
             ", and the test replied a " + std::string{e->type->name},
         where);
  }
  return slot->complete(std::move(e));
}

void probe_base::watch(const any_ref& who, source_location where) {
  in_cell(&detail::probe_body::begin_watch, who, where);
}

void probe_base::unwatch(const any_ref& who, source_location where) {
  in_cell(&detail::probe_body::end_watch, who, where);
}

void probe_base::in_cell(void (detail::probe_body::*f)(const any_ref&), const any_ref& who,
                         source_location where) {
  auto told = std::make_shared<std::promise<result<void>>>();
  auto done = told->get_future();
  cell_->run_inside(
      [told, f, who](cell& c) {
        try {
          if (auto* const b = static_cast<detail::probe_body*>(c.body())) (b->*f)(who);
          told->set_value({});
        } catch (...) {
          told->set_value(current_exception_error(errc::invalid));
        }
      },
      [told](cell&) {
        told->set_value(error{errc::stopped, "the probe has been stopped"});
      });
  if (done.wait_for(dilated(scope_.waits.settle)) != std::future_status::ready)
    fail("the probe " + path() + " has got no turn to watch " + who.path() + ": all workers are at work",
         where);
  if (const auto how = done.get(); !how)
    fail("the probe " + path() + " can't watch " + who.path() + ": " + to_string(how.error()), where);
}

}  // namespace troupe::testkit
