// One client's keys: chooses what to do next, and checks every answer against the models. Pure: time and
// chance come in as arguments. Not thread-safe: it belongs to one client.
//
// Rules
//  H1 One request at a time: `next` or `read_back`, then `settle` with what became of it.
//  H2 A key whose last write has an unknown outcome is read before it is written again, so that unknowns do
//     not pile up.
//  H3 A key that could not be served rests, 100 ms at first and twice as long each time, up to 1 s.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <troupe/base/prng.hpp>
#include <troupe/base/units.hpp>
#include <variant>
#include <vector>

#include "kv/verify/key_model.hpp"
#include "kv/verify/outcome.hpp"

namespace kv::verify {

/// What a request does.
enum class action : std::uint8_t { get, set, del, incr, append };

/// The name of a command: `SET`.
std::string_view to_string(action a) noexcept;

/// A request that is to be sent.
struct request {
  std::size_t key;      ///< which of the history's keys
  action what;          ///< what to do to it
  std::uint64_t write;  ///< the number of the write; 0 for a read
  std::string name;     ///< the key
  std::string value;    ///< of SET and APPEND
};

/// What an answer came to.
struct settled {
  finding found;      ///< what is lost or wrong
  bool acknowledged;  ///< a write is certain now
  std::string text;   ///< one line for a person when something was found, else empty
};

/// The keys of one client and what is known of them.
class history {
 public:
  /// `keys` keys, at least one, that begin with `prefix`: a third each are registers, counters and logs. No
  /// other client and no earlier run may have used the prefix.
  history(std::string prefix, std::size_t keys);

  /// What to do next; nothing while all keys rest (H3).
  std::optional<request> next(troupe::prng& random, troupe::time_point now);

  /// When the first of the resting keys may be tried again.
  troupe::time_point next_try() const noexcept;

  /// Reads the key back.
  request read_back(std::size_t key) const;

  /// Takes what became of a request.
  settled settle(const request& r, const answer& a, troupe::time_point now);

  /// How many keys there are.
  std::size_t keys() const noexcept { return keys_.size(); }
  /// Whether a write to the key was ever acknowledged.
  bool has_acknowledged(std::size_t key) const noexcept { return keys_[key].acknowledged > 0; }
  /// Writes that were acknowledged, over all keys.
  std::uint64_t acknowledged() const noexcept { return acknowledged_; }

 private:
  struct key_state {
    std::string name;
    std::variant<register_model, counter_model, log_model> model;
    std::uint64_t writes = 0;  // the number of the last write that was sent
    std::uint64_t acknowledged = 0;
    bool unknown = false;     // H2
    troupe::duration rest{};  // H3
    troupe::time_point rests_until{};
  };

  request choose(std::size_t key, troupe::prng& random);
  settled settle_answer(key_state& k, const request& r, const answer& a);

  std::vector<key_state> keys_;
  std::uint64_t acknowledged_ = 0;
};

/// The value that write number `write` gives to a register: it names the key and is padded to differ in size.
std::string register_value(std::string_view key, std::uint64_t write);

/// The write whose value this is, 0 when it is nobody's. The whole text must be as it was written.
std::uint64_t parse_register(std::string_view key, std::string_view text);

/// Bytes of an item in a log.
inline constexpr std::size_t log_item_bytes = 11;

/// The item that write number `write` adds to a log. REQUIRES: below 10'000'000'000.
std::string log_item(std::uint64_t write);

/// The items of a log, nothing when the text is not made of items.
std::optional<std::vector<std::uint64_t>> parse_log(std::string_view text);

}  // namespace kv::verify
