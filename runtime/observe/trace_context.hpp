// Which trace a piece of work belongs to: an id that all that follows from one request has in common, whoever does it, and the
// span, which is one handler's part of it. The form is W3C Trace Context's (www.w3.org/TR/trace-context), so that a trace goes on
// where an HTTP request brought one, and other tools know the ids.
//
// Rules
//  TC1 A trace is started on purpose (`with_trace`) and then inherited: by the messages that a handler sends and the asks that it
//      makes, across `co_await`. Nobody who has none pays for it (M6).
//  TC2 Each message of a trace that is handled is a span of its own; its parent is the span it was sent from.
//  TC3 An id is random and not 0; all zeros means there is none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>

namespace troupe {

/// Where in which trace (TC1-TC3). A value.
struct trace_context {
  std::uint64_t high = 0;    ///< the trace id's first half
  std::uint64_t low = 0;     ///< and its second
  std::uint64_t span = 0;    ///< this part of it
  std::uint64_t parent = 0;  ///< the span it comes from; 0: it is the first, or that is not known here
  std::uint8_t flags = 1;    ///< W3C's trace flags; bit 0: it is sampled

  /// Whether it names a trace.
  explicit operator bool() const noexcept { return high != 0 || low != 0; }
  friend bool operator==(const trace_context&, const trace_context&) = default;
};

/// The trace id: 32 hexadecimal digits.
std::string trace_id(const trace_context& t);

/// As log lines show it: the trace id, `/`, and the 16 digits of the span. Empty where there is no trace.
std::string to_string(const trace_context& t);

/// As a `traceparent` header: `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`.
std::string to_traceparent(const trace_context& t);

/// What such a header says; the span there becomes `span`. `errc::invalid` with what is wrong for anything else. Versions after 00 are
/// read as far as that one goes, as the standard says.
result<trace_context> trace_from(std::string_view traceparent);

}  // namespace troupe
