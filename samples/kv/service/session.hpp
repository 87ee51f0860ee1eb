// One client's connection: reads requests, asks the shards, answers in order.
//
// A request is a coroutine of its own, so a pipeline's requests are under way together; how many is bounded, by number
// and by bytes, and so is what waits to be sent. What is not taken from the client yet stays in its socket.
//
// Rules
//  SE1 A request's bytes count from when they are read until its reply is there, for the connection
//      (`kv.pipeline_bytes_max`) and among all connections (`kv.request_bytes_max`). Past either nothing is read; there
//      is no error.
//  SE2 Half requests can't use that memory up for good: once others have waited `kv.request_time_max` for it, those
//      whose clients have sent nothing for that long are told so and closed, and so is whatever has been arriving for
//      `limits_for_trickle` times that.
//  SE3 The values of one reply take at most `settings::command_bytes_max` bytes, wherever their shards live.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <troupe/io/connection.hpp>
#include <vector>

#include "kv/resp/commands.hpp"
#include "kv/resp/parser.hpp"
#include "kv/service/keyspace.hpp"
#include "kv/service/reply_queue.hpp"
#include "kv/service/settings.hpp"

namespace kv {

/// What all sessions of a node share. Immutable while sessions run.
struct service {
  troupe::system& sys;
  settings how;
  keyspace keys;
  std::shared_ptr<troupe::io::read_budget> requests;  ///< what all sessions may hold (SE1)
};

class session : public troupe::io::connection<> {
 public:
  session(std::unique_ptr<troupe::port::stream> stream, std::shared_ptr<const service> shared);

  void on_bytes(std::string_view bytes) override;
  void on_batch_end() override;
  void on_end() override { input_ended_ = true; }
  void on_memory_short(bool waits) override;

 private:
  using arguments = std::span<const std::string_view>;
  using ticket = reply_queue::ticket;

  static constexpr int limits_for_trickle = 8;  // SE2

  bool takes_more() const noexcept;
  void take_requests();
  void run(const resp::command_spec& spec, arguments a, ticket t);
  std::size_t weight_of(const resp::command_spec& spec, arguments a) const noexcept;
  void reply_to(ticket t, std::string reply);
  void refuse(std::string_view why);

  // Asks one shard and writes its answer with `write(out, reply)`.
  template <class M, class Write, class... Fields>
  troupe::task<void> one(ticket t, std::size_t shard, Write write, Fields... fields);

  // many_keys.cpp
  troupe::task<void> sum_over_shards(ticket t, bool remove_them,
                                     std::vector<std::vector<std::string>> keys_by_shard);
  troupe::task<void> many_values(ticket t, std::vector<std::string> keys);
  troupe::task<void> set_values(ticket t,
                                std::vector<std::vector<std::pair<std::string, std::string>>> by_shard);
  troupe::task<void> count_keys(ticket t);

  troupe::task<void> crash_shard(ticket t, std::size_t shard);
  void set_one(ticket t, arguments a);
  std::string local_reply(const resp::command_spec& spec, arguments a) const;
  std::string troupe_reply(arguments a) const;
  std::string failure_line(const troupe::error& why, std::size_t shard) const;

  std::shared_ptr<const service> shared_;
  resp::parser parser_;
  reply_queue replies_;
  std::size_t unparsed_ = 0;                          // bytes that belong to no request yet
  std::optional<troupe::time_point> arriving_since_;  // when the request that is not whole yet began (SE2)
  troupe::time_point heard_at_{};                     // when its last bytes came (SE2)
  std::size_t not_granted_ = 0;  // bytes taken from the socket whose credit has not been given back
  bool input_ended_ = false;     // the client will send no more; what it has asked is still answered
  bool ended_ = false;           // QUIT or a protocol error: no more requests are taken
};

}  // namespace kv
