// Plain CAF actors of each kind, and a supervisor with one of them as its child.
#pragma once

#include <functional>
#include <optional>
#include <troupe/testkit/doctest.hpp>
#include <troupe/tree/child_caf.hpp>

#include "unit/caf/world.hpp"

namespace caf_child_test {

/// Makes the actor end with CAF's reason of that number; 100: with an error that is no exit_reason.
struct end_with {
  std::int32_t reason = 0;
};
/// The same, once the gate is open.
struct end_later {
  std::int32_t reason = 0;
};

}  // namespace caf_child_test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_child_test::end_with)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf_child_test::end_later)

namespace caf_child_test {

using namespace troupe;
using namespace life;
using caf_test::add;
using caf_test::boom;
using caf_test::hold_up;
using caf_test::note;
using caf_test::secret;
using caf_test::stranger;

/// The reason of that number.
inline caf::error error_of(std::int32_t reason) {
  if (reason == 0) return {};
  if (reason == 100) return caf::make_error(caf::sec::runtime_error, "no exit reason");
  return caf::make_error(static_cast<caf::exit_reason>(reason));
}

/// What all kinds share: the journal, the gate, and the sum so far, which dies with the actor.
struct part {
  journal_ptr j;
  gate_ptr g;
  bool traps = false;
  std::int32_t total = 0;
};

/// Notes its end.
template <class Self>
void attach_end(Self* self, const part& p) {
  static_cast<caf::monitorable_actor*>(self)->attach_functor(
      [j = p.j](const caf::error& why) { j->note("gone " + caf::to_string(why)); });
}

/// What those with a behaviour do.
inline caf::behavior behavior_of(caf::event_based_actor* self, const std::shared_ptr<part>& p) {
  p->j->note("made");
  attach_end(self, *p);
  if (p->traps) self->set_exit_handler([j = p->j](caf::exit_msg&) { j->note("traps"); });
  return {[=](const add& m) { return p->total += m.n; },
          [=](const note& m) {
            // Who is not somebody else can't be answered: a cell in between must not pass for the sender.
            p->j->note(m.line + (self->current_sender() ? " from somebody" : ""));
          },
          [=](const boom&) -> std::int32_t { throw std::runtime_error{"asked to"}; },
          [=](const hold_up&) {
            p->j->note("holds");
            p->g->pass();
          },
          [=](const end_with& m) { self->quit(error_of(m.reason)); },
          [=](const end_later& m) {
            p->j->note("holds");
            p->g->pass();
            self->quit(error_of(m.reason));
          }};
}

// ---- one of each kind

/// A function.
inline caf::behavior function_actor(caf::event_based_actor* self, part p) {
  return behavior_of(self, std::make_shared<part>(std::move(p)));
}

/// The state of `stateful`.
struct sum_state {
  std::int32_t total = 0;
  static inline const char* name = "summing";
};

/// One with state.
inline caf::behavior stateful(caf::stateful_actor<sum_state>* self, part p) {
  p.j->note("made");
  attach_end(self, p);
  return {[=](const add& m) { return self->state.total += m.n; }, [=](const note& m) { p.j->note(m.line); },
          [=](const boom&) -> std::int32_t { throw std::runtime_error{"asked to"}; }};
}

/// A class.
class by_class : public caf::event_based_actor {
 public:
  by_class(caf::actor_config& config, part p)
      : caf::event_based_actor(config), part_(std::make_shared<part>(std::move(p))) {}
  caf::behavior make_behavior() override { return behavior_of(this, part_); }
  const char* name() const override { return "by_class"; }

 private:
  std::shared_ptr<part> part_;
};

/// Its handle.
using typed_sum = caf::typed_actor<caf::replies_to<add>::with<std::int32_t>, caf::reacts_to<note>,
                                   caf::replies_to<boom>::with<std::int32_t>>;

/// One with a typed handle.
inline typed_sum::behavior_type typed(typed_sum::pointer self, part p) {
  p.j->note("made");
  attach_end(self, p);
  auto total = std::make_shared<std::int32_t>(0);
  return {[=](const add& m) { return *total += m.n; }, [=](const note& m) { p.j->note(m.line); },
          [=](const boom&) -> std::int32_t { throw std::runtime_error{"asked to"}; }};
}

/// One with a thread and a `receive` of its own.
inline void blocking(caf::blocking_actor* self, const part& p) {
  p.j->note("made");
  attach_end(self, p);
  std::int32_t total = 0;
  bool going = true;
  self->receive_while(going)([&](const add& m) { return total += m.n; },
                             [&](const note& m) { p.j->note(m.line); },
                             [&](const boom&) -> std::int32_t { throw std::runtime_error{"asked to"}; },
                             [&](const caf::exit_msg& m) {  // CAF leaves exits to a blocking actor's receive
                               self->fail_state(m.reason);
                               going = false;
                             });
}

/// Spawns one.
using maker = std::function<caf::strong_actor_ptr(caf::actor_system&, part)>;

/// One that `f` spawns.
template <class F>
maker maker_of(F f) {
  return [f](caf::actor_system& in, part p) { return caf::actor_cast<caf::strong_actor_ptr>(f(in, p)); };
}

/// The usual one.
inline const maker event_based =
    maker_of([](caf::actor_system& in, part p) { return in.spawn(function_actor, p); });

/// A system with such a child below `/user/top`.
struct stage {
  explicit stage(one_for_one how = {.intensity = 3}) : limit(how) {}
  ~stage() { g->open(); }

  child_builder child(const maker& make = event_based, bool traps = false) {
    return child_caf("legacy", make, part{j, g, traps, 0});
  }
  supervision& start(child_spec child) {
    top.emplace(supervise(sys, "top", limit, std::move(child)));
    return *top;
  }
  template <class M>
  ref<M> to() {
    return top->ref<M>("legacy");
  }
  cell_ptr cell_of_child() { return sys.env().resolve("/user/top/legacy"); }
  std::int32_t sum(std::int32_t n) { return to<add>().ask(add{n}, patience).get().value(); }
  /// All that has been sent so far has been looked at by the cell.
  void all_taken() {
    auto seen = std::make_shared<journal>();
    const cell_ptr c = cell_of_child();
    for (std::ptrdiff_t turns = 1; c->mailbox_depth() != 0; ++turns) {
      c->run_inside([seen](cell&) { seen->note("a turn"); });
      REQUIRE(seen->wait_for("a turn", turns));
    }
  }
  /// All that has been sent so far has been handed on: what can't be copied is refused by the cell itself, in its order.
  void all_handed_on() { REQUIRE(to<secret>().ask(secret{}, patience).get().error().code == errc::invalid); }

  one_for_one limit;
  journal_ptr j = std::make_shared<journal>();
  gate_ptr g = std::make_shared<gate>();
  troupe::system sys{quiet()};
  journal_ptr events = listen(sys);
  std::optional<supervision> top;
};

/// Log lines that contain `part`, so far.
struct logged {
  explicit logged(troupe::system& sys) {
    sys.events().subscribe_log(
        [all = all](log_level, std::string_view where, std::string_view line) {
          all->note(std::string{where} + ": " + std::string{line});
        },
        log_level::warning);
  }
  bool has(const std::string& part) const {
    const auto said = all->all();
    return std::any_of(said.begin(), said.end(),
                       [&](const std::string& l) { return l.find(part) != std::string::npos; });
  }
  journal_ptr all = std::make_shared<journal>();
};

}  // namespace caf_child_test
