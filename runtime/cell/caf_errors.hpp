// Errors on their way into CAF and back: what an asker on the other side can act on keeps its meaning.
#pragma once

#include <caf/error.hpp>
#include <troupe/base/error.hpp>

namespace troupe {

/// The CAF error that says the same: `request_receiver_down` for an actor that has stopped, `request_timeout`,
/// `unexpected_message`; any other is a `runtime_error`. The text travels in the context.
caf::error to_caf_error(const error& why);

/// The other way: `stopped`, `timeout`, `not_understood`; any other is `handler_failed` with CAF's text.
error from_caf_error(const caf::error& why);

}  // namespace troupe
