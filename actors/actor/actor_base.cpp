#include <troupe/actor/actor_base.hpp>
#include <troupe/actor/actor_extras.hpp>
#include <troupe/actor/in_hand.hpp>
#include <troupe/actor/repeating.hpp>
#include <troupe/cell/cell.hpp>
#include <utility>
#include <vector>

namespace troupe {

namespace {
/// Open asks that a description lists.
constexpr std::size_t waits_shown_max = 20;
}  // namespace

actor_base::actor_base() : self_(cell::current()) {
  if (!self_)
    throw failed{
        {errc::invalid,
         "an actor was made by its constructor: use spawn or a child spec, which give it a cell to live in"}};
}

actor_base::~actor_base() {
  if (!extras_or_null()) return;
  end_timers();
  self_->of_body(nullptr);
}

std::string actor_base::path() const { return self_->path(); }

std::uint64_t actor_base::incarnation() const noexcept { return self_->incarnation(); }

time_point actor_base::now() const noexcept { return self_->env().now(); }

std::optional<time_point> actor_base::request_deadline() const noexcept {
  const time_point at = turn_context::current().deadline;
  return at == never ? std::nullopt : std::optional{at};
}

port::platform& actor_base::ports() const noexcept { return self_->env().platform(); }

trace_context actor_base::new_trace() const noexcept { return self_->env().new_trace(); }

void actor_base::stop_self() { self_->stop_self(); }

address_ptr actor_base::own_address() const noexcept { return address_ptr{self_}; }

bool actor_base::may_run_again() const noexcept {
  return self_->settings().poison.what != poison_policy::fate::drop;
}

inline detail::actor_extras* actor_base::extras_or_null() const noexcept {
  return static_cast<detail::actor_extras*>(self_->of_body());
}

inline detail::actor_extras& actor_base::extras() const {
  detail::actor_extras* const x = extras_or_null();
  return x ? *x : make_extras();
}

detail::activity_list& actor_base::activities() { return extras().activities; }

detail::adapter_list& actor_base::adapters() { return extras().adapters; }

bool actor_base::release_adapter(const any_ref& who) noexcept {
  return detail::release_adapter(*self_, who.address().get());
}

void actor_base::handled() { extras().idle.received(*self_); }

boost::intrusive_ptr<detail::cell_slot> actor_base::begin_ask(const address_ptr& to, engine::envelope_ptr&& e,
                                                              const message_type& reply, duration timeout) {
  return detail::start_ask(*self_, extras().asks, to, std::move(e), reply, timeout);
}

detail::actor_extras& actor_base::make_extras() const {
  auto made = std::make_unique<detail::actor_extras>();
  detail::actor_extras& x = *made;
  self_->of_body(std::move(made));
  return x;
}

void actor_base::on_terminated(const terminated& news) {
  throw failed{{errc::not_understood, "watches " + news.path() + ", which stopped (" +
                                          to_string(news.reason()) + "), but has no on_terminated (L4)"}};
}

void actor_base::on_restarted(const restarted& news) {
  throw failed{
      {errc::not_understood, "watches the restarts of " + news.path() + " but has no on_restarted (S8)"}};
}

void actor_base::watch_restarts(const any_ref& who) {
  const cell_ptr subject = who.address() ? who.address()->here() : cell_ptr{};
  if (!subject && who.address() && who.address()->is_elsewhere())
    throw failed{
        {errc::invalid, "'" + who.path() +
                            "' is on another node, and restarts are told on their own node only: let an "
                            "actor there watch them and send word, or watch its end"}};
  if (!subject)
    throw failed{
        {errc::not_found, "there is no actor at '" + who.path() + "' whose restarts can be watched"}};
  subject->add_restart_watcher(address_ptr{self_});
}

void actor_base::unwatch_restarts(const any_ref& who) {
  if (const cell_ptr subject = who.address() ? who.address()->here() : cell_ptr{})
    subject->remove_restart_watcher(address_ptr{self_});
}

void actor_base::on_unknown(delivery& d) { self_->env().dead_letter(d.keep(), path(), errc::not_understood); }

void detail::run_fallback(actor_base& a, delivery& d) {
  const message_in_hand hand{d};
  a.on_unknown(d);
}

void actor_base::watch(const any_ref& who) {
  if (self_->watch(who.address()) == 0)
    throw failed{{errc::not_found, "there is no actor at '" + who.path() + "' to watch"}};
}

void actor_base::unwatch(const any_ref& who) { self_->unwatch(who.address()); }

void actor_base::on_link_ended(const link_ended& news) { self_->follow(news); }

void actor_base::link(const any_ref& who) {
  if (!self_->link_with(who.address()))
    throw failed{
        {errc::not_found, who ? "there is no actor at '" + who.path() + "' that it could be linked to"
                              : std::string{"an empty ref leads to nobody that it could be linked to"}}};
}

void actor_base::unlink(const any_ref& who) { self_->part_from(who.address()); }

bool detail::still_runs(const cell& at, std::uint64_t born) noexcept {
  return at.incarnation() == born && at.status() == cell_status::running;
}

timer_handle actor_base::begin_timer(duration delay, std::function<void(cell&)> then) {
  return keep_timer(timer_handle{
      cell_timer::start(*self_, self_->env().from_now(delay), std::move(then), timer_work::of_class)});
}

timer_handle actor_base::begin_repeating(duration period, bool fixed_rate, std::function<bool(cell&)> then) {
  using detail::repetition;
  auto made = std::make_shared<detail::repeating>(
      *self_, period, fixed_rate ? repetition::fixed_rate : repetition::fixed_delay, std::move(then));
  made->start();
  return keep_timer(timer_handle{std::move(made)});
}

void actor_base::key_timer(std::string key, timer_handle timer) {
  extras().keyed.set(std::move(key), std::move(timer));
}

timer_handle actor_base::keep_timer(timer_handle timer) {
  detail::actor_extras& x = extras();
  // Swept when it has doubled, so that keeping a timer costs the same however many there were.
  if (x.timers.size() >= 2 * x.timers_swept + 16) {
    std::erase_if(x.timers, [](const timer_handle& t) { return !t.is_active(); });
    x.timers_swept = x.timers.size();
  }
  x.timers.push_back(timer);
  return timer;
}

void actor_base::end_timers() noexcept {
  detail::actor_extras* const x = extras_or_null();
  if (!x) return;
  for (timer_handle& t : x->timers) t.cancel();
  x->timers.clear();
  x->timers_swept = 0;
  x->keyed.cancel_all();
  x->idle.clear();
}

bool actor_base::cancel_timer(const std::string& key) {
  detail::actor_extras* const x = extras_or_null();
  return x && x->keyed.cancel(key);
}

bool actor_base::has_timer(const std::string& key) const {
  const detail::actor_extras* const x = extras_or_null();
  return x && x->keyed.is_active(key);
}

void actor_base::receive_timeout(duration how_long) {
  extras().idle.set(*self_, how_long, [this, born = incarnation()](cell& c) {
    if (detail::still_runs(c, born)) on_receive_timeout();
  });
}

void actor_base::no_receive_timeout() {
  if (detail::actor_extras* const x = extras_or_null()) x->idle.clear();
}

stashed actor_base::stash() {
  const std::size_t most = self_->settings().type->stash_max;
  constexpr const char* misuse =
      "stash is for a handler of a class with `static constexpr std::size_t stash_max`, once a message";
  delivery& d = detail::message_in_hand::current(misuse);
  if (most == 0) throw failed{{errc::invalid, misuse}};
  auto& all = extras().stash;
  if (all.size() >= most)
    throw failed{{errc::overloaded, "the stash is full (stash_max = " + std::to_string(most) + ")"}};
  if (d->reply)
    self_->keeps_waiting(*d->reply, *d->type);  // it waits for a handler that may be suspended one day (M7)
  all.push_back(d.keep());
  return {};
}

void actor_base::unstash_all() {
  if (stash_size() == 0) return;
  // Between two messages: the one that runs may be in the mailbox still (DY1).
  self_->run_inside([born = incarnation()](cell& c) {
    auto* const x = static_cast<detail::actor_extras*>(c.of_body());
    if (x && c.incarnation() == born && c.runs_tasks()) c.put_first(std::exchange(x->stash, {}));
  });
}

std::size_t actor_base::stash_size() const noexcept {
  const detail::actor_extras* const x = extras_or_null();
  return x ? x->stash.size() : 0;
}

void actor_base::empty_stash() noexcept {
  detail::actor_extras* const x = extras_or_null();
  if (!x || x->stash.empty()) return;
  const errc why = self_->status() == cell_status::restarting ? errc::restarted : errc::stopped;
  for (auto& e : std::exchange(x->stash, {})) self_->env().dead_letter(std::move(e), path(), why);
}

void actor_base::launch(task<void> t) {
  // What runs beside a request outlives it; it belongs to its trace all the same.
  const context_scope nobody_waits{{never, turn_context::current().trace}};
  run_launched(std::move(t));
}

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

actor_base::suspended_handler::suspended_handler(actor_base& a, delivery& request, bool alone, bool whole)
    : actor_(a),
      request_(request),
      run_(whole ? a.self_->observed() : nullptr),
      slot_(request->reply),
      wait_(request->type),
      alone_(alone) {
  if (alone_) actor_.self_->suspended(wait_);
  // Who has given up already is kept: by his slot the handler is found when the cell hears of it, soon (RS4).
  if (slot_ && !actor_.self_->hear_if_given_up(*slot_, wait_) && !slot_->is_settled()) slot_ = nullptr;
}

actor_base::suspended_handler::~suspended_handler() {
  if (slot_) actor_.self_->hear_no_more(*slot_);
  if (alone_) actor_.self_->resumed();
  if (request_ && request_->reply) actor_.give_up(*request_);
}

void actor_base::suspended_handler::done() noexcept {
  if (run_) run_->done();
}

void actor_base::suspended_handler::failed() {
  error why = current_exception_error(errc::handler_failed);
  if (run_) run_->failed(why);
  actor_.self_->fail(std::move(why), request_.keep());
}

void actor_base::refuse_held(const error& why) {
  detail::actor_extras* const x = extras_or_null();
  if (!x) return;
  for (auto& h : x->held_back)
    if (auto slot = std::move(h.request->reply)) slot->fail(why);
  x->held_back.clear();
}

namespace {

/// Notes that the start of a cell is a coroutine, for as long as it lives.
class suspended_start {
 public:
  explicit suspended_start(cell& at) : at_(at) { at_.start_suspended(&wait); }
  ~suspended_start() { at_.start_suspended(nullptr); }
  suspended_start(const suspended_start&) = delete;
  suspended_start& operator=(const suspended_start&) = delete;

  handler_wait wait{nullptr};

 private:
  cell& at_;
};

}  // namespace

detail::activity actor_base::run_start(task<void> t) {
  suspended_start mark{*self_};
  co_await activities().join(nullptr, &mark.wait);
  try {
    co_await t;
    self_->start_finished({});
  } catch (...) {
    self_->fail(current_exception_error(errc::start_failed), nullptr);
  }
}

void actor_base::asker_gave_up(const engine::reply_slot& request) noexcept {
  if (detail::actor_extras* const x = extras_or_null()) x->activities.end_of(&request);
}

void actor_base::describe_body(body_description& out) const {
  if (const detail::actor_extras* const x = extras_or_null()) {
    out.waiting_handlers = x->activities.count();
    out.stashed = x->stash.size();
    const time_point now = self_->env().from_now(duration{});
    x->asks.each([&](const detail::listed_slot& ask) {
      std::string line = "a reply of type " + std::string{ask.reply_type().name};
      if (ask.deadline != never)
        line += ", " + std::to_string(duration_cast<milliseconds>(ask.deadline - now).count()) + " ms left";
      out.waits_for.push_back(std::move(line));
      return out.waits_for.size() < waits_shown_max;
    });
  }
  out.state = describe_state();
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
  if (detail::actor_extras* const x = extras_or_null()) {
    x->activities.end_all();
    x->adapters.end_all();
  }
  end_timers();
  empty_stash();
}

void actor_base::stop_body() { on_stop(); }

}  // namespace troupe
