// Values as JSON and back, in one call. Include this one and not the parts: which form a type has must be the same in
// every translation unit. The forms are listed in codec.hpp, codec_std.hpp, codec_map.hpp and codec_struct.hpp.
//
//   struct line { std::string item; std::int64_t cents = 0; };
//   TROUPE_CONTRACT(line, "shop.line", 1, item, cents)
//
//   troupe::to_json(line{"book", 1290});                        // {"item":"book","cents":1290}
//   troupe::from_json<line>(R"({"item": "pen", "new": true})");  // a line: item "pen", cents 0
//   troupe::from_json<line>(R"({"cents": "many"})").error().text
//       // shop.line: $.cents: expected i64, found the string "many"
#pragma once

#include <string>
#include <string_view>
#include <troupe/json/codec.hpp>
#include <troupe/json/codec_map.hpp>
#include <troupe/json/codec_std.hpp>
#include <troupe/json/codec_struct.hpp>
#include <utility>

namespace troupe {

/// The JSON form of `value`, any type with a codec. `context` is for codecs that need their surroundings.
/// Thread-safe.
template <encodable T>
std::string to_json(const T& value, json_style style = json_style::compact, const void* context = nullptr) {
  std::string out;
  json_writer to{out, style, context};
  json_codec<T>::write(to, value);
  return out;
}

/// The value that `text` is the JSON form of. `errc::decode_error` when it is none, is past one of the `limits`, or
/// does not fit: one line with the type, the place (`$.lines[3].cents`, or line and column where it is no JSON) and
/// what was expected. Unknown members are skipped, missing ones keep their initialisers (JC2). Thread-safe.
template <encodable T>
result<T> from_json(std::string_view text, const json_limits& limits = {}, const void* context = nullptr) {
  const auto refused = [](std::string_view why) -> result<T> {
    return {boost::system::in_place_error,
            error{errc::decode_error, std::string{type_name_of<T>} + ": " + std::string{why}}};
  };
  const auto document = json_document::parse(text, limits);
  if (!document) return refused(document.error().text);
  json_reader from{context};
  T out{};
  if (!json_codec<T>::read(from, document->root(), out) && from.ok())
    from.fail_with("a JSON codec refused this value");
  // In place, because a value may itself be an error.
  if (from.ok()) return {boost::system::in_place_value, std::move(out)};
  return refused(from.why());
}

}  // namespace troupe
