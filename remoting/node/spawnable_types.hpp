// Which actor types a node makes for others, as data: what a program hands its node. How a type gets its name: spawnable.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <troupe/cell/handle.hpp>
#include <vector>

namespace troupe {

struct cell_props;
class ref_guest;

/// One type.
struct spawnable_type {
  std::string_view name;       ///< on the wire: `bank.account`
  std::uint32_t version = 1;   ///< of its arguments
  std::string_view arguments;  ///< their types, as the wire spells them: `tuple<string,i64>`
  /// What a cell needs to be one, made from the bytes of its arguments, which `from` has written; null: this program. Throws `failed` with
  /// `decode_error` for bytes that are none.
  cell_props (*make)(environment& env, std::string_view bytes, const ref_guest* from) = nullptr;
  /// What makes one again and again, of arguments that have been decoded once; it throws as `make`. Null: they can't be copied.
  std::function<cell_props(environment&)> (*make_often)(environment& env, std::string_view bytes,
                                                        const ref_guest* from) = nullptr;
};

/// The types that a node makes for others: `options.types.add<bank::account>()`. Being here is no permission (node_options::spawnable).
class spawnable_types {
 public:
  /// One more, which has a TROUPE_SPAWNABLE. Include <troupe/node/spawnable.hpp>. Throws `failed` with `already_exists` when another has
  /// its name.
  template <class A>
  spawnable_types& add();
  /// The same, as data.
  spawnable_types& add(const spawnable_type& one);

  /// The type of that name; null: there is none.
  const spawnable_type* find(std::string_view name) const noexcept;
  /// Whether there are none.
  bool empty() const noexcept { return all_.empty(); }

 private:
  std::vector<spawnable_type> all_;  // few
};

/// Whether `name` is one that `pattern` is about: `*` stands for any letters, none among them: `bank.*`. Pure.
bool type_name_matches(std::string_view pattern, std::string_view name) noexcept;

/// Says whether that peer may have actors of that type spawned here.
using spawn_right = std::function<bool(std::string_view peer, std::string_view type)>;

}  // namespace troupe
