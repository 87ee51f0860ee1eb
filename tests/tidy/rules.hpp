// The rules. Each looks at one file and adds what it finds; none reads or writes anything else.
#pragma once

#include <string_view>
#include <vector>

#include "rooms.hpp"
#include "source.hpp"

namespace tidy {

/// Where the table of rooms is.
inline constexpr std::string_view room_table_path = "tests/tidy/rooms.txt";

/// Everything that was found so far.
using findings = std::vector<finding>;

/// `include-order`, `include-library`, `include-pure`, `include-sample`, `include-quotes`: the table of
/// rooms.
void check_includes(const source& file, const room_table& table, findings& out);

/// `banned-call`: what would go behind the system's back. `stale-exception`: what the table allows the file and it
/// does not need.
void check_calls(const source& file, const room_table& table, findings& out);

/// `unfinished`, `file-size`, `non-ascii`, `tab`, `trailing-space`, `final-newline`, `pragma-once`,
/// `machine-path`.
void check_text(const source& file, findings& out);

/// `undocumented`: public declarations in the library's headers.
void check_docs(const source& file, findings& out);

/// `room-readme`, `room-unknown`, `room-documented`, `stale-exception`: the tree as a whole. `paths` are all files, `read`
/// returns the text of one.
void check_layout(const std::vector<std::string>& paths, const room_table& table,
                  std::string (*read)(const std::string& path), findings& out);

}  // namespace tidy
