// The table of rooms: who may include whom, which rooms are pure, who may use which library. See rooms.txt.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tidy {

/// A room of the house.
struct room {
  std::string path;  ///< `runtime/base`
  int level = 0;     ///< it may include rooms with a lower one
  bool pure = false;
  bool sample = false;
  bool free = false;
  bool os = false;

  /// The last name of the path, as it is written in includes.
  std::string_view name() const;
};

/// Headers that only some rooms and files may include.
struct kept_library {
  std::string prefix;              ///< how these headers begin
  std::vector<std::string> users;  ///< rooms and files
};

/// A banned call that one file may make.
struct allowed_call {
  std::size_t line = 0;  ///< of the table
  std::string call;      ///< as the rule writes it, without parentheses
  std::string file;
  std::string reason;
};

/// The whole table.
struct room_table {
  std::vector<room> rooms;
  std::vector<kept_library> libraries;
  std::vector<allowed_call> allowed;
  std::vector<std::string> impure;  ///< standard headers that pure rooms may not include

  /// The room a file is in, the innermost one; null when it is in none.
  const room* of_file(std::string_view path) const;
  /// The room that `<troupe/NAME/...>` means; null when there is none.
  const room* named(std::string_view name) const;
};

/// Reads the table. An error is `line: what is wrong`; empty when there is none.
std::string parse_rooms(std::string_view text, room_table& out);

}  // namespace tidy
