// What customers, the teller, branches and the journal say to each other. Cents throughout.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <troupe/troupe.hpp>
#include <vector>

namespace bank {

/// An account: a number at a branch.
struct account {
  std::int64_t branch = 0;
  std::int64_t number = 0;
};

/// Where a transfer is. Each step is in the journal before the next begins.
enum class step : std::uint8_t {
  begun,     ///< nothing has moved, or nobody knows yet whether it has
  taken,     ///< out of the first account, in flight
  done,      ///< in the second
  refused,   ///< the first account had not enough
  refunded,  ///< the second did not take it, so it is back in the first
  owed,      ///< neither takes it: a person has to look
};
inline constexpr std::array step_names{"begun", "taken", "done", "refused", "refunded", "owed"};

/// To the teller: move `cents` from one account to another. Who is not sure asks again with the same `id`: it is done once.
struct transfer {
  std::string id;
  account from;
  account to;
  std::int64_t cents = 0;
  using reply = step;
};

/// To a branch: change an account by `cents`. Done once for each `op`, and answered alike each time. Refused with `invalid` where there
/// is not enough, with `not_found` where there is no such account.
struct book {
  std::string op;
  std::int64_t account = 0;
  std::int64_t cents = 0;
};

/// To a branch: what do all its accounts hold?
struct total {
  using reply = std::int64_t;
};

/// To the journal: this transfer is to be made. The reply is where it is, which is not `begun` when it is known already.
struct enter {
  transfer what;
  using reply = step;
};

/// To the journal: it is there now.
struct reached {
  std::string id;
  step where = step::begun;
};

/// To the journal: what is neither done nor undone?
struct unfinished {
  using reply = std::vector<transfer>;
};

/// How many transfers are where, and how many cents they are about.
struct census {
  std::array<std::int64_t, step_names.size()> transfers{};
  std::array<std::int64_t, step_names.size()> cents{};
};
struct take_census {
  using reply = census;
};

}  // namespace bank
