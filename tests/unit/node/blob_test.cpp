// Blobs between nodes: from where they lie to where they stay, with everything that a message can meet on the way.
#include <doctest/doctest.h>

#include <troupe/actor/spawn.hpp>
#include <troupe/contract/codecs.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/node/remoting.hpp>

#include "unit/cell/world.hpp"
#include "unit/node/pair.hpp"

namespace node_blob_test {

using namespace troupe;
using namespace node_test;

namespace {

struct picture {
  std::string name;
  std::vector<blob> layers;
  int behind = 0;
  using reply = std::vector<blob>;
};
TROUPE_CONTRACT(picture, "blob_test.picture", 1, name, layers, behind)
struct hang {
  blob bytes;
};
TROUPE_CONTRACT(hang, "blob_test.hang", 1, bytes)
struct kept {
  using reply = std::vector<blob>;
};
TROUPE_CONTRACT(kept, "blob_test.kept", 1)

class gallery : public actor<picture, hang, kept> {
 public:
  std::vector<blob> on(const picture& m) {
    std::vector<blob> out{blob{m.name + std::to_string(m.behind)}};
    out.insert(out.end(), m.layers.begin(), m.layers.end());
    return out;
  }
  void on(const hang& m) { kept_.push_back(m.bytes); }
  std::vector<blob> on(const kept&) { return kept_; }

 private:
  std::vector<blob> kept_;
};

blob bytes_of(std::size_t n, std::size_t salt) {
  std::string out(n, '\0');
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<char>((i + salt) * 2654435761u >> 13);
  return blob{std::move(out)};
}

struct galleries : pair_of_nodes {
  explicit galleries(const std::function<void(node_options&)>& change = [](node_options&) {})
      : pair_of_nodes(change) {
    spawn<gallery>(*there, "gallery");
    far = node(*here, "n2").ref<gallery>("/user/gallery");
  }
  ref<gallery> far;
};

// Some alone in their message, some beside others, in parts and not.
const std::vector<std::vector<std::size_t>> shapes = {{},
                                                      {0},
                                                      {100},
                                                      {blob::worth_sharing - 1},
                                                      {blob::worth_sharing},
                                                      {65'536},
                                                      {65'537},
                                                      {5'000'000},
                                                      {40'000, 40'000},
                                                      {10, 100'000, 0, 50'000, 10},
                                                      {300'000, 5, 300'000},
                                                      {1'000'000, 33'000}};

void all_come_back(const ref<gallery>& far) {
  int n = 0;
  for (int again = 0; again < 2; ++again)
    for (const auto& shape : shapes) {
      CAPTURE(n);
      picture m{"p", {}, ++n};
      for (const std::size_t bytes : shape) m.layers.push_back(bytes_of(bytes, static_cast<std::size_t>(n)));
      std::vector<blob> expected{blob{"p" + std::to_string(n)}};
      expected.insert(expected.end(), m.layers.begin(), m.layers.end());
      const auto back = far.ask(m, 20s).get();
      REQUIRE(back.has_value());
      CHECK((*back == expected));
    }
}

}  // namespace

TEST_CASE("EN3, F7: blobs of any size, alone and beside others, arrive whole and come back") {
  galleries n;
  all_come_back(n.far);
}

TEST_CASE("EN3, W7: so they do where payloads are packed") {
  galleries n{[](node_options& o) { o.compress_above = 1000; }};
  all_come_back(n.far);
  // What is worth packing, too.
  const auto back = n.far.ask(picture{"zeros", {blob{std::string(200'000, 'z')}}, 0}, 20s).get();
  REQUIRE(back.has_value());
  CHECK(back->at(1).text() == std::string(200'000, 'z'));
}

TEST_CASE("BL1, F7: what an actor keeps of many messages stays what it was") {
  galleries n;
  std::vector<blob> expected;
  for (std::size_t i = 0; i < 40; ++i) {
    expected.push_back(bytes_of(i % 3 ? 200'000 + i : 1'000 * i, i));
    n.far.tell(hang{expected.back()});
  }
  const auto got = n.far.ask(kept{}, 20s).get();
  REQUIRE(got.has_value());
  CHECK((*got == expected));
}

TEST_CASE("EN3: a blob that is too large for the peer is refused by its size, and stays with its sender") {
  galleries n{[](node_options& o) { o.message_max = 1 << 20; }};
  const blob large = bytes_of((1 << 20) + 1, 1);
  const auto no = n.far.ask(picture{"p", {large}, 0}, 20s).get();
  REQUIRE_FALSE(no.has_value());
  CHECK(no.error().code == errc::invalid);
  CHECK(no.error().text.find("larger than the") != std::string::npos);
  CHECK(large == bytes_of((1 << 20) + 1, 1));
  CHECK(n.far.ask(picture{"p", {bytes_of(1 << 19, 1)}, 0}, 20s).get().has_value());
}

}  // namespace node_blob_test
