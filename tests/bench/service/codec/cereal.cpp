// cereal's binary archives, on stream buffers that read and write memory directly: a string stream would be what is measured.
#include <cereal/archives/binary.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>
#include <istream>
#include <ostream>
#include <streambuf>

#include "codec/work.hpp"

namespace bench {

struct order : order_fields {
  friend bool operator==(const order& a, const order& b) {
    return a.id == b.id && a.account == b.account && a.cents == b.cents && a.rate == b.rate &&
           a.items == b.items;
  }
  template <class Archive>
  void serialize(Archive& a) {
    a(id, account, cents, rate, items);
  }
};

namespace {

class memory_buffer : public std::streambuf {
 public:
  void write_to(std::string& out) {
    out_ = &out;
    out.clear();
  }
  void read_from(const std::string& in) {
    char* const first = const_cast<char*>(in.data());
    setg(first, first, first + in.size());
  }
  std::size_t left() const { return static_cast<std::size_t>(egptr() - gptr()); }

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize n) override {
    out_->append(bytes, static_cast<std::size_t>(n));
    return n;
  }
  int_type overflow(int_type c) override {
    out_->push_back(traits_type::to_char_type(c));
    return c;
  }

 private:
  std::string* out_ = nullptr;
};

struct cereal_codec {
  using message = order;
  order make(const order_fields& f) { return {f}; }
  void encode(const order& m) {
    writing.write_to(buffer);
    cereal::BinaryOutputArchive to{out};
    to(m);
  }
  void decode(const std::string& from, order& m) {
    reading.read_from(from);
    cereal::BinaryInputArchive archive{in};
    archive(m);
    expect(reading.left() == 0, "cereal: decode");
  }
  void decode_own(order& m) { decode(buffer, m); }
  std::size_t size() const { return buffer.size(); }
  std::string taken() const { return buffer; }
  std::uint64_t id(const order& m) const { return m.id; }
  bool same(const order& a, const order& b) const { return a == b; }

  std::string buffer;
  memory_buffer writing, reading;
  std::ostream out{&writing};
  std::istream in{&reading};
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::run_program(argc, argv, {{"codec", bench::run_codec<bench::cereal_codec>}});
}
