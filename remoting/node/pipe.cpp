#include <span>
#include <troupe/node/pipe.hpp>

namespace troupe::detail {

void pipe::close() noexcept {
  if (stream_) stream_->close();
  stream_ = nullptr;
  forget();
}

pipe::state pipe::write_out(error& why) {
  while (unsent() > 0) {
    const auto wrote = stream_->write_some(std::as_bytes(std::span{out_}.subspan(written_)));
    if (wrote) {
      written_ += *wrote;
      gone_ += *wrote;
      continue;
    }
    if (wrote.error().code == errc::would_block) {
      if (written_ > out_.size() / 2) {
        out_.erase(0, written_);
        written_ = 0;
      }
      return state::waits_for_room;
    }
    why = wrote.error();
    return state::broken;
  }
  out_.clear();
  written_ = 0;
  if (out_.capacity() > (1u << 20)) out_.shrink_to_fit();
  return state::done;
}

std::array<std::byte, 64u << 10>& peer_read_buffer() {
  thread_local std::array<std::byte, 64u << 10> buffer;
  return buffer;
}

}  // namespace troupe::detail
