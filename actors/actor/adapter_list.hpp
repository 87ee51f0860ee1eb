// The adapters that an actor has (adapter_base.hpp, AB4).
#pragma once

#include <boost/intrusive/list.hpp>
#include <troupe/actor/adapter_base.hpp>

namespace troupe::detail {

/// The adapters of one object. In the owner's turns only.
class adapter_list {
 public:
  adapter_list() = default;
  adapter_list(const adapter_list&) = delete;
  adapter_list& operator=(const adapter_list&) = delete;
  ~adapter_list() { end_all(); }

  /// One more.
  void add(adapter_base& one) noexcept { all_.push_back(one); }
  /// Ends them all, oldest first.
  void end_all() noexcept {
    while (!all_.empty()) {
      adapter_base& first = all_.front();
      all_.pop_front();
      first.end(true);
    }
  }

 private:
  boost::intrusive::list<adapter_base, boost::intrusive::constant_time_size<false>> all_;
};

}  // namespace troupe::detail
