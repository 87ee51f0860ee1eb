// What can change between two versions of a program's contracts, and whom it breaks.
//
// Two programs meet in both directions: the old one reads what the new one writes, and the new one reads what the old one
// wrote, from the wire or from a disk.
//
//   verdict   the old reads the new        the new reads the old
//   safe      everything                   everything
//   careful   except for what only the     everything                   so readers are upgraded first
//             new one has
//   breaking  not                          or not
//
// A change that only the JSON form notices is breaking too; `binary_only` makes it safe for who has no JSON.
//
//   change                  verdict   why
//   actor_added             safe
//   actor_removed           safe      its name is no part of the wire; messages that nobody accepts any more are listed
//   message_accepted        safe
//   message_refused         breaking  who still sends it to that actor gets a dead letter, an asker `not_understood`
//   message_added           safe      programs that are older do not understand it
//   message_removed         breaking  as message_refused, whoever it is sent to
//   message_renamed         breaking  as message_removed: the name is what a message is known by (C1)
//   message_made_local      breaking  it has lost its codec and can't arrive any more
//   message_made_remote     safe
//   reply_changed           breaking  a reply is known by its type's spelling, so a wider one is refused too
//   version_raised          safe      without another change
//   version_not_raised      breaking  a change without a new version: nobody can tell the two apart (C2)
//   version_lowered         breaking  the new one claims to be older (C2)
//   kind_changed            breaking  a struct became an enum, or the other way round
//   field_appended          safe      old readers skip it, new ones keep the initialiser (C2)
//   field_inserted          breaking  every field behind it is taken for another
//   field_removed           breaking  what is behind it is taken for another; of the last one old readers see the
//                                     initialiser, and the next field appended is taken for it
//   field_reordered         breaking  fields are taken for each other
//   field_renamed           breaking  for JSON only: an unknown name is skipped, and the field keeps its initialiser
//   field_type_changed      breaking
//   field_type_renamed      breaking  for JSON only: the same shape under another wire name (C1), which variants write
//   field_widened           careful   old readers refuse what does not fit (K4)
//   field_narrowed          breaking  new readers refuse what old ones wrote and does not fit
//   alternative_appended    careful   old readers refuse a variant that holds it
//   initial_changed         safe      messages that are older than the field read another value
//   value_added             careful   old readers refuse it
//   value_removed           breaking  new readers refuse it
//   value_renamed           breaking  for JSON only: names are what it writes
//   value_renumbered        breaking  the name means another number, which is what the binary form writes
//   underlying_widened      careful   as field_widened; the values that both know fit
//   underlying_changed      breaking
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::schema {

/// What changed; see the table above.
enum class change_kind : std::uint8_t {
  actor_added,
  actor_removed,
  message_accepted,
  message_refused,
  message_added,
  message_removed,
  message_renamed,
  message_made_local,
  message_made_remote,
  reply_changed,
  version_raised,
  version_not_raised,
  version_lowered,
  kind_changed,
  field_appended,
  field_inserted,
  field_removed,
  field_reordered,
  field_renamed,
  field_type_changed,
  field_type_renamed,
  field_widened,
  field_narrowed,
  alternative_appended,
  initial_changed,
  value_added,
  value_removed,
  value_renamed,
  value_renumbered,
  underlying_widened,
  underlying_changed,
};

/// How bad a change is.
enum class verdict : std::uint8_t { safe, careful, breaking };

/// A row of the table.
struct change_rule {
  change_kind kind;         ///< which change
  std::string_view name;    ///< as above: `field_appended`
  schema::verdict verdict;  ///< how bad
  bool json_only;           ///< the binary form does not notice
  std::string_view who;     ///< whom it breaks, or why it breaks nobody
};

/// How many kinds of change there are.
inline constexpr std::size_t change_kinds = static_cast<std::size_t>(change_kind::underlying_changed) + 1;

/// The row of a change. Thread-safe.
const change_rule& rule_of(change_kind kind) noexcept;

/// The name of a verdict: `breaking`.
std::string_view to_string(verdict v) noexcept;

/// One difference between two sets.
struct change {
  change_kind kind;     ///< what kind of change
  std::string subject;  ///< what changed: `bank.deposit.cents`
  std::string what;     ///< how: `i64 became i32`
  friend bool operator==(const change&, const change&) = default;
};

/// How bad `c` is for programs that only use the binary form, or that use JSON as well.
verdict verdict_of(const change& c, bool binary_only) noexcept;

/// One line: `breaking  bank.deposit.cents: i64 became i32; new readers refuse ... [field_narrowed]`.
std::string to_line(const change& c, bool binary_only);

}  // namespace troupe::schema
