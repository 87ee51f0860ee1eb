// Errors as values. An `error` can be copied between actors, printed, and sent to another node; an exception
// never leaves the actor it was thrown in.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <exception>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// What went wrong, as a closed set. The first group is what an ask can complete with (rule M5).
enum class errc : std::uint8_t {
  timeout = 1,     ///< no reply before the deadline
  stopped,         ///< the recipient has stopped for good
  restarted,       ///< the recipient was restarted while it worked on the request
  unreachable,     ///< the recipient's node can't be reached
  overloaded,      ///< a bounded queue on the way is full
  cancelled,       ///< the asker gave up
  cycle,           ///< the ask would wait for itself
  broken_promise,  ///< the recipient dropped the request without a reply
  handler_failed,  ///< the handler threw; `type` and `text` are the exception's
  not_understood,  ///< the recipient has no handler for the message

  mailbox_full,    ///< the recipient's mailbox was full (M8); who asked gets `overloaded`
  expired,         ///< the deadline had passed before the message was run
  decode_error,    ///< bytes that do not decode to what they claim to be
  start_failed,    ///< a constructor, factory or `on_start` failed
  invalid,         ///< an argument or a setting that makes no sense
  not_found,       ///< a file, path, name or key that does not exist
  already_exists,  ///< a name that is taken
  would_block,     ///< nothing to read or no room to write right now
  closed,          ///< the file, stream or system has been closed
  io,              ///< the operating system reported an error
  disk_full,       ///< no space left
  refused,  ///< an interceptor did not let the message through; a peer has not proved who it is, or does not believe us
  not_permitted,  ///< the recipient's node does not let this node do that (rights of peers)
};

/// The name of a code as it is written in logs and on the wire: `handler_failed`.
std::string_view to_string(errc code) noexcept;

/// The code with that name, `errc::invalid` if there is none.
errc errc_from_string(std::string_view name) noexcept;

class throw_site;

/// An error as a value: a code to act on, a text to read. Cheap to move; copying copies the strings.
struct error {
  errc code = errc::invalid;
  std::string text = {};  ///< one line for a person
  std::string type = {};  ///< the exception's type name, when there was one
  std::string path = {};  ///< the actor it happened in, when there was one
  /// Where the exception was thrown (throw_site.hpp); null: not known. Not compared, not printed with the rest, and not sent to other nodes.
  std::shared_ptr<const throw_site> thrown_at = {};

  friend bool operator==(const error& a, const error& b) noexcept {
    return a.code == b.code && a.text == b.text && a.type == b.type && a.path == b.path;
  }
};

/// One line: `handler_failed at /user/bank: std::out_of_range: no such account`.
std::string to_string(const error& e);
/// The same into a stream.
std::ostream& operator<<(std::ostream& to, const error& e);

/// A value or an `error`. `value()` on an error throws `failed`.
template <class T>
using result = boost::system::result<T, error>;

/// The exception that carries an `error` out of `result::value()`.
class failed : public std::exception {
 public:
  explicit failed(error e) : error_(std::move(e)), text_(to_string(error_)) {}
  const char* what() const noexcept override { return text_.c_str(); }
  /// The error as it was returned.
  const error& why() const noexcept { return error_; }

 private:
  error error_;
  std::string text_;
};

/// Called by `boost::system::result` when `value()` meets an error.
[[noreturn]] void throw_exception_from_error(const error& e, const boost::source_location& where);

/// The exception that is being handled, as an error with code `code`. Call it inside a catch block only.
error current_exception_error(errc code);

/// The readable name of a type id: `bank::ledger`.
std::string demangle(const char* mangled);

}  // namespace troupe
