// A JSON text that has been checked: its grammar, its UTF-8 and its bounds. What is in it is read through views.
//
// Rules
//  JD1 Only what RFC 8259 calls JSON: one value, no comments, no trailing commas. Text behind it is an error.
//  JD2 Every bound of `json_limits` is checked while reading (R8), so a document costs at most 16 bytes for each
//      value it may have, and its text once.
//  JD3 Numbers are kept as their digits: who reads one decides what it must fit into, and no digit is lost before
//      that. A key that comes twice is kept twice; who reads the object decides.
//  JD4 A view points into its document, which must outlive it and stay where it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <troupe/base/error.hpp>
#include <troupe/base/limits.hpp>
#include <vector>

namespace troupe {

/// What a JSON text may cost (JD2).
struct json_limits {
  std::size_t bytes_max = limits::json_bytes_max;    ///< of the text; never more than 4 GiB
  std::size_t values_max = limits::json_values_max;  ///< all values and keys together
  std::size_t depth_max = limits::json_depth_max;    ///< lists and objects inside each other
};

/// What a JSON value is.
enum class json_kind : std::uint8_t { null, boolean, number, string, array, object };

namespace detail {

/// A value of a document; what is inside it follows directly behind. A member of an object is its key, a string,
/// and then its value.
struct json_node {
  std::uint32_t nodes = 1;  // itself and what is inside
  std::uint32_t text = 0;   // where its text begins
  std::uint32_t size = 0;   // bytes of its text; elements or members
  json_kind kind = json_kind::null;
  bool truth = false;
};

}  // namespace detail

class json_items;
class json_members;

/// A view of one value (JD4). Thread-safe.
class json_value {
 public:
  /// A view of `node`, whose texts are in `text`.
  json_value(const detail::json_node* node, const char* text) noexcept : node_(node), text_(text) {}

  /// What it is.
  json_kind kind() const noexcept { return node_->kind; }
  /// Whether it is that.
  bool is(json_kind kind) const noexcept { return node_->kind == kind; }
  /// Of a boolean; else false.
  bool truth() const noexcept { return node_->truth; }
  /// The text of a string, the digits of a number (JD3); else empty.
  std::string_view text() const noexcept {
    return is(json_kind::string) || is(json_kind::number) ? std::string_view{text_ + node_->text, node_->size}
                                                          : std::string_view{};
  }
  /// How many elements or members it has; else 0.
  std::size_t size() const noexcept {
    return is(json_kind::array) || is(json_kind::object) ? node_->size : 0;
  }
  /// The elements of an array; empty for everything else.
  json_items items() const noexcept;
  /// The members of an object; empty for everything else.
  json_members members() const noexcept;
  /// In one short phrase, for errors: `the string "abc"`, `a list of 3`. What is long is cut.
  std::string in_words() const;

 private:
  const detail::json_node* node_;
  const char* text_;
};

/// One member of an object.
struct json_member {
  std::string_view key;  ///< its name
  json_value value;      ///< its value
};

namespace detail {

/// The values in a list of nodes, in order. For range-for. `Form` says what one is: `value(node, text)`, and how many `nodes(node)` it has.
template <class Form>
class json_walk {
 public:
  /// Walks over them.
  struct iterator {
    const json_node* at;  ///< where the next begins
    const char* text;     ///< the document's texts
    auto operator*() const noexcept { return Form::value(at, text); }
    iterator& operator++() noexcept {
      at += Form::nodes(at);
      return *this;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.at == b.at; }
  };

  /// From `first` up to `last`.
  json_walk(const json_node* first, const json_node* last, const char* text) noexcept
      : first_(first), last_(last), text_(text) {}
  /// The first.
  iterator begin() const noexcept { return {first_, text_}; }
  /// Behind the last.
  iterator end() const noexcept { return {last_, text_}; }

 private:
  const json_node* first_;
  const json_node* last_;
  const char* text_;
};

/// An element is its value.
struct json_element_form {
  /// The value.
  static json_value value(const json_node* at, const char* text) noexcept { return {at, text}; }
  /// Its nodes.
  static std::size_t nodes(const json_node* at) noexcept { return at->nodes; }
};

/// A member is a node for its key, and its value.
struct json_member_form {
  /// The member.
  static json_member value(const json_node* at, const char* text) noexcept {
    return {{text + at->text, at->size}, {at + 1, text}};
  }
  /// Its nodes.
  static std::size_t nodes(const json_node* at) noexcept { return 1 + at[1].nodes; }
};

}  // namespace detail

/// The elements of an array, in order. For range-for.
class json_items : public detail::json_walk<detail::json_element_form> {
  using json_walk::json_walk;
};
/// The members of an object, in the order of the text. For range-for.
class json_members : public detail::json_walk<detail::json_member_form> {
  using json_walk::json_walk;
};

inline json_items json_value::items() const noexcept {
  const auto* const first = node_ + 1;
  return {first, is(json_kind::array) ? node_ + node_->nodes : first, text_};
}

inline json_members json_value::members() const noexcept {
  const auto* const first = node_ + 1;
  return {first, is(json_kind::object) ? node_ + node_->nodes : first, text_};
}

/// A text that has been read (JD1-JD4). Immutable, so any thread may read it.
class json_document {
 public:
  /// Reads `text`. `errc::decode_error` with line, column and reason when it is not JSON or past a limit.
  static result<json_document> parse(std::string_view text, const json_limits& limits = {});

  /// The value of the document (JD4).
  json_value root() const noexcept { return {nodes_.data(), text_.data()}; }

 private:
  json_document(std::vector<detail::json_node> nodes, std::string text) noexcept
      : nodes_(std::move(nodes)), text_(std::move(text)) {}

  std::vector<detail::json_node> nodes_;
  std::string text_;
};

}  // namespace troupe
