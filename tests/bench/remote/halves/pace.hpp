// An open loop: what is due when is fixed before anything is sent, and who is late is late for everything behind (no coordinated
// omission).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace bench::remote {

/// Calls `at(due_ns)` at the start and at each `interval` behind it, as `now_ns` counts, until it returns false. Never skips one:
/// one that is late is called at once. Sleeps until a point of time, on the calling thread.
void pace(std::chrono::nanoseconds interval, const std::function<bool(std::int64_t)>& at);

}  // namespace bench::remote
