// CAF's binary serializer, as its messages use it: `inspect`, a byte buffer that keeps its memory.
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/all.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include "codec/work.hpp"

namespace bench {

struct order : order_fields {
  friend bool operator==(const order& a, const order& b) {
    return a.id == b.id && a.account == b.account && a.cents == b.cents && a.rate == b.rate &&
           a.items == b.items;
  }
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, order& m) {
  return f(caf::meta::type_name("order"), m.id, m.account, m.cents, m.rate, m.items);
}

namespace {

struct caf_codec {
  using message = order;
  order make(const order_fields& f) { return {f}; }
  void encode(const order& m) {
    buffer.clear();
    caf::binary_serializer to{nullptr, buffer};
    expect(!to(m), "caf: encode");
  }
  template <class Bytes>
  void decode(const Bytes& from, order& m) {
    caf::binary_deserializer in{nullptr, from.data(), from.size()};
    expect(!in(m) && in.remaining() == 0, "caf: decode");
  }
  void decode_own(order& m) { decode(buffer, m); }
  std::size_t size() const { return buffer.size(); }
  std::string taken() const { return {buffer.begin(), buffer.end()}; }
  std::uint64_t id(const order& m) const { return m.id; }
  bool same(const order& a, const order& b) const { return a == b; }

  std::vector<char> buffer;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::run_program(argc, argv, {{"codec", bench::run_codec<bench::caf_codec>}});
}
