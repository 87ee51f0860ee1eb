// Who watches a cell, and whom it watches (L4).
#include <algorithm>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/extras.hpp>
#include <troupe/cell/terminated.hpp>
#include <utility>
#include <vector>

namespace troupe {

// ---- it is watched

void cell::add_watcher(address_ptr watcher) {
  run_inside(
      [watcher](cell& c) {
        if (c.status() == cell_status::stopped) return c.send_obituary(*watcher);
        if (c.is_parent(*watcher)) {
          c.parent_watches_ = true;
          return;
        }
        if (!c.extras_.made().watchers.add(watcher)) c.send_obituary(*watcher);
      },
      [watcher](cell& c) { c.send_obituary(*watcher); });
}

void cell::remove_watcher(address_ptr watcher) {
  run_inside([watcher = std::move(watcher)](cell& c) {
    if (c.is_parent(*watcher)) {
      c.parent_watches_ = false;
      return;
    }
    if (extras* const x = c.extras_.get()) x->watchers.remove(watcher);
  });
}

void cell::add_restart_watcher(address_ptr watcher) {
  run_inside([watcher = std::move(watcher)](cell& c) {
    auto& all = c.extras_.made().restart_watchers;
    if (!all) all = std::make_unique<std::vector<address_ptr>>();
    if (std::find(all->begin(), all->end(), watcher) == all->end()) all->push_back(watcher);
  });
}

void cell::remove_restart_watcher(address_ptr watcher) {
  run_inside([watcher = std::move(watcher)](cell& c) {
    if (extras* const x = c.extras_.get(); x && x->restart_watchers)
      std::erase(*x->restart_watchers, watcher);
  });
}

// ---- it watches

namespace {

/// The same actor, by what tells actors of all systems apart.
bool is_same(address& a, address& b) {
  return a.number() == b.number() && a.run() == b.run() && a.path() == b.path();
}

}  // namespace

std::uint64_t cell::watch(const address_ptr& who) {
  const cell_ptr subject = who ? who->here() : cell_ptr{};
  std::uint64_t number = 0;
  if (subject) {
    number = subject->number();
    subject->add_watcher(address_ptr{this});
  } else if (who) {
    number = who->watch_from_outside(*this, true);
  }
  if (number == 0) return 0;
  auto& all = extras_.made().watched;
  if (!all) all = std::make_unique<watched_actors>();
  // A child ends before its parent: nothing has to be taken back, and the two would keep each other.
  const bool is_child = subject && subject->parent_.get() == this;
  (*all)[number] = is_child ? address_ptr{} : subject ? address_ptr{subject} : who;
  return number;
}

void cell::unwatch(const address_ptr& who, std::uint64_t number) {
  const extras* const x = extras_.get();
  if (!who || !x || !x->watched) return;
  if (const cell_ptr subject = who->here()) {
    // A path may lead to another actor by now: that one is not the one that is watched.
    if (number == 0) number = subject->number();
    if (subject->number() == number) subject->remove_watcher(address_ptr{this});
  } else if (const std::uint64_t open = who->watch_from_outside(*this, false); number == 0) {
    number = open;
  }
  if (number == 0) {  // it has ended, and the news waits here
    const auto at = std::find_if(x->watched->begin(), x->watched->end(),
                                 [&](const auto& one) { return one.second && is_same(*one.second, *who); });
    if (at != x->watched->end()) number = at->first;
  }
  x->watched->erase(number);
}

bool cell::heard_end(const terminated& news) {
  const extras* const x = extras_.get();
  return x && x->watched && x->watched->erase(news.number()) != 0;
}

void cell::hear_end_again(const terminated& news) {
  auto& all = extras_.made().watched;
  if (!all) all = std::make_unique<watched_actors>();
  (*all)[news.number()] = nullptr;
}

bool cell::watches(std::uint64_t subject) const noexcept {
  const extras* const x = extras_.get();
  return x && x->watched && x->watched->contains(subject);
}

// Or an actor that lives long would keep all those that have watched it.
void cell::give_up_watches() {
  extras* const x = extras_.get();
  if (!x || !x->watched) return;
  const auto all = std::exchange(x->watched, nullptr);
  std::vector<std::pair<std::uint64_t, address_ptr>> in_order;  // D1
  for (auto& [number, who] : *all)
    if (who) in_order.emplace_back(number, who);
  std::sort(in_order.begin(), in_order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [number, who] : in_order) {
    if (const cell_ptr subject = who->here())
      subject->remove_watcher(address_ptr{this});
    else
      static_cast<void>(who->watch_from_outside(*this, false));
  }
}

}  // namespace troupe
