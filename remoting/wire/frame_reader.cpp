#include <algorithm>
#include <troupe/base/bytes.hpp>
#include <troupe/wire/frame_reader.hpp>

namespace troupe::wire {

namespace {

// An idle connection keeps no more than this; a busy one is not made to allocate for every small read.
constexpr std::size_t kept_bytes_max = 4096;

}  // namespace

void frame_reader::feed(std::string_view bytes) {
  if (failed_ || bytes.empty()) return;
  make_room(bytes.size());
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

void frame_reader::feed(std::span<const std::byte> bytes) {
  feed(std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// Drops what was handed out. Grows by doubling, so that a large frame in small reads is moved seldom, but
// not past the end of the frame that is awaited; shrinks when a large frame has left more than twice what
// is needed (F2).
void frame_reader::make_room(std::size_t more) {
  const auto rest = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
  const std::size_t needed = buffered() + more;
  if (needed <= buffer_.capacity() && buffer_.capacity() <= std::max(kept_bytes_max, needed * 2)) {
    buffer_.erase(buffer_.begin(), rest);
  } else {
    const std::size_t doubled = buffered() * 2;
    std::vector<char> fresh;
    fresh.reserve(std::max(needed, awaited_ ? std::min(doubled, awaited_) : doubled));
    fresh.assign(rest, buffer_.end());
    buffer_.swap(fresh);
  }
  at_ = 0;
}

result<std::optional<frame>> frame_reader::next() {
  if (failed_) return *failed_;
  const std::string_view rest{buffer_.data() + at_, buffered()};
  byte_reader header{rest};
  if (rest.size() < sizeof(std::uint32_t)) return wait(0);
  const std::size_t size = header_bytes + header.u32();
  if (size > frame_limit_)
    return fail("a frame of " + std::to_string(size) + " bytes is larger than the limit of " +
                std::to_string(frame_limit_) + " on this connection");
  if (rest.size() < header_bytes) return wait(size);
  const std::uint8_t kind = header.u8();
  if (!is_known_kind(kind)) return fail("a frame of the unknown kind " + std::to_string(kind));
  if (rest.size() < size) return wait(size);
  at_ += size;
  awaited_ = 0;
  return frame{static_cast<frame_kind>(kind), rest.substr(header_bytes, size - header_bytes)};
}

std::optional<frame> frame_reader::wait(std::size_t frame_size) {
  awaited_ = frame_size;
  if (buffered() == 0) {
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
  return *failed_;
}

void frame_reader::raise_limit(std::size_t frame_limit) noexcept {
  frame_limit_ = std::max(frame_limit_, std::min(frame_limit, limits::frame_bytes_max));
}

}  // namespace troupe::wire
