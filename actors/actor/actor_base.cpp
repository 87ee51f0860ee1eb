#include <troupe/actor/actor_base.hpp>
#include <troupe/base/check.hpp>
#include <utility>
#include <vector>

namespace troupe {

actor_base::actor_base() : self_(cell::current()) {
  check(self_ != nullptr, "an actor is made by its cell: use spawn or a child spec, not its constructor");
}

actor_base::~actor_base() {
  if (!extras_or_null()) return;
  end_timers();
  self_->of_body(nullptr);
}

detail::actor_extras& actor_base::make_extras() const {
  auto made = std::make_unique<detail::actor_extras>();
  detail::actor_extras& x = *made;
  self_->of_body(std::move(made));
  return x;
}

void actor_base::on_terminated(const terminated& news) {
  throw failed{{errc::not_understood, "watches " + news.path() + ", which stopped (" + to_string(news.reason()) +
                                          "), but has no on_terminated (L4)"}};
}

void actor_base::on_unknown(delivery& d) { self_->env().dead_letter(d.keep(), path(), errc::not_understood); }

void actor_base::watch(const any_ref& who) {
  if (const cell_ptr subject = who.address() ? who.address()->here() : cell_ptr{}) {
    self_->watched(subject->number(), true);
    subject->add_watcher(address_ptr{self_});
    return;
  }
  const std::uint64_t number = who.address() ? who.address()->watch_from_outside(*self_, true) : 0;
  if (number == 0) throw failed{{errc::not_found, "there is no actor at '" + who.path() + "' to watch"}};
  self_->watched(number, true);
}

void actor_base::unwatch(const any_ref& who) {
  if (const cell_ptr subject = who.address() ? who.address()->here() : cell_ptr{}) {
    self_->watched(subject->number(), false);
    subject->remove_watcher(address_ptr{self_});
  } else if (const auto number = who.address() ? who.address()->watch_from_outside(*self_, false) : 0) {
    self_->watched(number, false);
  }
}

timer_handle actor_base::keep(cell_timer_ptr timer) {
  detail::actor_extras& x = extras();
  // Swept when it has doubled, so that keeping a timer costs the same however many there were.
  if (x.timers.size() >= 2 * x.timers_swept + 16) {
    std::erase_if(x.timers, [](const cell_timer_ptr& t) { return t->over(); });
    x.timers_swept = x.timers.size();
  }
  x.timers.push_back(timer);
  return timer_handle{std::move(timer)};
}

void actor_base::end_timers() noexcept {
  detail::actor_extras* const x = extras_or_null();
  if (!x) return;
  for (const cell_timer_ptr& t : std::exchange(x->timers, {})) t->cancel();
  x->timers_swept = 0;
}

void actor_base::launch(task<void> t) { run_launched(std::move(t)); }

detail::activity actor_base::run_launched(task<void> t) {
  co_await activities().join();
  try {
    co_await t;
  } catch (...) {
    self_->fail(current_exception_error(errc::handler_failed), nullptr);
  }
}

void actor_base::hold_reply(delivery& d, engine::envelope_ptr answer) {
  extras().held_back.push_back({d.keep(), std::move(answer)});
}

void actor_base::give_up(engine::envelope& request) noexcept {
  const bool again = self_->status() == cell_status::restarting;
  std::exchange(request.reply, nullptr)
      ->fail({again ? errc::restarted : errc::stopped,
              again ? "the actor was restarted while it worked on the request"
                    : "the actor was stopped while it worked on the request",
              {},
              path()});
}

void actor_base::refuse_held(const error& why) {
  detail::actor_extras* const x = extras_or_null();
  if (!x) return;
  for (auto& h : x->held_back)
    if (auto slot = std::move(h.request->reply)) slot->fail(why);
  x->held_back.clear();
}

bool actor_base::start() {
  on_start();
  return true;
}

void actor_base::turn_end() {
  on_turn_end();
  detail::actor_extras* const x = extras_or_null();
  if (!x) return;
  for (auto& h : x->held_back)
    if (auto slot = std::move(h.request->reply)) slot->complete(std::move(h.answer));
  x->held_back.clear();
}

void actor_base::give_back(std::deque<engine::envelope_ptr>& put_back) {
  detail::actor_extras* const x = extras_or_null();
  if (!x) return;
  for (auto& h : x->held_back) put_back.push_back(std::move(h.request));
  x->held_back.clear();
}

void actor_base::end_tasks() noexcept {
  if (detail::actor_extras* const x = extras_or_null()) x->activities.end_all();
  end_timers();
}

void actor_base::stop() { on_stop(); }

}  // namespace troupe
