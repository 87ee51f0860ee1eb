// A prepared statement: bind values, step through rows, read columns as views.
//
// Thread-safety: as its database: one thread at a time.
//
// Rules
//  P1 Bound text and bytes are not copied: they stay valid until the statement is reset. So a large value
//     goes from the caller's buffer straight into the page.
//  P2 A statement resets itself when it is done and when it fails, and a reset forgets all bindings: no view
//     is kept longer than it is needed, and a parameter that is not bound is NULL.
//  P3 A mistake in binding is kept and returned by the next `step`; the statement is not run.
//  P4 A column view lives until the next step or reset, or until the same column is read as another type.
//  P5 A statement left in the middle of its rows holds a read snapshot: the log can't be emptied meanwhile.
//     `reset` it, or let a `reset_guard` do it.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <troupe/base/error.hpp>

struct sqlite3_stmt;

namespace troupe::sqlite {

class connection;

/// What a step came to.
enum class stepped : std::uint8_t {
  row,   ///< a row is there to be read
  done,  ///< there are no more rows; the statement has been reset
};

/// One prepared statement. Keeps its database open. Movable. A moved-from one may only be destroyed or
/// assigned to.
class statement {
 public:
  /// Takes over a statement prepared on `on`. Made by `database::prepare`.
  statement(std::shared_ptr<connection> on, sqlite3_stmt* raw) noexcept;

  /// Takes over `other`, bindings and rows included.
  statement(statement&& other) noexcept;
  /// Finalizes its own, then takes over `other`.
  statement& operator=(statement&& other) noexcept;
  /// Finalizes it.
  ~statement();

  /// Binds an integer to parameter `index`, counted from 1 (P3).
  statement& bind_int(int index, std::int64_t value) noexcept;
  /// Binds a floating-point number (P3).
  statement& bind_real(int index, double value) noexcept;
  /// Binds UTF-8 text, without copying (P1, P3).
  statement& bind_text(int index, std::string_view value) noexcept;
  /// Binds bytes, without copying (P1, P3). Empty bytes are an empty value, not NULL.
  statement& bind_blob(int index, std::string_view value) noexcept;
  /// Binds NULL (P3).
  statement& bind_null(int index) noexcept;

  /// Runs until the next row or the end. Outside of a transaction `done` means committed. Errors as
  /// `database::exec`.
  result<stepped> step();

  /// Runs to the end and ignores rows: for inserts, updates and deletes.
  result<void> run();

  /// Back to the start, without bindings (P2). Harmless at any time.
  void reset() noexcept;

  /// The number of columns in a row.
  int columns() const noexcept;
  /// Whether column `index`, counted from 0, is NULL. Also true when there is no such column or no row.
  bool is_null(int index) const noexcept;
  /// The column as an integer; 0 for NULL.
  std::int64_t get_int(int index) const noexcept;
  /// The column as a floating-point number; 0 for NULL.
  double get_real(int index) const noexcept;
  /// The column as UTF-8 text (P4); empty for NULL.
  std::string_view get_text(int index) const noexcept;
  /// The column's bytes (P4); empty for NULL.
  std::string_view get_blob(int index) const noexcept;

 private:
  statement& bound(int code) noexcept;

  std::shared_ptr<connection> connection_;
  sqlite3_stmt* raw_;
  int bind_failure_ = 0;  // P3: SQLite's code
};

/// Resets a statement at the end of a scope, whichever way it is left (P5).
class reset_guard {
 public:
  /// Guards `what`, which outlives it and is not moved meanwhile.
  explicit reset_guard(statement& what) noexcept : what_(what) {}
  reset_guard(const reset_guard&) = delete;
  reset_guard& operator=(const reset_guard&) = delete;
  /// Resets.
  ~reset_guard() { what_.reset(); }

 private:
  statement& what_;
};

}  // namespace troupe::sqlite
