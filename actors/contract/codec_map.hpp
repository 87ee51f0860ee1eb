// Codecs of maps and sets, ordered and unordered: a varint count, then the entries. A key that comes twice is
// an error: no map of ours writes that, and which of the two a reader kept would be a guess.
#pragma once

#include <map>
#include <set>
#include <troupe/contract/codec_std.hpp>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace troupe {

namespace detail {

/// What the codecs of maps have in common.
template <class Map, class K, class V>
struct map_codec {
  static void encode(byte_writer& to, const Map& v) {
    to.varint(v.size());
    for (const auto& [key, value] : v) {
      codec<K>::encode(to, key);
      codec<V>::encode(to, value);
    }
  }

  static bool decode(byte_reader& from, Map& v) {
    v.clear();
    for (std::size_t n = from.count(least_bytes<K> + least_bytes<V>); n > 0; --n) {
      K key{};
      V value{};
      if (!codec<K>::decode(from, key) || !codec<V>::decode(from, value)) return false;
      const std::size_t before = v.size();
      // Entries of an ordered map arrive in order, so the end is the right place to try first.
      v.try_emplace(v.end(), std::move(key), std::move(value));
      if (v.size() == before) from.fail("a map has a key twice");
      if (!from.ok()) return false;
    }
    return from.ok();
  }

  template <class Sink>
  static constexpr void spell(Sink& to) {
    spell_list<Sink, K, V>(to, "map<");
  }
};

/// What the codecs of sets have in common.
template <class Set, class T>
struct set_codec {
  static void encode(byte_writer& to, const Set& v) {
    to.varint(v.size());
    for (const T& item : v) codec<T>::encode(to, item);
  }

  static bool decode(byte_reader& from, Set& v) {
    v.clear();
    for (std::size_t n = from.count(least_bytes<T>); n > 0; --n) {
      T item{};
      if (!codec<T>::decode(from, item)) return false;
      const std::size_t before = v.size();
      v.insert(v.end(), std::move(item));
      if (v.size() == before) from.fail("a set has an element twice");
      if (!from.ok()) return false;
    }
    return from.ok();
  }

  template <class Sink>
  static constexpr void spell(Sink& to) {
    spell_list<Sink, T>(to, "set<");
  }
};

}  // namespace detail

/// Ordered maps: the entries in their order; they may arrive in any.
template <countable K, encodable V, class Compare, class Allocator>
struct codec<std::map<K, V, Compare, Allocator>>
    : detail::map_codec<std::map<K, V, Compare, Allocator>, K, V> {};

/// Unordered maps: the entries as they come.
template <countable K, encodable V, class Hash, class Equal, class Allocator>
struct codec<std::unordered_map<K, V, Hash, Equal, Allocator>>
    : detail::map_codec<std::unordered_map<K, V, Hash, Equal, Allocator>, K, V> {};

/// Ordered sets: the elements in their order; they may arrive in any.
template <countable T, class Compare, class Allocator>
struct codec<std::set<T, Compare, Allocator>> : detail::set_codec<std::set<T, Compare, Allocator>, T> {};

/// Unordered sets: the elements as they come.
template <countable T, class Hash, class Equal, class Allocator>
struct codec<std::unordered_set<T, Hash, Equal, Allocator>>
    : detail::set_codec<std::unordered_set<T, Hash, Equal, Allocator>, T> {};

}  // namespace troupe
