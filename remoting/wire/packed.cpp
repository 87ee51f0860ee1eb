#include <lz4.h>

#include <troupe/wire/fields.hpp>
#include <troupe/wire/packed.hpp>

namespace troupe::wire {

using namespace fields;

namespace {

/// What is saved at least, for the receiver has to unpack it: an eighth.
constexpr std::size_t saved_part = 8;

}  // namespace

void packed::encode(std::string& out) const {
  frame_builder frame{out, frame_kind::packed};
  frame.payload().varint(size);
  finish(frame);
}

result<packed> packed::decode(std::string_view body) {
  byte_reader from{body};
  packed out{from.varint()};
  if (from.ok() && out.size == 0) from.fail("a packed payload of no bytes");
  return finished(from, out, "packed");
}

bool pack(std::string_view plain, std::string& out) {
  if (plain.size() < saved_part || plain.size() > LZ4_MAX_INPUT_SIZE) return false;
  const std::size_t begin = out.size();
  const std::size_t most = plain.size() - plain.size() / saved_part;
  out.resize(begin + most);
  const int size = LZ4_compress_default(plain.data(), out.data() + begin, static_cast<int>(plain.size()),
                                        static_cast<int>(most));
  out.resize(begin + static_cast<std::size_t>(size));  // 0: it did not fit
  return size > 0;
}

result<void> unpack(std::string_view block, std::uint64_t size, std::string& out) {
  if (size > LZ4_MAX_INPUT_SIZE || size > block.size() * unpacked_by_byte_max)
    return error{errc::decode_error, "a packed payload of " + std::to_string(block.size()) +
                                         " bytes can't be one of " + std::to_string(size)};
  out.resize(static_cast<std::size_t>(size));
  const int got =
      LZ4_decompress_safe(block.data(), out.data(), static_cast<int>(block.size()), static_cast<int>(size));
  if (got < 0 || static_cast<std::uint64_t>(got) != size)
    return error{errc::decode_error, "a packed payload does not unpack to the " + std::to_string(size) +
                                         " bytes that were announced"};
  return {};
}

}  // namespace troupe::wire
