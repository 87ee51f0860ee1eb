#include <troupe/base/check.hpp>
#include <troupe/delivery/outgoing.hpp>
#include <utility>

namespace troupe {

bool outgoing::keep(std::string frame) {
  if (frame.size() > bytes_max_ - bytes_) return false;
  bytes_ += frame.size();
  kept_.push_back(std::move(frame));
  ++last_;
  return true;
}

bool outgoing::acknowledged(std::uint64_t number) {
  if (number > last_) return false;
  while (last_ - kept_.size() < number) {
    bytes_ -= kept_.front().size();
    kept_.pop_front();
  }
  return true;
}

bool outgoing::goes_on(std::uint64_t system_frames, std::uint64_t messages) const noexcept {
  return system_frames <= last_ && system_frames >= last_ - kept_.size() && messages <= messages_;
}

std::uint64_t outgoing::go_on(std::uint64_t system_frames, std::uint64_t messages, std::string& out) {
  check(goes_on(system_frames, messages), "a connection goes on only where it can");
  acknowledged(system_frames);
  for (const std::string& frame : kept_) out += frame;
  // What is lost is told once: from here on both count from the same number.
  return std::exchange(messages_, messages) - messages;
}

void outgoing::begin_anew() noexcept {
  kept_.clear();
  bytes_ = 0;
  last_ = 0;
  messages_ = 0;
}

}  // namespace troupe
