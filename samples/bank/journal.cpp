#include "journal.hpp"

namespace bank {

using troupe::sqlite::reset_guard;
using troupe::sqlite::statement;
using troupe::sqlite::stepped;

namespace {

constexpr std::string_view transfers_schema =
    "CREATE TABLE IF NOT EXISTS transfers (id TEXT PRIMARY KEY, from_branch INTEGER, from_account INTEGER, "
    "to_branch INTEGER,"
    " to_account INTEGER, cents INTEGER, step INTEGER NOT NULL) WITHOUT ROWID";

step step_of(const statement& row, int column) { return static_cast<step>(row.get_int(column)); }

}  // namespace

struct journal::statements {
  explicit statements(ledger& l)
      : find(l.prepare("SELECT step FROM transfers WHERE id = ?1")),
        add(l.prepare("INSERT INTO transfers VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)")),
        move(l.prepare("UPDATE transfers SET step = ?2 WHERE id = ?1")),
        open(l.prepare("SELECT id, from_branch, from_account, to_branch, to_account, cents FROM transfers "
                       "WHERE step < 2")),
        count(l.prepare("SELECT step, count(*), sum(cents) FROM transfers GROUP BY step")) {}
  statement find, add, move, open, count;
};

journal::journal(std::string directory, std::uint32_t mishaps)
    : directory_(std::move(directory)), mishap_(ports(), mishaps) {}
journal::~journal() = default;

void journal::on_start() {
  ledger_ = std::make_unique<ledger>(ports(), directory_ + "/journal.db", transfers_schema);
  sql_ = std::make_unique<statements>(*ledger_);
}

step journal::on(const enter& m) {
  {
    const reset_guard done{sql_->find};
    if (sql_->find.bind_text(1, m.what.id).step().value() == stepped::row) return step_of(sql_->find, 0);
  }
  const transfer& t = m.what;
  ledger_->write(sql_->add.bind_text(1, t.id)
                     .bind_int(2, t.from.branch)
                     .bind_int(3, t.from.number)
                     .bind_int(4, t.to.branch)
                     .bind_int(5, t.to.number)
                     .bind_int(6, t.cents));
  mishap_.may_happen("in the journal, with a transfer entered and not committed");
  return step::begun;
}

void journal::on(const reached& m) {
  ledger_->write(sql_->move.bind_text(1, m.id).bind_int(2, static_cast<std::int64_t>(m.where)));
  mishap_.may_happen("in the journal, with a step written and not committed");
}

std::vector<transfer> journal::on(const unfinished&) {
  std::vector<transfer> out;
  const reset_guard done{sql_->open};
  auto& row = sql_->open;
  while (row.step().value() == stepped::row)
    out.push_back({std::string{row.get_text(0)},
                   {row.get_int(1), row.get_int(2)},
                   {row.get_int(3), row.get_int(4)},
                   row.get_int(5)});
  return out;
}

census journal::on(const take_census&) {
  census out;
  const reset_guard done{sql_->count};
  while (sql_->count.step().value() == stepped::row) {
    const auto at = static_cast<std::size_t>(step_of(sql_->count, 0));
    out.transfers[at] = sql_->count.get_int(1);
    out.cents[at] = sql_->count.get_int(2);
  }
  return out;
}

}  // namespace bank
