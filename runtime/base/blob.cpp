#include <troupe/base/blob.hpp>

namespace troupe {

namespace {

template <class Bytes>
blob held_by(Bytes bytes) {
  if (bytes.empty()) return {};
  const auto owner = std::make_shared<const Bytes>(std::move(bytes));
  return {owner, {reinterpret_cast<const char*>(owner->data()), owner->size()}};
}

}  // namespace

blob::blob(std::string bytes) : blob(held_by(std::move(bytes))) {}

blob::blob(std::vector<std::byte> bytes) : blob(held_by(std::move(bytes))) {}

blob blob::copy_of(std::string_view bytes) { return blob{std::string{bytes}}; }

}  // namespace troupe
