// Which actors here are linked to actors of one peer (L7): the node's part of a link between nodes, whose halves are with the actors.
//
// Rules
//  LB1 A link has a number of this system, which the actor here keeps it under (link_list.hpp) and its end carries. Whoever takes it out of
//      the book tells the actor here, or has been told not to: so he hears once.
//  LB2 Between two actors there is one link (LK1). One that was asked for by a path is found by that until the peer has said whom it is to
//      (`linked`); if there is one to him already, the two become one.
//  LB3 One that is asked for while the peer can't be reached waits here, and is told to the peer when it is up; so does the end of who had
//      asked. What the peer knows of is of one run of it, in one epoch, and ends with that.
//  LB4 A peer has at most `links_max` links here, whose paths have at most `paths_bytes_max` bytes together (R8).
//
// Guarded by its owner's lock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <troupe/cell/handle.hpp>
#include <troupe/cell/link_ended.hpp>
#include <troupe/link/link_event.hpp>
#include <troupe/node/remote_target.hpp>
#include <tuple>
#include <utility>
#include <vector>

namespace troupe::detail {

/// One link.
struct far_link {
  std::uint64_t id;                       ///< see LB1
  cell_ptr local;                         ///< the actor here
  address_ptr far;                        ///< the peer's
  std::string path;                       ///< of that, `/user/bank`
  std::string name;                       ///< as frames have it
  std::uint64_t number;                   ///< its number; 0: not known yet
  std::uint64_t run;                      ///< of the peer that it is of; 0: not known yet
  wire::lane in;                          ///< that messages to it travel in
  link_ids asked = {};                    ///< the asks of both sides; `mine` is that of the actor here
  bool told = false;                      ///< whether the peer knows of that
  std::optional<peer_run> with = {};      ///< who knows of the link; none: it waits
  std::optional<exit_reason> ended = {};  ///< the end of the actor here, which waits as well
  bool may_stop = false;                  ///< whether the peer may stop the actor here by it (PL20)
};

/// See above.
class link_book {
 public:
  static constexpr std::size_t links_max = 1'000'000;
  static constexpr std::size_t paths_bytes_max = std::size_t{64} << 20;

  /// Whether the peer may have one more, with that path (LB4).
  bool has_room(std::size_t path_bytes) const noexcept {
    return by_id_.size() < links_max && path_bytes_ + path_bytes <= paths_bytes_max;
  }

  /// That one; null: it is not there.
  const far_link* find(std::uint64_t id) const;
  /// That between two whose numbers are known.
  const far_link* between(std::uint64_t local, std::uint64_t run, std::uint64_t number) const;
  /// The one that the actor here has asked for so.
  const far_link* asked_here(std::uint64_t local, std::uint32_t ask) const;
  /// The one that an actor of that run of the peer has asked for so.
  const far_link* asked_there(std::uint64_t run, std::uint64_t number, std::uint32_t ask) const;
  /// The oldest of that actor here to that path; with `unknown` only one whose other side has no number yet.
  const far_link* to_path(std::uint64_t local, const std::string& path, bool unknown) const;

  /// REQUIRES: there is none with its id, and none between the two.
  const far_link& add(far_link one);
  /// Takes one out. REQUIRES: it is there.
  far_link take(std::uint64_t id);
  /// Has `what` change it. REQUIRES: it is there.
  template <class F>
  const far_link& change(std::uint64_t id, F what) {
    far_link one = take(id);
    what(one);
    return add(std::move(one));
  }
  /// Takes those out that `which` is true of, in the order in which they were made (D1).
  template <class Which>
  std::vector<far_link> take_if(Which which) {
    std::vector<std::uint64_t> ids;
    for (const auto& [id, one] : by_id_)
      if (which(one)) ids.push_back(id);
    std::vector<far_link> out;
    for (const std::uint64_t id : ids) out.push_back(take(id));
    return out;
  }
  /// Those that the peer has to be told of, in that order.
  std::vector<std::uint64_t> untold() const;

 private:
  const far_link* at(const auto& index, const auto& key) const {
    const auto found = index.find(key);
    return found == index.end() ? nullptr : &by_id_.at(found->second);
  }

  std::map<std::uint64_t, far_link> by_id_;
  std::map<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>, std::uint64_t>
      between_;                                                               // actor here, run, number
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::uint64_t> by_mine_;  // actor here, its ask
  std::map<std::tuple<std::uint64_t, std::uint64_t, std::uint32_t>, std::uint64_t>
      by_theirs_;                                                            // run, number, ask
  std::set<std::tuple<std::uint64_t, std::string, std::uint64_t>> by_path_;  // actor here, path, id
  std::size_t path_bytes_ = 0;
};

}  // namespace troupe::detail
