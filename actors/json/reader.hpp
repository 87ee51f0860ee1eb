// Where a reader is in a document, and what it did not find there.
//
// Rules
//  JR1 The first failure is kept, with the path of the value it is about: `$.lines[3].cents`. Later ones are ignored,
//      so a codec just returns false when what it called did.
//  JR2 Structs inside structs are counted by `enter`, as in the binary form: at most `limits::decode_depth_max` (R8).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <troupe/json/document.hpp>
#include <vector>

namespace troupe {

/// Goes through a document for `json_codec`s (JR1, JR2). Not thread-safe.
class json_reader {
 public:
  /// `context` travels along for codecs that need one, as in `byte_reader`.
  explicit json_reader(const void* context = nullptr) noexcept : context_(context) {}
  json_reader(const json_reader&) = delete;
  json_reader& operator=(const json_reader&) = delete;

  /// Says that `expected` was expected where `found` is. Returns false, for `return from.fail(...)`.
  bool fail(std::string_view expected, json_value found);
  /// Says what is wrong at this place in a sentence of its own. Returns false.
  bool fail_with(std::string_view what);

  /// Whether nothing has failed so far.
  bool ok() const noexcept { return why_.empty(); }
  /// The place and what was wrong there; empty while `ok()`.
  const std::string& why() const noexcept { return why_; }
  /// The path of the value that is being read: `$.lines[3].cents`.
  std::string path() const;

  /// Enters a struct; false and failed when that is too deep (JR2). Every `enter` has its `leave`.
  bool enter();
  /// Leaves it.
  void leave() noexcept { --depth_; }

  /// What a codec needs besides the document; null without.
  const void* context() const noexcept { return context_; }

  /// While it lives, the reader is one step deeper: in a member or an element.
  class step {
   public:
    /// Into the member `key`, whose text outlives the step.
    step(json_reader& in, std::string_view key) : in_(in) { in_.steps_.push_back({key, 0, true}); }
    /// Into the element `index`.
    step(json_reader& in, std::size_t index) : in_(in) { in_.steps_.push_back({{}, index, false}); }
    ~step() { in_.steps_.pop_back(); }
    step(const step&) = delete;
    step& operator=(const step&) = delete;

   private:
    json_reader& in_;
  };

 private:
  struct place {
    std::string_view key;
    std::size_t index;
    bool named;
  };

  std::vector<place> steps_;
  std::string why_;
  const void* context_;
  std::size_t depth_ = 0;
};

}  // namespace troupe
