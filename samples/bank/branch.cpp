#include "branch.hpp"

namespace bank {

using troupe::errc;
using troupe::error;
using troupe::result;
using troupe::sqlite::reset_guard;
using troupe::sqlite::statement;
using troupe::sqlite::stepped;

namespace {

constexpr std::string_view accounts_schema =
    "CREATE TABLE IF NOT EXISTS accounts (number INTEGER PRIMARY KEY, cents INTEGER NOT NULL CHECK (cents >= "
    "0));"
    "CREATE TABLE IF NOT EXISTS booked (op TEXT PRIMARY KEY, error INTEGER NOT NULL, text TEXT NOT NULL) "
    "WITHOUT ROWID";

}  // namespace

struct branch::statements {
  explicit statements(ledger& l)
      : balance(l.prepare("SELECT cents FROM accounts WHERE number = ?1")),
        change(l.prepare("UPDATE accounts SET cents = cents + ?2 WHERE number = ?1")),
        known(l.prepare("SELECT error, text FROM booked WHERE op = ?1")),
        note(l.prepare("INSERT INTO booked (op, error, text) VALUES (?1, ?2, ?3)")),
        sum(l.prepare("SELECT sum(cents) FROM accounts")) {}
  statement balance, change, known, note, sum;
};

branch::branch(branch_settings how) : how_(std::move(how)), mishap_(ports(), how_.mishaps) {}
branch::~branch() = default;

void branch::on_start() {
  ledger_ = std::make_unique<ledger>(
      ports(), how_.directory + "/branch-" + std::to_string(how_.number) + ".db", accounts_schema);
  auto open = ledger_->prepare("INSERT OR IGNORE INTO accounts (number, cents) VALUES (?1, ?2)");
  for (std::int64_t i = 0; i < how_.accounts; ++i)
    ledger_->write(open.bind_int(1, i).bind_int(2, how_.opening_cents));
  ledger_->commit();
  sql_ = std::make_unique<statements>(*ledger_);
}

result<void> branch::on(const book& m) {
  if (how_.remember) {
    const reset_guard done{sql_->known};
    if (sql_->known.bind_text(1, m.op).step().value() == stepped::row) {
      const auto code = static_cast<errc>(sql_->known.get_int(0));
      if (code == errc{}) return {};
      return error{code, std::string{sql_->known.get_text(1)}};
    }
  }
  auto what = change(m);
  if (how_.remember) {
    // In the transaction of the change itself: both are done, or neither is.
    const std::string text = what ? "" : what.error().text;
    ledger_->write(sql_->note.bind_text(1, m.op)
                       .bind_int(2, static_cast<std::int64_t>(what ? errc{} : what.error().code))
                       .bind_text(3, text));
  }
  mishap_.may_happen("in a branch, with the change written and not committed");
  return what;
}

result<void> branch::change(const book& m) {
  {
    const reset_guard done{sql_->balance};
    if (sql_->balance.bind_int(1, m.account).step().value() != stepped::row)
      return error{errc::not_found, "there is no account " + std::to_string(m.account)};
    if (sql_->balance.get_int(0) + m.cents < 0)
      return error{errc::invalid, "account " + std::to_string(m.account) + " has not enough"};
  }
  ledger_->write(sql_->change.bind_int(1, m.account).bind_int(2, m.cents));
  return {};
}

std::int64_t branch::on(const total&) {
  const reset_guard done{sql_->sum};
  static_cast<void>(sql_->sum.step().value());
  return sql_->sum.get_int(0);
}

}  // namespace bank
