#include <troupe/json/reader.hpp>
#include <troupe/json/writer.hpp>

namespace troupe {

namespace {

/// Whether a key can stand behind a dot.
bool is_plain(std::string_view key) noexcept {
  for (const char c : key)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
      return false;
  return !key.empty();
}

}  // namespace

std::string json_reader::path() const {
  constexpr std::size_t key_bytes_max = 256;
  std::string out = "$";
  for (const place& p : steps_) {
    if (!p.named) {
      out += '[' + std::to_string(p.index) + ']';
    } else if (is_plain(p.key) && p.key.size() <= key_bytes_max) {
      out += '.';
      out += p.key;
    } else {
      // A key is as long as its sender likes; the error is for a log.
      std::size_t n = p.key.size() < key_bytes_max ? p.key.size() : key_bytes_max;
      while (n < p.key.size() && n > 0 && (static_cast<unsigned char>(p.key[n]) & 0xc0) == 0x80) --n;
      out += '[';
      json_writer{out}.string(p.key.substr(0, n));
      out += n < p.key.size() ? "...]" : "]";
    }
  }
  return out;
}

bool json_reader::fail(std::string_view expected, json_value found) {
  if (ok()) why_ = path() + ": expected " + std::string{expected} + ", found " + found.in_words();
  return false;
}

bool json_reader::fail_with(std::string_view what) {
  if (ok()) why_ = path() + ": " + std::string{what};
  return false;
}

bool json_reader::enter() {
  if (++depth_ > limits::decode_depth_max)
    return fail_with("structs nested deeper than " + std::to_string(limits::decode_depth_max));
  return true;
}

}  // namespace troupe
