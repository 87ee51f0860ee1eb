#include <troupe/actor/in_hand.hpp>

namespace troupe::detail {

constinit thread_local delivery* message_in_hand::current_ = nullptr;

delivery& message_in_hand::current(const char* misuse) {
  if (!current_ || !*current_) throw failed{{errc::invalid, misuse}};
  return *current_;
}

}  // namespace troupe::detail
