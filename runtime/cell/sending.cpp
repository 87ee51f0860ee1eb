#include <troupe/cell/context.hpp>
#include <troupe/cell/environment.hpp>
#include <troupe/cell/sending.hpp>

namespace troupe::detail {

bool sends_closely_outside(const address& to) noexcept {
  if (turn_context::current().trace) return true;
  const environment* const home = to.home();
  return home && !home->intercepted_by().empty();
}

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
    if (auto no = chain.before_send({*system, *e, to})) {
      if (no->path.empty()) no->path = to.path();
      system->dead_letter(std::move(e), to.path(), *no);
      return no;
    }
  }
  if (self) self->show_sent(*e, to);
  return {};
}

void send_closely(address& to, engine::envelope_ptr e, bool as_it_is) noexcept {
  if (!prepare_send(to, e, as_it_is)) to.post(std::move(e));
}

}  // namespace troupe::detail
