#include <bit>
#include <troupe/base/check.hpp>
#include <troupe/engine/timer_wheel.hpp>

namespace troupe::engine {

namespace {
constexpr std::uint16_t ready_slot = 0xffff;
constexpr std::uint16_t far_slot = 0xfffe;
constexpr std::uint64_t no_tick = ~std::uint64_t{0};
}  // namespace

timer_wheel::timer_wheel(time_point start, duration tick) : start_(start), tick_(tick) {
  for (auto& head : heads_) head.wheel_previous = head.wheel_next = &head;
  ready_.wheel_previous = ready_.wheel_next = &ready_;
  far_.wheel_previous = far_.wheel_next = &far_;
}

std::uint64_t timer_wheel::tick_at_or_after(time_point t) const noexcept {
  if (t <= start_) return 0;
  const auto n = static_cast<std::uint64_t>((t - start_).count());
  const auto d = static_cast<std::uint64_t>(tick_.count());
  return n / d + (n % d != 0);
}

void timer_wheel::link(timer_node& head, timer_node& node) noexcept {
  node.wheel_previous = head.wheel_previous;
  node.wheel_next = &head;
  head.wheel_previous->wheel_next = &node;
  head.wheel_previous = &node;
}

void timer_wheel::unlink(timer_node& node) noexcept {
  node.wheel_previous->wheel_next = node.wheel_next;
  node.wheel_next->wheel_previous = node.wheel_previous;
  if (node.wheel_slot < far_slot && node.wheel_previous == node.wheel_next)  // only the head is left
    occupied_[node.wheel_slot / slots] &= ~(std::uint64_t{1} << (node.wheel_slot % slots));
  node.wheel_previous = node.wheel_next = nullptr;
}

void timer_wheel::place(timer_node& node) noexcept {
  if (node.due_tick <= current_) {
    node.wheel_slot = ready_slot;
    link(ready_, node);
    return;
  }
  // The level is that of the highest 6-bit digit in which due and current differ: the slot then lies ahead.
  const std::uint64_t apart = node.due_tick ^ current_;
  const unsigned level = (63u - static_cast<unsigned>(std::countl_zero(apart))) / 6;
  if (level >= levels) {
    node.wheel_slot = far_slot;
    link(far_, node);
    return;
  }
  const auto slot = static_cast<unsigned>((node.due_tick >> (6 * level)) & (slots - 1));
  node.wheel_slot = static_cast<std::uint16_t>(level * slots + slot);
  link(heads_[node.wheel_slot], node);
  occupied_[level] |= std::uint64_t{1} << slot;
}

void timer_wheel::arm(timer_node& node, time_point due) noexcept {
  check(!node.armed(), "a timer is armed twice (W4)");
  node.due_tick = tick_at_or_after(due);
  place(node);
  ++size_;
}

bool timer_wheel::cancel(timer_node& node) noexcept {
  if (!node.armed()) return false;
  unlink(node);
  --size_;
  return true;
}

std::uint64_t timer_wheel::next_tick() const noexcept {
  if (ready_.wheel_next != &ready_) return current_;
  for (unsigned level = 0; level < levels; ++level) {
    const auto digit = static_cast<unsigned>((current_ >> (6 * level)) & (slots - 1));
    // Occupied slots of a level always lie ahead of the current digit (see place), so mask the rest away.
    const std::uint64_t ahead =
        digit == slots - 1 ? 0 : occupied_[level] & (~std::uint64_t{0} << (digit + 1));
    if (!ahead) continue;
    const auto slot = static_cast<std::uint64_t>(std::countr_zero(ahead));
    const std::uint64_t above = current_ >> (6 * (level + 1)) << (6 * (level + 1));
    return above | (slot << (6 * level));
  }
  return far_.wheel_next == &far_ ? no_tick : (current_ | turn_mask) + 1;
}

void timer_wheel::place_again(timer_node& head) noexcept {
  timer_node* node = head.wheel_next;
  head.wheel_previous->wheel_next = nullptr;
  head.wheel_previous = head.wheel_next = &head;
  while (node && node != &head) {
    timer_node* const following = node->wheel_next;
    place(*node);
    node = following;
  }
}

timer_node* timer_wheel::expire(time_point now) noexcept {
  if (now < start_) return nullptr;
  // At the end of time the tick that it lies in is over as well.
  const auto now_tick = static_cast<std::uint64_t>((now - start_) / tick_) + (now == never);
  for (;;) {
    if (ready_.wheel_next != &ready_) {
      timer_node& node = *ready_.wheel_next;
      unlink(node);
      --size_;
      return &node;
    }
    const std::uint64_t tick = next_tick();
    if (tick > now_tick) {
      if (now_tick > current_) current_ = now_tick;
      return nullptr;
    }
    current_ = tick;
    // Everything whose slot has come moves down or is ready; higher levels first so that W3 holds.
    for (unsigned level = levels; level-- > 0;) {
      if (level > 0 && (current_ & ((std::uint64_t{1} << (6 * level)) - 1)) != 0) continue;
      const auto slot = static_cast<unsigned>((current_ >> (6 * level)) & (slots - 1));
      occupied_[level] &= ~(std::uint64_t{1} << slot);
      place_again(heads_[level * slots + slot]);
    }
    if ((current_ & turn_mask) == 0) place_again(far_);
  }
}

time_point timer_wheel::next_due() const noexcept {
  const std::uint64_t tick = next_tick();
  if (tick == no_tick) return never;
  const auto reach = static_cast<std::uint64_t>((never - start_) / tick_);
  return tick >= reach ? never : start_ + tick_ * static_cast<duration::rep>(tick);
}

}  // namespace troupe::engine
