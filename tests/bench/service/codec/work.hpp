// What every codec is given: the same orders, the same loop, the same check.
//
// Rules
//  CO1 What is written goes into memory that is used again, as a link's buffer is; what is read goes into a fresh object, as a message
//      that arrives does.
//  CO2 Everything that was read is compared with what was written (MP2), outside of what is timed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "measure/finish.hpp"
#include "measure/program.hpp"
#include "measure/random.hpp"

namespace bench {

/// The fields, in the order in which everybody writes them.
struct order_fields {
  std::uint64_t id;
  std::string account;
  std::int64_t cents;
  double rate;
  std::vector<std::uint32_t> items;
};

/// Different orders, so that no branch is learnt by heart.
inline constexpr std::size_t orders_count = 64;

/// The `i`th order: small numbers and large ones, a name of 9 to 40 bytes, up to 8 items.
inline order_fields order_fields_of(std::size_t i) {
  std::uint64_t random = i;
  order_fields f{};
  f.id = next_random(random) >> random_below(random, 56);
  f.account = "accounts/" + std::string(random_below(random, 32), static_cast<char>('a' + i % 26));
  f.cents = static_cast<std::int64_t>(next_random(random) >> (1 + random_below(random, 60))) *
            (i % 3 == 0 ? -1 : 1);
  f.rate = static_cast<double>(random_below(random, 10'000)) / 64;
  for (std::uint64_t n = random_below(random, 9); n > 0; --n)
    f.items.push_back(static_cast<std::uint32_t>(random_below(random, 1'000'000)));
  return f;
}

/// Measures one codec, in SIZE messages: `Codec` makes its message of the fields, writes it into a buffer of its own, reads it from there or
/// from bytes it once wrote, and compares; see the programs beside this.
template <class Codec>
void run_codec(const settings& s) {
  Codec codec;
  std::vector<typename Codec::message> orders;
  std::vector<std::string> encoded;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < orders_count; ++i) {
    orders.push_back(codec.make(order_fields_of(i)));
    codec.encode(orders.back());
    encoded.push_back(codec.taken());
    bytes += encoded.back().size();
    typename Codec::message back{};
    codec.decode(encoded.back(), back);
    expect(codec.same(back, orders.back()), "codec: what was read is not what was written");
  }
  report("codec_bytes", static_cast<double>(bytes) / orders_count, "bytes");

  std::size_t written = 0;
  const stopwatch encoding;
  for (std::uint64_t n = 0; n < s.size; ++n) {
    codec.encode(orders[n % orders_count]);
    written += codec.size();
  }
  report_each("codec_encode", encoding.elapsed(), s.size, "ns/message");

  std::uint64_t read = 0;
  const stopwatch decoding;
  for (std::uint64_t n = 0; n < s.size; ++n) {
    typename Codec::message back{};
    codec.decode(encoded[n % orders_count], back);
    read += codec.id(back);
  }
  report_each("codec_decode", decoding.elapsed(), s.size, "ns/message");

  const stopwatch both;
  for (std::uint64_t n = 0; n < s.size; ++n) {
    codec.encode(orders[n % orders_count]);
    typename Codec::message back{};
    codec.decode_own(back);
    read -= codec.id(back);
  }
  report_each("codec_both", both.elapsed(), s.size, "ns/message");
  std::size_t should = 0;
  for (std::uint64_t n = 0; n < s.size; ++n) should += encoded[n % orders_count].size();
  expect(written == should, "codec: a message is not always written in the same way");
  expect(read == 0, "codec: what was read the second time is not what was read the first");
}

}  // namespace bench
