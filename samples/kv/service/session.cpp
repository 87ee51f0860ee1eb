#include "kv/service/session.hpp"

#include <algorithm>

#include "kv/resp/glob.hpp"
#include "kv/resp/reply.hpp"

namespace kv {

using resp::verb;
using troupe::errc;

namespace {

resp::parser_limits limits_for(const settings& how) {
  resp::parser_limits l;
  l.bulk_bytes_max = how.value_bytes_max;
  l.command_bytes_max = std::max<std::size_t>(16 * how.value_bytes_max, 1u << 20);
  return l;
}

std::string text_of(std::string_view s) { return std::string{s}; }

void write_bulk_or_null(std::string& out, const std::optional<std::string>& value) {
  if (value)
    resp::append_bulk(out, *value);
  else
    resp::append_null_bulk(out);
}

}  // namespace

session::session(std::unique_ptr<troupe::port::stream> stream, std::shared_ptr<const service> shared)
    : connection(std::move(stream)), shared_(std::move(shared)), parser_(limits_for(shared_->how)) {}

void session::on_bytes(std::string_view bytes) {
  not_granted_ += bytes.size();
  parser_.feed(bytes);
  take_requests();
}

void session::on_batch_end() {
  // So much left over from earlier turns: the client does not read its answers. It gets no more of them, and
  // no more requests of a pipeline that is here already are taken, until the turn that finds room.
  if (unsent() > troupe::io::connection_options{}.unsent_max) return;
  replies_.move_ready_to(out());
  take_requests();
  replies_.move_ready_to(out());
  if (ended_ && replies_.size() == 0) close_after_sending();
}

void session::take_requests() {
  while (!ended_ && replies_.size() < shared_->how.pipeline_max) {
    const auto found = parser_.next();
    if (found == resp::parsed::need_more) {
      grant(std::exchange(not_granted_, 0));
      ended_ = input_ended_;
      return;
    }
    if (found == resp::parsed::failed) {
      std::string line;
      resp::append_error(line, "ERR " + text_of(parser_.error()));
      replies_.fill(replies_.open(), std::move(line));
      ended_ = true;
      return;
    }
    const auto a = parser_.arguments();
    const auto checked = resp::check_command(a);
    if (checked.error.empty()) {
      run(*checked.spec, a);
    } else {
      std::string line;
      resp::append_error(line, checked.error);
      replies_.fill(replies_.open(), std::move(line));
    }
  }
}

// ---- requests

template <class M, class Write, class... Fields>
troupe::task<void> session::one(ticket t, std::size_t shard, Write write, Fields... fields) {
  auto answer = co_await ask<M>(shared_->keys.at(shard), shared_->how.request_timeout, std::move(fields)...);
  std::string out;
  if (answer)
    write(out, *answer);
  else
    resp::append_error(out, failure_line(answer.error(), shard));
  replies_.fill(t, std::move(out));
}

void session::run(const resp::command_spec& spec, arguments a) {
  const auto write_number = [](std::string& out, std::int64_t n) { resp::append_integer(out, n); };
  const auto t = replies_.open();
  switch (spec.id) {
    case verb::get:
      launch(one<kv::get>(t, keyspace::shard_of(a[1]), write_bulk_or_null, text_of(a[1])));
      return;
    case verb::set:
      set_one(t, a);
      return;
    case verb::incr:
      launch(one<increment>(t, keyspace::shard_of(a[1]), write_number, text_of(a[1])));
      return;
    case verb::append:
      launch(one<kv::append>(t, keyspace::shard_of(a[1]), write_number, text_of(a[1]), text_of(a[2])));
      return;
    case verb::strlen:
      launch(one<length>(t, keyspace::shard_of(a[1]), write_number, text_of(a[1])));
      return;
    case verb::del:
    case verb::exists: {
      std::vector<std::vector<std::string>> by_shard(shard_count);
      for (const auto key : a.subspan(1)) by_shard[keyspace::shard_of(key)].push_back(text_of(key));
      launch(sum_over_shards(t, spec.id == verb::del, std::move(by_shard)));
      return;
    }
    case verb::mget: {
      std::vector<std::string> keys;
      for (const auto key : a.subspan(1)) keys.push_back(text_of(key));
      launch(many_values(t, std::move(keys)));
      return;
    }
    case verb::mset: {
      std::vector<std::vector<std::pair<std::string, std::string>>> by_shard(shard_count);
      for (std::size_t i = 1; i + 1 < a.size(); i += 2)
        by_shard[keyspace::shard_of(a[i])].emplace_back(a[i], a[i + 1]);
      launch(set_values(t, std::move(by_shard)));
      return;
    }
    case verb::dbsize:
      launch(count_keys(t));
      return;
    case verb::troupe:
      if (a.size() == 3 && resp::glob_match("crash", a[1], resp::letter_case::ignored))
        launch(crash_shard(t, keyspace::shard_of(a[2])));
      else
        replies_.fill(t, troupe_reply(a));
      return;
    case verb::quit:
      ended_ = true;
      [[fallthrough]];
    case verb::ping:
    case verb::echo:
    case verb::info:
    case verb::config:
    case verb::command:
      replies_.fill(t, local_reply(spec, a));
      return;
  }
}

void session::set_one(ticket t, arguments a) {
  set_when when = set_when::always;
  for (const auto option : a.subspan(3)) {
    if (resp::glob_match("nx", option, resp::letter_case::ignored) && when == set_when::always) {
      when = set_when::absent;
    } else if (resp::glob_match("xx", option, resp::letter_case::ignored) && when == set_when::always) {
      when = set_when::present;
    } else {
      std::string line;
      resp::append_error(
          line, "ERR syntax error: SET takes NX or XX here, not '" + text_of(option.substr(0, 32)) + "'");
      replies_.fill(t, std::move(line));
      return;
    }
  }
  const auto write = [](std::string& out, bool written) {
    if (written)
      resp::append_simple(out, "OK");
    else
      resp::append_null_bulk(out);
  };
  launch(one<kv::set>(t, keyspace::shard_of(a[1]), write, text_of(a[1]), text_of(a[2]), when));
}

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
  replies_.fill(t, std::move(out));
}

troupe::task<void> session::many_values(ticket t, std::vector<std::string> keys) {
  std::vector<std::vector<std::string>> by_shard(shard_count);
  std::vector<std::pair<std::size_t, std::size_t>> places;  // shard, index in its list
  for (auto& key : keys) {
    const auto shard = keyspace::shard_of(key);
    places.emplace_back(shard, by_shard[shard].size());
    by_shard[shard].push_back(std::move(key));
  }
  std::vector<std::pair<std::size_t, troupe::asking<get_many::reply>>> asked;
  for (std::size_t i = 0; i < by_shard.size(); ++i)
    if (!by_shard[i].empty())
      asked.emplace_back(
          i, ask<get_many>(shared_->keys.at(i), shared_->how.request_timeout, std::move(by_shard[i])));
  std::vector<get_many::reply> answers(shard_count);
  std::string out;
  for (auto& [shard, answer] : asked) {
    auto values = co_await answer;
    if (values)
      answers[shard] = std::move(*values);
    else if (out.empty())
      resp::append_error(out, failure_line(values.error(), shard));
  }
  if (out.empty()) {
    resp::append_array(out, places.size());
    for (const auto& [shard, index] : places) write_bulk_or_null(out, answers[shard][index]);
  }
  replies_.fill(t, std::move(out));
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
  replies_.fill(t, std::move(out));
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
  replies_.fill(t, std::move(out));
}

troupe::task<void> session::crash_shard(ticket t, std::size_t shard) {
  const auto answer = co_await ask<crash>(shared_->keys.at(shard), shared_->how.request_timeout);
  std::string out;
  if (!answer && answer.error().code == errc::handler_failed)
    resp::append_simple(
        out, "OK shard " + std::to_string(shard) + " on " + shared_->keys.node_of(shard) + " crashed");
  else if (!answer)
    resp::append_error(out, failure_line(answer.error(), shard));
  else
    resp::append_error(out, "ERR shard " + std::to_string(shard) + " did not crash");
  replies_.fill(t, std::move(out));
}

std::string session::failure_line(const troupe::error& why, std::size_t shard) const {
  const std::string& node = shared_->keys.node_of(shard);
  const std::string where = "shard " + std::to_string(shard) + " on " + node;
  switch (why.code) {
    case errc::unreachable:
      return "UNAVAILABLE node " + node + " is unreachable: " + why.text;
    case errc::stopped:
      return "UNAVAILABLE " + where + " does not run: " + why.text;
    case errc::timeout:
    case errc::expired:
      return "TIMEOUT " + where + " did not answer in time; the request may or may not have been done";
    case errc::overloaded:
      return "OVERLOADED " + where + ": " + why.text;
    case errc::invalid:
      return "ERR " + why.text;
    default:
      return "ERR " + where + ": " + to_string(why);
  }
}

}  // namespace kv
