// What one peer says that its actors offer.
//
// Rules
//  HO1 An answer that can't follow what was heard before is refused as a whole, and says why: of another epoch without beginning anew, numbers that
//      do not rise or lie outside of it, an actor that offers a service twice, no news where none was due (R8).
//  HO2 An answer that begins anew in the same epoch marks what was heard, and what has not been named again when it ends (`more`) is gone: so a long
//      list is changed without having been empty in between. In another epoch all that was heard is gone at once.
//  HO3 At most `offers_max` offers are kept, those that were heard first. What is left out is heard of when all of it would find room: the whole is
//      asked for once more then.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <troupe/base/error.hpp>
#include <troupe/pattern/far_offers.hpp>
#include <troupe/services/messages.hpp>
#include <utility>
#include <vector>

namespace troupe::services {

/// See above (HO1-HO3). Not thread-safe.
class heard_offers {
 public:
  /// Offers that one answer may have.
  static constexpr std::size_t answer_offers_max = 2000;

  /// What an answer has changed.
  struct news {
    std::vector<ended_offer> gone = {};
    std::vector<service_offer> come = {};
    std::size_t left_out = 0;  ///< for want of room
  };

  /// Nothing, of at most so many.
  explicit heard_offers(std::size_t offers_max) : offers_max_(offers_max) {}

  /// An answer to `question()`; `believed` says which of its offers are. `errc::invalid` for one that can't be (HO1): nothing has changed then.
  result<news> take(const services_told& m, bool at_once,
                    const std::function<bool(const told_offer&)>& believed);

  /// Whether all of it has to be asked for once more (HO3).
  bool wants_all() const noexcept { return wants_all_; }
  /// What to ask from: the epoch and the number of a change.
  std::pair<std::uint64_t, std::uint64_t> question() const noexcept {
    return {epoch_, wants_all_ ? 0 : upto_};
  }
  /// All there are, by their numbers.
  std::vector<service_offer> all() const;
  /// How many there are.
  std::size_t size() const noexcept { return offers_.size(); }
  /// Nothing was ever heard.
  void forget();

 private:
  struct one {
    service_offer what;
    bool is_old = false;  // heard before the list began anew (HO2)
  };
  using key = std::pair<std::string, any_ref>;

  std::string mistake_in(const services_told& m, bool at_once) const;
  void end(std::map<std::uint64_t, one>::iterator at, news& out);

  const std::size_t offers_max_;
  std::uint64_t epoch_ = 0;
  std::uint64_t upto_ = 0;
  bool has_left_out_ = false;
  bool wants_all_ = false;
  std::map<std::uint64_t, one> offers_;
  std::map<key, std::uint64_t> numbers_;  // of the same: who offers what
};

}  // namespace troupe::services
