// The links of one cell: whose end is its own, and to whom its end goes.
//
// A link is one thing with two sides, and each side keeps its half. They talk by messages alone (I ask for a link; I give it up; I have
// ended), so a side may be behind what the other has done, and two may ask for, or give up, the same link at the same time. Nothing here asks
// where the other lives.
// Each is kept under a number of the other: a cell's own, and for an actor of another node one that its link with that node gives
// (link_book.hpp).
//
// Rules
//  LK1 Between two actors there is one link at most, whoever asked for it and however often. One that both asked for goes when either gives
//      it up.
//  LK2 Each time a side asks, it does so under a new number. What is said later of the link (given up, ended) names the numbers that its
//      sender knew, and concerns only those. So a link that is asked for anew while the old one's end is still under way is another link:
//      the old one's news does not end it, and what was given up can't be ended by it either.
//  LK3 Each side is told of the other's end at most once: he is in the list when it is taken, or finds it over, as with watchers (WL1).
//      An end takes the link out of the list of who is told.
//  LK4 The list is its cell's, and whoever ends the cell from outside takes it: hence a lock, which nobody holds while anything is sent
//      (WL2).
//  LK5 It is empty, and costs nothing, where there are no links: it grows with those there are, not with those there were.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <troupe/cell/address.hpp>
#include <troupe/cell/byte_lock.hpp>
#include <troupe/cell/link_ended.hpp>
#include <vector>

namespace troupe {

/// The links of one cell (LK1-LK5). Thread-safe.
class link_list {
 public:
  /// One side's half of a link.
  struct half {
    address_ptr other;
    link_ids ids;
  };
  /// The same, with the other's number.
  struct numbered {
    std::uint64_t number;
    half what;
  };

  /// This side asks for a link to the actor with that number. Returns the number to ask under; 0: there is one already, or the list is
  /// over (LK1, LK3).
  std::uint32_t ask(std::uint64_t number, address_ptr other);
  /// The other side has asked, under `theirs`. False: the list is over.
  bool asked(std::uint64_t number, address_ptr other, std::uint32_t theirs);
  /// This side gives the link up. What is to be told the other; nothing: there was none.
  std::optional<half> give_up(std::uint64_t number);
  /// The other side has given it up, as far as it was `which`, by our numbers (LK2).
  void given_up(std::uint64_t number, link_ids which);
  /// The number of a link to what is no cell of this process, by what `who` and the address in the list say of themselves; 0: there is none.
  /// Looks at all of them.
  std::uint64_t find(address& who);
  /// What was asked for as `number` is a link to the actor that there is one to as `known` already (LK1).
  void merge(std::uint64_t number, std::uint64_t known);
  /// The other side has ended. Whether that link was in force; it is no more (LK2, LK3).
  bool end(const link_ended& news);
  /// What ended it is to be looked at again (S7).
  void put_back(const link_ended& news);
  /// Gives up those to the children of `parent`, without a word: it ends them itself.
  void forget_children_of(const cell& parent);
  /// All of them, in the order in which the others were made (D1); from now on it is over.
  std::vector<numbered> take();

 private:
  struct content {
    boost::unordered_flat_map<std::uint64_t, half> all;
    std::uint32_t asked = 0;  // the last number that was asked under
  };

  content& made() {
    if (!content_) content_ = std::make_unique<content>();
    return *content_;
  }
  void shrink();

  std::unique_ptr<content> content_;
  byte_lock lock_;
  bool over_ = false;
};

}  // namespace troupe
