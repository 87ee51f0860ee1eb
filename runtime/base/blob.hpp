// Bytes that many hold and nobody changes: they go to another actor without being copied, and to another node, where they are large,
// from where they lie into the place where they stay.
//
//     struct page { std::string url; troupe::blob body; };  // in a contract as any field
//     to.tell(page{url, troupe::blob{std::move(text)}});
//
// Rules
//  BL1 The bytes never change, and stay where they are as long as anybody holds them (M1). Copies and slices are the same bytes; the memory goes
//      with the last of them, so a small slice keeps a large memory: `copy_of` ends that.
//  BL2 What a blob is made of is moved into it; only `copy_of` copies.
//  BL3 It is written as a list of bytes is, in a message and in JSON: either may take the other's place in a contract.
//
// Different blobs of the same bytes may be used on different threads.
#pragma once

#include <compare>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// See above.
class blob {
 public:
  /// From so many bytes on it costs less to share a blob with a connection than to copy it (B6, B7).
  static constexpr std::size_t worth_sharing = std::size_t{32} << 10;

  /// No bytes.
  blob() noexcept = default;
  /// The bytes of a string (BL2).
  explicit blob(std::string bytes);
  /// The same of a vector (BL2).
  explicit blob(std::vector<std::byte> bytes);
  /// Bytes that stay where they are, unchanged, as long as `owner` is held. What ends it frees memory and does nothing else: it runs wherever the
  /// last blob goes, on threads of the library and under its locks too.
  blob(std::shared_ptr<const void> owner, std::string_view bytes) noexcept
      : owner_(std::move(owner)), bytes_(bytes) {}
  /// A copy of the bytes, in memory of their own.
  static blob copy_of(std::string_view bytes);

  /// The bytes as text.
  std::string_view text() const noexcept { return bytes_; }
  /// The bytes.
  std::span<const std::byte> bytes() const noexcept { return std::as_bytes(std::span{bytes_}); }
  /// How many.
  std::size_t size() const noexcept { return bytes_.size(); }
  /// Whether there are none.
  bool empty() const noexcept { return bytes_.empty(); }

  /// At most `count` bytes from `from` on, in the same memory (BL1); none behind the end.
  blob slice(std::size_t from, std::size_t count = std::string_view::npos) const {
    return {owner_, bytes_.substr(from < size() ? from : size(), count)};
  }

  /// By their bytes, as unsigned ones.
  friend bool operator==(const blob& a, const blob& b) noexcept { return a.bytes_ == b.bytes_; }
  friend std::strong_ordering operator<=>(const blob& a, const blob& b) noexcept {
    return a.bytes_ <=> b.bytes_;
  }

 private:
  std::shared_ptr<const void> owner_;
  std::string_view bytes_;
};

/// Bytes that belong into a string and are left where they lie.
struct piece_apart {
  std::size_t at;  ///< they belong in front of what is there in the string
  blob bytes;
};

/// Who has the bytes that are being read, and may let them live on.
class bytes_keeper {
 public:
  /// What keeps them where they are as long as it is held, where that is worth it for so many of them; null otherwise. Not thread-safe.
  virtual std::shared_ptr<const void> keep(std::size_t bytes) = 0;

 protected:
  bytes_keeper() = default;
  bytes_keeper(const bytes_keeper&) = default;
  bytes_keeper& operator=(const bytes_keeper&) = default;
  ~bytes_keeper() = default;
};

}  // namespace troupe
