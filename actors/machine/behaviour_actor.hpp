// An actor that handles its protocol in different ways at different times, and switches between them: CAF's `become` and
// `unbecome`, Pekko's behaviours.
//
//     class session : public troupe::behaviour_actor<login, query, logout> {
//       behaviour make_behaviour() override { return guest(); }
//
//       behaviour guest() {
//         return {
//             [this](const login& m) { become(member(m.name)); },
//             troupe::put_aside<query>,
//             [](const logout&) {},
//         };
//       }
//       behaviour member(std::string name) {              // what it remembers is the lambdas'
//         return {
//             [](const login&) {},
//             [this, name](const query& m) { return answer(name, m); },
//             [this](const logout&) { become(guest()); },
//         };
//       }
//     };
//
// Rules (those of behaviour.hpp, BE1-BE2, and)
//  BH1 `become` counts from the next message on. The behaviour before stays whole until the handlers that run have ended.
//  BH2 `become(keep_behaviour, b)` puts `b` on top of the current one, and `unbecome` takes it off again. 64 at most are on top of each
//      other, and the last one stays: more, and less, is a failure that says so.
//  BH3 What was put aside comes again with each change, in its old order and before what waits (SH1-SH4); `stash_max` is its bound.
//  BH4 It begins with `make_behaviour()`, which is called after `on_start`, for the first message or `become` on top of it; an
//      `on_start` may `become` another. A restart begins anew (S6).
//  BH5 A handler that is a task lets no other message in while it waits (M7); `interleaved` (AC4) means nothing here.
//  BH6 A state machine with many states, timers and transitions that can be seen is `state_machine`.
#pragma once

#include <string>
#include <troupe/actor/in_hand.hpp>
#include <troupe/machine/answers.hpp>
#include <troupe/machine/behaviour.hpp>
#include <vector>

namespace troupe {

/// Says that the current behaviour is kept below the new one (BH2).
struct keep_behaviour_t {};
/// The same.
inline constexpr keep_behaviour_t keep_behaviour{};

/// See above (BH1-BH6).
template <class... Ms>
class behaviour_actor : public actor<Ms...> {
  class runner;

 public:
  /// One way to handle the protocol.
  using behaviour = troupe::behaviour<runner, Ms...>;

  /// How many messages may be put aside at once (BH3).
  static constexpr std::size_t stash_max = 1000;
  /// How many behaviours may be on top of each other (BH2).
  static constexpr std::size_t behaviours_max = 64;

  /// For `detail::hosted`: a message of the protocol.
  template <class M>
  requires(messages<Ms...>::template has<M>) promise<reply_of<M>> on(const M& m) {
    delivery& d = detail::message_in_hand::current("a behaviour's handlers are called by its actor");
    if (stack_.empty()) [[unlikely]]
      stack_.push_back(make_behaviour());
    const handler_scope scope{*this};
    runner by{*this};
    stack_.back().run(by, d, m);
    return {};
  }

 protected:
  behaviour_actor() = default;

  /// How it begins (BH4).
  virtual behaviour make_behaviour() = 0;

  /// From the next message on it is `next` (BH1).
  void become(behaviour next) {
    if (stack_.empty()) {
      stack_.push_back(std::move(next));
    } else {
      retire(std::exchange(stack_.back(), std::move(next)));
    }
    this->unstash_all();
  }
  /// The same, and `unbecome` comes back to the current one (BH2).
  void become(keep_behaviour_t, behaviour next) {
    if (stack_.empty()) stack_.push_back(make_behaviour());
    if (stack_.size() == behaviours_max)
      throw failed{{errc::overloaded, "become(keep_behaviour, ...): " + std::to_string(behaviours_max) +
                                          " behaviours are on top of each other; who never comes back with "
                                          "unbecome uses become(...)"}};
    stack_.push_back(std::move(next));
    this->unstash_all();
  }
  /// The one below again (BH2).
  void unbecome() {
    if (stack_.size() < 2)
      throw failed{
          {errc::invalid, "unbecome: there is no behaviour below this one; stop_self() ends the actor"}};
    retire(std::move(stack_.back()));
    stack_.pop_back();
    this->unstash_all();
  }

 private:
  /// While a handler runs that may change the behaviour it belongs to.
  class handler_scope {
   public:
    explicit handler_scope(behaviour_actor& of) noexcept : of_(of) { ++of_.running_; }
    ~handler_scope() {
      if (--of_.running_ == 0 && !of_.retired_.empty()) of_.retired_.clear();
    }
    handler_scope(const handler_scope&) = delete;
    handler_scope& operator=(const handler_scope&) = delete;

   private:
    behaviour_actor& of_;
  };

  // Its lambdas may be the ones that are running.
  void retire(behaviour before) {
    if (running_ != 0) retired_.push_back(std::move(before));
  }

  template <class M, class T>
  detail::activity drive(std::shared_ptr<void> entries, delivery d, task<T> t) {
    // In this order: the coroutine goes before what its lambda captured (BE2).
    [[maybe_unused]] const std::shared_ptr<void> kept = std::move(entries);
    task<T> running = std::move(t);
    actor_base::suspended_handler mark{*this, d, true, true};
    co_await this->activities().join(mark.request());
    try {
      if constexpr (std::is_void_v<T>) {
        co_await running;
        detail::answer_message<reply_of<M>>(d, unit{});
      } else {
        auto value = co_await running;
        detail::answer_message<reply_of<M>>(d, std::move(value));
      }
      mark.done();
    } catch (...) {
      mark.failed();
    }
  }

  std::vector<behaviour> stack_;
  std::vector<behaviour> retired_;  // changed while they ran
  std::uint32_t running_ = 0;
};

/// What a behaviour's rows are carried out with.
template <class... Ms>
class behaviour_actor<Ms...>::runner {
 public:
  /// In a turn of `of`.
  explicit runner(behaviour_actor& of) noexcept : of_(of) {}

  /// The message in hand is put aside.
  void put_aside() { of_.stash(); }
  /// It is not understood.
  void refuse(delivery& d) { of_.on_unknown(d); }

  /// Runs the handler for `m` among `handlers`, which `entries` keeps.
  template <class M, class Handlers>
  void call(Handlers& handlers, const std::shared_ptr<void>& entries, delivery& d, const M& m) {
    using returned = decltype(handlers(m));
    using kind = detail::handler_result<returned>;
    static_assert(detail::fitting_reply<typename kind::value, reply_of<M>>,
                  "troupe: the handler's return type is not the message's `using reply`");
    if constexpr (kind::how == detail::answers::otherwise) {
      static_cast<void>(handlers(m));  // whoever has the request answers it
    } else if constexpr (kind::how == detail::answers::in_a_task) {
      // Before the lambda is called, which may become another behaviour before it makes its task.
      std::shared_ptr<void> kept = entries;
      // The task is made first: its frame takes what it needs of the message, which lives until the task ends (L6).
      auto t = handlers(m);
      of_.template drive<M>(std::move(kept), delivery{d.keep()}, std::move(t));
    } else if constexpr (std::is_void_v<returned>) {
      handlers(m);
      detail::answer_message<reply_of<M>>(d, unit{});
    } else {
      detail::answer_message<reply_of<M>>(d, handlers(m));
    }
  }

 private:
  behaviour_actor& of_;
};

}  // namespace troupe
