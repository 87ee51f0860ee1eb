#include "kv/service/keyspace.hpp"

#include <algorithm>
#include <troupe/base/hash.hpp>

namespace kv {

keyspace::keyspace(troupe::system& sys, std::string self, std::vector<std::string> nodes)
    : self_(std::move(self)), nodes_(std::move(nodes)) {
  std::sort(nodes_.begin(), nodes_.end());
  others_ = std::make_shared<std::vector<std::atomic<bool>>>(nodes_.size());
  for (std::size_t i = 0; i < shard_count; ++i) {
    const std::string path = "/user/kv/shards/" + std::to_string(i);
    shards_.push_back(node_of(i) == self_ ? troupe::ref_to<shard>(sys.env(), path)
                                          : troupe::node(sys, node_of(i)).ref<shard>(path));
  }
}

std::size_t keyspace::shard_of(std::string_view key) noexcept {
  // As in Redis Cluster: only what stands between the first braces is hashed, so related keys can be kept
  // together.
  const auto open = key.find('{');
  if (open != std::string_view::npos) {
    const auto close = key.find('}', open + 1);
    if (close != std::string_view::npos && close > open + 1) key = key.substr(open + 1, close - open - 1);
  }
  const std::uint64_t h = troupe::stable_hash(key);
  return static_cast<std::size_t>((h ^ (h >> 32)) % shard_count);
}

std::vector<std::string> keyspace::peers() const {
  std::vector<std::string> out = nodes_;
  std::erase(out, self_);
  return out;
}

std::uint64_t keyspace::hash() const noexcept {
  std::uint64_t h = troupe::stable_hash(std::to_string(shard_count));
  for (const auto& name : nodes_) h = troupe::stable_hash(name + '\n', h);  // no name has a line end
  return h;
}

bool keyspace::learn(const std::string& node, std::uint64_t its_hash) const {
  const auto found = std::find(nodes_.begin(), nodes_.end(), node);
  if (found == nodes_.end()) return false;
  const bool other = its_hash != hash();
  return (*others_)[static_cast<std::size_t>(found - nodes_.begin())].exchange(other) != other;
}

std::vector<std::size_t> keyspace::own_shards() const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < shard_count; ++i)
    if (node_of(i) == self_) out.push_back(i);
  return out;
}

}  // namespace kv
