// What peers tried and may not, for whoever runs this node: each is counted, and of each peer one a second is an event (RI9).
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <troupe/cell/environment.hpp>
#include <troupe/rights/refusal_pace.hpp>

namespace troupe::detail {

/// See above. Thread-safe; events are published without its lock.
class refusals {
 public:
  explicit refusals(environment& env) noexcept : env_(&env) {}

  /// `peer` was refused something at `path` for the reason in `why`; `message` is the type of what it sent, empty for what is no message.
  void add(std::string_view peer, std::string_view path, std::string_view message, std::string_view why);
  /// Its connection is over: what was counted and not told is told now.
  void tell_rest(std::string_view peer);

 private:
  void tell_of(std::string_view peer, std::uint64_t count) const;

  boost::intrusive_ptr<environment> env_;
  std::mutex mutex_;
  rights::refusal_pace pace_;
};

}  // namespace troupe::detail
