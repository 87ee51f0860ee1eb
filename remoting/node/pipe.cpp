#include <span>
#include <troupe/node/pipe.hpp>

namespace troupe::detail {

pipe::state pipe::write_out(error& why) {
  for (;;) {
    const auto pieces = queue_.next();
    if (pieces.empty()) return state::done;
    const auto wrote = stream_->write_gathered(pieces);
    if (wrote) {
      queue_.wrote(*wrote);
      continue;
    }
    if (wrote.error().code == errc::would_block) return state::waits_for_room;
    why = wrote.error();
    return state::broken;
  }
}

std::array<std::byte, 64u << 10>& peer_read_buffer() {
  thread_local std::array<std::byte, 64u << 10> buffer;
  return buffer;
}

}  // namespace troupe::detail
