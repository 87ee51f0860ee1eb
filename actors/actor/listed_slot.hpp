// A slot that can be on the list of an actor's open asks (open_asks.hpp).
#pragma once

#include <boost/intrusive/set_hook.hpp>
#include <troupe/cell/handler_wait.hpp>

namespace troupe::detail {

class open_asks;

/// See above.
class listed_slot : public awaited_slot {
 public:
  using awaited_slot::awaited_slot;

  /// Takes it off the list, if it is on one. In the asker's turn.
  void unlist() noexcept { hook_.unlink(); }

 private:
  friend class open_asks;
  boost::intrusive::set_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> hook_;
};

}  // namespace troupe::detail
