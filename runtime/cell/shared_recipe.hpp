// A recipe whose arguments many cells share: those of a supervisor's child and of all that come after it.
//
// Rules
//  RE2 The arguments are copied where the body is made, in the cell's own turn (S4), and nowhere else: who hands the recipe on, a supervisor in
//      its turn, runs no code of a user's. They are never moved from, and shared between threads, so what they are is read only.
#pragma once

#include <memory>
#include <troupe/cell/recipe.hpp>
#include <tuple>
#include <utility>

namespace troupe {

/// Makes each `B` of copies of `*args` (RE2).
template <class B, class... Args>
recipe_ptr shared_recipe_of(std::shared_ptr<const std::tuple<Args...>> args) {
  auto make = [args = std::move(args)](void* room, bool) -> body* {
    return std::apply([room](const Args&... a) { return ::new (room) B(a...); }, *args);
  };
  return recipe_ptr{new function_recipe<B, decltype(make)>{std::move(make)}};
}

}  // namespace troupe
