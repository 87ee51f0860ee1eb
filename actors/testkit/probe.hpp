// A probe: an actor whose messages a test takes one by one, from a plain thread.
//
//     troupe::testkit::test_system sys;
//     troupe::testkit::probe<receipt, balance> p{sys};
//     bank.tell(transfer{"ada", "bob", 100, p.ref()});
//     p.expect_message(receipt{"ada", 100});
//     auto asked = p.expect<balance>();      // somebody asks the probe
//     p.reply(std::int64_t{42});             // and gets an answer
//
// Rules
//  PB1 A probe is an actor below `/user`, with all that comes with it: it has a path and can be found by it, it watches and is
//      watched, it is asked, offered to, and handed on in messages.
//  PB2 Expectations look at the next message, in the order of arrival (M3). What does not fit has been taken all the same, and
//      the test fails with what was expected, what came, from whom, what is queued behind it, and the dead letters and
//      failures since the last expectation that was met. Only `fish` passes messages over.
//  PB3 A time that is given is the time of the system: real, and stretched (PA2), or where time is manual that much passes, timer by
//      timer, until the message is there. Without one an expectation waits for `patience::expect`, and moves no clock.
//  PB4 One thread at a time uses a probe, and that is no worker. The probe goes before its system does.
#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <troupe/testkit/probe_base.hpp>
#include <utility>
#include <variant>
#include <vector>

namespace troupe::testkit {

/// See above (PB1-PB4).
template <class... Ms>
class probe : public probe_base {
  static_assert(sizeof...(Ms) > 0, "troupe: a probe names the messages it takes: probe<deposit, balance>");

 public:
  using protocol = messages<Ms...>;

  /// A probe of that scope, which every `test_system` is. Empty name: `probe-N`. Throws `failed` with `already_exists` or
  /// `invalid` as `spawn` does.
  explicit probe(test_scope scope, std::string name = {})
      : probe_base(std::move(scope), std::move(name), detail::probe_class<Ms...>::value,
                   message_forms<Ms...>()) {}
  /// The same of a test system.
  template <class S>
  requires std::convertible_to<S&, test_scope>
  explicit probe(S& sys, std::string name = {}) : probe(static_cast<test_scope>(sys), std::move(name)) {}
  /// A probe in a system that is no test system: failures are thrown.
  explicit probe(troupe::system& sys, std::string name = {}) : probe(test_scope::of(sys), std::move(name)) {}

  /// What to send to.
  troupe::ref<Ms...> ref() const { return troupe::ref<Ms...>{address_ptr{own_cell()}}; }

  /// The next message, which must be an `M`.
  template <class M>
  M expect(std::optional<duration> within = {}, source_location where = TROUPE_HERE) {
    check_message<M>();
    const engine::envelope_ptr e = next(name_of_a(type_name_of<M>), within, where);
    if (e->type != &message_type_of<M>) fail_on(*e, name_of_a(type_name_of<M>), where);
    met();
    return std::move(e->as<M>());
  }

  /// The next message, which must be the same as `wanted` (PR3); the failure says what differs. Returns it.
  template <class M>
  M expect_message(const M& wanted, std::optional<duration> within = {},
                   source_location where = TROUPE_HERE) {
    check_message<M>();
    const std::string what = printed(wanted);
    const engine::envelope_ptr e = next(what, within, where);
    if (e->type != &message_type_of<M>) fail_on(*e, what, where);
    if (const auto different = differences(wanted, e->as<M>()); !different.empty()) {
      fail_on(*e, what, where, "\n  what differs:", different);
    }
    met();
    return std::move(e->as<M>());
  }

  /// The next message, which must be one of `As`.
  template <class... As>
  std::variant<As...> expect_any_of(std::optional<duration> within = {},
                                    source_location where = TROUPE_HERE) {
    static_assert(sizeof...(As) > 0);
    (check_message<As>(), ...);
    const std::string what = name_of_any({type_name_of<As>...});
    const engine::envelope_ptr e = next(what, within, where);
    std::optional<std::variant<As...>> out;
    ((e->type == &message_type_of<As> && (out.emplace(std::move(e->as<As>())), true)) || ...);
    if (!out) fail_on(*e, what, where);
    met();
    return std::move(*out);
  }

  /// The next `M` of which `fits` is true, past whatever comes before it; that is dropped, and its askers are told. Fails when
  /// there is none in time, with what was passed over.
  template <class M>
  M fish(const std::function<bool(const M&)>& fits = {}, std::optional<duration> within = {},
         source_location where = TROUPE_HERE) {
    check_message<M>();
    constexpr std::size_t shown_max = 20;
    const time_limit limit = limit_of(within);
    std::vector<std::string> passed;
    std::size_t count = 0;
    while (const engine::envelope_ptr e = next_or_null(limit)) {
      if (e->type == &message_type_of<M> && (!fits || fits(e->as<M>()))) {
        met();
        return std::move(e->as<M>());
      }
      if (count++ < shown_max) passed.push_back(shown(*e));
    }
    fail_to_fish(type_name_of<M>, static_cast<bool>(fits), limit.given, count, passed, where);
  }

  /// The next `n` messages, which must all be `M`s. The time is for each of them.
  template <class M>
  std::vector<M> receive_n(std::size_t n, std::optional<duration> within = {},
                           source_location where = TROUPE_HERE) {
    check_message<M>();
    std::vector<M> out;
    for (std::size_t i = 0; i < n; ++i) {
      const std::string what = name_of_nth(type_name_of<M>, i + 1, n);
      const engine::envelope_ptr e = next(what, within, where);
      if (e->type != &message_type_of<M>) fail_on(*e, what, where);
      out.push_back(std::move(e->as<M>()));
    }
    met();
    return out;
  }

  /// Answers the message taken last (PI2). `value` must be of the type that message is answered with; write the type out where
  /// a literal has another: `reply(std::int64_t{5})`. False: nobody waits for it any more. Fails the test when the type is
  /// another, or the message was not asked.
  template <class R>
  bool reply(R&& value, source_location where = TROUPE_HERE) {
    using reply_t = std::remove_cvref_t<R>;
    return reply_with(engine::make_envelope<reply_t>(message_type_of<reply_t>, std::forward<R>(value)),
                      where);
  }
  /// Answers a message that has no `using reply`: it was handled.
  bool reply(source_location where = TROUPE_HERE) { return reply(unit{}, where); }

 private:
  template <class M>
  static constexpr void check_message() {
    static_assert(protocol::template has<M>,
                  "troupe: this probe does not take this message: it is not in its protocol");
  }
};

}  // namespace troupe::testkit
