#include <algorithm>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/context.hpp>
#include <troupe/cell/environment.hpp>
#include <troupe/cell/sending.hpp>
#include <troupe/engine/gate.hpp>
#include <troupe/ref/future.hpp>

namespace troupe::detail {

error wrong_reply(const message_type& got, const message_type& wanted) {
  return {errc::decode_error,
          "the reply is a " + std::string{got.name} + ", expected a " + std::string{wanted.name}};
}

/// A slot that a thread waits for.
class thread_slot final : public engine::reply_slot {
 public:
  /// `env` is null for an ask that nobody gets: it is settled before anybody waits.
  thread_slot(const message_type& reply, environment* env)
      : reply_slot(reply), env_(env), gate_(env && env->open() ? env->platform().stepper() : nullptr) {}

  /// Whether it waits on steps (port/stepper.hpp).
  bool is_stepped() const noexcept { return gate_.is_stepped(); }
  /// Waits and takes the outcome.
  engine::outcome wait();
  /// Calls `then` once the outcome is there, at once if it is there already.
  void on_settled(std::function<void(engine::outcome)> then);

 private:
  void settled() noexcept override;

  environment_ptr env_;
  engine::gate gate_;
  bool there_ = false;  // guarded by the gate's mutex, with then_
  std::function<void(engine::outcome)> then_;
};

void intrusive_ptr_add_ref(thread_slot* s) noexcept {
  intrusive_ptr_add_ref(static_cast<engine::reply_slot*>(s));
}

void intrusive_ptr_release(thread_slot* s) noexcept {
  intrusive_ptr_release(static_cast<engine::reply_slot*>(s));
}

thread_slot_ptr ask_from_thread(const address_ptr& to, engine::envelope_ptr e, const message_type& reply,
                                duration timeout) {
  environment* const env = to ? to->home() : nullptr;
  thread_slot_ptr slot{new thread_slot{reply, env}};
  if (!env) {  // RF4
    slot->fail({errc::stopped,
                to ? "the ref belongs to no system" : "an empty ref was asked",
                {},
                to ? to->path() : std::string{}});
    return slot;
  }
  slot->deadline = std::min(env->deadline_after(timeout), turn_context::current().deadline);  // M6
  env->timers().arm(*slot, slot->deadline);
  e->reply = slot;
  send(*to, std::move(e));
  return slot;
}

namespace {

// A future is used up by the first that takes its answer.
void refuse_if_taken(const thread_slot_ptr& slot, const char* call) {
  if (!slot)
    throw failed{
        {errc::invalid, std::string{call} + ": the answer was taken before; keep the result of the first"}};
}

}  // namespace

engine::outcome outcome_of(thread_slot_ptr slot) {
  refuse_if_taken(slot, "future::get");
  // Where there is a stepper it says the same, of every turn (SP2).
  if (engine::worker::current() && !slot->is_stepped()) {
    const cell* const runs = cell::current();
    if (!runs)
      throw failed{{errc::invalid,
                    "future::get on a worker, which might starve what it waits for: use future::then there"}};
    throw failed{
        {errc::invalid,
         runs->path() +
             " waits for an answer with future::get on a worker, which might starve what it waits for: "
             "write co_await ask<M>(...), or run it on a dispatcher that is made for waiting",
         {},
         runs->path()}};
  }
  return slot->wait();
}

void when_settled(thread_slot_ptr slot, std::function<void(engine::outcome)> then) {
  refuse_if_taken(slot, "future::then");
  slot->on_settled(std::move(then));
}

bool give_up(thread_slot_ptr slot) noexcept {
  return slot && slot->abandon({errc::cancelled, "the asker gave up"});
}

engine::outcome thread_slot::wait() {
  std::unique_lock hold{gate_.mutex};
  gate_.wait(
      hold, [this] { return there_; }, "an answer");
  return take();
}

void thread_slot::on_settled(std::function<void(engine::outcome)> then) {
  {
    const std::lock_guard hold{gate_.mutex};
    if (!there_) {
      then_ = std::move(then);
      return;
    }
  }
  then(take());
}

void thread_slot::settled() noexcept {
  if (deadline != never) env_->timers().cancel(*this);
  std::function<void(engine::outcome)> then;
  {
    const std::lock_guard hold{gate_.mutex};
    there_ = true;
    then = std::move(then_);
    gate_.notify_all();
  }
  if (then) then(take());
}

}  // namespace troupe::detail
