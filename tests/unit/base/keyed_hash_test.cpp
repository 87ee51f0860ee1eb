#include <doctest/doctest.h>

#include <string>
#include <troupe/base/keyed_hash.hpp>

namespace base_keyed_hash_test {

using troupe::hash_key;
using troupe::keyed_hash;

TEST_CASE("a keyed hash is SipHash-2-4: the vectors of its authors") {
  const hash_key key{0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
  std::string text;
  const auto of_bytes = [&](char n) {
    text.clear();
    for (char i = 0; i < n; ++i) text += i;
    return keyed_hash(key, text);
  };
  CHECK(of_bytes(0) == 0x726fdb47dd0e0e31u);
  CHECK(of_bytes(1) == 0x74f839c593dc67fdu);
  CHECK(of_bytes(7) == 0xab0200f58b01d137u);
  CHECK(of_bytes(8) == 0x93f5f5799a932462u);
  CHECK(of_bytes(15) == 0xa129ca6149be45e5u);
}

TEST_CASE("a keyed hash of another key is another") {
  CHECK(keyed_hash({1, 2}, "text") != keyed_hash({1, 3}, "text"));
  CHECK(keyed_hash({1, 2}, "text") != keyed_hash({2, 2}, "text"));
  CHECK(keyed_hash({1, 2}, std::string(8, '\0')) != keyed_hash({1, 2}, std::string(9, '\0')));
}

}  // namespace base_keyed_hash_test
