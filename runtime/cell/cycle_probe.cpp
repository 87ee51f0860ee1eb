#include <troupe/base/limits.hpp>
#include <troupe/cell/cycle_probe.hpp>
#include <utility>

namespace troupe {

void awaited_slot::look_for_cycle(cell& at) noexcept { cycle_probe::start(at, *by_); }

void cycle_probe::start(cell& at, const handler_wait& from) {
  if (from.on()) cycle_probe{{}, 0}.go_on(at, from);
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
  if (!path_.empty()) {
    if (path_.front().on == &slot) return found(0);
    if (path_[compared_].on == &slot) return found(compared_);
    if ((path_.size() & (path_.size() - 1)) == 0) compared_ = path_.size();
  }
  engine::recipient* const holder = slot.find_holder();
  if (!holder) return;
  path_.push_back({cell_ptr{&at}, &slot, wait.number(at)});
  // Only cells leave word; a node will, for requests that it has sent.
  const cell_ptr to{static_cast<cell*>(holder), false};
  to->send(new cycle_probe{std::move(path_), compared_});
}

void cycle_probe::found(std::size_t from) {
  const edge* victim = nullptr;
  std::size_t at = from;
  for (std::size_t i = from; i < path_.size(); ++i) {
    const edge& e = path_[i];
    if (e.on->is_settled()) return;  // CY4
    const auto before = [](const edge& a, const edge& b) {
      if (a.waits != b.waits) return b.waits;
      if (a.who->number() != b.who->number()) return a.who->number() < b.who->number();
      return a.number < b.number;
    };
    if (victim && !before(*victim, e)) continue;
    victim = &e;
    at = i;
  }
  const cell& keeper = *path_[at + 1 < path_.size() ? at + 1 : from].who;
  error why{errc::cycle, text(from, at), {}, keeper.path()};
  const event news{event_kind::ask_cycle,
                   keeper.env().now(),
                   victim->who->path(),
                   std::string{victim->message->name},
                   why.text,
                   "failed that ask (M7)"};
  if (victim->on->fail(std::move(why))) keeper.env().events().publish(news);
}

std::string cycle_probe::text(std::size_t from, std::size_t first) const {
  const std::size_t length = path_.size() - from;
  const auto name = [&](std::size_t i) { return path_[from + (first - from + i) % length].who->path(); };
  std::string out = "the ask would wait for itself: ";
  for (std::size_t i = 0; i < length; ++i) {
    if (i == limits::cycle_path_shown_max) {
      out += ", and so on: " + std::to_string(length) + " in all";
      break;
    }
    const edge& e = path_[from + (first - from + i) % length];
    if (i != 0) out += ", ";
    out += name(i) + " waits for " + name(i + 1) + " (" + std::string{e.message->name} + ")";
  }
  return out;
}

}  // namespace troupe
