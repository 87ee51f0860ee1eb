#include <troupe/cell/cell.hpp>
#include <troupe/node/link_book.hpp>

namespace troupe::detail {

const far_link* link_book::find(std::uint64_t id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second;
}

const far_link* link_book::between(std::uint64_t local, std::uint64_t run, std::uint64_t number) const {
  return at(between_, std::tuple{local, run, number});
}

const far_link* link_book::asked_here(std::uint64_t local, std::uint32_t ask) const {
  return at(by_mine_, std::pair{local, ask});
}

const far_link* link_book::asked_there(std::uint64_t run, std::uint64_t number, std::uint32_t ask) const {
  return at(by_theirs_, std::tuple{run, number, ask});
}

const far_link* link_book::to_path(std::uint64_t local, const std::string& path, bool unknown) const {
  for (auto i = by_path_.lower_bound({local, path, 0}); i != by_path_.end(); ++i) {
    const auto& [whose, which, id] = *i;
    if (whose != local || which != path) break;
    const far_link& one = by_id_.at(id);
    if (!unknown || one.number == 0) return &one;
  }
  return nullptr;
}

const far_link& link_book::add(far_link one) {
  const std::uint64_t local = one.local->number();
  if (one.number != 0) between_.emplace(std::tuple{local, one.run, one.number}, one.id);
  if (one.asked.mine != 0) by_mine_.emplace(std::pair{local, one.asked.mine}, one.id);
  if (one.asked.theirs != 0) by_theirs_.emplace(std::tuple{one.run, one.number, one.asked.theirs}, one.id);
  by_path_.emplace(local, one.path, one.id);
  path_bytes_ += one.path.size();
  return by_id_.emplace(one.id, std::move(one)).first->second;
}

far_link link_book::take(std::uint64_t id) {
  auto node = by_id_.extract(id);
  far_link one = std::move(node.mapped());
  const std::uint64_t local = one.local->number();
  const auto forget = [id](auto& index, const auto& key) {
    if (const auto found = index.find(key); found != index.end() && found->second == id) index.erase(found);
  };
  if (one.number != 0) forget(between_, std::tuple{local, one.run, one.number});
  if (one.asked.mine != 0) forget(by_mine_, std::pair{local, one.asked.mine});
  if (one.asked.theirs != 0) forget(by_theirs_, std::tuple{one.run, one.number, one.asked.theirs});
  by_path_.erase({local, one.path, id});
  path_bytes_ -= one.path.size();
  return one;
}

std::vector<std::uint64_t> link_book::untold() const {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, one] : by_id_)
    if (one.asked.mine != 0 && !one.told) ids.push_back(id);
  return ids;
}

}  // namespace troupe::detail
