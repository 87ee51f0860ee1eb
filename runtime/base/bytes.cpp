#include <algorithm>
#include <troupe/base/bytes.hpp>
#include <troupe/base/check.hpp>

namespace troupe {

namespace {

// Enough for most messages. `resize` would fill it byte by byte.
constexpr std::size_t burst_bytes = 128;
constexpr char filling[burst_bytes] = {};

// From this size on, filling memory first costs more than beginning a burst anew.
constexpr std::size_t large_bytes = 1024;

}  // namespace

void byte_writer::long_varint(std::uint64_t v) {
  if (static_cast<std::size_t>(end_ - at_) >= varint_bytes_max) {
    at_ = write_varint(at_, v);
  } else {
    char b[varint_bytes_max];
    put(b, static_cast<std::size_t>(write_varint(b, v) - b));
  }
}

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
  out_->resize(end_in_string());  // never longer, so it can't throw
  at_ = end_ = nullptr;
}

void byte_writer::put_without_room(const char* bytes, std::size_t n) {
  if (!at_) {
    out_->append(bytes, n);
    return;
  }
  if (n >= large_bytes) return put_large(bytes, n);
  const std::size_t used = end_in_string();
  out_->resize(used + n + std::max(used, burst_bytes));
  at_ = out_->data() + used;
  end_ = out_->data() + out_->size();
  std::memcpy(at_, bytes, n);
  at_ += n;
}

// In a burst. `resize` would fill the memory first (B5), so the burst is begun anew behind it.
void byte_writer::put_large(const char* bytes, std::size_t n) {
  const std::size_t used = end_in_string();
  out_->resize(used);
  at_ = out_->data() + used;
  end_ = at_;
  if (out_->capacity() - used < n + burst_bytes) out_->reserve(used + n + burst_bytes);
  at_ = end_ = out_->data() + used;  // of the burst, should `append` throw
  out_->append(bytes, n);
  out_->append(filling, burst_bytes);  // there is room
  at_ = out_->data() + used + n;
  end_ = out_->data() + out_->size();
}

void byte_writer::put_apart(const blob& b) {
  varint(b.size());
  apart_->push_back({end_in_string(), b});
  bytes_apart_ += b.size();
}

void byte_writer::put_length(std::size_t begin, std::size_t least, std::size_t length) {
  check(length >= least, "B5: at least as much follows a length as was said");
  char written[varint_bytes_max];
  const auto n = static_cast<std::size_t>(write_varint(written, length) - written);
  char guessed[varint_bytes_max];
  const auto room = static_cast<std::size_t>(write_varint(guessed, least) - guessed);
  // What lies apart of it: the last pieces (B6).
  std::size_t apart_before = bytes_apart_;
  std::size_t since = apart_ ? apart_->size() : 0;
  for (; since > 0; --since) {
    const piece_apart& p = (*apart_)[since - 1];
    if (p.at + apart_before - p.bytes.size() < begin) break;
    apart_before -= p.bytes.size();
  }
  const std::size_t in_string = end_in_string() - (begin - apart_before);
  put(written, n - room);  // whatever it is: the rest moves there
  char* const first = out_->data() + (begin - apart_before) - room;
  if (n != room) {
    std::memmove(first + n, first + room, in_string);
    for (; apart_ && since < apart_->size(); ++since) (*apart_)[since].at += n - room;
  }
  std::memcpy(first, written, n);
}

// Of two bytes or more, or broken.
std::uint64_t byte_reader::long_varint() noexcept {
  std::uint64_t v = 0;
  const char* at = at_;
  for (int shift = 0; shift < 64; shift += 7) {
    if (at == end_) return fail("fewer bytes than announced"), 0;
    const auto b = static_cast<unsigned char>(*at++);
    if (shift == 63 && b > 1) return fail("a varint is larger than 64 bits"), 0;
    v |= static_cast<std::uint64_t>(b & 0x7f) << shift;
    if (!(b & 0x80)) {
      at_ = at;
      return v;
    }
  }
  return fail("a varint is longer than 10 bytes"), 0;
}

}  // namespace troupe
