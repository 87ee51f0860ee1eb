// The record of a simulation (sim/record.hpp) for other programs and other eyes: JSON lines, a sequence diagram, a space-time diagram, and
// the chain of messages that led to a failure.
//
// Rules
//  VW1 A view is made of lines and nothing else, so it is the same for the same seed (D1). What is not among the lines it is given (kept_max)
//      is not in it: a cause that is not there counts as not known.
//  VW2 JSON: one object a line, keys always in this order, those without a value left out: `event` its number, `ns` the virtual time in
//      nanoseconds, `kind` (line_kind), `host`, `actor`, `message`, `from`, `cause` the number of another event, `loosely` true (line_facts), `text` the line. A text that is
//      no UTF-8 has a `?` for each byte beyond ASCII.
//  VW3 Mermaid: who sends and who handles are participants, each message that is handled is an arrow with its event's number and what is in
//      it, what went wrong and what befell a host are notes. Bytes and log lines are left out.
//  VW4 ShiViz: two lines an event, the text and then the process with its vector clock; above them the two lines that ShiViz reads from a
//      file. A process is a host, or an actor on a host where `clock_of::actor` is chosen. Its own count goes up by one with each event that is
//      shown; what it knows of others comes with bytes that arrive and with messages that are handled. Answers to asks are no messages
//      (IC6): between hosts they come with their bytes, between actors of one host they are not seen.
//  VW5 A chain goes from an event to its cause and on, to the first one whose cause is not known, or through `links_max` events. A cause
//      that is known loosely only is a link all the same, and marked.
//
// Pure; thread-safe.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <troupe/sim/record.hpp>
#include <vector>

namespace troupe {

/// Which lines of a record.
struct line_choice {
  time_point from = time_point::min();  ///< as the record prints them
  time_point to = never;
  /// Whose: `n1`, a host with all on it; `/user/bank/*`, actors on any host (fault.hpp, FT3); `n1:/user/bank/**`. None: all lines.
  std::vector<std::string> only = {};
};

/// What is wrong with one of `only`, "" for nothing.
std::string problem_of_choice(std::string_view only);
/// Whether that line is meant.
bool is_chosen(const line_choice& which, const sim::line& l);

/// One event as JSON, without a line's end (VW2).
std::string as_json(const sim::line& l);

/// The chosen lines as a Mermaid `sequenceDiagram` (VW3).
std::string as_mermaid(std::span<const sim::line> lines, const line_choice& which = {});

/// Who has a clock.
enum class clock_of : std::uint8_t { host, actor };

/// The chosen lines as a log for ShiViz (VW4).
std::string as_shiviz(std::span<const sim::line> lines, const line_choice& which = {},
                      clock_of processes = clock_of::host);

/// One event of a chain.
struct causal_link {
  sim::line what;
  bool loosely = false;  ///< it led to the next one loosely (line_facts::loosely)
};

/// The chain that led to the last failure of an actor that is meant by `who` (as in `line_choice::only`), first cause first; to the last message
/// that it handled where it has not failed. Empty: it has done nothing (VW5).
std::vector<causal_link> why(std::span<const sim::line> lines, std::string_view who,
                             std::size_t links_max = 30);
/// The same for a person, a line an event, loose links marked with a `~`.
std::string to_string(const std::vector<causal_link>& chain);

}  // namespace troupe
