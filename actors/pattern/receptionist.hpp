// A receptionist: actors find each other by what they do, not by their paths.
//
//     inline const troupe::service_key<lookup> directory{"directory"};
//     troupe::system sys{options, troupe::receptionist_extension{}};
//     troupe::receptionist_of(sys).enlist(directory, mine);
//     auto all = troupe::receptionist_of(sys).find_now(directory, 1s);   // in an actor: co_await receptionist_here().find(...)
//
// Rules
//  RC1 There is one in a system that has the extension: the actor `/system/receptionist`, which `receptionist_of` names.
//  RC2 A key is a name and a protocol. Enlisting or finding a name under another protocol is an error that names both.
//  RC3 Who has stopped is not listed any more. Listings are in the order of enlisting (D1).
//  RC4 Who listens gets the listing as it is, then each time it changes, until it stops or no longer wants to.
//  RC5 Enlisting or listening twice is doing it once. A service is forgotten with the last who offers it and the last who listens, and its name
//      may then be of another protocol.
//  RC6 What another node's receptionist has (`offers_elsewhere`, which remoting/services brings) is listed behind what was enlisted here, in the
//      order of far_offers.hpp. It never decides the protocol of a name for those here: who enlists or listens here does, and offers of others
//      that are for other messages are not listed then, which a line in the log says. With nobody here, finding it under another protocol is
//      the error of RC2.
//  RC7 Who follows (`follow_offers`) hears of what actors of this system have enlisted, as it is and then each change in order, where its messages
//      can cross to another node. What other nodes offer is none of it, so nothing is told on from node to node. Who begins to follow once more has
//      begun anew, as one that was restarted: he is told all again, once, and all that he has brought (RC6) is over.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <troupe/actor/spawn.hpp>
#include <troupe/pattern/asking_inside.hpp>
#include <troupe/pattern/far_offers.hpp>
#include <troupe/ref/named.hpp>
#include <troupe/system/system.hpp>
#include <troupe/task/task.hpp>
#include <vector>

namespace troupe {

/// What a service is found by: its name, and the messages it understands (RC2). `Ts` are as in `ref<Ts...>`.
template <class... Ts>
struct service_key {
  /// By its name. A constructor, for g++ 12 destroys an aggregate that is made inside a `co_await` twice.
  explicit service_key(std::string of_name) : name(std::move(of_name)) {}

  std::string name;
};

/// One service, as of now.
struct service_info {
  std::string name;
  std::string protocol;  ///< its messages' type names
  std::uint64_t offered_by = 0;
  std::uint64_t heard_by = 0;
  std::uint64_t elsewhere = 0;  ///< of those who offer it, how many live on other nodes
  friend bool operator==(const service_info&, const service_info&) = default;
};

/// To who listens: all actors of a service, as of now (RC4).
template <class... Ts>
struct listing {
  std::string name;             ///< of the service
  std::vector<ref<Ts...>> all;  ///< in the order of enlisting
};

/// To the receptionist: `who` offers a service. The messages here are what `receptionist_ref` sends.
struct enlist_service {
  std::string name;
  std::string protocol;
  any_ref who;
  bool crosses = false;  ///< whether its messages and their replies can go to another node
  using reply = bool;
};
/// `who` does not any more.
struct delist_service {
  std::string name;
  any_ref who;
};
/// Who offers a service?
struct find_service {
  std::string name;
  std::string protocol;
  using reply = std::vector<any_ref>;
};
/// `who` wants to know who offers a service, from now on; `tell` sends it a listing.
struct listen_service {
  std::string name;
  std::string protocol;
  any_ref who;
  std::function<void(const std::vector<any_ref>&)> tell;
};
/// `who` does not any more.
struct unlisten_service {
  std::string name;
  any_ref who;
};

/// Which services are there?
struct list_services {
  using reply = std::vector<service_info>;
};

/// To who follows (RC7).
struct offers_changed {
  std::vector<ended_offer> gone;
  std::vector<service_offer> come;
};
/// `who` wants to hear of what is enlisted here, until it stops (RC7); `tell` sends it that.
struct follow_offers {
  any_ref who;
  std::function<void(const offers_changed&)> tell;
};
/// What another node offers has changed (RC6). All that `by`, an actor of this system, has brought goes with it.
struct offers_elsewhere {
  any_ref by;
  std::string node;
  bool anew = false;  ///< `come` is all there is
  std::vector<ended_offer> gone;
  std::vector<service_offer> come;
};

namespace detail {

/// The actor (RC1-RC7).
class receptionist_actor : public actor<enlist_service, delist_service, find_service, listen_service,
                                        unlisten_service, list_services, follow_offers, offers_elsewhere> {
 public:
  /// RC2, RC3. Whether it was not there already.
  result<bool> on(const enlist_service& m);
  /// No longer.
  void on(const delist_service& m);
  /// RC2.
  result<std::vector<any_ref>> on(const find_service& m);
  /// RC4.
  result<void> on(const listen_service& m);
  /// No longer.
  void on(const unlisten_service& m);
  /// By name.
  std::vector<service_info> on(const list_services& m) const;
  /// RC7.
  void on(const follow_offers& m);
  /// RC6.
  void on(const offers_elsewhere& m);
  void on_terminated(const terminated& news) override;

 private:
  struct entry {
    any_ref who;
    std::uint64_t number;
    std::function<void(const std::vector<any_ref>&)> tell = {};  // of a listener
    std::uint64_t offer = 0;                                     // as followers know it; 0: they do not
  };
  struct follower {
    std::uint64_t number;
    std::function<void(const offers_changed&)> tell;
  };
  struct service {
    std::string protocol;
    std::vector<entry> offered_by;
    std::vector<entry> heard_by;
  };
  result<service*> open(const std::string& name, const std::string& wanted);
  result<std::uint64_t> watched_as(const std::string& name, const any_ref& who);
  result<service*> put_in(const std::string& name, const std::string& wanted,
                          std::vector<entry> service::*into, entry one);
  void take_out(const std::string& name, std::vector<entry> service::*from, const any_ref& who);
  bool is_in(const std::string& name, std::uint64_t number) const;
  void forget_if_empty(const std::string& name);
  std::vector<any_ref> list(const std::string& name, const service& s) const;
  void tell_listeners(const std::string& name, const service& s) const;
  void tell_listeners(const std::set<std::string>& names) const;
  void tell_followers(const offers_changed& news) const;
  void follow_end(const std::string& name, const entry& e) const;
  bool is_needed(std::uint64_t number) const;
  void forget_brought_by(std::uint64_t number);
  void say_left_out(const std::string& name, const std::string& own);
  static error mismatch(const std::string& name, const std::string& there, const std::string& where,
                        const std::string& wanted);
  error refuse(error why) const;

  std::map<std::string, service> services_;
  boost::unordered_flat_map<std::uint64_t, std::set<std::string>> names_of_;  // in which services an actor is
  far_offers far_;
  std::map<std::string, std::uint64_t> brought_by_;  // by node: the number of who has brought what it offers
  std::vector<follower> followers_;
  std::uint64_t last_offer_ = 0;
  std::uint64_t left_out_ = 0;  // since the last line about them
  time_point said_at_ = time_point::min();
};

/// Whether the messages and their replies can go to another node.
template <class... Ms>
constexpr bool can_cross(messages<Ms...>) {
  return ((type_hash_of<Ms> != 0 && type_hash_of<reply_of<Ms>> != 0) && ...);
}

template <class... Ms>
std::string protocol_text(messages<Ms...>) {
  std::string out;
  ((out += (out.empty() ? "" : ", ") + std::string{type_name_of<Ms>}), ...);
  return out;
}

template <class... Ts>
std::vector<ref<Ts...>> typed(const std::vector<any_ref>& all) {
  std::vector<ref<Ts...>> out;
  out.reserve(all.size());
  for (const any_ref& r : all) out.emplace_back(r.address());
  return out;
}

}  // namespace detail

/// The way to a system's receptionist. A value; thread-safe as a ref is.
class receptionist_ref {
 public:
  explicit receptionist_ref(environment& env)
      : to_(ref_to<detail::receptionist_actor>(env, "/system/receptionist")) {}

  /// `who` offers the service until it stops or is delisted. What is wrong (RC2, an actor that can't be watched from here) is
  /// logged; use `enlist_and_wait` to be told.
  template <class... Ts, class... Us>
  void enlist(const service_key<Ts...>& key, const ref<Us...>& who) const {
    to_.tell(enlist_service{key.name, text_of(key), ref<Ts...>{who}, crosses(key)});
  }
  /// The same for a coroutine of an actor, which goes on when `who` can be found: true, or false when it could before. An error: what is
  /// wrong, or no answer within `timeout`.
  template <class... Ts, class... Us>
  task<result<bool>> enlist_and_wait(service_key<Ts...> key, ref<Us...> who, duration timeout) const {
    asking<bool> under_way{detail::ask_inside(
        detail::turn_of("receptionist_ref::enlist_and_wait is for actors; a plain thread uses enlist_now"),
        to_.address(),
        engine::make_envelope<enlist_service>(message_type_of<enlist_service>, key.name, text_of(key),
                                              any_ref{ref<Ts...>{who}}, crosses(key)),
        message_type_of<bool>, timeout)};
    co_return co_await under_way;
  }
  /// The same for a plain thread, which waits.
  template <class... Ts, class... Us>
  result<bool> enlist_now(const service_key<Ts...>& key, const ref<Us...>& who, duration timeout) const {
    return to_.ask(enlist_service{key.name, text_of(key), ref<Ts...>{who}, crosses(key)}, timeout).get();
  }
  /// `who` does not offer it any more.
  template <class... Ts>
  void delist(const service_key<Ts...>& key, const any_ref& who) const {
    to_.tell(delist_service{key.name, who});
  }
  /// Who offers it now, for a coroutine of an actor: `co_await receptionist_here().find(key, 1s)`.
  template <class... Ts>
  task<result<std::vector<ref<Ts...>>>> find(service_key<Ts...> key, duration timeout) const {
    asking<std::vector<any_ref>> under_way{detail::ask_inside(
        detail::turn_of("receptionist_ref::find is for actors; a plain thread uses find_now"), to_.address(),
        engine::make_envelope<find_service>(message_type_of<find_service>, key.name, text_of(key)),
        message_type_of<std::vector<any_ref>>, timeout)};
    auto all = co_await under_way;
    if (!all) co_return all.error();
    co_return detail::typed<Ts...>(*all);
  }
  /// The same for a plain thread, which waits.
  template <class... Ts>
  result<std::vector<ref<Ts...>>> find_now(const service_key<Ts...>& key, duration timeout) const {
    auto all = to_.ask(find_service{key.name, text_of(key)}, timeout).get();
    if (!all) return all.error();
    return detail::typed<Ts...>(*all);
  }
  /// `who` is told who offers it, now and at each change (RC4).
  template <class... Ts>
  void listen(const service_key<Ts...>& key, const ref<listing<Ts...>>& who) const {
    to_.tell(
        listen_service{key.name, text_of(key), who, [name = key.name, who](const std::vector<any_ref>& all) {
                         who.tell(listing<Ts...>{name, detail::typed<Ts...>(all)});
                       }});
  }
  /// Which services there are, by name, for a plain thread, which waits; an actor asks with `list_services`.
  result<std::vector<service_info>> services_now(duration timeout) const {
    return to_.ask(list_services{}, timeout).get();
  }
  /// `who` is not told any more.
  template <class... Ts>
  void unlisten(const service_key<Ts...>& key, const any_ref& who) const {
    to_.tell(unlisten_service{key.name, who});
  }

 private:
  template <class... Ts>
  static std::string text_of(const service_key<Ts...>&) {
    return detail::protocol_text(protocol_of<Ts...>{});
  }
  template <class... Ts>
  static constexpr bool crosses(const service_key<Ts...>&) {
    return detail::can_cross(protocol_of<Ts...>{});
  }
  ref<detail::receptionist_actor> to_;
};

/// Gives a system its receptionist (RC1): `troupe::system sys{options, troupe::receptionist_extension{}}`.
class receptionist_extension final : public extension {
 public:
  /// Starts it, unless an extension that needs it has done so before.
  void start(system& sys) override;

 private:
  bool started_ = false;
};

/// The receptionist of a system. Throws `failed` with `not_found` when it has none.
receptionist_ref receptionist_of(system& sys);

/// The receptionist of the system of the actor whose turn it is; what it is sent is a dead letter when there is none.
receptionist_ref receptionist_here();

}  // namespace troupe
