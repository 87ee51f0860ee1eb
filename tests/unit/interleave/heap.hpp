// Nodes that the machine keeps an eye on: a use after free, through an atomic in the node or through `alive`, and
// a second free end the run (IM5).
#pragma once

#include <cstddef>
#include <new>
#include <utility>

#include "unit/interleave/machine.hpp"

namespace interleave {

/// A new object in a block of its own. Only inside of a program.
template <class T, class... Args>
T* make(Args&&... args) {
  return ::new (machine::current()->allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
}

/// Destroys the object and frees its block; a step. Fails the run when that has happened before.
template <class T>
void destroy(T* object) {
  machine::current()->release(object, [object] { object->~T(); });
}

/// How many objects of `make` are not destroyed.
inline std::size_t blocks_alive() { return machine::current()->blocks(); }

}  // namespace interleave
