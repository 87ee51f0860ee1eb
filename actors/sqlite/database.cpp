#include <sqlite3.h>

#include <limits>
#include <troupe/sqlite/connection.hpp>
#include <troupe/sqlite/database.hpp>
#include <utility>

namespace troupe::sqlite {

transaction::transaction(std::shared_ptr<connection> on) noexcept : connection_(std::move(on)) {}

transaction::~transaction() {
  // A destructor has nobody to tell; a rollback that fails shows in the next `begin`.
  if (connection_) (void)connection_->rollback();
}

result<void> transaction::commit() {
  if (!connection_) return error{errc::invalid, "this transaction has ended: begin a new one"};
  return std::exchange(connection_, nullptr)->commit();
}

result<void> transaction::rollback() {
  if (!connection_) return error{errc::invalid, "this transaction has ended: begin a new one"};
  return std::exchange(connection_, nullptr)->rollback();
}

database::database(std::shared_ptr<connection> on) noexcept : connection_(std::move(on)) {}

result<statement> database::prepare(std::string_view sql) {
  if (sql.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    return error{errc::invalid, "database " + path() + ": a statement of more than 2 GiB"};
  const auto none = [&] {
    return error{errc::invalid,
                 "database " + path() + ": there is no statement in '" + std::string(sql) + "'"};
  };
  if (sql.empty()) return none();
  connection_->start_call();
  sqlite3_stmt* raw = nullptr;
  const char* rest = nullptr;
  int code = sqlite3_prepare_v3(connection_->handle(), sql.data(), static_cast<int>(sql.size()),
                                SQLITE_PREPARE_PERSISTENT, &raw, &rest);
  if (code != SQLITE_OK) return connection_->failure(code, sql);
  if (!raw) return none();
  statement made(connection_, raw);

  // What follows may be spaces and comments. Anything else would be lost without a word.
  sqlite3_stmt* second = nullptr;
  const int left = static_cast<int>(sql.data() + sql.size() - rest);
  code = sqlite3_prepare_v3(connection_->handle(), rest, left, 0, &second, nullptr);
  sqlite3_finalize(second);
  if (code != SQLITE_OK || second)
    return error{errc::invalid, "database " + path() + ": prepare takes one statement, another follows: " +
                                    std::string(rest, rest + left)};
  return made;
}

result<void> database::exec(std::string_view sql) {
  if (const error* undone = connection_->undone_by()) return *undone;
  return connection_->run(sql);
}

result<transaction> database::begin() {
  if (auto begun = connection_->begin(); !begun) return begun.error();
  return transaction(connection_);
}

result<void> database::checkpoint() { return connection_->checkpoint(); }

std::optional<error> database::checkpoint_failure() const { return connection_->checkpoint_failure(); }

std::int64_t database::changes() const noexcept { return sqlite3_changes64(connection_->handle()); }

std::int64_t database::last_insert_id() const noexcept {
  return sqlite3_last_insert_rowid(connection_->handle());
}

const std::string& database::path() const noexcept { return connection_->path(); }

result<database> open(const options& with) {
  auto made = connection::open(with);
  if (!made) return made.error();
  return database(std::move(*made));
}

}  // namespace troupe::sqlite
