#include <algorithm>
#include <troupe/base/check.hpp>
#include <troupe/wire/frame_builder.hpp>

namespace troupe::wire {

frame_builder::frame_builder(std::string& out, frame_kind kind, const void* context, std::size_t limit)
    : out_(&out),
      writer_(out, context),
      start_(out.size()),
      limit_(std::min(limit, limits::frame_bytes_max)),
      kind_(kind) {
  writer_.u32(0);
  writer_.u8(static_cast<std::uint8_t>(kind));
}

frame_builder::frame_builder(std::string& out, const tell& header, const void* context, std::size_t limit)
    : frame_builder(out, frame_kind::tell, context, limit) {
  path_bytes_ = header.path.size();
  writer_.bytes(header.path);
  writer_.u64(header.type_hash);
  writer_.u64(header.cause);
  writer_.raw(header.payload);
}

frame_builder::frame_builder(std::string& out, const ask& header, const void* context, std::size_t limit)
    : frame_builder(out, frame_kind::ask, context, limit) {
  path_bytes_ = header.path.size();
  writer_.varint(header.request);
  writer_.varint(static_cast<std::uint64_t>(std::max(header.time_left, duration::zero()).count()));
  writer_.bytes(header.path);
  writer_.u64(header.type_hash);
  writer_.u64(header.cause);
  writer_.raw(header.payload);
}

frame_builder::frame_builder(std::string& out, const reply& header, const void* context, std::size_t limit)
    : frame_builder(out, frame_kind::reply, context, limit) {
  writer_.varint(header.request);
  writer_.u64(header.type_hash);
  writer_.raw(header.payload);
}

result<std::size_t> frame_builder::close() {
  check(out_ != nullptr, "a frame is closed once");
  const std::size_t size = out_->size() - start_;
  const auto refuse = [this](std::string text) {
    cancel();
    return error{errc::invalid, std::move(text)};
  };
  if (path_bytes_ > path_bytes_max)
    return refuse("the path of a message to another node has " + std::to_string(path_bytes_) +
                  " bytes; the limit is " + std::to_string(path_bytes_max));
  if (size > limit_)
    return refuse("a frame of kind " + std::string{to_string(kind_)} + " has " + std::to_string(size) +
                  " bytes; the limit is " + std::to_string(limit_) + "; send the message in parts");
  writer_.patch_u32(start_, static_cast<std::uint32_t>(size - header_bytes));
  out_ = nullptr;
  return size;
}

void frame_builder::cancel() noexcept {
  if (!out_) return;
  out_->resize(start_);
  out_ = nullptr;
}

}  // namespace troupe::wire
