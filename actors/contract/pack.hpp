// A value as a string of bytes and back, in one call: for files, tests and tools. Messages between nodes go
// through their descriptor instead.
#pragma once

#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/contract/codecs.hpp>
#include <troupe/contract/type_name.hpp>
#include <utility>

namespace troupe {

/// The binary form of `value`. `context` is for codecs that need their surroundings.
template <encodable T>
std::string pack(const T& value, const void* context = nullptr) {
  std::string out;
  byte_writer to{out, context};
  codec<T>::encode(to, value);
  return out;
}

/// The value that `bytes` are the binary form of, all of them. `errc::decode_error`, naming the type and the
/// reason, when they are not.
template <encodable T>
result<T> unpack(std::string_view bytes, const void* context = nullptr) {
  byte_reader from{bytes, context};
  T out{};
  if (!codec<T>::decode(from, out)) from.fail("a codec refused its bytes");
  if (from.remaining() > 0) from.fail("bytes are left behind the value");
  // In place, because a value may itself be an error.
  if (from.ok()) return {boost::system::in_place_value, std::move(out)};
  return {boost::system::in_place_error,
          error{errc::decode_error, std::string{type_name_of<T>} + ": " + std::string{from.why()}}};
}

}  // namespace troupe
