// Random numbers from the kernel.
#pragma once

#include <memory>
#include <troupe/port/entropy.hpp>

namespace troupe::os {

/// The kernel's generator. Thread-safe. Each number is one system call: draw seeds from it, not streams of
/// numbers. Aborts when the kernel refuses, because weak numbers would make incarnations collide unseen.
std::unique_ptr<port::entropy> make_entropy();

}  // namespace troupe::os
