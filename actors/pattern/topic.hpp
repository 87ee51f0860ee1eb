// Topics: typed publish and subscribe.
//
//     auto prices = troupe::spawn_topic<price>(sys, {.name = "prices", .retain = true});
//     prices.subscribe(screen);                             // any ref<price>, or of an actor that has price in its protocol
//     prices.publish(price{"ada", 100});
//
// Rules
//  TP1 A topic is an actor: all subscribers get what is published in one order, and what one sender publishes in the order it did
//      (M3). A subscription holds for what its sender publishes after it.
//  TP2 Publishing costs one message to the topic and one copy for each subscriber. Nothing is kept for those who are slow: what
//      their mailboxes do is theirs (M8).
//  TP3 Subscribing twice is subscribing once. A subscriber that stops is dropped.
//  TP4 With `retain` a new subscriber gets the last message first, then those after it.
//  TP5 With `waiting_max` a subscriber with more messages waiting is not sent another one, which is a dead letter with the reason
//      `overloaded`. It is unsubscribed (the default: who has missed one message may rather have none), or with `skip` stays and
//      misses what is published until it has caught up. Subscribers in other processes are not measured.
//  TP6 Where its message can cross nodes (it has a contract) a topic is used from there as from here: to publish, to subscribe, to count.
//      A subscriber whose node is declared down is dropped.
//  TP7 An empty topic is an empty ref (RF4): nobody hears what is published, and subscribing is dropped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/pattern/pool.hpp>
#include <troupe/pattern/subscriptions.hpp>
#include <troupe/ref/codec.hpp>
#include <utility>
#include <vector>

namespace troupe {

/// What becomes of a subscriber with too many messages waiting (TP5).
using slow_subscriber = detail::slow_subscriber;

/// What can be chosen when a topic is started.
struct topic_options {
  std::string name = {};          ///< unique among its siblings; empty: a number
  bool retain = false;            ///< whether new subscribers get the last message (TP4)
  std::uint64_t waiting_max = 0;  ///< how many messages may wait at a subscriber (TP5); 0: any number
  slow_subscriber slow = slow_subscriber::unsubscribe;  ///< what becomes of one with more (TP5)
};

/// To a topic: `who` wants what is published from now on.
template <class M>
struct subscribe {
  ref<M> who;
};
/// To a topic: `who` does not any more.
template <class M>
struct unsubscribe {
  ref<M> who;
};
/// To a topic: how many subscribers are there?
struct count_subscribers {
  using reply = std::uint64_t;
};
TROUPE_CONTRACT(count_subscribers, "troupe.topic.count_subscribers", 1)

namespace detail {

/// The form of a message that is one ref, and is called `name<M>` (TP6). It can't grow: such a message has no version.
template <class M, class Message, const char* name>
struct ref_message_codec {
  template <class Sink>
  static constexpr void spell(Sink& to) {
    to.text(name);
    to.text("<");
    to.template type<M>();
    to.text(">");
  }
  static void encode(byte_writer& to, const Message& m) { codec<ref<M>>::encode(to, m.who); }
  static bool decode(byte_reader& from, Message& m) { return codec<ref<M>>::decode(from, m.who); }
};

inline constexpr char subscribe_name[] = "troupe.topic.subscribe";
inline constexpr char unsubscribe_name[] = "troupe.topic.unsubscribe";

}  // namespace detail

/// See `ref_message_codec`.
template <class M>
struct codec<subscribe<M>> : detail::ref_message_codec<M, subscribe<M>, detail::subscribe_name> {};
/// See `ref_message_codec`.
template <class M>
struct codec<unsubscribe<M>> : detail::ref_message_codec<M, unsubscribe<M>, detail::unsubscribe_name> {};

namespace detail {

/// What a topic understands.
template <class M>
using topic_ref = ref<M, subscribe<M>, unsubscribe<M>, count_subscribers>;

/// The actor behind a topic (TP1-TP5).
template <class M>
class topic_actor : public actor<M, subscribe<M>, unsubscribe<M>, count_subscribers> {
 public:
  explicit topic_actor(topic_options options) : options_(std::move(options)), all_(this->own_cell()) {}

  /// Published (TP1, TP2).
  void on(const M& m) {
    all_.each(options_.waiting_max, options_.slow, message_type_of<M>,
              [&m](const any_ref& to) { ref<M>{to.address()}.tell(m); });
    if (options_.retain) last_.emplace(m);
  }
  /// TP3, TP4.
  void on(const subscribe<M>& m) {
    if (all_.add(m.who) && last_) m.who.tell(*last_);
  }
  /// No longer.
  void on(const unsubscribe<M>& m) { all_.remove(m.who); }
  /// How many there are.
  std::uint64_t on(const count_subscribers&) const { return all_.size(); }
  void on_terminated(const terminated& news) override { all_.gone(news.number()); }

 private:
  const topic_options options_;
  subscriptions all_;
  std::optional<M> last_;
};

}  // namespace detail

/// A topic: publishing is `tell`. A value; thread-safe as a ref is.
template <class M>
class topic : public detail::topic_ref<M> {
 public:
  topic() = default;
  explicit topic(address_ptr to) noexcept : detail::topic_ref<M>(std::move(to)) {}
  /// The topic that is behind `to`, which may be on another node (TP6). Who is no topic does not understand what it is sent.
  explicit topic(const ref<M>& to) noexcept : detail::topic_ref<M>(to.address()) {}

  /// Sends `message` to all subscribers (TP1).
  template <class T>
  void publish(T&& message) const {
    static_assert(std::is_same_v<std::remove_cvref_t<T>, M>, "troupe: this topic is of another message");
    this->tell(std::forward<T>(message));
  }
  /// `who` gets what is published from now on (TP3, TP4). Throws `failed` with `invalid` for an empty ref.
  void subscribe(const ref<M>& who) const {
    if (!who) throw failed{{errc::invalid, "topic " + to_string(*this) + ": an empty ref can't subscribe"}};
    this->tell(troupe::subscribe<M>{who});
  }
  /// No longer. What it was sent stays in its mailbox.
  void unsubscribe(const ref<M>& who) const { this->tell(troupe::unsubscribe<M>{who}); }
};

namespace detail {

/// See `spawn_topic`.
template <class M>
topic<M> start_topic(environment& env, const cell_ptr& parent, topic_options options) {
  static_assert(std::copy_constructible<M>,
                "troupe: a topic copies its message for each subscriber, and this one can't be copied");
  static_assert(
      !requires { typename M::reply; },
      "troupe: a topic's message is published, not answered: it must not have a `using reply`");
  std::string name = options.name;
  return topic<M>{start_below(
      *parent, props_of<topic_actor<M>>(env, spawn_options{.name = std::move(name)}, std::move(options)))};
}

}  // namespace detail

/// Starts a topic under `/user`. Throws `failed` with `already_exists`, `invalid` (no name) or `stopped`.
template <class M>
topic<M> spawn_topic(system& sys, topic_options options = {}) {
  return detail::start_topic<M>(sys.env(), sys.user_root(), std::move(options));
}

/// The same as a child of the actor whose turn it is. Throws `failed` with `invalid` outside of actors.
template <class M>
topic<M> spawn_topic(topic_options options = {}) {
  cell& parent = detail::spawning_cell("spawn_topic");
  return detail::start_topic<M>(env_of(parent), cell_ptr{&parent}, std::move(options));
}

}  // namespace troupe
