// A message that a plain CAF actor sent to a cell, wrapped in an envelope until the cell's turn comes.
#pragma once

#include <caf/mailbox_element.hpp>
#include <troupe/engine/message_type.hpp>

namespace troupe {

/// The payload of such an envelope.
struct caf_element {
  caf::mailbox_element_ptr element;
};

/// Its descriptor.
extern const message_type caf_element_type;

}  // namespace troupe
