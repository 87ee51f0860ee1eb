// References to actors.
//
// Rules
//  RF1 A ref is a value: copy, compare, hash, order, print it, send it in a message. It keeps an actor's address, never its
//      state.
//  RF2 `ref<A>` accepts the messages of A's protocol, `ref<Msg...>` those named; any other is a compile error.
//      A ref converts to any ref whose protocol is part of its own.
//  RF3 Nothing is asked of `Ts` before a function is called, so they may be incomplete where the ref is
//      declared.
//  RF4 An empty ref sends to nobody: a tell is dropped, an ask is answered `stopped`.
//  RF5 Two exact refs are equal when they lead to one actor, however they came here, two named ones when they are of one path (L5);
//      an exact ref and a named one never are: tomorrow they may lead to two. The order is that of creation, named refs before
//      all others by their paths, the empty one first: the same in every run from a seed (D1).
//  RF6 In a message to another node, in JSON and in files a ref is an opaque token (codec.hpp); it works where it arrives (R1).
#pragma once

#include <compare>
#include <functional>
#include <iosfwd>
#include <string>
#include <troupe/cell/sending.hpp>
#include <troupe/contract/message_type_of.hpp>
#include <troupe/ref/future.hpp>
#include <troupe/ref/protocol.hpp>
#include <utility>

namespace caf {
class actor;
}  // namespace caf

namespace troupe {

/// The untyped part of a ref. Thread-safe as a `std::shared_ptr` is.
class any_ref {
 public:
  any_ref() = default;
  explicit any_ref(address_ptr to) noexcept : to_(std::move(to)) {}

  /// Whether it points anywhere.
  explicit operator bool() const noexcept { return to_ != nullptr; }
  /// The actor's path; empty for an empty ref.
  std::string path() const { return to_ ? to_->path() : std::string{}; }
  /// The address behind it.
  const address_ptr& address() const noexcept { return to_; }
  /// How often the actor has been restarted (L5); 0 when it does not live in this process.
  std::uint64_t incarnation() const;
  /// The actor's CAF handle: CAF's send, request, monitor, link and send_exit work on it. Include <troupe/ref/caf.hpp> to
  /// use it. Throws `failed` with `not_found` when no actor of this process is behind the ref now.
  ::caf::actor caf() const;
  /// RF5. Thread-safe.
  friend bool operator==(const any_ref& a, const any_ref& b) noexcept {
    return a.to_ == b.to_ || (a.to_ && b.to_ && (a <=> b) == 0);
  }
  /// RF5. Thread-safe.
  friend std::strong_ordering operator<=>(const any_ref& a, const any_ref& b) noexcept;
  /// RF5: equal refs have equal hashes, the same in every run from a seed (D1).
  std::size_t hash() const noexcept;

 private:
  address_ptr to_;
};

/// Its path, `(no ref)` for an empty one.
std::string to_string(const any_ref& r);
/// The same for fmt, which finds it by its name.
inline std::string format_as(const any_ref& r) { return to_string(r); }
/// The same into a stream.
std::ostream& operator<<(std::ostream& to, const any_ref& r);

/// Shows a ref as its path (contract/print.hpp, PT1).
inline void troupe_print(bounded_text& to, const any_ref& r) { to.add(r ? r.path() : "no actor"); }

/// A typed reference (RF1-RF4).
template <class... Ts>
class ref : public any_ref {
 public:
  ref() = default;
  /// Points to `to`. REQUIRES: what lives there understands the protocol.
  explicit ref(address_ptr to) noexcept : any_ref(std::move(to)) {}
  /// From a wider ref (RF2).
  template <class... Us>
  requires(!std::is_same_v<ref<Us...>, ref<Ts...>>) ref(const ref<Us...>& wider) : any_ref(wider) {
    static_assert(detail::has_all<protocol_of<Us...>>(protocol_of<Ts...>{}),
                  "troupe: a ref converts only to a ref whose messages are all in its own protocol");
  }

  /// Sends `message`. Never blocks, never throws for a reason the sender can't see; at most once (M2).
  template <class M>
  void tell(M&& message) const {
    using message_t = std::remove_cvref_t<M>;
    static_assert(protocol_of<Ts...>::template has<message_t>,
                  "troupe: this actor does not accept this message: it is not in its protocol");
    if (!address()) return;
    send(*address(), engine::make_envelope<message_t>(message_type_of<message_t>, std::forward<M>(message)));
  }

  /// Sends `message` and returns the reply to come, for threads that are no actors (M5). An actor uses
  /// `co_await ask<M>(ref, timeout, fields...)`.
  template <class M>
  future<reply_of<std::remove_cvref_t<M>>> ask(M&& message, duration timeout) const {
    using message_t = std::remove_cvref_t<M>;
    using reply = reply_of<message_t>;
    static_assert(protocol_of<Ts...>::template has<message_t>,
                  "troupe: this actor does not accept this message: it is not in its protocol");
    return future<reply>{detail::ask_from_thread(
        address(), engine::make_envelope<message_t>(message_type_of<message_t>, std::forward<M>(message)),
        message_type_of<reply>, timeout)};
  }
};

}  // namespace troupe

template <>
struct std::hash<troupe::any_ref> {
  std::size_t operator()(const troupe::any_ref& r) const noexcept { return r.hash(); }
};

template <class... Ts>
struct std::hash<troupe::ref<Ts...>> : std::hash<troupe::any_ref> {};

// Behind the class, and always with it: which types have a codec must not depend on what else is included.
#include <troupe/ref/codec.hpp>
