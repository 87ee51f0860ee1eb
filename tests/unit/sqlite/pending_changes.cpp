#include "pending_changes.hpp"

#include <algorithm>
#include <utility>

namespace troupe::test {
namespace {

constexpr std::uint64_t sector_bytes = 512;

void place(std::vector<std::byte>& target, std::uint64_t at, std::span<const std::byte> piece) {
  if (target.size() < at + piece.size()) target.resize(at + piece.size());
  std::copy(piece.begin(), piece.end(), target.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace

void file_bytes::write(std::uint64_t at, std::span<const std::byte> from) {
  place(now_, at, from);
  pending_.push_back({at, {from.begin(), from.end()}});
}

void file_bytes::truncate(std::uint64_t size) {
  now_.resize(size);
  pending_.push_back({size, {}, true});
}

void file_bytes::sync() {
  for (const change& c : pending_) {
    if (c.truncates)
      durable_.resize(c.at);
    else
      place(durable_, c.at, c.written);
  }
  pending_.clear();
}

void file_bytes::settle(power_cut cut, prng& random) {
  if (cut.how != stop_kind::power_lost)
    for (const change& c : pending_) settle(c, cut, random);
  pending_.clear();
  now_ = durable_;
}

void file_bytes::settle(const change& c, power_cut cut, prng& random) {
  if (c.truncates) {
    if (cut.spares(random)) durable_.resize(c.at);
    return;
  }
  const std::uint64_t end = c.at + c.written.size();
  for (std::uint64_t at = c.at; at < end;) {
    const std::uint64_t sector = at / sector_bytes * sector_bytes;
    const std::uint64_t piece_end = std::min(end, sector + sector_bytes);
    if (cut.spares(random)) {
      place(durable_, at, std::span(c.written).subspan(at - c.at, piece_end - at));
    } else if (cut.how == stop_kind::power_spoils && random.below(2)) {
      const auto size = std::max<std::uint64_t>(durable_.size(), piece_end);
      std::vector<std::byte> noise(std::min(size, sector + sector_bytes) - sector);
      for (auto& b : noise) b = static_cast<std::byte>(random.next());
      place(durable_, sector, noise);
    }
    at = piece_end;
  }
}

void file_names::carry_out(map& names, const pending_change& c) {
  if (!c.from.empty()) names.erase(c.from);
  if (!c.to.empty()) names[c.to] = c.node;
}

void file_names::change(std::string from, std::string to, std::shared_ptr<inode> node) {
  pending_.push_back({std::move(from), std::move(to), std::move(node)});
  carry_out(now_, pending_.back());
}

void file_names::sync(const std::string& directory) {
  std::erase_if(pending_, [&](const pending_change& c) {
    const bool here =
        (!c.from.empty() && parent(c.from) == directory) || (!c.to.empty() && parent(c.to) == directory);
    if (here) carry_out(durable_, c);
    return here;
  });
}

void file_names::settle(power_cut cut, prng& random) {
  if (cut.how != stop_kind::power_lost)
    for (const pending_change& c : pending_)
      if (cut.spares(random)) carry_out(durable_, c);
  pending_.clear();
  now_ = durable_;
}

std::string file_names::parent(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash ? path.substr(0, slash) : "/";
}

}  // namespace troupe::test
