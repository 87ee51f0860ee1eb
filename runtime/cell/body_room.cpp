// Where a cell's body lies: right behind the cell, in the same block of memory.
//
// A body that is large, or aligned to more than a pointer, lies apart, and the room holds a pointer to it. A large one goes
// when the actor stops; what lies in the cell's block stays until the last ref is gone.
#include <algorithm>
#include <new>
#include <troupe/base/check.hpp>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/extras.hpp>
#include <utility>

namespace troupe {

namespace {

constexpr std::size_t inside_max = 512;

bool lies_apart(const recipe& how) noexcept {
  return how.body_bytes() > inside_max || how.body_alignment() > sizeof(void*);
}

/// A body that lies apart. The room holds this.
struct far_body {
  body* at;
  void* memory;
  std::uint32_t bytes;
  std::uint32_t alignment;
};

void* take_memory(std::size_t bytes, std::size_t alignment) {
  return alignment <= engine::block_alignment ? engine::allocate_bytes(bytes)
                                              : ::operator new (bytes, std::align_val_t{alignment});
}

void give_memory(void* memory, std::size_t bytes, std::size_t alignment) noexcept {
  if (alignment <= engine::block_alignment)
    engine::free_bytes(memory, bytes);
  else
    ::operator delete (memory, std::align_val_t{alignment});
}

/// Memory that is given back unless it is kept.
struct memory_guard {
  void* memory;
  std::size_t bytes;
  std::size_t alignment;
  ~memory_guard() {
    if (memory) give_memory(memory, bytes, alignment);
  }
};

}  // namespace

std::size_t cell::room_for(const recipe& how) noexcept {
  static_assert(sizeof(cell) % sizeof(void*) == 0 && alignof(cell) == sizeof(void*));
  const std::size_t needed = lies_apart(how) ? sizeof(far_body) : how.body_bytes();
  return std::max(needed, sizeof(recipe*));
}

void cell::keep(recipe_ptr how) {
  if (settings_.restarts) {
    extras_.made().how = std::move(how);
  } else {
    ::new (room()) recipe*(how.release());
    recipe_waits_ = true;
  }
}

recipe_ptr cell::take_waiting_recipe() noexcept {
  if (!recipe_waits_) return nullptr;
  recipe_waits_ = false;
  return recipe_ptr{*std::launder(reinterpret_cast<recipe**>(room()))};
}

troupe::body& cell::make_body() {
  const recipe_ptr waiting = take_waiting_recipe();
  recipe* const how = waiting ? waiting.get() : extras_.get() ? extras_.get()->how.get() : nullptr;
  check(how != nullptr, "a cell that can't be restarted makes its body once (RE1)");
  if (!lies_apart(*how)) {
    auto* const made = reinterpret_cast<std::byte*>(how->make(room(), waiting != nullptr));
    apart_ = false;
    body_at_ = static_cast<std::uint8_t>(static_cast<std::size_t>(made - room()) / body_step);
  } else {
    memory_guard memory{take_memory(how->body_bytes(), how->body_alignment()), how->body_bytes(),
                        how->body_alignment()};
    troupe::body* const made = how->make(memory.memory, waiting != nullptr);
    ::new (room())
        far_body{made, std::exchange(memory.memory, nullptr), static_cast<std::uint32_t>(memory.bytes),
                 static_cast<std::uint32_t>(memory.alignment)};
    apart_ = true;
    body_at_ = 0;
  }
  return *body();
}

void cell::end_body() noexcept {
  if (body_at_ == no_body) return;
  troupe::body* const ending = at_body();
  body_at_ = no_body;  // it is nobody's any more while it goes
  if (apart_) {
    const far_body far = *std::launder(reinterpret_cast<far_body*>(room()));
    ending->~body();
    give_memory(far.memory, far.bytes, far.alignment);
  } else {
    ending->~body();
  }
}

}  // namespace troupe
