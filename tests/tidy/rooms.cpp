#include "rooms.hpp"

#include <algorithm>
#include <charconv>

#include "source.hpp"

namespace tidy {
namespace {

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> out;
  for (line = trim(line); !line.empty(); line = trim(line)) {
    const std::size_t end = line.find(' ');
    out.push_back(line.substr(0, end));
    line.remove_prefix(end == std::string_view::npos ? line.size() : end);
  }
  return out;
}

std::string parse_room(const std::vector<std::string_view>& words, room_table& out) {
  if (words.size() < 3) return "a room needs a number and a path";
  room r;
  const auto [end, code] = std::from_chars(words[1].data(), words[1].data() + words[1].size(), r.level);
  if (code != std::errc{} || end != words[1].data() + words[1].size())
    return "'" + std::string(words[1]) + "' is not a number";
  r.path = words[2];
  for (std::size_t i = 3; i < words.size(); ++i) {
    if (words[i] == "pure") {
      r.pure = true;
    } else if (words[i] == "sample") {
      r.sample = true;
    } else if (words[i] == "free") {
      r.free = true;
    } else if (words[i] == "os") {
      r.os = true;
    } else {
      return "a room is pure, sample, free or os, not '" + std::string(words[i]) + "'";
    }
  }
  for (const room& other : out.rooms) {
    const bool library = !r.sample && !r.free && !other.sample && !other.free;
    if (other.path == r.path || (library && other.name() == r.name()))
      return "there is a room of that name already: " + other.path;
  }
  out.rooms.push_back(std::move(r));
  return {};
}

std::string parse_allowed(const std::vector<std::string_view>& words, std::size_t line, room_table& out) {
  if (words.size() < 4) return "an exception says: allow CALL FILE REASON...";
  allowed_call a{line, std::string(words[1]), std::string(words[2]), std::string(words[3])};
  for (std::size_t i = 4; i < words.size(); ++i) a.reason += ' ' + std::string(words[i]);
  out.allowed.push_back(std::move(a));
  return {};
}

}  // namespace

std::string_view room::name() const {
  const std::string_view whole = path;
  return whole.substr(whole.rfind('/') + 1);
}

const room* room_table::of_file(std::string_view path) const {
  const room* found = nullptr;
  for (const room& r : rooms)
    if (is_in(path, r.path) && (!found || r.path.size() > found->path.size())) found = &r;
  return found;
}

const room* room_table::named(std::string_view name) const {
  const auto found = std::find_if(rooms.begin(), rooms.end(),
                                  [name](const room& r) { return r.name() == name && !r.sample && !r.free; });
  return found == rooms.end() ? nullptr : &*found;
}

std::string parse_rooms(std::string_view text, room_table& out) {
  const auto lines = split_lines(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto words = words_of(lines[i]);
    if (words.empty() || words.front().starts_with('#')) continue;
    std::string error;
    if (words.front() == "room") {
      error = parse_room(words, out);
    } else if (words.front() == "only" && words.size() > 2) {
      out.libraries.push_back({std::string(words[1]), {words.begin() + 2, words.end()}});
    } else if (words.front() == "impure") {
      out.impure.insert(out.impure.end(), words.begin() + 1, words.end());
    } else if (words.front() == "allow") {
      error = parse_allowed(words, i + 1, out);
    } else {
      error =
          "a line says: room NUMBER PATH [MARK...], only PREFIX USER..., impure HEADER..., allow CALL FILE "
          "REASON...";
    }
    if (!error.empty()) return std::to_string(i + 1) + ": " + error;
  }
  return {};
}

}  // namespace tidy
