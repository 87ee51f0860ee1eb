#include <troupe/cell/cell.hpp>
#include <troupe/pattern/watching.hpp>

namespace troupe::detail {

std::uint64_t watch_number(cell& self, const any_ref& who) {
  if (!who) return 0;
  if (const cell_ptr subject = who.address()->here()) {
    self.watched(subject->number(), true);
    subject->add_watcher(address_ptr{&self});
    return subject->number();
  }
  const std::uint64_t number = who.address()->watch_from_outside(self, true);
  if (number != 0) self.watched(number, true);
  return number;
}

void unwatch_number(cell& self, const any_ref& who, std::uint64_t number) {
  self.watched(number, false);
  if (!who) return;
  // A path may lead to another actor by now: that one is not the one that is watched.
  if (const cell_ptr subject = who.address()->here()) {
    if (subject->number() == number) subject->remove_watcher(address_ptr{&self});
  } else {
    static_cast<void>(who.address()->watch_from_outside(self, false));
  }
}

}  // namespace troupe::detail
