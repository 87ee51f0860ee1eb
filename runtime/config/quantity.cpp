#include <charconv>
#include <span>
#include <troupe/config/quantity.hpp>

namespace troupe {

namespace {

struct unit {
  std::string_view name;
  std::int64_t factor;
};

// Smallest first: `write` takes the last that divides the number.
constexpr unit time_units[] = {{"ns", 1},
                               {"us", 1'000},
                               {"ms", 1'000'000},
                               {"s", 1'000'000'000},
                               {"min", 60'000'000'000},
                               {"h", 3'600'000'000'000}};
constexpr unit size_units[] = {{"", 1},
                               {"B", 1},
                               {"KiB", std::int64_t{1} << 10},
                               {"MiB", std::int64_t{1} << 20},
                               {"GiB", std::int64_t{1} << 30},
                               {"TiB", std::int64_t{1} << 40}};

std::optional<std::int64_t> read(std::string_view text, std::span<const unit> units) noexcept {
  // from_chars would take a sign; a quantity has none.
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  std::int64_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc{}) return std::nullopt;
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const auto& u : units) {
    std::int64_t product = 0;
    if (u.name == name && !__builtin_mul_overflow(number, u.factor, &product)) return product;
  }
  return std::nullopt;
}

std::string write(std::int64_t number, std::span<const unit> units) {
  const unit* best = &units.front();
  for (const auto& u : units)
    if (!u.name.empty() && u.name != "B" && number % u.factor == 0) best = &u;
  return std::to_string(number / best->factor) + std::string(best->name);
}

}  // namespace

std::optional<duration> duration_from_text(std::string_view text) noexcept {
  const auto n = read(text, time_units);
  return n ? std::optional(duration{*n}) : std::nullopt;
}

std::optional<byte_count> bytes_from_text(std::string_view text) noexcept {
  const auto n = read(text, size_units);
  return n ? std::optional(byte_count{static_cast<std::uint64_t>(*n)}) : std::nullopt;
}

std::string to_text(duration d) { return d == duration{0} ? "0s" : write(d.count(), time_units); }

std::string to_text(byte_count b) {
  return b.n == 0 ? "0" : write(static_cast<std::int64_t>(b.n), size_units);
}

}  // namespace troupe
