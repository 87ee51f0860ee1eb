#include <troupe/cell/cell.hpp>
#include <troupe/cell/context.hpp>
#include <troupe/cell/environment.hpp>
#include <troupe/cell/sending.hpp>

namespace troupe {

namespace {

// Whether a thread that runs no actor must look closely at what it sends to `to`.
bool sends_closely_outside(const address& to) noexcept {
  if (turn_context::current().trace) return true;
  const environment* const home = to.home();
  return home && !home->intercepted_by().empty();
}

// Whether whoever runs now must.
inline bool sends_closely(const cell* self, const address& to) noexcept {
  return self ? self->sends_closely() : sends_closely_outside(to);
}

// Puts the trace into `e` and shows it to the interceptors. An error: it was refused and has become a dead letter, its asker has been
// told. `as_it_is`: a message that somebody else sent, whose cause and trace stay (DG2).
std::optional<error> prepare_send(address& to, engine::envelope_ptr& e, bool as_it_is) noexcept {
  cell* const self = cell::current();
  if (!as_it_is) {
    e->cause = self ? self->number() : 0;
    if (const trace_context* const t = turn_context::current().trace) {
      e = engine::with_options(std::move(e));
      if (engine::envelope_options* const o = e->options()) {
        o->trace_high = t->high;
        o->trace_low = t->low;
        o->span = t->span;
        o->trace_flags = t->flags;
      }
    }
  }
  environment* const system = self ? &self->env() : to.home();
  if (!system) return {};
  if (const interceptors& chain = system->intercepted_by(); !chain.empty()) {
    // What is going to be measured moves to an envelope with room for that (MT1): before anybody remembers where it lies.
    if (const engine::worker* const w = engine::worker::current(); w && w->sample_is_due())
      e = engine::with_options(std::move(e));
    if (auto no = chain.before_send({*system, *e, to})) {
      if (no->path.empty()) no->path = to.path();
      system->dead_letter(std::move(e), to.path(), *no);
      return no;
    }
  }
  if (self) self->show_sent(*e, to);
  return {};
}

void send_prepared(address& to, engine::envelope_ptr e, bool as_it_is) noexcept {
  if (!prepare_send(to, e, as_it_is)) to.post(std::move(e));
}

}  // namespace

void detail::send_closely(address& to, engine::envelope* e) noexcept {
  const cell* const self = cell::current();
  if (sends_closely(self, to)) return send_prepared(to, engine::envelope_ptr{e}, false);
  e->cause = self ? self->number() : 0;
  to.post(engine::envelope_ptr{e});
}

void send_on(address& to, engine::envelope_ptr e) noexcept {
  if (sends_closely(cell::current(), to)) [[unlikely]]
    return send_prepared(to, std::move(e), true);
  to.post(std::move(e));
}

std::optional<error> ready_to_send(address& to, engine::envelope_ptr& e) noexcept {
  const cell* const self = cell::current();
  e->cause = self ? self->number() : 0;
  if (sends_closely(self, to)) [[unlikely]]
    return prepare_send(to, e, false);
  return {};
}

}  // namespace troupe
