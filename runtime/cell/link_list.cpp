#include <algorithm>
#include <mutex>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/link_list.hpp>

namespace troupe {

std::uint32_t link_list::ask(std::uint64_t number, address_ptr other) {
  const std::lock_guard hold{lock_};
  if (over_) return 0;
  content& c = made();
  const auto [at, is_new] = c.all.try_emplace(number, half{std::move(other), {}});
  if (!is_new) return 0;
  if (++c.asked == 0) ++c.asked;  // the numbers have come round: 0 is none
  return at->second.ids.mine = c.asked;
}

bool link_list::asked(std::uint64_t number, address_ptr other, std::uint32_t theirs) {
  const std::lock_guard hold{lock_};
  if (over_) return false;
  made().all.try_emplace(number, half{std::move(other), {}}).first->second.ids.theirs = theirs;
  return true;
}

std::optional<link_list::half> link_list::give_up(std::uint64_t number) {
  const std::lock_guard hold{lock_};
  if (!content_) return {};
  const auto found = content_->all.find(number);
  if (found == content_->all.end()) return {};
  half was = std::move(found->second);
  content_->all.erase(found);
  shrink();
  return was;
}

void link_list::given_up(std::uint64_t number, link_ids which) {
  const std::lock_guard hold{lock_};
  if (!content_) return;
  const auto found = content_->all.find(number);
  if (found == content_->all.end()) return;
  link_ids& ids = found->second.ids;
  if (ids.mine == which.mine) ids.mine = 0;
  if (ids.theirs == which.theirs) ids.theirs = 0;
  if (ids.mine != 0 || ids.theirs != 0) return;
  content_->all.erase(found);
  shrink();
}

std::uint64_t link_list::find(address& who) {
  std::vector<std::pair<std::uint64_t, address_ptr>> all;
  {
    const std::lock_guard hold{lock_};
    if (content_)
      for (const auto& [number, what] : content_->all) all.emplace_back(number, what.other);
  }
  // Without the lock: addresses may ask others.
  const std::uint64_t number = who.number();
  const std::string path = who.path();
  for (const auto& [kept_as, other] : all) {
    const std::uint64_t its = other->number();
    const bool may_be = its == 0 || number == 0 || (its == number && other->run() == who.run());
    if (may_be && !other->here() && other->path() == path) return kept_as;
  }
  return 0;
}

void link_list::merge(std::uint64_t number, std::uint64_t known) {
  const std::lock_guard hold{lock_};
  if (!content_) return;
  const auto found = content_->all.find(number);
  if (found == content_->all.end()) return;  // given up, or over, meanwhile
  half was = std::move(found->second);
  content_->all.erase(found);
  link_ids& ids = content_->all.try_emplace(known, half{std::move(was.other), {}}).first->second.ids;
  if (ids.mine == 0 || is_newer(was.ids.mine, ids.mine)) ids.mine = was.ids.mine;
  shrink();
}

bool link_list::end(const link_ended& news) {
  const std::lock_guard hold{lock_};
  if (!content_) return false;
  const auto found = content_->all.find(news.number());
  if (found == content_->all.end()) return false;
  const link_ids mine = found->second.ids;
  const link_ids named = news.which();
  const bool is_this =
      (mine.mine != 0 && mine.mine == named.mine) || (mine.theirs != 0 && mine.theirs == named.theirs);
  if (!is_this) return false;
  content_->all.erase(found);
  shrink();
  return true;
}

void link_list::put_back(const link_ended& news) {
  const std::lock_guard hold{lock_};
  if (!over_) made().all.try_emplace(news.number(), half{news.who(), news.which()});
}

void link_list::forget_children_of(const cell& parent) {
  const std::lock_guard hold{lock_};
  if (!content_) return;
  erase_if(content_->all, [&](const auto& one) {
    const cell_ptr who = one.second.other->here();
    return who && who->parent().get() == &parent;
  });
  shrink();
}

std::vector<link_list::numbered> link_list::take() {
  std::vector<numbered> out;
  const std::lock_guard hold{lock_};
  over_ = true;
  if (!content_) return out;
  out.reserve(content_->all.size());
  for (auto& [number, what] : content_->all) out.push_back({number, std::move(what)});
  content_ = nullptr;
  std::sort(out.begin(), out.end(), [](const numbered& a, const numbered& b) { return a.number < b.number; });
  return out;
}

// A cell that had many has few again (LK5). The count stays: what is under way still names it.
void link_list::shrink() {
  auto& all = content_->all;
  if (all.empty() || all.size() < all.bucket_count() / 16) all.rehash(0);
}

}  // namespace troupe
