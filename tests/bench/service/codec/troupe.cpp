// The codec of TROUPE_CONTRACT.
#include <troupe/contract/codecs.hpp>
#include <troupe/contract/contract.hpp>
#include <tuple>

#include "codec/work.hpp"

namespace bench {

struct order {
  std::uint64_t id = 0;
  std::string account;
  std::int64_t cents = 0;
  double rate = 0;
  std::vector<std::uint32_t> items;
  friend bool operator==(const order&, const order&) = default;
};
TROUPE_CONTRACT(order, "bench.order", 1, id, account, cents, rate, items)

namespace {

struct troupe_codec {
  using message = order;
  order make(const order_fields& f) { return {f.id, f.account, f.cents, f.rate, f.items}; }
  void encode(const order& m) {
    buffer.clear();
    troupe::byte_writer to{buffer};
    troupe::codec<order>::encode(to, m);
  }
  void decode(const std::string& from, order& m) {
    troupe::byte_reader in{from};
    expect(troupe::codec<order>::decode(in, m) && in.remaining() == 0, "troupe: decode");
  }
  void decode_own(order& m) { decode(buffer, m); }
  std::size_t size() const { return buffer.size(); }
  std::string taken() const { return buffer; }
  std::uint64_t id(const order& m) const { return m.id; }
  bool same(const order& a, const order& b) const { return a == b; }

  std::string buffer;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::run_program(argc, argv, {{"codec", bench::run_codec<bench::troupe_codec>}});
}
