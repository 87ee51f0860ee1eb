// The JSON forms of maps and sets, ordered and unordered: a set is an array; a map with string keys is an object,
// any other an array of [key, value]. A map one of whose keys is no UTF-8 is written as an array too; readers take
// both. What comes twice is an error, as in the binary form.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <troupe/json/codec_std.hpp>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace troupe {

namespace detail {

/// What the forms of maps have in common.
template <class Map, class K, class V>
struct json_map_codec {
  static constexpr bool by_name = std::same_as<K, std::string>;

  static void write(json_writer& to, const Map& v) {
    if constexpr (by_name)
      if (std::all_of(v.begin(), v.end(), [](const auto& entry) { return is_utf8(entry.first); }))
        return write_object(to, v);
    to.begin_array();
    for (const auto& [key, value] : v) {
      to.begin_array();
      json_codec<K>::write(to, key);
      json_codec<V>::write(to, value);
      to.end_array();
    }
    to.end_array();
  }

  static bool read(json_reader& from, json_value in, Map& v) {
    v.clear();
    if constexpr (by_name)
      if (in.is(json_kind::object)) return read_object(from, in, v);
    if (!in.is(json_kind::array))
      return from.fail(
          std::string{type_name_of<Map>} + (by_name ? ", an object or a list of pairs" : ", a list of pairs"),
          in);
    std::size_t index = 0;
    for (const json_value pair : in.items()) {
      const json_reader::step into{from, index++};
      std::pair<K, V> entry{};
      if (!json_codec<std::pair<K, V>>::read(from, pair, entry)) return false;
      if (!put(from, v, std::move(entry.first), std::move(entry.second))) return false;
    }
    return true;
  }

 private:
  static void write_object(json_writer& to, const Map& v) {
    to.begin_object();
    for (const auto& [key, value] : v) {
      to.key(key);
      json_codec<V>::write(to, value);
    }
    to.end_object();
  }

  static bool read_object(json_reader& from, json_value in, Map& v) {
    for (const auto [key, member] : in.members()) {
      const json_reader::step into{from, key};
      V value{};
      if (!json_codec<V>::read(from, member, value) || !put(from, v, K{key}, std::move(value))) return false;
    }
    return true;
  }

  static bool put(json_reader& from, Map& v, K&& key, V&& value) {
    const std::size_t before = v.size();
    v.try_emplace(v.end(), std::move(key), std::move(value));
    return v.size() > before || from.fail_with("a map has a key twice");
  }
};

/// What the forms of sets have in common.
template <class Set, class T>
struct json_set_codec {
  static void write(json_writer& to, const Set& v) {
    to.begin_array();
    for (const T& item : v) json_codec<T>::write(to, item);
    to.end_array();
  }

  static bool read(json_reader& from, json_value in, Set& v) {
    if (!in.is(json_kind::array)) return from.fail(type_name_of<Set>, in);
    v.clear();
    for (const json_value each : in.items()) {
      const json_reader::step into{from, v.size()};
      T item{};
      if (!json_codec<T>::read(from, each, item)) return false;
      const std::size_t before = v.size();
      v.insert(v.end(), std::move(item));
      if (v.size() == before) return from.fail_with("a set has an element twice");
    }
    return true;
  }
};

}  // namespace detail

/// Ordered maps.
template <countable K, encodable V, class Compare, class Allocator>
struct json_codec<std::map<K, V, Compare, Allocator>>
    : detail::json_map_codec<std::map<K, V, Compare, Allocator>, K, V> {};

/// Unordered maps: the entries as they come.
template <countable K, encodable V, class Hash, class Equal, class Allocator>
struct json_codec<std::unordered_map<K, V, Hash, Equal, Allocator>>
    : detail::json_map_codec<std::unordered_map<K, V, Hash, Equal, Allocator>, K, V> {};

/// Ordered sets.
template <countable T, class Compare, class Allocator>
struct json_codec<std::set<T, Compare, Allocator>>
    : detail::json_set_codec<std::set<T, Compare, Allocator>, T> {};

/// Unordered sets: the elements as they come.
template <countable T, class Hash, class Equal, class Allocator>
struct json_codec<std::unordered_set<T, Hash, Equal, Allocator>>
    : detail::json_set_codec<std::unordered_set<T, Hash, Equal, Allocator>, T> {};

}  // namespace troupe
