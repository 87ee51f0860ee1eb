#include <iterator>
#include <troupe/delivery/incoming.hpp>

namespace troupe {

arrival incoming::system_frame(std::uint64_t number) {
  if (number <= system_frames_) return arrival::repeated;
  if (number == system_frames_ + 1) {
    system_frames_ = number;
    if (const auto next = runs_.begin(); next != runs_.end() && next->first == number + 1) {
      system_frames_ = next->second;
      runs_.erase(next);
    }
    return arrival::fresh;
  }
  const auto after = runs_.upper_bound(number);
  const auto before = after == runs_.begin() ? runs_.end() : std::prev(after);
  if (before != runs_.end() && number <= before->second) return arrival::repeated;
  const bool joins_after = after != runs_.end() && after->first == number + 1;
  if (before != runs_.end() && number == before->second + 1) {
    before->second = joins_after ? after->second : number;
    if (joins_after) runs_.erase(after);
  } else if (joins_after) {
    const std::uint64_t last = after->second;
    runs_.erase(after);
    runs_.emplace(number, last);
  } else {
    if (runs_.size() == runs_max) return arrival::gap;
    runs_.emplace(number, number);
  }
  return arrival::fresh;
}

}  // namespace troupe
