#include <algorithm>
#include <troupe/base/error.hpp>
#include <troupe/base/path_pattern.hpp>
#include <troupe/cell/deployments.hpp>

namespace troupe {

deployments::deployments(std::vector<deployment> all) : all_(std::move(all)) {
  std::sort(all_.begin(), all_.end(),
            [](const deployment& a, const deployment& b) { return more_exact_path(a.path, b.path); });
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const std::string problem = path_pattern_problem(all_[i].path);
    if (!problem.empty()) throw failed{{errc::invalid, "actor '" + all_[i].path + "': " + problem}};
    if (const auto& bound = all_[i].mailbox)
      if (const std::string wrong = mailbox_choice_problem(*bound); !wrong.empty())
        throw failed{{errc::invalid, "actor '" + all_[i].path + "': " + wrong}};
    if (i > 0 && all_[i].path == all_[i - 1].path)
      throw failed{{errc::invalid, "actor '" + all_[i].path + "': there are two of that path"}};
  }
}

std::string_view deployments::dispatcher_at(std::string_view path) const noexcept {
  for (const auto& one : all_)
    if (!one.dispatcher.empty() && path_matches(one.path, path)) return one.dispatcher;
  return {};
}

std::optional<mailbox_choice> deployments::mailbox_at(std::string_view path) const noexcept {
  for (const auto& one : all_)
    if (one.mailbox && path_matches(one.path, path)) return one.mailbox;
  return {};
}

}  // namespace troupe
