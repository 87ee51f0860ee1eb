#include <troupe/node/refusals.hpp>
#include <utility>

namespace troupe::detail {

void refusals::add(std::string_view peer, std::string_view path, std::string_view message,
                   std::string_view why) {
  const time_point now = env_->now();
  rights::refusal_pace::news news;
  {
    const std::lock_guard hold{mutex_};
    news = pace_.refused(peer, now);
  }
  if (news.of_other != 0) tell_of(news.other, news.of_other);
  if (news.count == 0) return env_->events().counted(event_kind::not_permitted);
  event e{event_kind::not_permitted, now, std::string{path}, std::string{message}, std::string{why}};
  e.sender = peer;
  e.number = news.count;
  if (news.count > 1) e.action = "it is the last of " + std::to_string(news.count) + " since the line before";
  env_->events().publish(e);
}

void refusals::tell_rest(std::string_view peer) {
  std::uint64_t count = 0;
  {
    const std::lock_guard hold{mutex_};
    count = pace_.left(peer);
  }
  if (count != 0) tell_of(peer, count);
}

// They have been counted, so this is a line and no event.
void refusals::tell_of(std::string_view peer, std::uint64_t count) const {
  env_->events().log(log_level::warning, peer,
                     "not_permitted: " + std::to_string(count) + " more of it since the line before");
}

}  // namespace troupe::detail
