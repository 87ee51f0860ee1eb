// An actor on a peer, and what a link has made of the way to it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <troupe/delivery/route_book.hpp>
#include <troupe/wire/frame.hpp>

namespace troupe::detail {

/// An actor on a peer.
struct remote_target {
  std::string path = {};  ///< `/user/bank/ledger`
  std::string name =
      {};  ///< the same as frames have it: with its seal, and for an exact ref its number, in front, `17-8e21c4/user/bank/ledger`
  std::uint64_t number = 0;              ///< of an exact ref; 0: whoever is there
  std::uint64_t run = 0;                 ///< the run of the peer it is of; 0: any
  wire::lane in = wire::lane::ordinary;  ///< that its messages travel in
};

/// The routes to one target, by type of message (route_book.hpp). Guarded by the link's lock.
class target_routes {
 public:
  /// That of the messages of this type. Where there are many types, one takes another's place.
  route_mark& of(std::uint64_t type_hash) noexcept {
    if (route_mark* const known = find(type_hash)) return *known;
    one& taken = all_[next_++ % all_.size()];
    taken = {type_hash, {}};
    return taken.mark;
  }
  /// The same where there is one; null: there is none.
  route_mark* find(std::uint64_t type_hash) noexcept {
    for (one& r : all_)
      if (r.type_hash == type_hash) return &r.mark;
    return nullptr;
  }

 private:
  struct one {
    std::uint64_t type_hash = 0;
    route_mark mark = {};
  };

  std::array<one, 4> all_;
  std::uint32_t next_ = 0;
};

}  // namespace troupe::detail
