#include "table.hpp"

#include <algorithm>

namespace dining {

using namespace std::chrono_literals;

troupe::promise<dinner> table::on(const dine&) {
  static const char* const names[] = {"Plato", "Kant", "Arendt", "Hume", "Avicenna"};
  owed_ = answer_later<dinner>();
  for (int seat = 0; seat < menu_.guests; ++seat) {
    so_far_.guests.push_back({seat < 5 ? names[seat] : "guest " + std::to_string(seat)});
    seats_.push_back(
        spawn<philosopher>(seat, menu_.guests, menu_.how, troupe::ref<ate>{self()}, forks_for(seat)));
    watch(seats_.back());
  }
  const std::size_t n = seats_.size();
  for (std::size_t i = 0; i < n; ++i) seats_[i].tell(take_seat{seats_[(i + n - 1) % n], seats_[(i + 1) % n]});
  receive_timeout(menu_.patience);
  return owed_;
}

// Fork i lies between the seats i - 1 and i. PH3: the lower of the two has it. Who is not polite begins with one each, the
// textbook's way into the deadlock.
std::vector<fork> table::forks_for(int seat) const {
  std::vector<fork> out;
  const int next = (seat + 1) % menu_.guests;
  if (seat == 0 || !menu_.how.polite) out.emplace_back(seat);
  if (next != 0 && menu_.how.polite) out.emplace_back(next);
  return out;
}

void table::on(const ate& m) {
  guest& g = so_far_.guests[static_cast<std::size_t>(m.seat)];
  ++g.meals;
  g.longest_wait = std::max(g.longest_wait, m.waited);
  g.overtakes = std::max(g.overtakes, m.overtakes);
  g.robbed = m.robbed;
  if (g.meals != menu_.meals) return;
  if (++full_ == 1)
    so_far_.fewest_when_first_was_full =
        std::min_element(so_far_.guests.begin(), so_far_.guests.end(), [](const guest& a, const guest& b) {
          return a.meals < b.meals;
        })->meals;
  // Those who are full go on eating, so that the last has neighbours to share with.
  if (full_ == menu_.guests) {
    no_receive_timeout();
    launch(see_off());
  }
}

// One after the other: what one has sent before his answer is with his neighbour before that one is asked.
troupe::task<void> table::see_off() {
  for (const auto& guest : seats_) static_cast<void>(co_await ask<go_home>(guest, 1s));
  owed_.reply(so_far_);
}

void table::on_receive_timeout() {
  no_receive_timeout();
  launch(ask_around());
}

troupe::task<void> table::ask_around() {
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    const auto what = co_await ask<look>(seats_[i], 1s);
    so_far_.stuck.push_back(so_far_.guests[i].name + ": " + (what ? *what : to_string(what.error())));
  }
  owed_.reply(so_far_);
}

// Only what has gone wrong ends a guest, and his forks are gone with him.
void table::on_terminated(const troupe::terminated& news) {
  owed_.fail({troupe::errc::stopped, news.path() + " has left with his forks: " + to_string(news.reason())});
}

}  // namespace dining
