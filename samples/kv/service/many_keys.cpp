// Requests about several keys, which may live on several shards: each shard is asked once, all at the same time.
#include <algorithm>

#include "kv/resp/reply.hpp"
#include "kv/service/session.hpp"

namespace kv {

using troupe::errc;

troupe::task<void> session::sum_over_shards(ticket t, bool remove_them,
                                            std::vector<std::vector<std::string>> keys_by_shard) {
  // All shards are asked before the first answer is awaited.
  std::vector<std::pair<std::size_t, troupe::asking<std::int64_t>>> asked;
  for (std::size_t i = 0; i < keys_by_shard.size(); ++i) {
    if (keys_by_shard[i].empty()) continue;
    const auto& to = shared_->keys.at(i);
    const auto limit = shared_->how.request_timeout;
    asked.emplace_back(i, remove_them ? ask<kv::remove>(to, limit, std::move(keys_by_shard[i]))
                                      : ask<kv::exists>(to, limit, std::move(keys_by_shard[i])));
  }
  std::int64_t sum = 0;
  std::string out;
  for (auto& [shard, answer] : asked) {
    const auto n = co_await answer;
    if (n)
      sum += *n;
    else if (out.empty())
      resp::append_error(out, failure_line(n.error(), shard));
  }
  if (out.empty()) resp::append_integer(out, sum);
  reply_to(t, std::move(out));
}

troupe::task<void> session::many_values(ticket t, std::vector<std::string> keys) {
  std::vector<std::vector<std::string>> by_shard(shard_count);
  std::vector<std::pair<std::size_t, std::size_t>> places;  // shard, index in its list
  for (auto& key : keys) {
    const auto shard = keyspace::shard_of(key);
    places.emplace_back(shard, by_shard[shard].size());
    by_shard[shard].push_back(std::move(key));
  }
  const auto asked_count = static_cast<std::size_t>(
      std::count_if(by_shard.begin(), by_shard.end(), [](const auto& k) { return !k.empty(); }));
  // All values together may take `left` bytes. Each shard is first asked for its part of that, all at once; those whose
  // values take more are then asked for what the others have left, one after the other.
  std::uint64_t left = shared_->how.command_bytes_max();
  std::vector<std::pair<std::size_t, troupe::asking<get_many::reply>>> asked;
  for (std::size_t i = 0; i < by_shard.size(); ++i)
    if (!by_shard[i].empty())
      asked.emplace_back(i, ask<get_many>(shared_->keys.at(i), shared_->how.request_timeout, by_shard[i],
                                          left / asked_count));
  std::vector<get_many::reply> answers(shard_count);
  std::vector<std::size_t> again;
  std::string out;
  const auto take = [&](std::size_t shard, get_many::reply& values) {
    for (const auto& value : values) left -= value ? std::min<std::uint64_t>(left, value->size()) : 0;
    answers[shard] = std::move(values);
  };
  for (auto& [shard, answer] : asked) {
    auto values = co_await answer;
    if (values)
      take(shard, *values);
    else if (values.error().code == errc::invalid)
      again.push_back(shard);
    else if (out.empty())
      resp::append_error(out, failure_line(values.error(), shard));
  }
  for (const std::size_t shard : again) {
    if (!out.empty()) break;
    auto values = co_await ask<get_many>(shared_->keys.at(shard), shared_->how.request_timeout,
                                         std::move(by_shard[shard]), left);
    if (values)
      take(shard, *values);
    else if (values.error().code == errc::invalid)
      resp::append_error(out, "ERR the values of these keys take more than " +
                                  std::to_string(shared_->how.command_bytes_max()) +
                                  " bytes, the most one reply may have; ask for fewer at once");
    else
      resp::append_error(out, failure_line(values.error(), shard));
  }
  if (out.empty()) {
    resp::append_array(out, places.size());
    for (const auto& [shard, index] : places) resp::append_bulk_or_null(out, answers[shard][index]);
  }
  reply_to(t, std::move(out));
}

troupe::task<void> session::set_values(
    ticket t, std::vector<std::vector<std::pair<std::string, std::string>>> by_shard) {
  std::vector<std::pair<std::size_t, troupe::asking<troupe::unit>>> asked;
  for (std::size_t i = 0; i < by_shard.size(); ++i)
    if (!by_shard[i].empty())
      asked.emplace_back(
          i, ask<set_many>(shared_->keys.at(i), shared_->how.request_timeout, std::move(by_shard[i])));
  std::string out;
  for (auto& [shard, answer] : asked) {
    const auto written = co_await answer;
    if (!written && out.empty()) resp::append_error(out, failure_line(written.error(), shard));
  }
  if (out.empty()) resp::append_simple(out, "OK");
  reply_to(t, std::move(out));
}

troupe::task<void> session::count_keys(ticket t) {
  std::vector<troupe::asking<std::int64_t>> asked;
  for (std::size_t i = 0; i < shard_count; ++i)
    asked.push_back(ask<count>(shared_->keys.at(i), shared_->how.request_timeout));
  std::int64_t sum = 0;
  std::string out;
  for (std::size_t i = 0; i < shard_count; ++i) {
    auto& answer = asked[i];  // named first: g++ 12 copies the result of an operator[] in a co_await operand
    const auto n = co_await answer;
    if (n)
      sum += *n;
    else if (out.empty())
      resp::append_error(out, failure_line(n.error(), i));
  }
  if (out.empty()) resp::append_integer(out, sum);
  reply_to(t, std::move(out));
}

}  // namespace kv
