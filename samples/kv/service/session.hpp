// One client's connection: reads requests, asks the shards, answers in order.
//
// A request is a coroutine of its own, so a pipeline's requests are under way together; how many is bounded,
// and so is what waits to be sent. What is not taken from the client yet stays in its socket.
#pragma once

#include <functional>
#include <memory>
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
};

class session : public troupe::io::connection<> {
 public:
  session(std::unique_ptr<troupe::port::stream> stream, std::shared_ptr<const service> shared);

  void on_bytes(std::string_view bytes) override;
  void on_batch_end() override;
  void on_end() override { input_ended_ = true; }

 private:
  using arguments = std::span<const std::string_view>;
  using ticket = reply_queue::ticket;

  void take_requests();
  void run(const resp::command_spec& spec, arguments a);

  // Asks one shard and writes its answer with `write(out, reply)`.
  template <class M, class Write, class... Fields>
  troupe::task<void> one(ticket t, std::size_t shard, Write write, Fields... fields);

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
  std::size_t not_granted_ = 0;  // bytes taken from the socket whose credit has not been given back
  bool input_ended_ = false;     // the client will send no more; what it has asked is still answered
  bool ended_ = false;           // QUIT or a protocol error: no more requests are taken
};

}  // namespace kv
