#include <cstdint>
#include <span>
#include <troupe/node/pipe.hpp>
#include <utility>

namespace troupe::detail {

void pipe::open(std::unique_ptr<port::stream> stream) noexcept {
  settle();
  ++connection_;
  stream_ = std::move(stream);
  queue_.forget();
  queue_.cut(false);
}

void pipe::close() noexcept {
  settle();
  ++connection_;
  if (stream_) stream_->close();
  stream_ = nullptr;
  queue_.forget();
}

// PI5. The writer needs no lock to get that far.
void pipe::settle() noexcept {
  if (!under_way_) return;
  write& w = *std::exchange(under_way_, nullptr);
  w.over.wait(false, std::memory_order_acquire);  // pairs with the release in `write_some`
  if (w.wrote) wrote(*w.wrote);
}

void pipe::wrote(std::size_t bytes) {
  queue_.wrote(bytes);
  written_ += bytes;
}

// One write, and what it does to the queue.
result<std::size_t> pipe::write_some(std::span<const std::string_view> pieces) {
  if (!stream_->writes_apart()) {
    auto done = stream_->write_gathered(pieces);
    if (done) wrote(*done);
    return done;
  }
  write mine;
  under_way_ = &mine;
  port::stream& stream = *stream_;  // stays: whoever closes it settles first
  owner_.unlock();
  mine.wrote = stream.write_gathered(pieces);
  mine.over.store(true, std::memory_order_release);  // pairs with the acquire in `settle`
  mine.over.notify_all();
  owner_.lock();
  if (under_way_ == &mine) settle();
  return std::move(mine.wrote);
}

pipe::state pipe::write_out(error& why, std::size_t bytes_max) {
  if (under_way_) return state::done;  // PI4
  for (std::size_t written = 0; written < bytes_max;) {
    const auto pieces = queue_.next();
    if (pieces.empty()) return state::done;
    const std::uint64_t connection = connection_;
    const auto done = write_some(pieces);
    if (connection != connection_) return state::closed;
    if (under_way_) return state::done;  // of another, who goes on: this one was settled meanwhile
    if (done) {
      written += *done;
      continue;
    }
    if (done.error().code == errc::would_block) return state::waits_for_room;
    why = done.error();
    return state::broken;
  }
  return unsent() == 0 ? state::done : state::has_more;
}

// With the lock all the time: the owner is in the middle of something, and about to close.
void pipe::flush() {
  settle();
  if (!stream_) return;
  for (auto pieces = queue_.next(); !pieces.empty(); pieces = queue_.next()) {
    const auto done = stream_->write_gathered(pieces);
    if (!done) return;  // what does not leave now is lost with the stream
    wrote(*done);
  }
}

std::array<std::byte, peer_read_bytes>& peer_read_buffer() {
  thread_local std::array<std::byte, peer_read_bytes> buffer;
  return buffer;
}

wire::byte_room& peer_read_spare() {
  thread_local wire::byte_room spare;
  return spare;
}

}  // namespace troupe::detail
