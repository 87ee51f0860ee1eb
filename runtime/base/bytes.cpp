#include <algorithm>
#include <troupe/base/bytes.hpp>

namespace troupe {

namespace {

// Enough for most messages. `resize` would fill it byte by byte, and a number of bytes that is not known would be copied by `rep movs`,
// which takes as long to begin as a small message takes in all.
constexpr std::size_t burst_bytes = 128;
constexpr char filling[burst_bytes] = {};

}  // namespace

void byte_writer::begin_burst() {
  const std::size_t used = out_->size();
  // What is there anyhow: a message that fits into a string without memory of its own costs none.
  if (const std::size_t room = out_->capacity() - used; room >= burst_bytes)
    out_->append(filling, burst_bytes);
  else
    out_->append(filling, room);
  at_ = out_->data() + used;
  end_ = out_->data() + out_->size();
}

void byte_writer::end_burst() noexcept {
  out_->resize(position());  // never longer, so it can't throw
  at_ = end_ = nullptr;
}

void byte_writer::put_without_room(const char* bytes, std::size_t n) {
  if (!at_) {
    out_->append(bytes, n);
    return;
  }
  const std::size_t used = position();
  out_->resize(used + n + std::max(used, burst_bytes));
  at_ = out_->data() + used;
  end_ = out_->data() + out_->size();
  std::memcpy(at_, bytes, n);
  at_ += n;
}

void byte_writer::insert_length(std::size_t begin, std::size_t length) {
  char written[varint_bytes_max];
  const auto n = static_cast<std::size_t>(write_varint(written, length) - written);
  put(written, n - 1);  // whatever it is: the rest moves there
  char* const first = out_->data() + begin - 1;
  std::memmove(first + n, first + 1, length);
  std::memcpy(first, written, n);
}

}  // namespace troupe
