#include "declarations.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "source.hpp"

namespace tidy {
namespace {

struct token {
  std::string_view text;
  std::size_t line;
};

std::vector<token> split_tokens(std::string_view code) {
  std::vector<token> out;
  std::size_t line = 1;
  for (std::size_t i = 0; i < code.size();) {
    std::size_t size = 1;
    if (code[i] == '\n') {
      ++line;
    } else if (is_word(code[i])) {
      while (i + size < code.size() && is_word(code[i + size])) ++size;
      out.push_back({code.substr(i, size), line});
    } else if (code[i] != ' ' && code[i] != '\t' && code[i] != '\r') {
      if (code.substr(i, 2) == "::" || code.substr(i, 2) == "->") size = 2;
      out.push_back({code.substr(i, size), line});
    }
    i += size;
  }
  return out;
}

template <std::size_t N>
bool any_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// What the language itself asks for by name, and so explains: coroutine types and promises.
constexpr std::array<std::string_view, 11> language_names = {
    "await_ready",   "await_suspend", "await_resume", "promise_type", "get_return_object",  "initial_suspend",
    "final_suspend", "return_void",   "return_value", "yield_value",  "unhandled_exception"};

bool is_word_token(std::string_view text) { return !text.empty() && is_word(text.front()); }

// A macro that stands as a declaration: TROUPE_CONTRACT(...).
bool is_macro_name(std::string_view text) {
  return text.size() > 3 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
         });
}

struct scope {
  bool is_class = false;
  std::string_view class_name = {};
  bool visible = true;
};

class reader {
 public:
  explicit reader(std::string_view code) : tokens_(split_tokens(code)) {}

  std::vector<declaration> run() {
    read_scope({});
    return std::move(out_);
  }

 private:
  std::string_view text(std::size_t i) const {
    return i < tokens_.size() ? tokens_[i].text : std::string_view();
  }
  std::size_t line(std::size_t i) const { return tokens_[std::min(i, tokens_.size() - 1)].line; }
  bool ended(std::size_t i) const { return i >= tokens_.size(); }

  // Behind the bracket that closes the one at `i`.
  std::size_t skip_brackets(std::size_t i) const {
    std::size_t depth = 0;
    for (; !ended(i); ++i) {
      const auto t = text(i);
      if (t == "(" || t == "[" || t == "{") ++depth;
      if ((t == ")" || t == "]" || t == "}") && --depth == 0) return i + 1;
    }
    return i;
  }

  // Behind the '>' that closes the '<' at `i`; behind the '<' alone when it is no bracket.
  std::size_t skip_angles(std::size_t i) const {
    const std::size_t open = i;
    std::size_t depth = 0;
    while (!ended(i)) {
      const auto t = text(i);
      if (t == ";") return open + 1;
      if (t == "(" || t == "[" || t == "{") {
        i = skip_brackets(i);
        continue;
      }
      if (t == "<") ++depth;
      if (t == ">" && --depth == 0) return i + 1;
      ++i;
    }
    return open + 1;
  }

  // Behind what stands before the declaration proper: template heads, requires clauses, attributes.
  std::size_t skip_prefix(std::size_t i) const {
    for (;;) {
      if (text(i) == "template" && text(i + 1) == "<") {
        i = skip_angles(i + 1);
      } else if (text(i) == "[" && text(i + 1) == "[") {
        i = skip_brackets(i);
      } else if (text(i) == "requires") {
        i = skip_constraint(i + 1);
      } else if (text(i) == "alignas") {
        i = skip_brackets(i + 1);
      } else if (text(i) == "inline" && (text(i + 1) == "namespace")) {
        ++i;
      } else {
        return i;
      }
    }
  }

  std::size_t skip_constraint(std::size_t i) const {
    for (;;) {
      while (text(i) == "!") ++i;
      if (text(i) == "requires") {
        ++i;
        if (text(i) == "(") i = skip_brackets(i);
        if (text(i) == "{") i = skip_brackets(i);
      } else if (text(i) == "(") {
        i = skip_brackets(i);
      } else {
        ++i;
        while (text(i) == "::") i += 2;
        if (text(i) == "<") i = skip_angles(i);
        while (text(i) == "::") i += 2;
      }
      const bool joined = (text(i) == "&" && text(i + 1) == "&") || (text(i) == "|" && text(i + 1) == "|");
      if (!joined) return i;
      i += 2;
    }
  }

  // To behind the ';' that ends what `i` is in.
  std::size_t skip_statement(std::size_t i) const {
    while (!ended(i) && text(i) != ";" && text(i) != "}") {
      const auto t = text(i);
      i = t == "(" || t == "[" || t == "{" ? skip_brackets(i) : i + 1;
    }
    return text(i) == ";" ? i + 1 : i;
  }

  // Behind the members that a constructor initializes: `i` is behind the ':'.
  std::size_t skip_initializers(std::size_t i) const {
    for (;;) {
      while (!ended(i) && text(i) != "(" && text(i) != "{" && text(i) != ";")
        i = text(i) == "<" ? skip_angles(i) : i + 1;
      if (text(i) == ";" || ended(i)) return i;
      i = skip_brackets(i);
      while (text(i) == ".") ++i;
      if (text(i) != ",") return i;
      ++i;
    }
  }

  // Reads what is in the braces of a namespace or a class; ends behind the closing one.
  void read_scope(scope s) {
    while (!ended(at_)) {
      if (text(at_) == "}") {
        ++at_;
        return;
      }
      if (text(at_) == ";") {
        ++at_;
      } else if (s.is_class && text(at_ + 1) == ":" && any_of(text(at_), access_words)) {
        s.visible = text(at_) == "public";
        at_ += 2;
      } else if (is_macro_name(text(at_)) && text(at_ + 1) == "(") {
        at_ = skip_brackets(at_ + 1);
      } else {
        read_declaration(s);
      }
    }
  }

  void read_declaration(const scope& s) {
    const std::size_t first = at_;
    const std::size_t proper = skip_prefix(first);
    const auto word = text(proper);
    const bool specialized = text(first) == "template" && text(first + 1) == "<" && text(first + 2) == ">";
    if (word == "namespace") return read_namespace(s, proper);
    if (word == "extern" && text(proper + 1) == "\"") return read_linkage(s, proper);
    if (any_of(word, class_words)) return read_class(s, first, proper, specialized);
    if (word == "enum") return read_enum(s, first, proper);
    if (word == "friend" || word == "static_assert" || word == "typedef" || word == "template" ||
        word == "extern") {
      at_ = proper;
      return skip_plain();
    }
    if (word == "using") {
      at_ = skip_statement(proper);
      if (!s.is_class && text(proper + 2) == "=") add(s, first, at_ - 1, at_ - 1, text(proper + 1), true);
      return;
    }
    if (word == "concept") {
      at_ = skip_statement(proper);
      return add(s, first, proper, at_ - 1, text(proper + 1), true);
    }
    read_function_or_variable(s, first, proper, specialized);
  }

  void read_namespace(const scope& s, std::size_t i) {
    scope inner{.visible = s.visible};
    for (++i; !ended(i) && text(i) != "{" && text(i) != ";"; ++i)
      if (text(i) == "detail" || text(i) == "=") inner.visible = false;
    if (text(i - 1) == "namespace") inner.visible = false;
    at_ = i + 1;
    if (text(i) == "{") read_scope(inner);
  }

  void read_linkage(const scope& s, std::size_t i) {
    while (text(i) == "extern" || text(i) == "\"") ++i;
    at_ = i;
    if (text(i) != "{") return;
    ++at_;
    read_scope(s);
  }

  void read_class(const scope& s, std::size_t first, std::size_t i, bool specialized) {
    const bool open = text(i) != "class";
    ++i;
    while (text(i) == "[" || text(i) == "alignas" || (is_macro_name(text(i)) && is_word_token(text(i + 1))))
      i = text(i) == "[" ? skip_brackets(i) : text(i) == "alignas" ? skip_brackets(i + 1) : i + 1;
    const auto name = text(i);
    // A member of an earlier class, or a partial specialization: described where the template is.
    const bool elsewhere = specialized || text(i + 1) == "<" || text(i + 1) == "::";
    while (!ended(i) && text(i) != "{" && text(i) != ";") i = text(i) == "<" ? skip_angles(i) : i + 1;
    if (text(i) != "{") {
      at_ = i + 1;
      return;
    }
    const std::size_t head = i > first ? i - 1 : i;
    const std::size_t place = out_.size();
    at_ = i + 1;
    read_scope({.is_class = true, .class_name = name, .visible = s.visible && !elsewhere && open});
    // The class comes before its members in the list, and ends behind them.
    const std::size_t last = at_ - 1;
    at_ = skip_statement(at_);
    if (!s.visible || elsewhere) return;
    out_.insert(
        out_.begin() + static_cast<std::ptrdiff_t>(place),
        declaration{std::string(name), line(first), line(head), line(last), !any_of(name, language_names)});
  }

  void read_enum(const scope& s, std::size_t first, std::size_t i) {
    ++i;
    if (any_of(text(i), class_words)) ++i;
    const auto name = text(i);
    std::size_t head = i;
    while (!ended(head) && text(head) != "{" && text(head) != ";") ++head;
    at_ = skip_statement(i);
    if (text(head) == "{") add(s, first, head, at_ - 1, is_word_token(name) ? name : "enum", true);
  }

  // A function with or without body, or a variable.
  void read_function_or_variable(const scope& s, std::size_t first, std::size_t proper, bool specialized) {
    std::size_t name = npos;  // the word before the parameters
    bool is_operator = false;
    bool is_pointer = false;
    bool overrides = false;
    std::size_t i = proper;
    for (; !ended(i); ++i) {
      const auto t = text(i);
      if (t == ";" || t == "}" || t == "{" || t == "=" || (t == ":" && name != npos)) break;
      if (t == "operator") {
        is_operator = true;
        // The operator's own characters: (), [], <, =, and a type for a conversion.
        ++i;
        while (!ended(i) && (text(i) != "(" || (text(i + 1) == ")" && text(i + 2) == "("))) ++i;
        if (text(i) == "(" && text(i + 1) == ")" && text(i + 2) == "(") i += 2;
        name = i - 1;
        i = skip_brackets(i) - 1;
      } else if (t == "(") {
        if (name == npos && i > proper && is_word_token(text(i - 1)) && !any_of(text(i - 1), callish_words)) {
          name = i - 1;
          is_pointer = text(i + 1) == "*" || text(i + 1) == "&";
        }
        i = skip_brackets(i) - 1;
      } else if (t == "[") {
        i = skip_brackets(i) - 1;
      } else if (t == "<") {
        i = skip_angles(i) - 1;
      } else if (t == "override" || t == "final") {
        overrides = true;
      } else if (t == "requires" && name != npos) {
        i = skip_constraint(i + 1) - 1;
      }
    }
    const bool function = name != npos && !is_pointer;
    const std::size_t head = i > first ? i - 1 : i;
    bool defaulted = false;
    if (function && text(i) == ":") i = skip_initializers(i + 1);
    if (function && text(i) == "{") {
      at_ = skip_brackets(i);
    } else {
      defaulted = text(i) == "=" && (text(i + 1) == "default" || text(i + 1) == "delete");
      at_ = skip_statement(i);
    }
    at_ = std::max(at_, first + 1);
    const std::size_t last = at_ - 1;
    if (function) {
      const bool constructs =
          s.is_class ? text(name) == s.class_name || text(name - 1) == "~" : name == proper;
      const bool elsewhere = specialized || (name > first && text(name - 1) == "::");
      add(s, first, head, last, text(name),
          !is_operator && !overrides && !defaulted && !constructs && !elsewhere);
    } else if (!s.is_class && is_constant(proper, i)) {
      add(s, first, head, last, variable_name(i), true);
    }
  }

  bool is_constant(std::size_t i, std::size_t end) const {
    for (; i < end; ++i)
      if (text(i) == "constexpr" || text(i) == "const" || text(i) == "inline") return true;
    return false;
  }

  std::string_view variable_name(std::size_t end) const {
    while (end > 0 && !is_word_token(text(end - 1))) --end;
    return end > 0 ? text(end - 1) : std::string_view();
  }

  // A declaration nobody has to describe; it may have a body.
  void skip_plain() {
    while (!ended(at_) && text(at_) != ";" && text(at_) != "}") {
      if (text(at_) == "{") {
        at_ = skip_brackets(at_);
        if (text(at_) != ";" && text(at_) != "," && text(at_) != ")") return;
      } else {
        at_ = text(at_) == "(" || text(at_) == "[" ? skip_brackets(at_) : at_ + 1;
      }
    }
    if (text(at_) == ";") ++at_;
  }

  void add(const scope& s, std::size_t first, std::size_t head, std::size_t last, std::string_view name,
           bool wants_doc) {
    if (!s.visible) return;
    wants_doc = wants_doc && !any_of(name, language_names);
    out_.push_back({std::string(name), line(first), line(head), line(last), wants_doc});
  }

  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
  static constexpr std::array<std::string_view, 3> access_words = {"public", "protected", "private"};
  static constexpr std::array<std::string_view, 3> class_words = {"class", "struct", "union"};
  // Words that take parentheses but are no function's name.
  static constexpr std::array<std::string_view, 6> callish_words = {"decltype", "alignas",  "noexcept",
                                                                    "explicit", "requires", "sizeof"};

  std::vector<token> tokens_;
  std::size_t at_ = 0;
  std::vector<declaration> out_;
};

}  // namespace

std::vector<declaration> find_declarations(std::string_view code) { return reader(code).run(); }

}  // namespace tidy
