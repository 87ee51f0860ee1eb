// Rules about the bytes and lines of a file.
#include <array>
#include <string>

#include "rules.hpp"

namespace tidy {
namespace {

constexpr std::size_t lines_max = 500;

// Written in two parts, so that this file does not break its own rule.
constexpr std::array<std::string_view, 4> unfinished_words = {
    "TO"
    "DO",
    "FIX"
    "ME",
    "X"
    "XX",
    "HA"
    "CK"};
constexpr std::array<std::string_view, 3> machine_folders = {
    "/wo"
    "rk/",
    "/ro"
    "ot/",
    "/ho"
    "me/"};

class text_checker {
 public:
  text_checker(const source& file, findings& out) : file_(file), out_(out) {}

  void run() {
    const auto& lines = file_.lines();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      check_words(lines[i], i + 1);
      check_bytes(lines[i], i + 1);
    }
    if (!file_.text().empty() && file_.text().back() != '\n')
      add(lines.size(), "final-newline", "the last line has no end");
    if (lines.size() > lines_max && !grows_by_nature())
      add(0, "file-size",
          std::to_string(lines.size()) + " lines; take it apart at " + std::to_string(lines_max));
    if (file_.is_header() && file_.code().find("#pragma once") == std::string::npos)
      add(1, "pragma-once", "a header begins with its comment, then #pragma once");
  }

 private:
  void add(std::size_t line, std::string_view rule, std::string message) {
    out_.push_back({file_.path(), line, std::string(rule), std::move(message)});
  }

  bool grows_by_nature() const { return file_.path() == "CHANGELOG.md" || file_.path() == "LICENSE"; }

  void check_words(std::string_view line, std::size_t number) {
    if (!file_.in("tests/tidy")) {
      for (const auto word : unfinished_words)
        for (const std::size_t at : find_word(line, word))
          if (!is_mention(line, at, word.size()))
            add(number, "unfinished", std::string(word) + ": do it now, or write it on an issue");
    }
    if (!file_.in(".ci") && !file_.in("tests/tidy")) {
      for (const auto folder : machine_folders)
        if (names_machine(line, folder))
          add(number, "machine-path", std::string(folder) + " is a folder of somebody's machine");
    }
  }

  // A document may name the word it forbids, in backticks.
  bool is_mention(std::string_view line, std::size_t at, std::size_t size) const {
    return file_.path().ends_with(".md") && at > 0 && line[at - 1] == '`' && at + size < line.size() &&
           line[at + size] == '`';
  }

  // The folder at the beginning of a path: not in the middle of a longer one, nor in a link.
  static bool names_machine(std::string_view line, std::string_view folder) {
    for (std::size_t at = line.find(folder); at != std::string_view::npos; at = line.find(folder, at + 1)) {
      if (at == 0) return true;
      const char before = line[at - 1];
      if (!is_word(before) && std::string_view("./-}~)").find(before) == std::string_view::npos) return true;
    }
    return false;
  }

  void check_bytes(std::string_view line, std::size_t number) {
    if (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r'))
      add(number, "trailing-space", "blanks at the end of the line");
    if (!file_.is_source()) return;
    if (line.find('\t') != std::string_view::npos) add(number, "tab", "indent with blanks");
    for (const char c : line) {
      if (static_cast<unsigned char>(c) < 0x80) continue;
      add(number, "non-ascii", "a byte outside of ASCII; in a literal write it as \\x or \\u");
      break;
    }
  }

  const source& file_;
  findings& out_;
};

}  // namespace

void check_text(const source& file, findings& out) { text_checker(file, out).run(); }

}  // namespace tidy
