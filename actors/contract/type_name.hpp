// Names of types at compile time: the C++ name as the compiler spells it, and the wire spelling that all
// nodes share, `list<bank.deposit>`. Where a type has a codec its spelling does not depend on compiler or
// platform.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <troupe/contract/codecs.hpp>

namespace troupe {

namespace detail {

/// Its own name, with `T` in it.
template <class T>
constexpr const char* pretty_function() {
  return __PRETTY_FUNCTION__;
}

constexpr std::string_view pretty_void = pretty_function<void>();
constexpr std::size_t pretty_front = pretty_void.find("void");
constexpr std::size_t pretty_back = pretty_void.size() - pretty_front - 4;

}  // namespace detail

/// The C++ name of `T`, as this compiler spells it. For people and logs; never sent as an identity.
template <class T>
inline constexpr std::string_view cpp_type_name = [] {
  std::string_view name = detail::pretty_function<T>();
  name.remove_prefix(detail::pretty_front);
  name.remove_suffix(detail::pretty_back);
  return name;
}();

namespace detail {

/// Sends the wire spelling of `T` to `to`, which has `text`, `number` and `type<Inner>`.
template <class T, class Sink>
constexpr void spell_type(Sink& to) {
  if constexpr (contracted<T>)
    to.text(contract_of<T>.name);
  else if constexpr (!encodable<T>)
    to.text(cpp_type_name<T>);
  else if constexpr (requires { codec<T>::type_name; })
    to.text(codec<T>::type_name);
  else if constexpr (requires { codec<T>::spell(to); })
    codec<T>::spell(to);
  else
    to.text(cpp_type_name<T>);
}

/// The base of sinks: spells numbers as text. `Self` has `text`.
template <class Self>
struct number_sink {
  constexpr void number(std::uint64_t n) {
    char digits[20]{};
    std::size_t at = sizeof digits;
    do {
      digits[--at] = static_cast<char>('0' + n % 10);
      n /= 10;
    } while (n > 0);
    static_cast<Self*>(this)->text({digits + at, sizeof digits - at});
  }
};

/// Writes a spelling to `at`, or only counts while that is null.
struct name_sink : number_sink<name_sink> {
  char* at = nullptr;
  std::size_t size = 0;

  constexpr void text(std::string_view s) {
    for (const char c : s) {
      if (at) at[size] = c;
      ++size;
    }
  }
  template <class T>
  constexpr void type() {
    spell_type<T>(*this);
  }
};

/// The length of the spelling of `T`.
template <class T>
constexpr std::size_t spelled_size() {
  name_sink to;
  to.type<T>();
  return to.size;
}

/// The spelling of `T`, in memory that lives as long as the program.
template <class T>
inline constexpr auto spelled = [] {
  std::array<char, spelled_size<T>()> out{};
  name_sink to;
  to.at = out.data();
  to.type<T>();
  return out;
}();

}  // namespace detail

/// The name of `T` in descriptions, logs and hashes: its contract's wire name, the wire spelling of a type
/// that has a codec (`i64`, `list<string>`), or else its C++ name.
template <class T>
inline constexpr std::string_view type_name_of{detail::spelled<T>.data(), detail::spelled<T>.size()};

}  // namespace troupe
