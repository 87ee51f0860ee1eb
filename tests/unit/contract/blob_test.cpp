// Blobs: bytes that are shared, and what a writer and a reader make of them.
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <troupe/base/prng.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/contract/print.hpp>
#include <troupe/contract/schema.hpp>
#include <troupe/json/json.hpp>
#include <troupe/testkit/print.hpp>
#include <variant>
#include <vector>

namespace contract_blob_test {

using namespace troupe;

struct page {
  std::string url;
  blob body;
  friend bool operator==(const page&, const page&) = default;
};
TROUPE_CONTRACT(page, "blob_test.page", 1, url, body)

struct album {
  std::uint32_t before = 0;
  std::vector<page> pages;
  std::optional<blob> cover;
  std::variant<std::string, blob> back;
  blob last;
  friend bool operator==(const album&, const album&) = default;
};
TROUPE_CONTRACT(album, "blob_test.album", 1, before, pages, cover, back, last)

namespace as_list {
struct page {
  std::string url;
  std::vector<std::byte> body;
  friend bool operator==(const page&, const page&) = default;
};
TROUPE_CONTRACT(page, "blob_test.page", 1, url, body)
}  // namespace as_list

namespace {

std::string bytes_of(std::size_t n, std::size_t salt = 0) {
  std::string out(n, '\0');
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<char>((i + salt) * 2654435761u >> 13);
  return out;
}

blob some(prng& random) {
  constexpr std::size_t large = blob::worth_sharing;
  constexpr std::size_t sizes[] = {0, 1, 100, 127, 128, 20'000, large - 1, large, large + 1, 3 * large};
  return blob{bytes_of(sizes[random.below(std::size(sizes))], random.below(100))};
}

album any_album(prng& random) {
  album out;
  out.before = static_cast<std::uint32_t>(random.below(1000));
  for (std::size_t n = random.below(4); n > 0; --n)
    out.pages.push_back({std::string(random.below(300), 'u'), some(random)});
  if (random.below(2)) out.cover = some(random);
  if (random.below(2))
    out.back = some(random);
  else
    out.back = std::string(random.below(70'000), 'b');
  out.last = some(random);
  return out;
}

// What was written, with what lies apart put where it belongs.
std::string joined(const std::string& text, const std::vector<piece_apart>& apart) {
  std::string out;
  std::size_t from = 0;
  for (const piece_apart& p : apart) {
    REQUIRE(p.at >= from);
    REQUIRE(p.at <= text.size());
    out.append(text, from, p.at - from);
    out += p.bytes.text();
    from = p.at;
  }
  return out.append(text, from);
}

// Keeps what is at least that long.
class keeper final : public bytes_keeper {
 public:
  explicit keeper(std::size_t least) : least_(least) {}
  std::shared_ptr<const void> keep(std::size_t bytes) override {
    asked.push_back(bytes);
    return bytes >= least_ ? owner : nullptr;
  }
  std::shared_ptr<const int> owner = std::make_shared<const int>(0);
  std::vector<std::size_t> asked;

 private:
  std::size_t least_;
};

}  // namespace

TEST_CASE("BL1, BL2: copies and slices are the same bytes, and what a blob is made of moves into it") {
  std::string text = bytes_of(1000);
  const std::string expected = text;
  const char* const at = text.data();
  const blob whole{std::move(text)};
  CHECK(whole.text().data() == at);
  CHECK(whole.text() == expected);
  const blob copy = whole;
  CHECK(copy.text().data() == at);
  const blob part = whole.slice(10, 20);
  CHECK(part.text().data() == at + 10);
  CHECK(part.size() == 20);
  CHECK(whole.slice(990, 100).text() == std::string_view{expected}.substr(990));
  CHECK(whole.slice(1000).empty());
  CHECK(whole.slice(5000, 1).empty());
  CHECK(blob::copy_of(part.text()).text().data() != at + 10);
  CHECK(blob::copy_of(part.text()) == part);

  std::vector<std::byte> list{std::byte{1}, std::byte{200}};
  const auto* const first = list.data();
  const blob of_list{std::move(list)};
  CHECK(of_list.bytes().data() == first);
  CHECK(of_list.size() == 2);
  CHECK(blob{std::string{"\x7f"}} < blob{std::string{"\x80"}});
  CHECK(blob{} == blob{std::string{}});
}

TEST_CASE("BL1: the memory goes with the last who holds a part of it") {
  auto owner = std::make_shared<const std::string>(100, 'x');
  const std::weak_ptr<const std::string> watched = owner;
  std::optional<blob> whole{blob{owner, *owner}};
  owner.reset();
  std::optional<blob> part{whole->slice(1, 2)};
  whole.reset();
  CHECK_FALSE(watched.expired());
  CHECK(part->text() == "xx");
  part.reset();
  CHECK(watched.expired());
}

TEST_CASE("BL3: a blob and a list of bytes take each other's place, in bytes and in JSON") {
  const std::string text = bytes_of(300);
  const page of_blob{"/a", blob{text}};
  as_list::page of_list{"/a", {}};
  for (const char c : text) of_list.body.push_back(static_cast<std::byte>(c));
  CHECK(pack(of_blob) == pack(of_list));
  CHECK(unpack<page>(pack(of_list)).value() == of_blob);
  CHECK(unpack<as_list::page>(pack(of_blob)).value() == of_list);
  CHECK(schema_hash<page>() == schema_hash<as_list::page>());
  CHECK(to_json(of_blob) == to_json(of_list));
  CHECK(from_json<page>(to_json(of_list)).value() == of_blob);
  CHECK(from_json<page>(R"({"url":"/a","body":"no base64!"})").error().text ==
        from_json<as_list::page>(R"({"url":"/a","body":"no base64!"})").error().text);
}

TEST_CASE("B6: what lies apart, put where it belongs, makes the bytes that are written without") {
  prng random{7};
  int apart_at_all = 0;
  for (int round = 0; round < 300; ++round) {
    CAPTURE(round);
    const album one = any_album(random);
    std::string before(random.below(50), 'f'), text = before;
    std::vector<piece_apart> apart;
    byte_writer to{text, nullptr, &apart};
    codec<album>::encode(to, one);
    const std::string plain = before + pack(one);
    REQUIRE(joined(text, apart) == plain);
    REQUIRE(to.position() == plain.size());
    for (const piece_apart& p : apart) REQUIRE(p.bytes.size() >= blob::worth_sharing);
    apart_at_all += static_cast<int>(apart.size());
  }
  CHECK(apart_at_all > 300);
}

TEST_CASE("B6: a large blob is shared with who writes it, and a small one is copied") {
  const page large{"/large", blob{bytes_of(blob::worth_sharing)}};
  const page small{"/small", blob{bytes_of(blob::worth_sharing - 1)}};
  std::string text;
  std::vector<piece_apart> apart;
  byte_writer to{text, nullptr, &apart};
  codec<page>::encode(to, large);
  codec<page>::encode(to, small);
  REQUIRE(apart.size() == 1);
  CHECK(apart[0].bytes.text().data() == large.body.text().data());
  CHECK(text.size() < 100 + small.body.size());
}

TEST_CASE("B7: a large blob is kept where its bytes are, if their keeper says so; all others are copies") {
  const album one{1,
                  {{"/a", blob{bytes_of(100'000)}}, {"/b", blob{bytes_of(50'000)}}},
                  {},
                  blob{bytes_of(40'000)},
                  blob{bytes_of(100)}};
  const std::string packed = pack(one);
  const auto is_inside = [&](const blob& b) {
    return b.text().data() >= packed.data() && b.text().data() < packed.data() + packed.size();
  };
  keeper k{45'000};
  const long before = k.owner.use_count();
  {
    byte_reader from{packed, nullptr, nullptr, &k};
    album back;
    REQUIRE(codec<album>::decode(from, back));
    CHECK(back == one);
    CHECK(k.asked == std::vector<std::size_t>{100'000, 50'000, 40'000});
    CHECK(is_inside(back.pages[0].body));
    CHECK(is_inside(back.pages[1].body));
    CHECK_FALSE(is_inside(std::get<blob>(back.back)));
    CHECK_FALSE(is_inside(back.last));
    CHECK(k.owner.use_count() == before + 2);
  }
  CHECK(k.owner.use_count() == before);
  CHECK_FALSE(is_inside(unpack<album>(packed)->pages[0].body));
}

TEST_CASE("R8, B2: a blob that says it is longer than what is there does not decode") {
  std::string bytes;
  byte_writer to{bytes};
  to.varint(std::uint64_t{1} << 40);
  to.raw("short");
  keeper k{0};
  byte_reader from{bytes, nullptr, nullptr, &k};
  blob v;
  CHECK_FALSE(codec<blob>::decode(from, v));
  CHECK(v.empty());
  CHECK(k.asked.empty());
}

TEST_CASE("PT1: a blob shows how many bytes it has") {
  bounded_text text{100};
  print_value(text, page{"/a", blob{bytes_of(70'000)}});
  CHECK(text.text().find("70000 bytes") != std::string::npos);
  CHECK(testkit::printed(blob{std::string{"abc"}}) == "blob(\"abc\")");
  CHECK(testkit::printed(blob{std::string(100, 'x')}) ==
        "blob(\"" + std::string(64, 'x') + "\", and 36 bytes more)");
}

}  // namespace contract_blob_test
