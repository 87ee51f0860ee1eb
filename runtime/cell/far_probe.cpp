#include <algorithm>
#include <troupe/base/limits.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/far_probe.hpp>
#include <tuple>
#include <utility>

namespace troupe {

namespace {

// FP3: whether `a` is rather to fail than `b`.
bool before(const far_wait& a, const far_wait& b) {
  return std::tie(a.unbegun, a.actor, a.node, a.number) > std::tie(b.unbegun, b.actor, b.node, b.number);
}

std::string place_of(const far_wait& w) { return w.node + ":" + w.path; }

}  // namespace

far_wait far_wait::of(cell& at, const handler_wait& wait) {
  return {.run = at.env().names().incarnation(),
          .actor = at.number(),
          .number = wait.number(at),
          .path = at.path()};
}

void far_probe::start(cell& at, const handler_wait& wait, engine::recipient& holder) {
  // Where it is none a message adapter has the request (AD3).
  auto* const far = dynamic_cast<far_holder*>(&holder);
  if (!far || !far->has_left()) return;
  far_path path;
  path.waits.push_back(far_wait::of(at, wait));
  far->follow(std::move(path));
}

void far_probe::go_to(engine::recipient* holder, const engine::reply_slot_ptr& request, far_path path) {
  if (!holder) return;
  if (holder->is_cell()) {
    const cell_ptr to{static_cast<cell*>(holder), false};
    to->send(new far_probe{request, std::move(path)});
    return;
  }
  if (auto* const far = dynamic_cast<far_holder*>(holder); far && far->has_left())
    far->follow(std::move(path));
  holder->release_reference();
}

void far_probe::deliver(cell& at) {
  // A failed actor's handlers only wait for their end (L6).
  if (request_->is_settled() || !at.runs_tasks()) return;
  const auto word = request_->word_of(at);
  if (!word) return;  // it has moved on; who gets it next says so (CY2)
  const bool unbegun = word->kind == engine::word_kind::waits;
  const handler_wait* const onward = unbegun ? at.blocker() : static_cast<const handler_wait*>(word->note);
  if (!onward || !onward->on()) return;
  if (path_.passed == 0) {
    const message_type& type = unbegun ? *static_cast<const message_type*>(word->note) : *onward->handles();
    path_.last().message = type.name;
    path_.last().unbegun = unbegun;
  }
  if (!passes(far_wait::of(at, *onward))) return;
  awaited_slot& slot = *onward->on();
  const std::size_t n = path_.waits.size();
  if (path_.passed >= n) {
    const auto victim = std::min_element(path_.waits.begin(), path_.waits.end(), before);
    if (&path_.last() == &*victim) return fail(at, slot);
  }
  go_to(slot.find_holder(), engine::reply_slot_ptr{&slot}, std::move(path_));
}

// Whether the walk may go on from this wait (FP1, FP2).
bool far_probe::passes(const far_wait& here) {
  auto& waits = path_.waits;
  if (path_.passed != 0) return waits[path_.passed++ % waits.size()].is(here);
  if (waits.front().is(here)) {
    path_.passed = 1;
    return true;
  }
  if (waits.size() >= far_path::waits_max ||
      std::any_of(waits.begin(), waits.end(), [&](const far_wait& w) { return w.is(here); }))
    return false;
  waits.push_back(here);
  return true;
}

void far_probe::fail(cell& at, awaited_slot& slot) const {
  const auto n = path_.waits.size();
  const std::size_t first = (path_.passed - 1) % n;
  error why{errc::cycle, text(first), {}, place_of(path_.waits[(first + 1) % n])};
  const event news{event_kind::ask_cycle,      at.env().now(), at.path(),
                   path_.waits[first].message, why.text,       "failed that ask (M7)"};
  if (slot.abandon(std::move(why))) at.env().events().publish(news);
}

std::string far_probe::text(std::size_t first) const {
  const auto from_first = [&](std::size_t i) -> const far_wait& {
    return path_.waits[(first + i) % path_.waits.size()];
  };
  std::string out = "the ask would wait for itself: ";
  for (std::size_t i = 0; i < path_.waits.size(); ++i) {
    if (i != 0) out += ", ";
    if (i == limits::cycle_path_shown_max)
      return out + "and so on: " + std::to_string(path_.waits.size()) + " in all";
    out += place_of(from_first(i)) + " waits for " + place_of(from_first(i + 1)) + " (" +
           from_first(i).message + ")";
  }
  return out;
}

}  // namespace troupe
