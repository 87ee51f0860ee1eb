#include "kv/service/store.hpp"

namespace kv {

using troupe::result;
using troupe::sqlite::reset_guard;
using troupe::sqlite::stepped;

namespace {

troupe::sqlite::database open_with_table(const troupe::sqlite::options& how) {
  auto db = troupe::sqlite::open(how).value();
  db.exec("CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
      .value();
  return db;
}

}  // namespace

store::store(const troupe::sqlite::options& how)
    : db_(open_with_table(how)),
      get_(db_.prepare("SELECT value FROM entries WHERE key = ?1").value()),
      put_(db_.prepare("INSERT INTO entries (key, value) VALUES (?1, ?2) "
                       "ON CONFLICT (key) DO UPDATE SET value = excluded.value")
               .value()),
      remove_(db_.prepare("DELETE FROM entries WHERE key = ?1").value()),
      length_(db_.prepare("SELECT length(value) FROM entries WHERE key = ?1").value()),
      count_(db_.prepare("SELECT count(*) FROM entries").value()) {}

result<void> store::begin_if_needed() {
  if (open_) return {};
  auto begun = db_.begin();
  if (!begun) return begun.error();
  open_.emplace(std::move(*begun));
  return {};
}

result<std::optional<std::string>> store::get(std::string_view key) {
  const reset_guard done{get_};
  const auto step = get_.bind_blob(1, key).step();
  if (!step) return step.error();
  if (*step == stepped::done) return std::optional<std::string>{};
  return std::optional<std::string>{get_.get_blob(0)};
}

result<void> store::put(std::string_view key, std::string_view value) {
  if (auto begun = begin_if_needed(); !begun) return begun;
  return put_.bind_blob(1, key).bind_blob(2, value).run();
}

result<bool> store::remove(std::string_view key) {
  if (auto begun = begin_if_needed(); !begun) return begun.error();
  const auto ran = remove_.bind_blob(1, key).run();
  if (!ran) return ran.error();
  return db_.changes() > 0;
}

result<bool> store::exists(std::string_view key) {
  const reset_guard done{length_};
  const auto step = length_.bind_blob(1, key).step();
  if (!step) return step.error();
  return *step == stepped::row;
}

result<std::int64_t> store::length(std::string_view key) {
  const reset_guard done{length_};
  const auto step = length_.bind_blob(1, key).step();
  if (!step) return step.error();
  return *step == stepped::row ? length_.get_int(0) : 0;
}

result<std::int64_t> store::count() {
  const reset_guard done{count_};
  const auto step = count_.step();
  if (!step) return step.error();
  return count_.get_int(0);
}

result<void> store::commit() {
  if (!open_) return {};
  auto ending = std::move(*open_);
  open_.reset();
  return ending.commit();
}

}  // namespace kv
