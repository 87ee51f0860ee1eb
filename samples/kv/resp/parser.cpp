#include "kv/resp/parser.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

namespace kv::resp {
namespace {

// A length line ("*3", "$16777216") is far shorter than this; Redis would wait for 64 KiB before it gives up.
constexpr std::size_t length_line_max = 32;

// What a connection may keep while it has nothing to say: a few small requests fit without a new allocation.
constexpr std::size_t keep_bytes = 1024;
constexpr std::size_t keep_arguments = 16;

// In the middle of a command a buffer that is this many times larger than what is in it is given back too: moving
// what is left costs less than what was read to fill it (P5).
constexpr std::size_t slack_max = 4;

constexpr bool is_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\v' || c == '\f' || c == '\r';
}

constexpr int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr char escaped(char c) noexcept {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return c;
  }
}

// The whole of `text` as a number written the one canonical way: no sign but '-', no blank, no leading zero,
// as Redis insists.
bool parse_number(std::string_view text, std::int64_t& value) noexcept {
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (code != std::errc{} || stop != end) return false;
  const auto digits = text.substr(text.front() == '-' ? 1 : 0);
  return digits.front() != '0' || text.size() == 1;
}

std::string printable(char c) {
  if (c >= 0x20 && c < 0x7f) return std::string(1, c);
  constexpr std::string_view digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
}

template <class T>
void release(T& held, std::size_t keep) {
  held.clear();
  if (held.capacity() > keep) T{}.swap(held);
}

}  // namespace

parser::parser(parser_limits limits) noexcept : limits_(limits) {
  // An argument's place is kept in 32 bits.
  limits_.command_bytes_max = std::min<std::size_t>(limits_.command_bytes_max, 0xffff'ffffu);
}

void parser::feed(std::string_view bytes) {
  if (!error_.empty()) return;
  arguments_.clear();
  // Moving the unread tail costs no more than the bytes read since the last move, so it is paid for (P5).
  const std::size_t unread = buffer_.size() - start_;
  if (start_ > 0 && unread <= start_) {
    if (unread > 0) std::memmove(buffer_.data(), buffer_.data() + start_, unread);
    buffer_.resize(unread);
    at_ -= start_;
    start_ = 0;
  }
  buffer_.append(bytes);
}

parsed parser::next() {
  if (!error_.empty()) return parsed::failed;
  arguments_.clear();
  for (;;) {
    if (missing_ > 0) return next_array();
    if (start_ == buffer_.size()) return wait();
    if (buffer_[start_] != '*') {
      if (const auto found = next_inline(); found != parsed::command || !arguments_.empty()) return found;
      continue;
    }
    std::int64_t count = 0;
    if (!read_length(length_line::arguments, count)) return error_.empty() ? wait() : parsed::failed;
    if (count > 0) {
      missing_ = static_cast<std::size_t>(count);
    } else {
      start_ = at_;
    }
  }
}

parsed parser::next_array() {
  while (missing_ > 0) {
    if (bulk_ == no_bulk) {
      if (at_ == buffer_.size()) return wait();
      if (const char c = buffer_[at_]; c != '$')
        return fail("Protocol error: expected '$', got '" + printable(c) + "'");
      std::int64_t size = 0;
      if (!read_length(length_line::bulk, size)) return error_.empty() ? wait() : parsed::failed;
      bulk_ = static_cast<std::size_t>(size);
    }
    const std::size_t arrived = buffer_.size() - at_;
    if (arrived > bulk_ && buffer_[at_ + bulk_] != '\r')
      return fail("Protocol error: expected CRLF after a bulk");
    if (arrived < bulk_ + 2) return wait();
    if (buffer_[at_ + bulk_ + 1] != '\n') return fail("Protocol error: expected CRLF after a bulk");
    pieces_.push_back({static_cast<std::uint32_t>(at_ - start_), static_cast<std::uint32_t>(bulk_)});
    at_ += bulk_ + 2;
    bulk_ = no_bulk;
    --missing_;
  }
  for (const piece& p : pieces_) arguments_.emplace_back(buffer_.data() + start_ + p.offset, p.size);
  return finish(at_);
}

parsed parser::next_inline() {
  // `at_` may be past `start_`: that part of the line has been searched before (P5).
  const auto* const base = buffer_.data();
  const auto* const found = std::memchr(base + at_, '\n', buffer_.size() - at_);
  const std::size_t end =
      found ? static_cast<std::size_t>(static_cast<const char*>(found) - base) : buffer_.size();
  std::string_view line(base + start_, end - start_);
  if (found && line.ends_with('\r')) line.remove_suffix(1);
  // One byte over the limit may still turn out to be the '\r' of the line's end.
  if (line.size() > limits_.inline_bytes_max + (found ? 0 : 1))
    return fail("Protocol error: too big inline request");
  if (!found) {
    at_ = end;
    return wait();
  }
  if (!unquote(line)) return parsed::failed;
  return finish(end + 1);
}

// Reads the length after the type byte at `at_` and checks it against the limits (P3). False: not all there
// yet, or failed.
bool parser::read_length(length_line kind, std::int64_t& value) {
  const bool bulk = kind == length_line::bulk;
  const std::string_view line = std::string_view(buffer_).substr(at_ + 1, length_line_max);
  const std::size_t size = line.find('\r');
  if (size == std::string_view::npos) {
    if (line.size() == length_line_max)
      fail(bulk ? "Protocol error: too big bulk count string" : "Protocol error: too big mbulk count string");
    return false;
  }
  if (at_ + 1 + size + 1 == buffer_.size()) return false;
  const bool number =
      size > 0 && buffer_[at_ + size + 2] == '\n' && parse_number(line.substr(0, size), value);
  const std::size_t most = bulk ? limits_.bulk_bytes_max : limits_.arguments_max;
  if (!number || (bulk && value < 0) || (value > 0 && static_cast<std::uint64_t>(value) > most)) {
    fail(bulk ? "Protocol error: invalid bulk length" : "Protocol error: invalid multibulk length");
    return false;
  }
  at_ += size + 3;
  if (bulk && at_ - start_ + static_cast<std::size_t>(value) + 2 > limits_.command_bytes_max) {
    fail("Protocol error: command larger than " + std::to_string(limits_.command_bytes_max) + " bytes");
    return false;
  }
  return true;
}

// Splits an inline request as Redis does: blanks between arguments; "double quotes" with \n \r \t \b \a \xHH;
// 'single quotes' with \' only; a closing quote ends its argument, and a blank must follow. Fills
// `arguments_`, which stays empty for a blank line.
bool parser::unquote(std::string_view line) {
  unquoted_.clear();
  // These bytes have arrived (P2), and unquoting never makes them more: the views below stay valid.
  unquoted_.reserve(line.size());
  std::size_t i = 0;
  for (;;) {
    while (i < line.size() && is_space(line[i])) ++i;
    if (i == line.size()) return true;
    if (arguments_.size() == limits_.arguments_max)
      return fail("Protocol error: too big inline request"), false;
    const std::size_t begin = unquoted_.size();
    while (i < line.size() && !is_space(line[i])) {
      const char quote = line[i];
      if (quote != '"' && quote != '\'') {
        unquoted_.push_back(line[i++]);
        continue;
      }
      for (++i; i < line.size() && line[i] != quote; ++i) {
        const std::size_t left = line.size() - i;
        if (line[i] != '\\' || left == 1) {
          unquoted_.push_back(line[i]);
        } else if (quote == '\'') {
          if (line[i + 1] == '\'') ++i;
          unquoted_.push_back(line[i]);
        } else if (left > 3 && line[i + 1] == 'x' && hex_digit(line[i + 2]) >= 0 &&
                   hex_digit(line[i + 3]) >= 0) {
          unquoted_.push_back(static_cast<char>(hex_digit(line[i + 2]) * 16 + hex_digit(line[i + 3])));
          i += 3;
        } else {
          unquoted_.push_back(escaped(line[++i]));
        }
      }
      const bool closed = i < line.size();
      if (!closed || (i + 1 < line.size() && !is_space(line[i + 1])))
        return fail("Protocol error: unbalanced quotes in request"), false;
      ++i;
    }
    arguments_.emplace_back(unquoted_.data() + begin, unquoted_.size() - begin);
  }
}

// The command ends before `end`; the next one starts there.
parsed parser::finish(std::size_t end) {
  start_ = at_ = end;
  pieces_.clear();
  return parsed::command;
}

// Nothing more to do with what is here: what earlier commands needed is given back.
parsed parser::wait() {
  if (start_ == buffer_.size()) {
    start_ = at_ = 0;
    release(buffer_, keep_bytes);
  } else if (buffer_.capacity() > keep_bytes && buffer_.capacity() / slack_max > unread_bytes()) {
    std::string(buffer_, start_).swap(buffer_);
    at_ -= std::exchange(start_, 0);
  }
  release(unquoted_, keep_bytes);
  release(arguments_, keep_arguments);
  if (pieces_.empty()) release(pieces_, keep_arguments);
  return parsed::need_more;
}

parsed parser::fail(std::string why) {
  release(buffer_, 0);
  start_ = at_ = 0;
  release(unquoted_, 0);
  release(pieces_, 0);
  release(arguments_, 0);
  error_ = std::move(why);
  return parsed::failed;
}

std::size_t parser::buffered_bytes() const noexcept {
  return buffer_.capacity() + unquoted_.capacity() + error_.capacity() + pieces_.capacity() * sizeof(piece) +
         arguments_.capacity() * sizeof(std::string_view);
}

}  // namespace kv::resp
