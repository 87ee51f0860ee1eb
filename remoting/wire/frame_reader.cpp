#include <algorithm>
#include <troupe/base/bytes.hpp>
#include <troupe/base/check.hpp>
#include <troupe/wire/frame_reader.hpp>
#include <troupe/wire/routed_bodies.hpp>
#include <utility>

namespace troupe::wire {

namespace {

// An idle connection keeps no more than this; a busy one is not made to allocate for every small read.
constexpr std::size_t kept_bytes_max = 4096;

// What is less is read with what comes behind it, and copied.
constexpr std::size_t place_bytes_min = 4096;

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

void frame_reader::lend(std::span<const std::byte> bytes) {
  check(lent_.empty(), "F5: what was lent before has been taken");
  if (!failed_) lent_ = text_of(bytes);
}

void frame_reader::lend(std::span<const std::byte> bytes, byte_room& spare) {
  lend(bytes);
  spare_ = &spare;
}

std::span<std::byte> frame_reader::place() {
  if (part_left_ < place_bytes_min || failed_ || whole_ || !front().empty()) return {};
  joining& j = joining_[static_cast<std::size_t>(part_of_)];
  const std::size_t bytes = std::min(part_left_, part_bytes_max);
  grow(j, bytes);
  return std::as_writable_bytes(j.bytes.tail().first(bytes));
}

void frame_reader::filled(std::size_t bytes) noexcept {
  joining_[static_cast<std::size_t>(part_of_)].bytes.grown(bytes);
  part_left_ -= bytes;
}

void frame_reader::feed(std::string_view bytes) {
  if (failed_ || bytes.empty()) return;
  skip(std::exchange(handed_, 0));
  const std::string_view before = std::exchange(lent_, {});
  make_room(before.size() + bytes.size());
  buffer_.insert(buffer_.end(), before.begin(), before.end());
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

void frame_reader::feed(std::span<const std::byte> bytes) { feed(text_of(bytes)); }

// What lies in a row: what is kept of earlier bytes, or else what is lent.
std::string_view frame_reader::front() const noexcept {
  return at_ < buffer_.size() ? std::string_view{buffer_.data() + at_, buffer_.size() - at_} : lent_;
}

// Whether so many bytes lie in a row; what is lent is copied as far as it takes, or all of it if it is too little.
bool frame_reader::gather(std::size_t bytes) {
  const std::size_t have = front().size();
  if (have >= bytes) return true;
  if (lent_.empty()) return false;
  if (at_ == buffer_.size()) {  // `front` is what is lent
    make_room(lent_.size());
    buffer_.insert(buffer_.end(), lent_.begin(), lent_.end());
    lent_ = {};
    return false;
  }
  const std::size_t more = std::min(bytes - have, lent_.size());
  make_room(more);
  buffer_.insert(buffer_.end(), lent_.begin(), lent_.begin() + static_cast<std::ptrdiff_t>(more));
  lent_.remove_prefix(more);
  return have + more == bytes;
}

void frame_reader::skip(std::size_t bytes) noexcept {
  if (at_ == buffer_.size()) return lent_.remove_prefix(bytes);
  at_ += bytes;
}

// Drops what was handed out. Grows by doubling, so that a large frame in small reads is moved seldom, but
// not past the end of the frame that is awaited; shrinks when a large frame has left more than twice what
// is needed (F2).
void frame_reader::make_room(std::size_t more) {
  const auto rest = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
  const std::size_t held = buffer_.size() - at_;
  const std::size_t needed = held + more;
  if (needed <= buffer_.capacity() && buffer_.capacity() <= std::max(kept_bytes_max, needed * 2)) {
    buffer_.erase(buffer_.begin(), rest);
  } else {
    const std::size_t doubled = held * 2;
    std::vector<char> fresh;
    fresh.reserve(std::max(needed, awaited_ ? std::min(doubled, awaited_) : doubled));
    fresh.assign(rest, buffer_.end());
    buffer_.swap(fresh);
  }
  at_ = 0;
}

result<std::optional<frame>> frame_reader::next() {
  if (failed_) return *failed_;
  skip(std::exchange(handed_, 0));
  for (;;) {
    if (whole_) {
      if (whole_at_ < whole_->size) return next_joined();
      leave(*std::exchange(whole_, nullptr));
    }
    if (part_open_) {
      go_on_with_part();
      if (part_left_ > 0) return wait(0);
      part_open_ = false;
      if (joining& j = joining_[static_cast<std::size_t>(part_of_)]; j.bytes.size() == j.size) {
        whole_ = &j;
        whole_at_ = 0;
        continue;
      }
    }
    if (!gather(sizeof(std::uint32_t))) return wait(0);
    byte_reader header{front()};
    const std::size_t size = header_bytes + header.u32();
    if (size > frame_limit_)
      return fail("a frame of " + std::to_string(size) + " bytes is larger than the limit of " +
                  std::to_string(frame_limit_) + " on this connection");
    if (!gather(header_bytes)) return wait(size);
    const auto number = static_cast<std::uint8_t>(front()[sizeof(std::uint32_t)]);
    if (!is_known_kind(number)) return fail("a frame of the unknown kind " + std::to_string(number));
    const auto kind = static_cast<frame_kind>(number);
    if (kind == frame_kind::first_part || kind == frame_kind::part) {
      if (!gather(std::min(size, header_bytes + first_part_head_bytes))) return wait(size);
      if (!begin_part(kind, size)) return *failed_;
      continue;
    }
    if (!gather(size)) return wait(size);
    awaited_ = 0;
    handed_ = size;
    return frame{kind, front().substr(header_bytes, size - header_bytes)};
  }
}

// The next of the frames that came in parts.
result<std::optional<frame>> frame_reader::next_joined() {
  const std::string_view rest = whole_->bytes.bytes().substr(whole_at_);
  byte_reader from{rest};
  const std::size_t size = header_bytes + from.u32();
  const std::uint8_t kind = from.u8();
  if (!from.ok() || size > rest.size()) return fail("parts that make no whole frame");
  if (!is_known_kind(kind) || kind == static_cast<std::uint8_t>(frame_kind::first_part) ||
      kind == static_cast<std::uint8_t>(frame_kind::part))
    return fail("a frame of the kind " + std::to_string(kind) + " in parts");
  whole_at_ += size;
  return frame{static_cast<frame_kind>(kind), rest.substr(header_bytes, size - header_bytes)};
}

// The front of a part is there.
bool frame_reader::begin_part(frame_kind kind, std::size_t size) {
  const bool first = kind == frame_kind::first_part;
  const std::size_t head = header_bytes + (first ? first_part_head_bytes : part_head_bytes);
  if (size <= head) return fail("a part without a byte"), false;
  byte_reader from{front().substr(header_bytes, head - header_bytes)};
  const std::uint8_t in = from.u8();
  if (in >= lanes) return fail("a part in the unknown lane " + std::to_string(in)), false;
  joining& j = joining_[in];
  part_of_ = static_cast<lane>(in);
  part_left_ = size - head;
  if (first) {
    const std::uint64_t whole = from.u64();
    if (j.size != 0) return fail("a first part inside of what comes in parts"), false;
    if (whole > joined_limit_)
      return fail("a message of " + std::to_string(whole) + " bytes is larger than the limit of " +
                  std::to_string(joined_limit_) + " on this connection"),
             false;
    j.size = static_cast<std::size_t>(whole);
    if (spare_) j.bytes = std::exchange(*spare_, {});
  } else if (j.size == 0) {
    return fail("a part of nothing"), false;
  }
  if (part_left_ > j.size - j.bytes.size()) return fail("a part is longer than what it is of"), false;
  awaited_ = 0;
  part_open_ = true;
  skip(head);
  return true;
}

void frame_reader::go_on_with_part() {
  joining& j = joining_[static_cast<std::size_t>(part_of_)];
  while (part_left_ > 0 && !front().empty()) {
    const std::string_view piece = front().substr(0, part_left_);
    grow(j, piece.size());
    j.bytes.append(piece);
    part_left_ -= piece.size();
    skip(piece.size());
  }
}

// Doubling, but not past the end (F2); at first as much as a row before it took (F7).
void frame_reader::grow(joining& j, std::size_t more) {
  if (const std::size_t needed = j.bytes.size() + more; j.bytes.capacity() < needed)
    j.bytes.reserve(std::max(needed, std::min(std::max(j.bytes.size() * 2, filled_before_), j.size)));
}

std::shared_ptr<const void> frame_reader::keep(std::size_t bytes) {
  if (!whole_ || bytes < whole_->bytes.capacity() / 2) return {};
  filled_before_ = std::max(filled_before_, std::min(whole_->size, spare_bytes_max));
  return whole_->bytes.share();
}

// What comes in parts is over (F6).
void frame_reader::leave(joining& j) noexcept {
  if (j.bytes.is_shared()) {
    j = {};
    return;
  }
  j.bytes.clear();
  if (spare_ && j.bytes.capacity() <= spare_bytes_max && j.bytes.capacity() > spare_->capacity())
    *spare_ = std::move(j.bytes);
  j = {};
}

std::optional<frame> frame_reader::wait(std::size_t frame_size) {
  spare_ = nullptr;
  awaited_ = frame_size;
  if (at_ == buffer_.size()) {
    at_ = 0;
    buffer_.clear();
    if (buffer_.capacity() > kept_bytes_max) std::vector<char>{}.swap(buffer_);
  }
  return std::nullopt;
}

error frame_reader::fail(std::string text) {
  failed_ = error{errc::decode_error, std::move(text)};
  std::vector<char>{}.swap(buffer_);
  at_ = 0;
  lent_ = {};
  for (joining& j : joining_) j = {};
  whole_ = nullptr;
  return *failed_;
}

void frame_reader::raise_limit(std::size_t frame_limit, std::size_t joined_limit) noexcept {
  frame_limit_ = std::max(frame_limit_, std::min(frame_limit, limits::frame_bytes_max));
  joined_limit_ = std::max({joined_limit_, frame_limit_, joined_limit});
}

std::size_t frame_reader::buffered() const noexcept {
  std::size_t n = buffer_.size() - at_ + lent_.size() - handed_;
  for (const joining& j : joining_)
    if (&j != whole_) n += j.bytes.size();
  return n;
}

std::size_t frame_reader::capacity() const noexcept {
  std::size_t n = buffer_.capacity();
  for (const joining& j : joining_) n += j.bytes.capacity();
  return n;
}

}  // namespace troupe::wire
