#include <cstdint>
#include <span>
#include <troupe/node/pipe.hpp>

namespace troupe::detail {

pipe::state pipe::write_out(error& why, std::size_t bytes_max) {
  for (std::size_t written = 0; written < bytes_max;) {
    const auto pieces = queue_.next();
    if (pieces.empty()) return state::done;
    const auto wrote = stream_->write_gathered(pieces);
    if (wrote) {
      queue_.wrote(*wrote);
      written += *wrote;
      continue;
    }
    if (wrote.error().code == errc::would_block) return state::waits_for_room;
    why = wrote.error();
    return state::broken;
  }
  return unsent() == 0 ? state::done : state::has_more;
}

void pipe::flush() {
  error ignored;  // what does not leave now is lost with the stream
  write_out(ignored, SIZE_MAX);
}

std::array<std::byte, 64u << 10>& peer_read_buffer() {
  thread_local std::array<std::byte, 64u << 10> buffer;
  return buffer;
}

wire::byte_room& peer_read_spare() {
  thread_local wire::byte_room spare;
  return spare;
}

}  // namespace troupe::detail
