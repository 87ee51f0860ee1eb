#include "source.hpp"

#include <utility>

namespace tidy {
namespace {

void blank(std::string& out, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to && i < out.size(); ++i)
    if (out[i] != '\n') out[i] = ' ';
}

// Blanks the inside of the literal from `from` to `end`; its closing quote stays, if it has one.
void blank_literal(std::string& out, std::size_t from, std::size_t end) {
  const char quote = out[from];
  const bool closed = end > from + 1 && out[end - 1] == quote;
  blank(out, from + 1, closed ? end - 1 : end);
}

// The end of the literal that opens at `i`: behind its closing quote, or at the line's end when there is
// none.
std::size_t literal_end(std::string_view text, std::size_t i) {
  const char quote = text[i];
  for (++i; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      return i + 1;
    }
  }
  return i;
}

// The end of the raw literal whose quote is at `i`.
std::size_t raw_literal_end(std::string_view text, std::size_t i) {
  const std::size_t open = text.find('(', i);
  if (open == std::string_view::npos) return i + 1;
  const std::string close = ")" + std::string(text.substr(i + 1, open - i - 1)) + "\"";
  const std::size_t end = text.find(close, open);
  return end == std::string_view::npos ? text.size() : end + close.size();
}

// True when the quote at `i` opens a raw literal: R"x( )x", also u8R and so on.
bool is_raw(std::string_view text, std::size_t i) {
  if (i == 0 || text[i - 1] != 'R') return false;
  std::size_t word = i - 1;
  while (word > 0 && is_word(text[word - 1])) --word;
  const auto prefix = text.substr(word, i - word);
  return prefix == "R" || prefix == "LR" || prefix == "uR" || prefix == "UR" || prefix == "u8R";
}

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> ends) {
  for (const auto end : ends)
    if (text.ends_with(end)) return true;
  return false;
}

}  // namespace

std::string blank_comments_and_literals(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (c == '/' && next == '/') {
      std::size_t end = i;
      while (end < text.size() && (text[end] != '\n' || text[end - 1] == '\\')) ++end;
      blank(out, i, end);
      i = end;
    } else if (c == '/' && next == '*') {
      const std::size_t close = text.find("*/", i + 2);
      const std::size_t end = close == std::string_view::npos ? text.size() : close + 2;
      blank(out, i, end);
      i = end;
    } else if (c == '"') {
      const std::size_t end = is_raw(text, i) ? raw_literal_end(text, i) : literal_end(text, i);
      blank_literal(out, i, end);
      i = end;
    } else if (c == '\'' && (i == 0 || !is_word(text[i - 1]) || text[i - 1] == 'L' || text[i - 1] == 'u')) {
      // Behind a digit it separates thousands.
      const std::size_t end = literal_end(text, i);
      blank_literal(out, i, end);
      i = end;
    } else {
      ++i;
    }
  }
  return out;
}

std::string blank_directives(std::string_view code) {
  std::string out(code);
  for (std::size_t i = 0; i < out.size();) {
    std::size_t end = out.find('\n', i);
    if (end == std::string::npos) end = out.size();
    if (trim(std::string_view(out).substr(i, end - i)).starts_with('#')) {
      while (end < out.size() && out[end - 1] == '\\') {
        end = out.find('\n', end + 1);
        if (end == std::string::npos) end = out.size();
      }
      blank(out, i, end);
    }
    i = end + 1;
  }
  return out;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t from = text.find_first_not_of(blanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

std::vector<std::size_t> find_word(std::string_view text, std::string_view word) {
  std::vector<std::size_t> out;
  for (std::size_t i = text.find(word); i != std::string_view::npos; i = text.find(word, i + 1)) {
    const std::size_t end = i + word.size();
    if (i > 0 && is_word(word.front()) && is_word(text[i - 1])) continue;
    if (end < text.size() && is_word(word.back()) && is_word(text[end])) continue;
    out.push_back(i);
  }
  return out;
}

bool is_in(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

source::source(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {
  lines_ = split_lines(text_);
  if (!is_cpp()) return;
  code_ = blank_comments_and_literals(text_);
  const auto code_lines = split_lines(code_);
  for (std::size_t i = 0; i < code_lines.size(); ++i) {
    auto line = trim(code_lines[i]);
    if (!line.starts_with('#') || !trim(line.substr(1)).starts_with("include")) continue;
    // The name between quotes is blank in the code, so it is taken from the text.
    const std::size_t open = lines_[i].find_first_of("<\"");
    if (open == std::string_view::npos) continue;
    const bool quoted = lines_[i][open] == '"';
    const std::size_t close = lines_[i].find(quoted ? '"' : '>', open + 1);
    if (close == std::string_view::npos) continue;
    includes_.push_back({i + 1, std::string(lines_[i].substr(open + 1, close - open - 1)), quoted});
  }
}

bool source::is_cpp() const { return ends_with_any(path_, {".hpp", ".cpp", ".h", ".hpp.in", ".cpp.in"}); }

bool source::is_header() const { return ends_with_any(path_, {".hpp", ".h", ".hpp.in"}); }

bool source::is_source() const {
  return is_cpp() || ends_with_any(path_, {".sh", ".cmake", ".py", ".in", ".toml", "CMakeLists.txt"});
}

bool source::in(std::string_view folder) const { return is_in(path_, folder); }

bool in_library(std::string_view path) {
  return is_in(path, "runtime") || is_in(path, "actors") || is_in(path, "supervision") ||
         is_in(path, "remoting");
}

}  // namespace tidy
