#include <charconv>
#include <iterator>
#include <system_error>
#include <troupe/contract/codec_blob.hpp>
#include <troupe/contract/print.hpp>

namespace troupe::detail {

namespace {

template <class T>
void print_number(bounded_text& to, T value) {
  char digits[48];
  const auto [end, code] = std::to_chars(std::begin(digits), std::end(digits), value);
  to.add(code == std::errc{} ? std::string_view{digits, static_cast<std::size_t>(end - digits)} : "?");
}

}  // namespace

void print_signed(bounded_text& to, std::int64_t value) { print_number(to, value); }
void print_unsigned(bounded_text& to, std::uint64_t value) { print_number(to, value); }
void print_real(bounded_text& to, float value) { print_number(to, value); }
void print_real(bounded_text& to, double value) { print_number(to, value); }
void print_real(bounded_text& to, long double value) { print_number(to, value); }

}  // namespace troupe::detail

void troupe::troupe_print(bounded_text& to, const blob& v) {
  detail::print_unsigned(to, v.size());
  to.add(" bytes");
}
