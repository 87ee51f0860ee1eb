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
  l.command_bytes_max = how.command_bytes_max();
  return l;
}

troupe::io::connection_options options_for(const service& s) {
  troupe::io::connection_options o;
  o.budget.from = s.requests;
  o.budget.loan = s.how.command_bytes_max();
  o.budget.patience = s.how.request_time_max;
  return o;
}

std::string text_of(std::string_view s) { return std::string{s}; }

}  // namespace

session::session(std::unique_ptr<troupe::port::stream> stream, std::shared_ptr<const service> shared)
    : connection(std::move(stream), options_for(*shared)),
      shared_(std::move(shared)),
      parser_(limits_for(shared_->how)) {}

void session::on_bytes(std::string_view bytes) {
  if (ended_) return done_with(bytes.size());
  not_granted_ += bytes.size();
  unparsed_ += bytes.size();
  heard_at_ = now();
  parser_.feed(bytes);
  take_requests();
}

void session::on_memory_short(bool waits) {
  if (ended_ || !takes_more() || !arriving_since_) return;
  const auto limit = shared_->how.request_time_max;
  const bool silent = !waits && now() - heard_at_ >= limit;
  if (!silent && now() - *arriving_since_ < limits_for_trickle * limit) return;
  parser_ = resp::parser{limits_for(shared_->how)};
  done_with(std::exchange(unparsed_, 0));
  refuse(
      "OVERLOADED the node is short of memory for requests, and this one did not arrive in time; send it "
      "again");
  ended_ = true;
}

void session::on_batch_end() {
  // So much left over from earlier turns: the client does not read its answers. It gets no more of them, and
  // no more requests of a pipeline that is here already are taken, until the turn that finds room.
  if (unsent() > troupe::io::connection_options{}.unsent_max) return;
  replies_.move_ready_to(out());
  take_requests();
  replies_.move_ready_to(out());
  if (ended_ && replies_.empty()) close_after_sending();
}

bool session::takes_more() const noexcept {
  return replies_.weight() < shared_->how.pipeline_max &&
         replies_.bytes_under_way() <= shared_->how.pipeline_bytes_max;
}

void session::take_requests() {
  while (!ended_ && takes_more()) {
    const auto found = parser_.next();
    const std::size_t taken = unparsed_ - parser_.unread_bytes();
    unparsed_ -= taken;
    if (found == resp::parsed::need_more) {
      done_with(taken);  // blank lines
      if (unparsed_ == 0)
        arriving_since_.reset();
      else if (!arriving_since_)
        arriving_since_ = now();
      grant(std::exchange(not_granted_, 0));
      ended_ = input_ended_;
      return;
    }
    arriving_since_.reset();
    if (found == resp::parsed::failed) {
      done_with(taken);
      refuse("ERR " + text_of(parser_.error()));
      ended_ = true;
      return;
    }
    const auto a = parser_.arguments();
    const auto checked = resp::check_command(a);
    if (checked.error.empty()) {
      run(*checked.spec, a, replies_.open(taken, weight_of(*checked.spec, a)));
    } else {
      done_with(taken);
      refuse(checked.error);
    }
  }
}

// A request whose answer is larger than one value may be counts as several, so that what a pipeline's answers take
// stays bounded by its requests.
std::size_t session::weight_of(const resp::command_spec& spec, arguments a) const noexcept {
  return spec.id == verb::mget ? std::min(a.size() - 1, settings::largest_in_one) : 1;
}

void session::reply_to(ticket t, std::string reply) { done_with(replies_.fill(t, std::move(reply))); }

void session::refuse(std::string_view why) {
  std::string line;
  resp::append_error(line, why);
  replies_.fill(replies_.open(0), std::move(line));
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
  reply_to(t, std::move(out));
}

void session::run(const resp::command_spec& spec, arguments a, ticket t) {
  const auto write_number = [](std::string& out, std::int64_t n) { resp::append_integer(out, n); };
  switch (spec.id) {
    case verb::get:
      launch(one<kv::get>(t, keyspace::shard_of(a[1]), resp::append_bulk_or_null, text_of(a[1])));
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
        reply_to(t, troupe_reply(a));
      return;
    case verb::quit:
      ended_ = true;
      [[fallthrough]];
    case verb::ping:
    case verb::echo:
    case verb::info:
    case verb::config:
    case verb::command:
      reply_to(t, local_reply(spec, a));
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
      reply_to(t, std::move(line));
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
  reply_to(t, std::move(out));
}

std::string session::failure_line(const troupe::error& why, std::size_t shard) const {
  const std::string& node = shared_->keys.node_of(shard);
  const std::string where = "shard " + std::to_string(shard) + " on " + node;
  switch (why.code) {
    case errc::unreachable:
      return "UNAVAILABLE node " + node + " is unreachable: " + why.text;
    case errc::stopped:
      if (!shared_->keys.agrees(shard))
        return "UNAVAILABLE node " + node +
               " has different node.peers; give all nodes the same and start them again";
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
