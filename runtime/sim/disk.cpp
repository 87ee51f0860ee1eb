#include <algorithm>
#include <troupe/sim/disk.hpp>
#include <utility>

namespace troupe::sim {

namespace {

constexpr std::size_t sector_bytes = 512;

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string{} : path.substr(0, slash);
}

}  // namespace

void inode::apply(const change& c, bytes& to) {
  if (c.what.empty()) return to.resize(c.offset);
  const std::size_t end = c.offset + c.what.size();
  if (to.size() < end) to.resize(end);
  std::copy(c.what.begin(), c.what.end(), to.begin() + static_cast<std::ptrdiff_t>(c.offset));
}

void inode::write(std::uint64_t offset, const std::byte* from, std::size_t count) {
  if (count == 0) return;
  unsaved_.push_back({offset, bytes(from, from + count)});
  apply(unsaved_.back(), now_);
}

void inode::resize(std::uint64_t size) {
  unsaved_.push_back({size, {}});
  apply(unsaved_.back(), now_);
}

void inode::save() {
  for (const auto& c : unsaved_) apply(c, saved_);
  unsaved_.clear();
}

void inode::lose() { unsaved_.clear(); }

void inode::crash(prng& chance) {
  change* last = nullptr;
  std::vector<change*> kept;
  for (auto& c : unsaved_)
    if (chance.below(2) == 0) kept.push_back(last = &c);
  if (last && last->what.size() > sector_bytes && chance.below(2) == 0)
    last->what.resize(sector_bytes * (1 + chance.below(last->what.size() / sector_bytes)));
  for (const change* c : kept) apply(*c, saved_);
  unsaved_.clear();
  now_ = saved_;
  locked = false;
}

std::shared_ptr<inode> disk::find(const std::string& path) const {
  const auto at = now_.find(path);
  return at == now_.end() ? nullptr : at->second;
}

void disk::change(const std::string& path, std::shared_ptr<inode> file) {
  if (file)
    now_[path] = file;
  else
    now_.erase(path);
  unsaved_.push_back({path, std::move(file)});
}

std::shared_ptr<inode> disk::make(const std::string& path) {
  auto made = std::make_shared<inode>();
  change(path, made);
  return made;
}

void disk::rename(const std::string& from, const std::string& to) {
  auto file = find(from);
  change(to, std::move(file));
  change(from, nullptr);
}

void disk::remove(const std::string& path) { change(path, nullptr); }

template <class Which>
void disk::save_changes(Which which) {
  std::vector<name_change> left;
  for (auto& c : unsaved_) {
    if (!which(c)) {
      left.push_back(std::move(c));
    } else if (c.file) {
      saved_[c.path] = std::move(c.file);
    } else {
      saved_.erase(c.path);
    }
  }
  unsaved_ = std::move(left);
}

void disk::save_names(const std::string& directory) {
  save_changes([&](const name_change& c) { return directory_of(c.path) == directory; });
}

void disk::save_name_of(const inode& file) {
  // With all that came before: a journal has one order.
  const auto last = std::find_if(unsaved_.rbegin(), unsaved_.rend(),
                                 [&](const name_change& c) { return c.file.get() == &file; });
  auto left = static_cast<std::size_t>(unsaved_.rend() - last);
  save_changes([&](const name_change&) { return left > 0 && left-- > 0; });
}

void disk::crash(prng& chance) {
  const std::size_t kept = chance.below(unsaved_.size() + 1);
  std::size_t n = 0;
  save_changes([&](const name_change&) { return n++ < kept; });
  unsaved_.clear();
  now_ = saved_;
  for (auto& [path, file] : now_) file->crash(chance);
}

std::uint64_t disk::used() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& [path, file] : now_) sum += file->now().size();
  return sum;
}

}  // namespace troupe::sim
