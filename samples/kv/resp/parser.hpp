// Reads RESP2 requests out of a byte stream, a piece at a time: arrays of bulk strings, and the inline form
// that a person types and `redis-benchmark` uses for PING_INLINE. Not thread-safe: one parser belongs to one
// connection.
//
// Rules
//  P1 The split does not matter: the same bytes give the same commands and the same error however they are
//     cut up.
//  P2 Nothing is allocated for a length that was only announced; memory grows with the bytes that have
//     arrived.
//  P3 An announced length above its limit is an error at once, before the bytes it announces.
//  P4 After an error the parser is dead: it holds nothing, ignores what it is fed and repeats its error.
//  P5 Each byte is looked at a bounded number of times, so a stream that trickles in costs no more than one
//     that floods.
//
// It is stricter than Redis in two places, because what follows would be read out of step: a line of an array
// ends in "\r\n", not in '\r' and any byte, and a bulk is followed by "\r\n".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kv::resp {

/// What one request may cost. The defaults are lower than Redis' own (512 MiB a bulk, 1 GiB in all).
struct parser_limits {
  std::size_t arguments_max = 65'536;         ///< arguments in one command
  std::size_t bulk_bytes_max = 16u << 20;     ///< bytes in one argument
  std::size_t command_bytes_max = 64u << 20;  ///< bytes of one command on the wire, at most 4 GiB
  std::size_t inline_bytes_max = 64u << 10;   ///< bytes in an inline request, without its line end
};

/// What `parser::next` found.
enum class parsed : std::uint8_t {
  need_more,  ///< no whole command yet: feed more
  command,    ///< `parser::arguments` has one, of at least one argument
  failed,     ///< `parser::error` says why; close the connection once that is sent
};

/// An incremental reader of requests (P1 to P5). Holds up to twice `command_bytes_max` plus what was fed
/// last, at most a few KiB when idle, and no
/// more than a few times what has arrived in the middle of a command.
class parser {
 public:
  /// A parser that enforces `limits`.
  explicit parser(parser_limits limits = {}) noexcept;

  /// Takes bytes as they came. Call `next` until it needs more before feeding again: what is fed on top of an
  /// unread command is kept, so only the caller bounds it. Ends the life of the views that `arguments`
  /// returned.
  void feed(std::string_view bytes);

  /// Looks for the next command. Empty requests (`*0`, a blank line) are skipped, as Redis does. Ends the
  /// life of the views that `arguments` returned.
  parsed next();

  /// The arguments of the command that `next` found, the command's name first. The views point into the
  /// parser and live until `feed` or `next` is called, or the parser is moved or destroyed.
  std::span<const std::string_view> arguments() const noexcept { return arguments_; }

  /// Why the input is wrong, in Redis' words and without the leading `ERR`; empty until `next` returned
  /// `failed`.
  std::string_view error() const noexcept { return error_; }

  /// Bytes that were fed and belong to no command that `next` has returned.
  std::size_t unread_bytes() const noexcept { return buffer_.size() - start_; }

  /// Memory held right now beyond the parser itself, in bytes.
  std::size_t buffered_bytes() const noexcept;

 private:
  // An argument that is complete, relative to the start of its command, so that the buffer may move.
  struct piece {
    std::uint32_t offset;
    std::uint32_t size;
  };
  enum class length_line : std::uint8_t { arguments, bulk };

  parsed next_array();
  parsed next_inline();
  bool read_length(length_line kind, std::int64_t& value);
  bool unquote(std::string_view line);
  parsed finish(std::size_t end);
  parsed wait();
  parsed fail(std::string why);

  static constexpr std::size_t no_bulk = static_cast<std::size_t>(-1);

  parser_limits limits_;
  std::string buffer_;
  std::size_t start_ = 0;       // where the command that is being read begins
  std::size_t at_ = 0;          // everything before this is understood (P5)
  std::size_t missing_ = 0;     // arguments of the array that are still to come; 0 between commands
  std::size_t bulk_ = no_bulk;  // bytes of the argument that is arriving
  std::vector<piece> pieces_;   // the arguments that have arrived
  std::string unquoted_;        // the arguments of an inline request
  std::string error_;
  std::vector<std::string_view> arguments_;
};

}  // namespace kv::resp
