#include <sqlite3.h>

#include <troupe/sqlite/connection.hpp>
#include <troupe/sqlite/statement.hpp>
#include <utility>

namespace troupe::sqlite {
namespace {

/// SQLite takes a null address for NULL; an empty value must not become one.
const char* not_null(std::string_view value) noexcept { return value.data() ? value.data() : ""; }

}  // namespace

statement::statement(std::shared_ptr<connection> on, sqlite3_stmt* raw) noexcept
    : connection_(std::move(on)), raw_(raw) {}

statement::statement(statement&& other) noexcept
    : connection_(std::move(other.connection_)),
      raw_(std::exchange(other.raw_, nullptr)),
      bind_failure_(std::exchange(other.bind_failure_, 0)) {}

statement& statement::operator=(statement&& other) noexcept {
  if (this == &other) return *this;
  sqlite3_finalize(raw_);  // before the connection, which may close with it
  raw_ = std::exchange(other.raw_, nullptr);
  bind_failure_ = std::exchange(other.bind_failure_, 0);
  connection_ = std::move(other.connection_);
  return *this;
}

statement::~statement() { sqlite3_finalize(raw_); }

statement& statement::bound(int code) noexcept {
  if (code != SQLITE_OK && !bind_failure_) bind_failure_ = code;
  return *this;
}

statement& statement::bind_int(int index, std::int64_t value) noexcept {
  return bound(sqlite3_bind_int64(raw_, index, value));
}

statement& statement::bind_real(int index, double value) noexcept {
  return bound(sqlite3_bind_double(raw_, index, value));
}

statement& statement::bind_text(int index, std::string_view value) noexcept {
  return bound(sqlite3_bind_text64(raw_, index, not_null(value), value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

statement& statement::bind_blob(int index, std::string_view value) noexcept {
  return bound(sqlite3_bind_blob64(raw_, index, not_null(value), value.size(), SQLITE_STATIC));
}

statement& statement::bind_null(int index) noexcept { return bound(sqlite3_bind_null(raw_, index)); }

result<stepped> statement::step() {
  if (const error* undone = connection_->undone_by()) {
    reset();
    return *undone;
  }
  connection_->start_call();
  const int code = bind_failure_ ? bind_failure_ : sqlite3_step(raw_);
  if (code == SQLITE_ROW) return stepped::row;
  if (code == SQLITE_DONE) {
    reset();
    return stepped::done;
  }
  error why =
      connection_->failure(code, sqlite3_sql(raw_));  // before the reset, which may change SQLite's words
  reset();
  return why;
}

result<void> statement::run() {
  for (;;) {
    const auto now = step();
    if (!now) return now.error();
    if (*now == stepped::done) return {};
  }
}

void statement::reset() noexcept {
  // Its code is the last step's, which that step has returned already.
  (void)sqlite3_reset(raw_);
  (void)sqlite3_clear_bindings(raw_);
  bind_failure_ = 0;
}

int statement::columns() const noexcept { return sqlite3_column_count(raw_); }

bool statement::is_null(int index) const noexcept { return sqlite3_column_type(raw_, index) == SQLITE_NULL; }

std::int64_t statement::get_int(int index) const noexcept { return sqlite3_column_int64(raw_, index); }

double statement::get_real(int index) const noexcept { return sqlite3_column_double(raw_, index); }

// The length is asked for after the value, when it is in the form whose length is wanted.
std::string_view statement::get_text(int index) const noexcept {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw_, index));
  return text ? std::string_view(text, static_cast<std::size_t>(sqlite3_column_bytes(raw_, index))) : "";
}

std::string_view statement::get_blob(int index) const noexcept {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(raw_, index));
  return bytes ? std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(raw_, index))) : "";
}

}  // namespace troupe::sqlite
