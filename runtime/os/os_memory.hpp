// What the process keeps of the memory that it has freed.
//
// The allocator of the C library gives what is freed at the end of a heap back as soon as that is a little more than the largest block so far, and
// maps large blocks one by one. A program that moves large messages frees and allocates as much all the time, often on different threads:
// then each page of each message is asked for anew, and costs many times what copying it does.
//
// Rules
//  OM1 What is kept is bounded: the number that was asked for, for each heap of the allocator. Blocks of more than 32 MiB are given back in any
//      case.
//  OM2 It is the process's setting: it is only ever raised, and nothing is changed where nobody asks. Another allocator has its own rules.
#pragma once

#include <cstddef>

namespace troupe::os {

/// Has the allocator keep `bytes` of freed memory a heap (OM1, OM2); returns how much it keeps by what it was told so far. 0 tells it nothing. Thread-safe.
std::size_t keep_freed_memory(std::size_t bytes) noexcept;

}  // namespace troupe::os
