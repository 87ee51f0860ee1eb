// A connection to one node, through libhiredis. Not thread-safe: each client has its own.
#pragma once

#include <memory>
#include <troupe/base/units.hpp>

#include "kv/verify/history.hpp"
#include "kv/verify/options.hpp"
#include "kv/verify/outcome.hpp"

struct redisContext;

namespace kv::verify {

/// Connects when it is first needed and again after it broke. Blocks while it waits for a reply.
class connection {
 public:
  /// `timeout` bounds the connect and each reply.
  connection(address node, troupe::duration timeout);

  /// Sends the request and waits for its reply. The connection is given up unless a whole reply came, so that
  /// a late one is never taken for the next.
  answer run(const request& r);

 private:
  struct closer {
    void operator()(redisContext* c) const noexcept;
  };

  address node_;
  troupe::duration timeout_;
  std::unique_ptr<redisContext, closer> context_;
};

}  // namespace kv::verify
