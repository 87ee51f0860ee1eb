// A source file as the rules see it: its text, its lines, its code without comments and literals, its
// includes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tidy {

/// Something that breaks a rule. Lines count from 1; 0 means the whole file.
struct finding {
  std::string file;
  std::size_t line = 0;
  std::string rule;
  std::string message;
};

/// An `#include`.
struct include {
  std::size_t line = 0;
  std::string name;     ///< without quotes or angle brackets
  bool quoted = false;  ///< written with quotes
};

/// One file. Paths are relative to the repository's root, with '/'.
class source {
 public:
  /// Takes the text apart.
  source(std::string path, std::string text);

  const std::string& path() const noexcept { return path_; }
  const std::string& text() const noexcept { return text_; }
  /// The lines without their ends.
  const std::vector<std::string_view>& lines() const noexcept { return lines_; }
  /// The text with comments and the insides of literals blanked, line by line the same.
  const std::string& code() const noexcept { return code_; }
  const std::vector<include>& includes() const noexcept { return includes_; }

  /// A header or an implementation file of C++.
  bool is_cpp() const;
  /// A header.
  bool is_header() const;
  /// C++, a script or a build file: what the rules about bytes hold for.
  bool is_source() const;
  /// True when the path is `folder` or in it.
  bool in(std::string_view folder) const;

  source(const source&) = delete;
  source& operator=(const source&) = delete;

 private:
  std::string path_;
  std::string text_;
  std::string code_;
  std::vector<std::string_view> lines_;
  std::vector<include> includes_;
};

/// Blanks comments and the insides of string and character literals; line ends stay.
std::string blank_comments_and_literals(std::string_view text);

/// Blanks preprocessor directives in text that went through `blank_comments_and_literals`.
std::string blank_directives(std::string_view code);

/// Splits at line ends. A last line without one counts.
std::vector<std::string_view> split_lines(std::string_view text);

/// Without blanks at both ends.
std::string_view trim(std::string_view text);

/// True for what a C++ identifier is made of.
constexpr bool is_word(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The positions in `text` where `word` stands by itself: no letter, digit or underscore touches it at an end
/// where it has one itself.
std::vector<std::size_t> find_word(std::string_view text, std::string_view word);

/// True when the path is `folder` or in it.
bool is_in(std::string_view path, std::string_view folder);

/// True for a file of the library: of its floors, not of samples and tests.
bool in_library(std::string_view path);

}  // namespace tidy
