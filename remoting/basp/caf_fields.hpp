// The fields of a contract as CAF 0.17 writes them, so that a CAF program reads them with `inspect(f, x.a, x.b)` (types.hpp, BT1).
//
//  here                              in the CAF program
//  integers, bool, float, double     the same
//  std::string                       the same
//  an enum                           an enum of the same width
//  a struct with a contract          a struct with an inspect over the same fields
//  vector, deque, set, map ...       the same
//  array, pair, tuple                the same
//  std::optional<T>                  caf::optional<T>
//  durations, points of time         the same, as in std::chrono
//  ref<...>                          caf::actor
//
// Rules
//  CW1 Memory grows with the bytes that are there, never with a count that was announced, and structs nest `decode_depth_max` deep (R8).
//  CW2 A variant, and what else CAF has no form for, is refused when it is compiled.
//  CW3 An enum with a contract takes the values that it lists and no other.
//  CW4 What is not finite is not written: CAF's writer never comes to an end with an infinity, and makes a number of what is none. A peer's bytes may be
//      read as an infinity, so whoever sends back what he got could be stopped by it (R8).
#pragma once

#include <array>
#include <caf/binary_deserializer.hpp>
#include <caf/deserializer.hpp>
#include <caf/error.hpp>
#include <caf/serializer.hpp>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/base/limits.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/ref/ref.hpp>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace troupe::detail {

/// CAF's error that says why a value can't be written or is none.
caf::error caf_refusal(std::string why);
/// Writes a ref as a `caf::actor`; an error for one that leads to no actor of this system.
caf::error save_ref(caf::serializer& to, const any_ref& r);
/// Reads one; `out` is null for an empty handle.
caf::error load_ref(caf::deserializer& from, address_ptr& out);

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
inline constexpr bool is_duration = false;
template <class Rep, class Period>
inline constexpr bool is_duration<std::chrono::duration<Rep, Period>> = true;

template <class T>
inline constexpr bool is_time_point = false;
template <class Clock, class Duration>
inline constexpr bool is_time_point<std::chrono::time_point<Clock, Duration>> = true;

/// Arrays, pairs and tuples: `std::apply` goes through them.
template <class T>
concept fixed_elements = requires {
  std::tuple_size<T>::value;
};

/// Containers that grow.
template <class T>
concept counted_elements = requires(T& v, typename T::value_type&& item) {
  v.insert(v.end(), std::move(item));
  v.clear();
  v.size();
};

/// What an element is while it is read: the key of a map can't be constant then.
template <class T>
struct element_of {
  using type = typename T::value_type;
};
template <class T>
requires requires { typename T::mapped_type; }
struct element_of<T> {
  using type = std::pair<typename T::key_type, typename T::mapped_type>;
};

/// What CAF writes of a duration's count.
template <class Rep>
using caf_count = std::conditional_t<std::is_floating_point_v<Rep>, double, Rep>;

/// False for every type; for what is refused only where it is used.
template <class T>
inline constexpr bool has_caf_form = false;

/// Writes values for one message. `put` is false once something could not be written.
class caf_writer {
 public:
  explicit caf_writer(caf::serializer& to) noexcept : to_(to) {}

  /// Writes `v` as in the table above.
  template <class T>
  bool put(const T& v) {
    if constexpr (std::is_floating_point_v<T>)
      if (!std::isfinite(v))
        return keep(caf_refusal("CAF has no form for an infinity or for what is no number"));
    if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
      return keep(to_(const_cast<T&>(v)));  // it only reads
    } else if constexpr (std::is_enum_v<T>) {
      return put(static_cast<std::underlying_type_t<T>>(v));
    } else if constexpr (std::is_base_of_v<any_ref, T>) {
      return keep(save_ref(to_, v));
    } else if constexpr (contracted_struct<T>) {
      bool all = true;
      for_each_field(v, [&](std::string_view, const auto& field) { all = all && put(field); });
      return all;
    } else if constexpr (is_duration<T>) {
      return put(caf_count<typename T::rep>(v.count()));
    } else if constexpr (is_time_point<T>) {
      return put(v.time_since_epoch());
    } else if constexpr (is_optional<T>) {
      return put(v.has_value()) && (!v || put(*v));
    } else if constexpr (fixed_elements<T>) {
      return std::apply([this](const auto&... items) { return (this->put(items) && ...); }, v);
    } else if constexpr (std::is_same_v<T, std::vector<bool>>) {
      return keep(to_(const_cast<T&>(v)));
    } else if constexpr (counted_elements<T>) {
      std::size_t count = v.size();
      if (!keep(to_.begin_sequence(count))) return false;
      for (const auto& item : v)
        if (!put(item)) return false;
      return keep(to_.end_sequence());
    } else {
      static_assert(std::is_empty_v<T> || has_caf_form<T>,
                    "troupe: CAF 0.17 has no form for a field of this type (basp/caf_fields.hpp)");
      return true;
    }
  }

  /// What was wrong; none: nothing.
  caf::error take_error() noexcept { return std::move(why_); }

 private:
  bool keep(caf::error e) {
    if (e) why_ = std::move(e);
    return !why_;
  }

  caf::serializer& to_;
  caf::error why_;
};

/// Reads values of one message. `get` is false once something was none.
class caf_reader {
 public:
  explicit caf_reader(caf::deserializer& from) noexcept
      : from_(from), binary_(dynamic_cast<const caf::binary_deserializer*>(&from)) {}

  /// Reads `v` as in the table above.
  template <class T>
  bool get(T& v) {
    if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
      return keep(from_(v));
    } else if constexpr (std::is_enum_v<T>) {
      std::underlying_type_t<T> number{};
      if (!get(number)) return false;
      v = static_cast<T>(number);
      if constexpr (contracted_enum<T>)
        if (!contract_of<T>.knows(v)) return refuse("a value that its enum does not have");  // CW3
      return true;
    } else if constexpr (std::is_base_of_v<any_ref, T>) {
      address_ptr to;
      if (!keep(load_ref(from_, to))) return false;
      v = T{std::move(to)};
      return true;
    } else if constexpr (contracted_struct<T>) {
      if (depth_ == limits::decode_depth_max) return refuse("nested too deep");
      ++depth_;
      bool all = true;
      for_each_field(v, [&](std::string_view, auto& field) { all = all && get(field); });
      --depth_;
      return all;
    } else if constexpr (is_duration<T>) {
      caf_count<typename T::rep> count{};
      if (!get(count)) return false;
      v = T{static_cast<typename T::rep>(count)};
      return true;
    } else if constexpr (is_time_point<T>) {
      typename T::duration since{};
      if (!get(since)) return false;
      v = T{since};
      return true;
    } else if constexpr (is_optional<T>) {
      bool there = false;
      if (!get(there)) return false;
      v.reset();
      return !there || get(v.emplace());
    } else if constexpr (fixed_elements<T>) {
      return std::apply([this](auto&... items) { return (this->get(items) && ...); }, v);
    } else if constexpr (std::is_same_v<T, std::vector<bool>>) {
      return get_bits(v);
    } else if constexpr (counted_elements<T>) {
      return get_elements(v);
    } else {
      static_assert(std::is_empty_v<T> || has_caf_form<T>,
                    "troupe: CAF 0.17 has no form for a field of this type (basp/caf_fields.hpp)");
      return true;
    }
  }

  /// What was wrong; none: nothing.
  caf::error take_error() noexcept { return std::move(why_); }

 private:
  static constexpr std::size_t free_elements_max = 65536;  // of those that take no bytes (CW1)

  bool keep(caf::error e) {
    if (e) why_ = std::move(e);
    return !why_;
  }
  bool refuse(const char* why) { return keep(caf_refusal(why)); }
  std::size_t left() const noexcept { return binary_ ? binary_->remaining() : 0; }

  template <class T>
  bool get_elements(T& v) {
    std::size_t count = 0;
    if (!keep(from_.begin_sequence(count))) return false;
    v.clear();
    std::size_t nothings = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t before = left();
      typename element_of<T>::type item{};
      if (!get(item)) return false;
      if (binary_ && before == left() && ++nothings > free_elements_max)
        return refuse("too many elements that take no bytes");
      v.insert(v.end(), std::move(item));
    }
    return keep(from_.end_sequence());
  }

  // Eight to a byte, behind their number.
  bool get_bits(std::vector<bool>& v) {
    std::size_t count = 0;
    if (!keep(from_.begin_sequence(count))) return false;
    v.clear();
    if (count == 0) return true;
    std::vector<std::uint8_t> bytes;
    if (!get_elements(bytes)) return false;
    if (bytes.size() != (count + 7) / 8) return refuse("a list of bits that is not as long as it says");
    for (std::size_t i = 0; i < count; ++i) v.push_back(((bytes[i / 8] >> (i % 8)) & 1) != 0);
    return true;
  }

  caf::deserializer& from_;
  const caf::binary_deserializer* const binary_;  // null: what is left is not known
  std::size_t depth_ = 0;
  caf::error why_;
};

}  // namespace troupe::detail
