// Connecting to somebody, from a coroutine of an actor.
//
//     auto stream = co_await troupe::io::connect(port::endpoint{"127.0.0.1", 8080}, 2s);     // result<unique_ptr<port::stream>>
//     if (!stream) co_return stream.error();
//     spawn<session>(std::move(*stream));                                                    // an io::connection<...>
//
// Rules
//  CO1 It always completes: with a stream, with `unreachable` and the reason (refused, no route, no such host), or with `timeout`.
//  CO2 It ends with the deadline of the request the handler works on at the latest (M6).
//  CO3 Who gives it up (A3), or restarts or stops meanwhile (L6), leaves no connection behind: one that comes late is closed.
#pragma once

#include <memory>
#include <troupe/actor/asking.hpp>
#include <troupe/port/transport.hpp>

namespace troupe::io {

/// Connects to `to` within `timeout`; await it in the actor that calls it (CO1-CO3). Begins at the call. Throws `failed` with
/// `invalid` outside of actors.
asking<std::unique_ptr<port::stream>> connect(const port::endpoint& to, duration timeout);

}  // namespace troupe::io
