#include <doctest/doctest.h>

#include <troupe/config/quantity.hpp>

namespace config_quantity_test {

using namespace std::chrono_literals;
using troupe::byte_count;
using troupe::bytes_from_text;
using troupe::duration_from_text;

TEST_CASE("a duration is one whole number and one unit") {
  CHECK(duration_from_text("7ns") == 7ns);
  CHECK(duration_from_text("3us") == 3us);
  CHECK(duration_from_text("250ms") == 250ms);
  CHECK(duration_from_text("5s") == 5s);
  CHECK(duration_from_text("2min") == 2min);
  CHECK(duration_from_text("1h") == 1h);
  CHECK(duration_from_text("0s") == 0s);
}

TEST_CASE("what is no duration is nothing, never a guess") {
  for (const char* wrong : {"", "5", "s", "5 s", " 5s", "5s ", "-5s", "+5s", "1.5s", "5S", "5sec", "1h30min",
                            "2m", "1d", "5s\n", "0x5s"})
    CHECK_MESSAGE(!duration_from_text(wrong), wrong);
}

TEST_CASE("a duration that does not fit into 64 bits of nanoseconds is nothing") {
  CHECK(duration_from_text("9223372036854775807ns") == std::chrono::nanoseconds::max());
  CHECK(!duration_from_text("9223372036854775808ns"));
  CHECK(duration_from_text("2562047h") == 2562047h);
  CHECK(!duration_from_text("2562048h"));
  CHECK(!duration_from_text("99999999999999999999s"));
}

TEST_CASE("a size is bytes, or one whole number and one binary unit") {
  CHECK(bytes_from_text("0") == byte_count{0});
  CHECK(bytes_from_text("65536") == byte_count{65536});
  CHECK(bytes_from_text("12B") == byte_count{12});
  CHECK(bytes_from_text("64KiB") == byte_count{65536});
  CHECK(bytes_from_text("16MiB") == byte_count{16u << 20});
  CHECK(bytes_from_text("1GiB") == byte_count{1u << 30});
  CHECK(bytes_from_text("2TiB") == byte_count{std::uint64_t{2} << 40});
}

TEST_CASE("what is no size is nothing: decimal units would mean another number to half of the readers") {
  for (const char* wrong : {"", "KiB", "64 KiB", "-1", "+1", "1.5GiB", "64KB", "64K", "64kib", "1e3", "0x10"})
    CHECK_MESSAGE(!bytes_from_text(wrong), wrong);
}

TEST_CASE("a size ends at 2^63 - 1, the largest integer of a TOML file") {
  CHECK(bytes_from_text("9223372036854775807") == byte_count{INT64_MAX});
  CHECK(!bytes_from_text("9223372036854775808"));
  CHECK(bytes_from_text("8388607TiB"));
  CHECK(!bytes_from_text("8388608TiB"));
}

TEST_CASE("quantities are printed in the largest unit that divides them") {
  CHECK(troupe::to_text(troupe::duration{0}) == "0s");
  CHECK(troupe::to_text(troupe::duration{90s}) == "90s");
  CHECK(troupe::to_text(troupe::duration{120s}) == "2min");
  CHECK(troupe::to_text(troupe::duration{60min}) == "1h");
  CHECK(troupe::to_text(troupe::duration{1500ms}) == "1500ms");
  CHECK(troupe::to_text(troupe::duration{1001ns}) == "1001ns");
  CHECK(troupe::to_text(byte_count{0}) == "0");
  CHECK(troupe::to_text(byte_count{1000}) == "1000");
  CHECK(troupe::to_text(byte_count{65536}) == "64KiB");
  CHECK(troupe::to_text(byte_count{65537}) == "65537");
  CHECK(troupe::to_text(byte_count{1u << 30}) == "1GiB");
}

TEST_CASE("a printed quantity reads back as itself") {
  for (const std::int64_t n : {std::int64_t{0}, std::int64_t{1}, std::int64_t{999}, std::int64_t{1'000'000},
                               std::int64_t{60'000'000'000}, std::int64_t{3'600'000'000'001}, INT64_MAX}) {
    const troupe::duration d{n};
    CHECK(duration_from_text(troupe::to_text(d)) == d);
    const byte_count b{static_cast<std::uint64_t>(n)};
    CHECK(bytes_from_text(troupe::to_text(b)) == b);
  }
}

}  // namespace config_quantity_test
