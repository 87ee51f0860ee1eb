// Refs by path. A named ref resolves to whoever holds the path now (L5), so it stays valid across final stops.
#pragma once

#include <string>
#include <troupe/ref/ref.hpp>

namespace troupe {

namespace detail {

/// The address of `path` in the system of `env`. Throws `failed` with `invalid` and one line when that is no path.
address_ptr named_address_of(environment& env, std::string path);

}  // namespace detail

/// A ref to the actor at `path` in the system of `env`. Nobody need be there yet. Throws `failed` with `invalid` when that is no path.
template <class... Ts>
ref<Ts...> ref_to(environment& env, std::string path) {
  return ref<Ts...>{detail::named_address_of(env, std::move(path))};
}

}  // namespace troupe
