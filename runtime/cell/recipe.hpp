// How the body of a cell is made: the arguments, and where they go. Runs on the cell's dispatcher, at each start (S4).
//
// Rules
//  RE1 A cell that can be restarted keeps its recipe to its end and each start gets copies of the arguments (S6). Any other
//      moves them into its one body and gives the recipe back.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <troupe/cell/body.hpp>
#include <troupe/engine/block_pool.hpp>
#include <tuple>
#include <type_traits>
#include <utility>

namespace troupe {

/// Makes bodies of one kind. Used by one cell, in its turns.
class recipe {
 public:
  /// `body_bytes`, `body_alignment`: the room that a body needs.
  recipe(std::size_t body_bytes, std::size_t body_alignment) noexcept
      : body_bytes_(static_cast<std::uint32_t>(body_bytes)),
        body_alignment_(static_cast<std::uint32_t>(body_alignment)) {}
  virtual ~recipe() = default;
  recipe(const recipe&) = delete;
  recipe& operator=(const recipe&) = delete;
  /// Recipes live in blocks of the pool.
  static void* operator new(std::size_t bytes) { return engine::allocate_bytes(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept { engine::free_bytes(memory, bytes); }

  /// The room `make` needs, in bytes.
  std::size_t body_bytes() const noexcept { return body_bytes_; }
  /// The alignment of that room.
  std::size_t body_alignment() const noexcept { return body_alignment_; }

  /// Constructs a body in `room`. `last`: the recipe will not be used again. What a constructor throws goes through.
  virtual body* make(void* room, bool last) = 0;

 private:
  std::uint32_t body_bytes_;
  std::uint32_t body_alignment_;
};

/// An owned recipe.
using recipe_ptr = std::unique_ptr<recipe>;

/// Makes a `B` with `f(room, last)`, which constructs one in `room` and returns it: for bodies whose arguments are not known
/// before they start.
template <class B, class F>
class function_recipe final : public recipe {
 public:
  explicit function_recipe(F f) : recipe(sizeof(B), alignof(B)), f_(std::move(f)) {}
  body* make(void* room, bool last) override { return f_(room, last); }

 private:
  F f_;
};

namespace detail {

/// Whether a `T` can really be copied: a container says so of itself whatever it holds, and fails to compile when it is done.
template <class T>
consteval bool is_copied() {
  if constexpr (!std::copy_constructible<T>) {
    return false;
  } else if constexpr (requires { typename T::value_type; }) {
    if constexpr (std::is_same_v<typename T::value_type, T>)
      return true;
    else
      return is_copied<typename T::value_type>();
  } else {
    return true;
  }
}

}  // namespace detail

/// Makes a `B` of copies of `args`; the last one of the arguments themselves (RE1).
template <class B, class... Args>
recipe_ptr recipe_of(Args... args) {
  auto make = [args = std::tuple<Args...>(std::move(args)...)](void* room, bool last) mutable -> body* {
    if (last) return std::apply([room](Args&... a) { return ::new (room) B(std::move(a)...); }, args);
    if constexpr ((detail::is_copied<Args>() && ...)) {
      return std::apply([room](const Args&... a) { return ::new (room) B(a...); }, args);
    } else {
      // A spawn by hand can't come here: it makes its body once.
      throw failed{{errc::invalid, "an actor whose arguments can't be copied can't be restarted (RE1)"}};
    }
  };
  return recipe_ptr{new function_recipe<B, decltype(make)>{std::move(make)}};
}

}  // namespace troupe
