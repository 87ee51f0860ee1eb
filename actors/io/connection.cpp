#include <algorithm>
#include <array>
#include <troupe/engine/scheduler.hpp>
#include <troupe/io/connection.hpp>

namespace troupe::io {

namespace {

// One buffer a thread, used within a turn only (CN1: an idle connection holds none).
std::array<std::byte, limits::read_chunk_bytes>& read_buffer() {
  thread_local std::array<std::byte, limits::read_chunk_bytes> buffer;
  return buffer;
}

}  // namespace

socket::socket(cell& self, owner& to, std::unique_ptr<port::stream> stream, connection_options options)
    : self_(self),
      to_(to),
      stream_(std::move(stream)),
      options_(options),
      credit_(options.credit),
      alive_(std::make_shared<bool>(true)),
      share_(self, *this, options_.budget) {}

socket::~socket() {
  *alive_ = false;
  if (stream_) stream_->close();
}

/// A callback for the driver that goes on in the actor's turn, unless the socket has gone.
template <class F>
port::ready_handler socket::in_turn(F then) {
  return [owner = cell_ptr{&self_}, alive = alive_, then = std::move(then)](result<void> how) {
    owner->run_inside([alive, then, how = std::move(how)](cell&) {
      if (*alive) then(how);  // alive_ is read and written in the owner's turns only
    });
  };
}

bool socket::may_read() const noexcept {
  return stream_ && !closing_ && !ended_by_peer_ && !share_.waits() && credit_ > 0 &&
         unsent() <= options_.unsent_max;
}

void socket::wait_readable() {
  if (waiting_readable_ || !may_read()) return;
  waiting_readable_ = true;
  stream_->wait_readable(in_turn([this](const result<void>& how) {
    waiting_readable_ = false;
    if (how)
      readable();
    else
      close(how.error());
  }));
}

void socket::readable() {
  auto& buffer = read_buffer();
  for (int chunk = 0; chunk < chunks_max && may_read(); ++chunk) {
    const std::size_t room = share_.room();
    if (room == 0) return;  // CN6: `room_again` follows
    const std::size_t want = std::min({buffer.size(), credit_, room});
    const auto got = stream_->read_some(std::span{buffer}.first(want));
    if (!got) {
      if (got.error().code == errc::would_block) break;
      close(got.error());
      return;
    }
    if (*got == 0) {
      ended_by_peer_ = true;  // CN4: a peer that only stopped sending gets what it is owed
      to_.on_end();
      return;
    }
    credit_ -= *got;
    share_.read(*got);
    to_.on_bytes({reinterpret_cast<const char*>(buffer.data()), *got});
    if (*got < want) break;  // drained; an edge that comes now is seen by the wait below
  }
  share_.settle();
  wait_readable();
}

// What the peer has sent is read first: if this node was not run for a while, that is not the peer's silence.
void socket::memory_short(bool waits) {
  if (!waits && may_read()) readable();
  if (stream_) to_.on_memory_short(share_.waits());
}

void socket::grant(std::size_t bytes) {
  credit_ = std::min(credit_ + bytes, options_.credit);
  wait_readable();
}

void socket::flush() {
  if (!stream_ || waiting_writable_) return;
  while (unsent() > 0) {
    const auto from = std::as_bytes(std::span{unsent_}.subspan(sent_));
    engine::worker::send_kept();  // the peer may answer by another way
    const auto wrote = stream_->write_some(from);
    if (wrote) {
      sent_ += *wrote;
      continue;
    }
    if (wrote.error().code != errc::would_block) {
      close(wrote.error());
      return;
    }
    waiting_writable_ = true;
    stream_->wait_writable(in_turn([this](const result<void>& how) {
      waiting_writable_ = false;
      if (how)
        flush();
      else
        close(how.error());
    }));
    break;
  }
  if (unsent() == 0) {
    unsent_.clear();
    sent_ = 0;
    if (unsent_.capacity() > keep_bytes) std::string{}.swap(unsent_);  // CN7
    if (closing_)
      close({errc::closed, ended_by_peer_ ? "the peer closed the connection" : "closed by this side"});
  } else if (sent_ > unsent_.size() / 2) {
    unsent_.erase(0, sent_);
    sent_ = 0;
  }
  wait_readable();  // CN2: there may be room again
}

void socket::close_after_sending() { closing_ = true; }

void socket::close(error why) {
  if (!stream_) return;
  stream_->close();
  stream_ = nullptr;
  to_.on_closed(why);
}

}  // namespace troupe::io
