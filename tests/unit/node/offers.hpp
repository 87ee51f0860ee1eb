// A store whose mailbox pushes back, and feeders that offer rows to it, for tests over nodes (M8). A store is held up by `sys::suspend`.
#pragma once

#include <string>
#include <troupe/actor/spawn.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/sys/sys.hpp>
#include <utility>

#include "unit/cell/world.hpp"

namespace offers_test {

/// Is stored.
struct row {
  std::int32_t n = 0;
};
TROUPE_CONTRACT(row, "offers_test.row", 1, n)
/// Is answered behind all that came before.
struct rows {
  using reply = std::int32_t;
};
TROUPE_CONTRACT(rows, "offers_test.rows", 1)

/// Notes `row N`.
class store : public troupe::actor<row, rows> {
 public:
  explicit store(life::journal_ptr to) : to_(std::move(to)) {}
  void on(const row& m) {
    ++count_;
    to_->note("row " + std::to_string(m.n));
  }
  std::int32_t on(const rows&) { return count_; }

 private:
  life::journal_ptr to_;
  std::int32_t count_ = 0;
};

/// Has a feeder offer the rows `from` to `to`.
struct feed {
  int from = 0, to = 0;
};
/// Tells one.
struct tell_one {
  int n = 0;
};

/// Offers rows one after the other; notes `N queued`, or why not.
class feeder : public troupe::actor<feed, tell_one> {
 public:
  feeder(troupe::ref<row> to, life::journal_ptr notes) : to_(std::move(to)), notes_(std::move(notes)) {}
  troupe::task<void> on(feed m) {
    for (int n = m.from; n < m.to; ++n) {
      notes_->note(std::to_string(n) + " offered");
      const auto how = co_await offer<row>(to_, n);
      notes_->note(std::to_string(n) + " " + (how ? "queued" : std::string{to_string(how.error().code)}));
    }
  }
  void on(const tell_one& m) { to_.tell(row{m.n}); }

 private:
  troupe::ref<row> to_;
  life::journal_ptr notes_;
};

}  // namespace offers_test
