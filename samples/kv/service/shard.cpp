#include "kv/service/shard.hpp"

#include <charconv>
#include <limits>
#include <stdexcept>

namespace kv {

using troupe::errc;
using troupe::error;
using troupe::result;

void shard::on_start() {
  ports().files().make_directories(settings_.directory).value();
  store_ = std::make_unique<store>(troupe::sqlite::options{
      .path = settings_.directory + "/shard-" + std::to_string(settings_.number) + ".db",
      .files = ports().files(),
      .clock = ports().clock(),
      .entropy = ports().entropy(),
      .durable = settings_.durable});
}

void shard::on_turn_end() {
  const auto committed = store_->commit();
  if (committed) return;
  // The clients of this turn learn it. A full disk is undone and the shard goes on; after any other failure the
  // file can't be trusted before it has been opened anew, so the shard fails and its supervisor sees to that.
  refuse_held(committed.error());
  if (committed.error().code != errc::disk_full) throw troupe::failed{committed.error()};
}

result<bool> shard::on(const set& m) {
  if (m.when != set_when::always) {
    const auto there = store_->exists(m.key);
    if (!there) return there.error();
    if (*there != (m.when == set_when::present)) return false;
  }
  if (const auto put = store_->put(m.key, m.value); !put) return put.error();
  return true;
}

result<std::int64_t> shard::on(const remove& m) {
  std::int64_t removed = 0;
  for (const auto& key : m.keys) {
    const auto was_there = store_->remove(key);
    if (!was_there) return was_there.error();
    removed += *was_there;
  }
  return removed;
}

result<std::int64_t> shard::on(const exists& m) {
  std::int64_t found = 0;
  for (const auto& key : m.keys) {
    const auto there = store_->exists(key);
    if (!there) return there.error();
    found += *there;
  }
  return found;
}

result<std::int64_t> shard::on(const increment& m) {
  const auto before = store_->get(m.key);
  if (!before) return before.error();
  std::int64_t value = 0;
  if (before->has_value()) {
    const std::string& text = **before;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    // As in Redis only the one canonical way to write a number is one: no "007", no "-0".
    if (ec != std::errc{} || end != text.data() + text.size() || text != std::to_string(value))
      return error{errc::invalid, "value is not an integer or out of range"};
  }
  if (value == std::numeric_limits<std::int64_t>::max())
    return error{errc::invalid, "increment or decrement would overflow"};
  ++value;
  if (const auto put = store_->put(m.key, std::to_string(value)); !put) return put.error();
  return value;
}

result<std::int64_t> shard::on(const append& m) {
  const auto old_size = store_->length(m.key);
  if (!old_size) return old_size.error();
  if (static_cast<std::size_t>(*old_size) + m.value.size() > settings_.value_bytes_max)
    return error{errc::invalid, "string exceeds maximum allowed size (kv.value_bytes_max)"};
  auto before = store_->get(m.key);
  if (!before) return before.error();
  std::string value = before->value_or(std::string{}) + m.value;
  if (const auto put = store_->put(m.key, value); !put) return put.error();
  return static_cast<std::int64_t>(value.size());
}

namespace {

error too_much(std::uint64_t bytes_max) {
  return {errc::invalid, "the values take more than " + std::to_string(bytes_max) + " bytes"};
}

}  // namespace

// Whether the values of these keys, which may be one key many times, fit into what the reply may take: asked before
// any of them is copied, unless there are too few of them to be too much.
result<void> shard::check_size(const get_many& m) {
  if (m.keys.size() <= m.bytes_max / settings_.value_bytes_max) return {};
  std::uint64_t sum = 0;
  for (const auto& key : m.keys) {
    const auto size = store_->length(key);
    if (!size) return size.error();
    sum += static_cast<std::uint64_t>(*size);
    if (sum > m.bytes_max) return too_much(m.bytes_max);
  }
  return {};
}

result<std::vector<std::optional<std::string>>> shard::on(const get_many& m) {
  if (const auto fits = check_size(m); !fits) return fits.error();
  std::vector<std::optional<std::string>> out;
  out.reserve(m.keys.size());
  std::uint64_t left = m.bytes_max;
  for (const auto& key : m.keys) {
    auto value = store_->get(key);
    if (!value) return value.error();
    // A value from before kv.value_bytes_max was lowered is larger than it.
    const std::uint64_t size = value->has_value() ? (*value)->size() : 0;
    if (size > left) return too_much(m.bytes_max);
    left -= size;
    out.push_back(std::move(*value));
  }
  return out;
}

result<void> shard::on(const set_many& m) {
  for (const auto& [key, value] : m.pairs)
    if (const auto put = store_->put(key, value); !put) return put.error();
  return {};
}

void shard::on(const crash&) {
  throw std::runtime_error{"shard " + std::to_string(settings_.number) + " was asked to crash"};
}

}  // namespace kv
