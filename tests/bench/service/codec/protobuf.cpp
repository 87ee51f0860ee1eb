// protobuf, with code generated for speed.
#include "codec/work.hpp"
#include "order.pb.h"

namespace bench {
namespace {

struct protobuf_codec {
  using message = proto::order;
  message make(const order_fields& f) {
    message m;
    m.set_id(f.id);
    m.set_account(f.account);
    m.set_cents(f.cents);
    m.set_rate(f.rate);
    m.mutable_items()->Add(f.items.begin(), f.items.end());
    return m;
  }
  void encode(const message& m) { expect(m.SerializeToString(&buffer), "protobuf: encode"); }
  void decode(const std::string& from, message& m) { expect(m.ParseFromString(from), "protobuf: decode"); }
  void decode_own(message& m) { decode(buffer, m); }
  std::size_t size() const { return buffer.size(); }
  std::string taken() const { return buffer; }
  std::uint64_t id(const message& m) const { return m.id(); }
  bool same(const message& a, const message& b) const {
    return a.id() == b.id() && a.account() == b.account() && a.cents() == b.cents() && a.rate() == b.rate() &&
           std::equal(a.items().begin(), a.items().end(), b.items().begin(), b.items().end());
  }

  std::string buffer;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::run_program(argc, argv, {{"codec", bench::run_codec<bench::protobuf_codec>}});
}
