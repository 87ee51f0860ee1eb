// One shard: an actor that owns a part of the keys and the database they are in.
//
// It acknowledges a write only after the commit: with `held_replies` every reply of a turn waits for
// `on_turn_end`, which commits the turn's one transaction. If the shard fails before that, the requests of
// the turn are put back and run again after the restart, so clients see a delay and no error.
#pragma once

#include <memory>
#include <string>

#include "kv/service/messages.hpp"
#include "kv/service/store.hpp"

namespace kv {

/// Where a shard keeps its data, and how durable it is.
struct shard_settings {
  std::size_t number = 0;
  std::string directory;
  troupe::sqlite::durability durable = troupe::sqlite::durability::full;
  std::size_t value_bytes_max = 1u << 20;  ///< largest value it makes or holds
};

class shard : public troupe::actor<get, set, remove, exists, increment, append, length, get_many, set_many,
                                   count, crash> {
 public:
  static constexpr bool held_replies = true;

  explicit shard(shard_settings settings) : settings_(std::move(settings)) {}

  void on_start();
  void on_turn_end() override;

  troupe::result<std::optional<std::string>> on(const get& m) { return store_->get(m.key); }
  troupe::result<bool> on(const set& m);
  troupe::result<std::int64_t> on(const remove& m);
  troupe::result<std::int64_t> on(const exists& m);
  troupe::result<std::int64_t> on(const increment& m);
  troupe::result<std::int64_t> on(const append& m);
  troupe::result<std::int64_t> on(const length& m) { return store_->length(m.key); }
  troupe::result<std::vector<std::optional<std::string>>> on(const get_many& m);
  troupe::result<void> on(const set_many& m);
  troupe::result<std::int64_t> on(const count&) { return store_->count(); }
  void on(const crash&);

 private:
  troupe::result<void> check_size(const get_many& m);

  shard_settings settings_;
  std::unique_ptr<store> store_;
};

}  // namespace kv
