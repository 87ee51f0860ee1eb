// The descriptor of each message type, made once, at compile time. Its address is the type's identity in this
// process, so there is exactly one for a type, whoever names it first.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <troupe/base/hash.hpp>
#include <troupe/contract/caf_bridge.hpp>
#include <troupe/contract/codecs.hpp>
#include <troupe/contract/print.hpp>
#include <troupe/contract/type_name.hpp>
#include <troupe/engine/message_type.hpp>
#include <type_traits>
#include <utility>

namespace troupe {

/// What a type is called on the wire: the hash of its contract's name; of its spelling, set apart from all
/// wire names, where it has a codec but no contract (`i64`, `list<string>`); 0 when it can't leave the
/// process.
template <class M>
inline constexpr std::uint64_t type_hash_of = contracted<M> ? stable_hash(type_name_of<M>)
                                              : encodable<M>
                                                  ? stable_hash(type_name_of<M>, stable_hash("codec "))
                                                  : 0;

namespace detail {

/// What the bridge to CAF needs of `M`; it points back to the descriptor, which is declared below.
template <class M>
const caf_operations& caf_operations_of() noexcept;

/// What the pointers of a descriptor point to.
template <class M>
struct message_functions {
  static void relocate(void* to, void* from) noexcept {
    M& old = *static_cast<M*>(from);
    ::new (to) M(std::move(old));
    old.~M();
  }

  static void destroy(void* at) noexcept { static_cast<M*>(at)->~M(); }

  static void encode(const void* at, byte_writer& to) { codec<M>::encode(to, *static_cast<const M*>(at)); }

  static void print(const void* at, bounded_text& to) { print_value(to, *static_cast<const M*>(at)); }

  static bool decode(void* at, byte_reader& from) {
    // Undone also when an allocation throws: the caller may rely on "false or thrown: nothing there".
    struct undo {
      void operator()(M* made) const noexcept { made->~M(); }
    };
    std::unique_ptr<M, undo> made{::new (at) M{}};
    if (!codec<M>::decode(from, *made)) from.fail("a codec refused its bytes");
    if (from.ok()) static_cast<void>(made.release());
    return from.ok();
  }

  static void to_caf(const void* at, caf::message& to) {
    using form = typename caf_form<M>::type;
    if constexpr (std::is_same_v<form, M>) {
      put_into_caf(caf_operations_of<M>(), at, to);
    } else {
      const form as = static_cast<form>(*static_cast<const M*>(at));
      put_into_caf(caf_operations_of<form>(), &as, to);
    }
  }

  static bool from_caf(void* at, caf::type_erased_tuple& from) {
    using form = typename caf_form<M>::type;
    if constexpr (std::is_same_v<form, M>) {
      return take_from_caf(caf_operations_of<M>(), at, from);
    } else {
      form as{};
      if (!take_from_caf(caf_operations_of<form>(), &as, from)) return false;
      ::new (at) M(static_cast<M>(as));
      return true;
    }
  }
};

template <class R>
constexpr const message_type* reply_descriptor();

/// Fills the descriptor of `M`, or says in one line why `M` can not be a message.
template <class M>
constexpr message_type make_message_type() {
  static_assert(std::is_object_v<M> && !std::is_array_v<M> && std::is_same_v<M, std::remove_cv_t<M>>,
                "troupe: a message is a plain value type: no reference, no array, not const");
  static_assert(std::is_move_constructible_v<M> && std::is_nothrow_destructible_v<M>,
                "troupe: a message must be movable, it is moved to its recipient (rule M1)");
  static_assert(!contracted_struct<M> || std::default_initializable<M>,
                "troupe: a struct with a contract needs a default constructor to be decoded");
  using functions = message_functions<M>;
  message_type out{type_name_of<M>, type_hash_of<M>, sizeof(M), alignof(M), &functions::relocate,
                   nullptr,         nullptr,         nullptr,   nullptr,    nullptr};
  if constexpr (!std::is_trivially_destructible_v<M>) out.destroy = &functions::destroy;
  if constexpr (encodable<M>) {
    out.encode = &functions::encode;
    out.decode = &functions::decode;
  }
  if constexpr (is_printable<M>) out.print = &functions::print;
  if constexpr (caf_copyable<M>) {
    out.to_caf = &functions::to_caf;
    out.from_caf = &functions::from_caf;
  }
  if constexpr (requires { typename M::reply; }) out.reply = reply_descriptor<typename M::reply>();
  return out;
}

}  // namespace detail

/// The descriptor of `M`, any movable type. `encode` and `decode` are null without a codec, `to_caf` and
/// `from_caf` where `caf_copyable<M>` is false. A move constructor that throws ends the process. Compare
/// descriptors by address, within this process; by `hash` between processes. Note that two C++ types may
/// share a hash (`long` and `long long` are both `i64`): use the fixed-width names.
template <class M>
inline constexpr message_type message_type_of = detail::make_message_type<M>();

namespace detail {

template <class R>
constexpr const message_type* reply_descriptor() {
  return &message_type_of<R>;
}

/// One table for a type.
template <class M>
inline constexpr caf_operations caf_operations_for = make_caf_operations<M>(&message_type_of<M>);

template <class M>
const caf_operations& caf_operations_of() noexcept {
  return caf_operations_for<M>;
}

}  // namespace detail
}  // namespace troupe
