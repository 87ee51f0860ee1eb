// A cell whose messages somebody looks at: interceptors, a trace of it; and a cell that is paused.
#include <algorithm>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/context.hpp>
#include <troupe/cell/extras.hpp>
#include <troupe/cell/message_facts.hpp>
#include <troupe/cell/observation.hpp>
#include <utility>

namespace troupe {

void end_of_run::operator()(observed_run* r) const noexcept { delete r; }

observed_run::observed_run(cell& at, const engine::envelope& message, std::size_t passed)
    : at_(at),
      type_(*message.type),
      sender_(message.cause),
      passed_(passed),
      trace_(current_trace().value_or(trace_context{})),
      began_(at.env().from_now(duration{})) {}

observed_run::~observed_run() {
  const time_point now = at_.env().from_now(duration{});
  at_.env().intercepted_by().after_receive(
      {at_.env(), type_, at_, sender_, trace_, began_, now - began_, how_, why_ ? &*why_ : nullptr}, passed_);
}

void observed_run::failed(error why) noexcept {
  how_ = handling::failed;
  why_ = std::move(why);
}

void observed_run::refused(error why) noexcept {
  how_ = handling::refused;
  why_ = std::move(why);
}

// ---- the cell

namespace {

/// While a handler's own code runs (IC8).
class inside_handler {
 public:
  inside_handler(const interceptors& chain, const message_view& m) : chain_(chain) {
    chain_.enter_handler(m);
  }
  ~inside_handler() { chain_.leave_handler(); }
  inside_handler(const inside_handler&) = delete;
  inside_handler& operator=(const inside_handler&) = delete;

 private:
  const interceptors& chain_;
};

}  // namespace

observation& cell::made_observation() {
  auto& watch = extras_.made().watch;
  if (!watch) watch = std::make_unique<observation>();
  return *watch;
}

void cell::receive_observed(delivery& d) {
  if (!d->counted) return body()->receive(d);  // IC2
  const interceptors& chain = env().intercepted_by();
  if (messages_left_to_trace() != 0) show_traced(*d, "received");
  std::size_t passed = 0;
  const message_view seen{env(), *d, *this};
  if (auto no = chain.before_receive(seen, passed)) {
    if (no->path.empty()) no->path = path();
    if (passed != 0 && chain.wants_end()) observed_run{*this, *d, passed}.refused(*no);
    return env().dead_letter(d.keep(), path(), std::move(*no));
  }
  // Nobody but a trace looks, or nobody any more: there is no end to be told of.
  if (passed == 0) return body()->receive(d);
  if (!chain.wants_end()) {
    const inside_handler here{chain, seen};
    return body()->receive(d);
  }
  observation& watch = made_observation();
  watch.run.reset(new observed_run{*this, *d, passed});
  try {
    const inside_handler here{chain, seen};
    body()->receive(d);
  } catch (...) {
    if (const auto run = std::move(watch.run)) run->failed(current_exception_error(errc::handler_failed));
    throw;
  }
  if (const auto run = std::move(watch.run)) run->done();  // else a coroutine has taken it (OV2)
}

observed_run_ptr cell::take_observed_run() noexcept {
  extras* const x = extras_.get();
  return x && x->watch ? std::move(x->watch->run) : observed_run_ptr{};
}

void cell::show_sent(const engine::envelope& e, const troupe::address& to) {
  const extras* const x = extras_.get();
  if (x && x->watch && x->watch->traced_left != 0) show_traced(e, "sent to " + to.path());
}

void cell::show_traced(const engine::envelope& e, std::string what) {
  observation& watch = made_observation();
  if (--watch.traced_left == 0) {
    what += "; the trace ends here";
    observed_ = !env().intercepted_by().empty();
  }
  message_facts about = message_facts::of(env(), e);
  event news{event_kind::message_traced, env().now(), path(), std::move(about.type), {}, std::move(what)};
  news.sender = std::move(about.sender);
  news.content = std::move(about.content);
  news.trace = std::move(about.trace);
  env().events().publish(news);
}

void cell::trace_messages(std::uint32_t count) {
  if (count == 0 && !observed_) return;
  made_observation().traced_left = count;
  observed_ = count != 0 || !env().intercepted_by().empty();
}

std::uint32_t cell::messages_left_to_trace() const noexcept {
  const extras* const x = extras_.get();
  return x && x->watch ? x->watch->traced_left : 0;
}

// ---- paused

void cell::pause() noexcept {
  paused_ = true;
  hears_ = hears_nothing;
}

void cell::unpause() {
  if (!paused_) return;
  paused_ = false;
  listen(status());
  extras* const x = extras_.get();
  if (!x || !x->watch) return;
  // A timer's function may do anything, pause the actor again and cancel the others included.
  for (const cell_timer_ptr& timer : std::exchange(x->watch->held_timers, {})) {
    if (holds_back(timer)) continue;
    try {
      timer->run(*this);
    } catch (...) {
      fail(current_exception_error(errc::handler_failed), nullptr);
    }
  }
}

bool cell::holds_back(const cell_timer_ptr& timer) {
  if (!paused_ || status() != cell_status::running) return false;
  made_observation().held_timers.push_back(timer);
  return true;
}

}  // namespace troupe
