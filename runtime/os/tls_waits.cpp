#include <troupe/os/tls_waits.hpp>
#include <utility>

namespace troupe::os {

void tls_waits::wait(port::stream& below, port::ready_handler ready, bool in, bool out) {
  const auto one = std::make_shared<ticket>(ticket{std::move(ready)});
  const std::lock_guard hold{mutex_};
  // Nothing runs inside of these calls (T1), so the lock may be held.
  if (in)
    if (auto made = join(in_, one))
      below.wait_readable([self = shared_from_this(), made = std::move(made)](const result<void>& how) {
        self->fired(made, &tls_waits::in_, how);
      });
  if (out)
    if (auto made = join(out_, one))
      below.wait_writable([self = shared_from_this(), made = std::move(made)](const result<void>& how) {
        self->fired(made, &tls_waits::out_, how);
      });
}

std::shared_ptr<tls_waits::crowd> tls_waits::join(std::weak_ptr<crowd>& there,
                                                  const std::shared_ptr<ticket>& who) {
  if (const auto known = there.lock()) {
    std::erase_if(known->all, [](const auto& t) { return !t->ready; });  // what ran with the other direction
    known->all.push_back(who);
    return nullptr;
  }
  auto made = std::make_shared<crowd>();
  made->all.push_back(who);
  there = made;
  return made;
}

void tls_waits::fired(const std::shared_ptr<crowd>& who, std::weak_ptr<crowd> tls_waits::*there,
                      const result<void>& how) {
  std::vector<port::ready_handler> now;
  {
    const std::lock_guard hold{mutex_};
    (this->*there).reset();
    for (const auto& t : who->all)
      if (t->ready) now.push_back(std::exchange(t->ready, nullptr));
  }
  for (auto& ready : now) ready(how);
}

}  // namespace troupe::os
