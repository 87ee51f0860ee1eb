#include "account.hpp"

#include <algorithm>

namespace replay {

troupe::error account::turned_away(std::uint64_t number) {
  ++books_->refused;
  return {troupe::errc::refused,
          "lease " + std::to_string(number) + " is over: somebody else has had the account since"};
}

troupe::result<std::int64_t> account::on(const look& m) {
  if (fence_ == fence::all && m.number < books_->newest) return turned_away(m.number);
  books_->newest = std::max(books_->newest, m.number);
  return books_->cents;
}

troupe::result<std::int64_t> account::on(const write& m) {
  const std::uint64_t least = fence_ == fence::all      ? books_->newest
                              : fence_ == fence::writes ? books_->written_under
                                                        : 0;
  if (m.number < least) return turned_away(m.number);
  if (m.number < books_->newest) ++books_->late;
  books_->newest = std::max(books_->newest, m.number);
  books_->written_under = std::max(books_->written_under, m.number);
  return books_->cents = m.cents;
}

troupe::invariant no_late_writes(std::shared_ptr<const books> of) {
  return {"nobody writes under a lease that another has followed", [of] { return of->late == 0; }};
}

}  // namespace replay
