// An invariant about an actor's mailbox (observe/invariant.hpp).
#pragma once

#include <cstdint>
#include <troupe/observe/invariant.hpp>
#include <troupe/ref/ref.hpp>

namespace troupe {

/// That fewer than `bound` messages wait for `who` (M8): `the mailbox of /user/bank/ledger is under 10000`. A named ref means whoever holds the
/// path at the moment. Of an actor that there is not, or that is of another node, it holds. Keeps the ref, and with it the memory of its cell.
/// Throws `failed` with `invalid` for an empty ref.
invariant mailbox_under(any_ref who, std::uint64_t bound);

}  // namespace troupe
