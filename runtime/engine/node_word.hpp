// The address of a message and a few bits beside it, in one word that changes at once.
#pragma once

#include <cstddef>
#include <cstdint>

namespace troupe::engine {

/// What the address of a node must be a multiple of. The pool's blocks are (BL4).
inline constexpr std::size_t node_alignment = 16;
/// Low bits of the word that are free for others: an address has 48 bits, of which an aligned one needs 44.
inline constexpr unsigned node_spare_bits = 20;

/// The node in the upper bits, nothing in the lower. REQUIRES: `n` is aligned.
template <class Node>
std::uint64_t word_of_node(Node* n) noexcept {
  return reinterpret_cast<std::uint64_t>(n) / node_alignment << node_spare_bits;
}

/// The node in a word.
template <class Node>
Node* node_of_word(std::uint64_t w) noexcept {
  return reinterpret_cast<Node*>((w >> node_spare_bits) * node_alignment);
}

}  // namespace troupe::engine
