// The one point where code that is neither sender nor recipient sees the messages of a system: tracing, authorisation, fault injection.
//
//     class guard final : public troupe::interceptor {
//       std::optional<troupe::error> before_send(const troupe::message_view& m) override {
//         if (m.recipient().starts_with("/user/vault") && !is_allowed(m.sender()))
//           return troupe::error{troupe::errc::refused, "only the clerk may open the vault"};
//         return {};
//       }
//     };
//
//     options.interceptors.push_back(std::make_shared<guard>());
//
// Rules
//  IC1 `before_send` is called on the sender's thread for each message that an actor of this system, or a plain thread, sends to anybody:
//      an actor, a router, a plain CAF actor, another node. For what CAF actors and other nodes send, `before_receive` is the first.
//  IC2 `before_receive` is called in the recipient's turn, right before the handler, for each message that counts as one (M9), in the
//      form the handler gets it: a CAF message has been converted. A message that is put back or stashed is received again.
//  IC3 What either returns refuses the message: it becomes a dead letter with that reason, and its asker gets that error (M4, M5). So
//      does what it throws, as `refused`: an interceptor that fails never lets a message through and never fails an actor.
//  IC4 `after_receive` is called once for each message that all let pass, and for those who let it pass when another refused: when its
//      handler has ended, also a coroutine after its waits, or was given up.
//  IC5 A system's interceptors are a chain, fixed when it is made: those of its options, then those of its extensions. A message goes
//      through it from first to last, and back from last to first; who comes behind the one that refuses does not see it.
//  IC6 Replies are no messages to an actor: they go to whoever asked, and are not shown.
//  IC7 A system without interceptors pays nothing: cells are marked when they are made.
//  IC8 `enter_handler` is called at the handler's door, once all have let the message pass; what it throws the handler counts as having
//      thrown (BO2, S7, S11), which is what injects faults. `leave_handler` is called once for each who has been let in, last one first,
//      when the handler returns, throws, or waits for the first time. Between the two other handlers may be entered and left, where a
//      simulated handler waits.
//  IC9 `actor_failed` is called in the turn of an actor that has failed (S11), before its parent hears of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <troupe/base/error.hpp>
#include <troupe/cell/address.hpp>
#include <troupe/engine/envelope.hpp>
#include <troupe/observe/trace_context.hpp>
#include <vector>

namespace troupe {

/// A message as an interceptor sees it. Valid during the call.
class message_view {
 public:
  message_view(environment& system, engine::envelope& message, const address& to) noexcept
      : system_(system), message_(message), to_(to) {}

  /// The system it is looked at in.
  environment& system() const noexcept { return system_; }
  /// Its type; compare with `&message_type_of<M>`.
  const message_type& type() const noexcept { return *message_.type; }
  /// The message itself, a value of that type. Read only.
  const void* payload() const noexcept { return message_.payload(); }
  /// Its content as text for people, cut; empty where there is nothing to show.
  std::string text() const;
  /// The sender's number; 0: no actor.
  std::uint64_t sender_number() const noexcept { return message_.cause; }
  /// The sender's path: a search, unless it is the one that runs. Empty: no actor.
  std::string sender() const;
  /// Whom it goes to.
  std::string recipient() const { return to_.path(); }
  /// Whether somebody waits for an answer.
  bool is_ask() const noexcept { return message_.reply != nullptr; }
  /// When it expires; `never` without a deadline.
  time_point deadline() const noexcept { return message_.deadline(); }
  /// The trace it belongs to, and the span it was sent from. Null in the boolean sense without one.
  trace_context trace() const noexcept;

 private:
  environment& system_;
  engine::envelope& message_;
  const address& to_;
};

/// What came of a message that was received.
enum class handling : std::uint8_t {
  handled,    ///< its handler has returned, or its coroutine has ended
  failed,     ///< it threw
  abandoned,  ///< its coroutine was destroyed: the actor stops or restarts, or the asker has given up
  refused,    ///< an interceptor behind this one did not let it pass
};

/// `handled`, `failed`, ...
std::string_view to_string(handling how) noexcept;

/// The end of a message's handling. Valid during the call; the message itself is gone.
struct handled_message {
  environment& system;
  const message_type& type;    ///< what it was
  const address& recipient;    ///< who handled it
  std::uint64_t sender = 0;    ///< the sender's number; 0: no actor
  trace_context trace = {};    ///< the trace, and the handler's own span in it (TC2)
  time_point began{};          ///< when, on the system's clock
  duration took{};             ///< how long, waits included
  handling how{};              ///< what came of it
  const error* why = nullptr;  ///< of one that failed or was refused
};

/// Sees messages, and may refuse them (IC1-IC6, IC8, IC9). Called by many threads at once, and must be quick: senders and actors wait for it.
class interceptor {
 public:
  virtual ~interceptor() = default;
  /// Before a message leaves its sender (IC1, IC3).
  virtual std::optional<error> before_send(const message_view&) { return {}; }
  /// Before its handler gets it (IC2, IC3).
  virtual std::optional<error> before_receive(const message_view&) { return {}; }
  /// After that (IC4). What it throws is logged.
  virtual void after_receive(const handled_message&) {}
  /// At the handler's door (IC8).
  virtual void enter_handler(const message_view&) {}
  /// The end of that.
  virtual void leave_handler() noexcept {}
  /// The actor with that number has failed on a message of that type; null: on none (IC9).
  virtual void actor_failed(environment&, std::uint64_t /*number*/, const message_type* /*on*/) noexcept {}
  /// Whether it wants `after_receive`, which costs two readings of the clock a message where anybody does. Always the same answer.
  virtual bool wants_end() const noexcept { return true; }
};

/// The chain of a system (IC5). Thread-safe once it is complete.
class interceptors {
 public:
  /// One more, behind the others. Before anything runs.
  void add(std::shared_ptr<interceptor> one);
  /// Whether there is none.
  bool empty() const noexcept { return all_.empty(); }
  /// How many there are.
  std::size_t size() const noexcept { return all_.size(); }
  /// Whether any of them wants to know what comes of a message.
  bool wants_end() const noexcept { return wants_end_; }
  /// The first one of type `T`; null if there is none.
  template <class T>
  std::shared_ptr<T> find() const noexcept {
    for (const auto& one : all_)
      if (auto found = std::dynamic_pointer_cast<T>(one)) return found;
    return {};
  }

  /// Shows a message that is about to be sent; what refuses it, if anything does.
  std::optional<error> before_send(const message_view& m) const noexcept;
  /// The same for one that is about to be handled; `passed` becomes the number of those who let it pass.
  std::optional<error> before_receive(const message_view& m, std::size_t& passed) const noexcept;
  /// Tells the first `passed` of them, last one first.
  void after_receive(const handled_message& m, std::size_t passed) const noexcept;
  /// IC8. What one of them throws goes through, once those before it have been left.
  void enter_handler(const message_view& m) const;
  /// The end of that.
  void leave_handler() const noexcept { leave_first(all_.size()); }
  /// IC9.
  void actor_failed(environment& system, std::uint64_t number, const message_type* on) const noexcept {
    for (const auto& one : all_) one->actor_failed(system, number, on);
  }

 private:
  void leave_first(std::size_t count) const noexcept;

  std::vector<std::shared_ptr<interceptor>> all_;
  bool wants_end_ = false;
};

}  // namespace troupe
