// Who a router sends to: immutable sets, one after the other.
//
// Rules
//  MS1 A sender reads one set and posts to its members while it holds it. A member that is retired is let go only when no set
//      that has it is held any more: whatever was sent to it by then is in its mailbox, or on the way there in its sender's
//      outbox.
//  MS2 Sets are made by one thread at a time: the one that makes the router, then the router's cell in its turns.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <string>
#include <troupe/cell/cell.hpp>
#include <troupe/pattern/hash_ring.hpp>
#include <vector>

namespace troupe::detail {

/// One member. Shared by the sets that have it.
class route_member : public boost::intrusive_ref_counter<route_member, boost::thread_safe_counter> {
 public:
  /// `name` is its place on a ring.
  route_member(address_ptr to, std::string name) : to_(std::move(to)), name_(std::move(name)) {}
  route_member(const route_member&) = delete;
  route_member& operator=(const route_member&) = delete;
  ~route_member();

  /// Where its messages go.
  address& to() const noexcept { return *to_; }
  /// Its name on a ring.
  const std::string& name() const noexcept { return name_; }
  /// When it is let go (MS1) `manager` drains it, in its turn. Called before the first set without it is published (MS2).
  void retire(cell_ptr manager) noexcept { manager_ = std::move(manager); }

 private:
  const address_ptr to_;
  const std::string name_;
  cell_ptr manager_;  // null: nothing is to be done
};
/// A shared member.
using member_ptr = boost::intrusive_ptr<route_member>;

/// A set of members (MS1).
class member_set : public boost::intrusive_ref_counter<member_set, boost::thread_safe_counter> {
 public:
  /// With a ring of so many points for each member; 0: without.
  member_set(std::vector<member_ptr> all, std::uint32_t points);

  /// The members.
  const std::vector<member_ptr>& all() const noexcept { return all_; }
  /// How many.
  std::size_t size() const noexcept { return all_.size(); }
  /// Whether there is nobody.
  bool empty() const noexcept { return all_.empty(); }
  /// The ring.
  const hash_ring& ring() const noexcept { return ring_; }

 private:
  std::vector<member_ptr> all_;
  hash_ring ring_;
};
/// A shared set.
using member_set_ptr = boost::intrusive_ptr<const member_set>;

/// The message that stops a member behind all that it has been sent.
struct member_drained {};

/// Sends `member` that message, behind all that senders hold back for it. In the turn of another cell.
void drain(cell& member);

}  // namespace troupe::detail
