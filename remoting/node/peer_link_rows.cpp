// How what a handler tells an actor of the peer in a row leaves together (PL26).
#include <troupe/base/check.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/engine/dispatchers.hpp>
#include <troupe/node/message_row.hpp>
#include <troupe/node/peer_link.hpp>
#include <troupe/wire/routed_bodies.hpp>
#include <utility>

namespace troupe::detail {

namespace {

void end_row(void* at) noexcept { static_cast<message_row*>(at)->~message_row(); }

/// It goes to no mailbox and is shown to nobody.
constexpr message_type row_type{"troupe.message_row",
                                0,
                                sizeof(message_row),
                                alignof(message_row),
                                nullptr,
                                end_row,
                                nullptr,
                                nullptr,
                                nullptr,
                                nullptr};

}  // namespace

std::string_view message_row::take(std::string_view& rest) const {
  byte_reader from{rest};
  const std::size_t size = wire::header_bytes + from.u32();
  wire::routed_tell tell;
  check(size <= rest.size() &&
            wire::routed_tell::read(rest.substr(wire::header_bytes, size - wire::header_bytes), tell),
        "MR1: a row is what was written into it");
  rest.remove_prefix(size);
  return tell.payload;
}

// Whether it has been. Only a handler's outbox is certain to be flushed at its end.
bool peer_link::keep_in_row(ready_message& m) noexcept {
  // An address that is compared and no more. Who tells several by turns begins no row for each.
  thread_local constinit const address* told_before = nullptr;
  const bool again = std::exchange(told_before, m.by) == m.by;
  engine::worker* const w = engine::worker::current();
  if (!w || !cell::current() || m.what->reply || m.what->options_at != 0 || !message_row::takes(m.payload))
    return false;
  const auto add = [&m](engine::envelope& kept) {
    message_row& row = kept.as<message_row>();
    if (!row.is_for(*m.by, *m.what)) return engine::grown::nothing;
    return row.add(m.payload) ? engine::grown::more : engine::grown::full;
  };
  if (w->outbox().grow(row_end_, add)) return true;
  if (!w->outbox().follows_on(row_end_) || !again) return false;
  engine::envelope_ptr row = begin_row(m);
  if (!row) return false;
  row->as<message_row>().add(m.payload);
  if (!w->outbox().keep(row_end_, row.get())) return false;
  static_cast<void>(row.release());
  return true;
}

// Null: not now.
engine::envelope_ptr peer_link::begin_row(ready_message& m) {
  std::uint32_t number = 0;
  {
    const std::lock_guard hold{mutex_};
    const route_mark* const mark = m.routes->find(m.what->type->hash);
    if (!mark || !routes_.has(*mark, m.to->in) || !is_there(*m.to)) return {};
    number = mark->number;
  }
  return engine::make_envelope<message_row>(row_type, address_ptr{m.by}, m.to, m.routes, m.what->type,
                                            m.what->cause, number);
}

// What was sent before comes before what is sent now (OB1, OB4).
void peer_link::settle_rows() noexcept {
  if (engine::worker::current()) return engine::worker::send_kept();
  env_->scheduler().settle(row_end_);
  env_->dispatchers().settle(row_end_);
}

// Inside the outbox's lock.
engine::pushed peer_link::take_row(const engine::chain<engine::envelope>& row) noexcept {
  troupe::check(row.newest == row.oldest, "OB5: one row at a time is kept");
  message_row& r = row.newest->as<message_row>();
  const std::lock_guard hold{mutex_};
  row.newest->next = std::exchange(rows_over_, row.newest);
  if (auto no = leave_in_row(r)) r.no = std::make_unique<error>(std::move(*no));
  return engine::pushed::must_schedule;
}

// Under the lock. Why it can't.
std::optional<error> peer_link::leave_in_row(message_row& row) {
  if (!is_there(*row.to) || is_full(row.to->in)) return why_not(*row.to);
  if (auto no = why_misread(*row.type)) return no;
  if (auto no = why_too_large(row.largest, *row.to)) return no;
  if (const route_mark* const mark = row.routes->find(row.type->hash);
      mark && mark->number == row.number && routes_.has(*mark, row.to->in))
    pipe_.queue().add(row.to->in, row.frames);
  else
    leave_anew(row);
  for (std::uint32_t i = 0; i < row.messages; ++i) {
    outgoing_.count_message();
    lately_.add(*row.type, row.cause);
  }
  return {};
}

// Under the lock. The number is another's by now, or means nothing on this connection.
void peer_link::leave_anew(message_row& row) {
  for (std::string_view rest = row.frames; !rest.empty();) leave_anew(row, row.take(rest));
}

void peer_link::leave_anew(const message_row& row, std::string_view payload) {
  const remote_target& to = *row.to;
  std::string frames;
  if (const route_mark* const mark = take_route(*row.routes, row.type->hash, to)) {
    wire::message_front front;
    front.routed_tell(mark->number, row.cause, payload.size());
    frames.append(front.bytes()).append(payload);
  } else {
    troupe::check(wire::tell{to.name, row.type->hash, row.cause, payload}.encode(frames).has_value(),
                  "MR1: what had a route can be spelled out");
  }
  pipe_.queue().add(to.in, frames);
}

// What was sent, and what was not, goes.
void peer_link::end_rows() noexcept {
  later after;
  engine::envelope* newest = nullptr;
  {
    const std::lock_guard hold{mutex_};
    newest = std::exchange(rows_over_, nullptr);
    if (pipe_.unsent() >= write_at_once_bytes &&
        engine::worker::current())  // PL2; the lookout has no time to write
      write(after);
    else if (pipe_.unsent() > 0)
      schedule();
  }
  for (auto& f : after) f();
  engine::envelope* oldest = nullptr;
  while (newest) {
    engine::envelope* const e = std::exchange(newest, newest->next);
    e->next = std::exchange(oldest, e);
  }
  while (oldest) {
    const engine::envelope_ptr e{std::exchange(oldest, oldest->next)};
    if (message_row& row = e->as<message_row>(); row.no) refuse_row(row);
  }
}

// As messages again: whoever listens for dead letters sees what was sent.
void peer_link::refuse_row(message_row& row) noexcept {
  for (std::string_view rest = row.frames; !rest.empty();) {
    engine::envelope_ptr e = engine::allocate_envelope(*row.type);
    byte_reader in{row.take(rest), &env_->names()};
    try {
      if (!row.type->decode || !row.type->decode(e->payload(), in)) continue;
    } catch (...) {
      continue;
    }
    e->type = row.type;
    e->cause = row.cause;
    refuse(std::move(e), row.to->path, *row.no);
  }
}

}  // namespace troupe::detail
