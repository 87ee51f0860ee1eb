// Errors and exits on their way into CAF and back: what somebody on the other side can act on keeps its meaning.
//
// Rules
//  CR1 Exits are a closed set on both sides, so this is a table. What an actor of ours ends with comes back as the same when it has gone
//      through CAF:
//
//        ours       to CAF                  from CAF
//        normal     normal (no error)       normal
//        shutdown   user_shutdown           user_shutdown
//        failed     unhandled_exception     unhandled_exception, unknown, out_of_workers, any error that is no exit_reason
//        killed     unreachable             kill, unreachable
//        unreachable remote_link_unreachable remote_link_unreachable: the connection to the actor's CAF system was lost (remoting/basp)
//
//  CR2 `killed` never goes out as CAF's `kill`: that ends whoever is linked to the dead one and can't be trapped, so one actor that was
//      killed would take with it those that are there to clean up. OTP turns `kill` into `killed` on its way over a link for the same
//      reason.
#pragma once

#include <caf/error.hpp>
#include <troupe/base/error.hpp>
#include <troupe/base/exit.hpp>

namespace troupe {

/// The CAF error that says the same: `request_receiver_down` for an actor that has stopped, `request_timeout`,
/// `unexpected_message`; any other is a `runtime_error`. The text travels in the context.
caf::error to_caf_error(const error& why);

/// The other way: `stopped`, `timeout`, `not_understood`, `unreachable`; any other is `handler_failed` with CAF's text.
error from_caf_error(const caf::error& why);

/// What CAF is told of an end (CR1). No error: a normal one.
caf::error to_caf_exit(exit_kind kind);

/// The other way (CR1). The text is CAF's.
exit_reason from_caf_exit(const caf::error& why);

}  // namespace troupe
