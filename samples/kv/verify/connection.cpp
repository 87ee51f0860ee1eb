#include "kv/verify/connection.hpp"

#include <hiredis/hiredis.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace kv::verify {
namespace {

struct reply_closer {
  void operator()(redisReply* r) const noexcept { freeReplyObject(r); }
};

timeval to_timeval(troupe::duration d) {
  const auto us = troupe::duration_cast<troupe::microseconds>(d).count();
  return {static_cast<time_t>(us / 1'000'000), static_cast<suseconds_t>(us % 1'000'000)};
}

answer to_answer(const redisReply& r) {
  const std::string text = r.str ? std::string(r.str, static_cast<std::size_t>(r.len)) : std::string();
  switch (r.type) {
    case REDIS_REPLY_ERROR:
      return {.how = classify_error(text), .text = text};
    case REDIS_REPLY_STATUS:
      return {.how = ending::answered, .kind = answer::type::status, .text = text};
    case REDIS_REPLY_STRING:
      return {.how = ending::answered, .kind = answer::type::bulk, .text = text};
    case REDIS_REPLY_INTEGER:
      return {.how = ending::answered, .kind = answer::type::integer, .number = r.integer};
    case REDIS_REPLY_NIL:
      return {.how = ending::answered, .kind = answer::type::null};
    default:
      return {.how = ending::answered, .kind = answer::type::other};
  }
}

}  // namespace

void connection::closer::operator()(redisContext* c) const noexcept { redisFree(c); }

connection::connection(address node, troupe::duration timeout) : node_(std::move(node)), timeout_(timeout) {}

answer connection::run(const request& r) {
  if (!context_) {
    context_.reset(redisConnectWithTimeout(node_.host.c_str(), node_.port, to_timeval(timeout_)));
    if (!context_ || context_->err != 0 ||
        redisSetTimeout(context_.get(), to_timeval(timeout_)) != REDIS_OK) {
      answer out{.how = ending::refused, .text = context_ ? context_->errstr : "out of memory"};
      context_.reset();
      return out;
    }
  }
  const std::string_view name = to_string(r.what);
  std::array<const char*, 3> words{name.data(), r.name.data(), r.value.data()};
  std::array<std::size_t, 3> sizes{name.size(), r.name.size(), r.value.size()};
  const int count = r.what == action::set || r.what == action::append ? 3 : 2;
  errno = 0;
  const std::unique_ptr<redisReply, reply_closer> reply(
      static_cast<redisReply*>(redisCommandArgv(context_.get(), count, words.data(), sizes.data())));
  if (!reply) {
    const bool late = context_->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK);
    // Bytes that are no RESP are not a broken connection but a broken server.
    const bool garbage = context_->err == REDIS_ERR_PROTOCOL;
    answer out{.how = late      ? ending::no_answer
                      : garbage ? ending::failure
                                : ending::closed,
               .text = context_->errstr};
    context_.reset();
    return out;
  }
  return to_answer(*reply);
}

}  // namespace kv::verify
