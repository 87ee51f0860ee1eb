// A message that a plain CAF actor sent to a cell, wrapped in an envelope until the cell's turn comes.
//
// Rules
//  CE1 A CAF request always gets an answer (M5): the handler's, or an error that says why there is none, also when the
//      envelope is dropped without having been looked at.
#pragma once

#include <caf/mailbox_element.hpp>
#include <cstdint>
#include <string>
#include <troupe/base/error.hpp>
#include <troupe/engine/message_type.hpp>
#include <troupe/engine/reply_slot.hpp>
#include <utility>

namespace troupe {

class cell;

/// Numbers of plain CAF actors, in `terminated` and `link_ended`: above those of all cells.
inline constexpr std::uint64_t caf_number = std::uint64_t{1} << 63;

/// The payload of such an envelope (CE1). Not thread-safe.
class caf_element {
 public:
  explicit caf_element(caf::mailbox_element_ptr element) noexcept : element_(std::move(element)) {}
  caf_element(caf_element&& other) noexcept : element_(std::move(other.element_)) {}
  caf_element& operator=(caf_element&&) = delete;
  ~caf_element() { refuse(errc::broken_promise); }

  /// What CAF sent.
  caf::mailbox_element& operator*() const noexcept { return *element_; }

  /// The number of the CAF actor that sent it; 0: nobody.
  std::uint64_t sender() const noexcept;

  /// Its content, as CAF writes it.
  std::string text() const;

  /// Takes it out, to hand it on as it is. REQUIRES: nobody uses this any more.
  caf::mailbox_element_ptr take() noexcept { return std::move(element_); }

  /// Whether somebody waits for an answer that nobody has taken on yet.
  bool is_open_request() const noexcept;

  /// Takes an open request on: where the answer goes, as a message from `at`. Null when there is none.
  engine::reply_slot_ptr take_request(cell& at);

  /// Answers an open request with an error; does nothing when there is none.
  void refuse(errc why) noexcept;

 private:
  caf::mailbox_element_ptr element_;
};

/// Its descriptor.
extern const message_type caf_element_type;

}  // namespace troupe
