#include <troupe/base/limits.hpp>
#include <troupe/cell/cycle_probe.hpp>
#include <troupe/cell/far_probe.hpp>
#include <utility>

namespace troupe {

void awaited_slot::look_for_cycle(cell& at) noexcept { cycle_probe::start(at, *by_); }

void cycle_probe::start(cell& at, const handler_wait& from) {
  if (from.on()) cycle_probe{{}}.go_on(at, from);
}

void cycle_probe::deliver(cell& at) {
  edge& last = path_.back();
  // A failed actor's handlers only wait for their end (L6).
  if (last.on->is_settled() || !at.runs_tasks()) return;
  const auto word = last.on->word_of(at);
  if (!word) return;  // it has moved on; who gets it next says so (CY2)
  last.waits = word->kind == engine::word_kind::waits;
  const handler_wait* onward = nullptr;
  if (last.waits) {
    last.message = static_cast<const message_type*>(word->note);
    onward = at.blocker();
  } else {
    onward = static_cast<const handler_wait*>(word->note);
    last.message = onward->handles();
  }
  if (onward && onward->on()) go_on(at, *onward);
}

void cycle_probe::go_on(cell& at, const handler_wait& wait) {
  awaited_slot& slot = *wait.on();
  if (!path_.empty() && path_.front().on == &slot) return found();
  engine::recipient* const holder = slot.find_holder();
  if (!holder) return;
  if (!holder->is_cell()) {
    far_probe::start(at, wait, *holder);
    return holder->release_reference();
  }
  path_.push_back({cell_ptr{&at}, &slot, wait.number(at)});
  const cell_ptr to{static_cast<cell*>(holder), false};
  to->send(new cycle_probe{std::move(path_)});
}

void cycle_probe::found() const {
  const auto before = [](const edge& a, const edge& b) {
    if (a.waits != b.waits) return b.waits;
    if (a.who->number() != b.who->number()) return a.who->number() < b.who->number();
    return a.number < b.number;
  };
  std::size_t at = 0;
  for (std::size_t i = 0; i < path_.size(); ++i) {
    if (path_[i].on->is_settled()) return;  // CY4
    if (before(path_[at], path_[i])) at = i;
  }
  const edge& victim = path_[at];
  const cell& keeper = *path_[(at + 1) % path_.size()].who;
  error why{errc::cycle, text(at), {}, keeper.path()};
  const event news{event_kind::ask_cycle,
                   keeper.env().now(),
                   victim.who->path(),
                   std::string{victim.message->name},
                   why.text,
                   "failed that ask (M7)"};
  if (victim.on->fail(std::move(why))) keeper.env().events().publish(news);
}

std::string cycle_probe::text(std::size_t first) const {
  const auto from_first = [&](std::size_t i) -> const edge& { return path_[(first + i) % path_.size()]; };
  std::string out = "the ask would wait for itself: ";
  for (std::size_t i = 0; i < path_.size(); ++i) {
    if (i != 0) out += ", ";
    if (i == limits::cycle_path_shown_max)
      return out + "and so on: " + std::to_string(path_.size()) + " in all";
    const edge& e = from_first(i);
    out += e.who->path() + " waits for " + from_first(i + 1).who->path() + " (" +
           std::string{e.message->name} + ")";
  }
  return out;
}

}  // namespace troupe
