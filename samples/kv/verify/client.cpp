#include "kv/verify/client.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace kv::verify {
namespace {

using namespace std::chrono_literals;

// How long to wait before a key is tried again while everything is read back.
constexpr troupe::duration read_back_rest = 100ms;

// How long a node is left alone after a connection to it was refused or broke.
constexpr troupe::duration node_rest = 200ms;

}  // namespace

troupe::duration since_start() noexcept {
  static const auto start = std::chrono::steady_clock::now();
  return std::chrono::steady_clock::now() - start;
}

void stop_flag::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

bool stop_flag::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

void stop_flag::wait_for(troupe::duration d) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, d, [this] { return stopped_; });
}

void summary::add(const summary& other) noexcept {
  acknowledged += other.acknowledged;
  found.lost += other.found.lost;
  found.wrong += other.found.wrong;
  unread += other.unread;
}

client::client(const options& o, std::size_t number, std::string prefix, std::size_t keys, std::uint64_t seed,
               board& shared, const stop_flag& stop)
    : options_(o),
      number_(number),
      history_(std::move(prefix), keys),
      random_(seed),
      board_(shared),
      stop_(stop) {
  for (const address& a : o.nodes) nodes_.push_back({connection(a, o.timeout), {}});
}

summary client::run() {
  load();
  read_back();
  summary_.acknowledged = history_.acknowledged();
  return summary_;
}

void client::load() {
  while (!stop_.stopped()) {
    const troupe::time_point now{since_start()};
    if (const auto r = history_.next(random_, now)) {
      perform(*r);
    } else {
      stop_.wait_for(history_.next_try() - now);
    }
  }
}

void client::read_back() {
  const troupe::duration deadline = since_start() + options_.settle;
  std::vector<std::size_t> unread;
  for (std::size_t key = 0; key < history_.keys(); ++key)
    if (history_.has_acknowledged(key)) unread.push_back(key);
  // Every key has its turn before one is tried again, so that a node that is away does not hold up the
  // others.
  while (!unread.empty() && since_start() < deadline) {
    const bool any_read = std::erase_if(unread, [&](std::size_t key) {
                            return since_start() < deadline && perform(history_.read_back(key));
                          }) > 0;
    // There is nothing else to wait for here: the cluster does not tell when it is back.
    if (!any_read && !unread.empty()) std::this_thread::sleep_for(read_back_rest);
  }
  summary_.unread = unread.size();
}

// A random node among those that are not left alone; any node when all are.
client::node& client::choose_node(troupe::duration now) {
  const auto first = static_cast<std::size_t>(random_.below(nodes_.size()));
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    node& n = nodes_[(first + i) % nodes_.size()];
    if (n.rests_until <= now) return n;
  }
  return nodes_[first];
}

// Runs one request; true when it was answered.
bool client::perform(const request& r) {
  const troupe::duration sent = since_start();
  node& n = choose_node(sent);
  const answer a = n.link.run(r);
  const troupe::duration ended = since_start();
  if (a.how == ending::refused || a.how == ending::closed) n.rests_until = ended + node_rest;
  board_.count(a.how, ended - sent);
  const settled s = history_.settle(r, a, troupe::time_point(ended));
  summary_.found.lost += s.found.lost;
  summary_.found.wrong += s.found.wrong;
  if (s.acknowledged) board_.acknowledged(ended, number_, r);
  if (!s.text.empty()) board_.found(ended, number_, s.text);
  return a.how == ending::answered;
}

}  // namespace kv::verify
