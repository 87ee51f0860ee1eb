// The room: numbers what is said, tells who comes and who goes, and lets a topic do the rest.
#pragma once

#include <map>

#include "messages.hpp"

namespace chat {

/// How a room treats its members.
struct house_rules {
  bool retain = true;              ///< who comes in gets the last line first
  std::uint64_t waiting_max = 50;  ///< a member with more lines unread is not sent another one; 0: any number
};

class room : public troupe::actor<enter, say> {
 public:
  explicit room(house_rules rules)
      : lines_(troupe::spawn_topic<line>(
            {.name = "lines", .retain = rules.retain, .waiting_max = rules.waiting_max})) {}

  troupe::result<troupe::topic<line>> on(const enter& m) {
    if (m.name.empty()) return troupe::error{troupe::errc::invalid, "a member has a name"};
    // Watched for the announcement. The topic forgets members who have stopped by itself.
    watch(m.screen);
    members_[m.screen.path()] = m.name;
    lines_.subscribe(
        m.screen);  // before the announcement: with `retain` the first thing read is what was said last
    publish(m.name, "has come in");
    return lines_;
  }

  std::int64_t on(const say& m) { return publish(m.who, m.text); }

  void on_terminated(const troupe::terminated& news) override {
    if (const auto gone = members_.extract(news.path())) publish(gone.mapped(), "has left");
  }

 private:
  std::int64_t publish(const std::string& who, const std::string& text) {
    lines_.publish(line{++last_, who, text});
    return last_;
  }

  const troupe::topic<line> lines_;
  std::map<std::string, std::string> members_;  // names by path
  std::int64_t last_ = 0;
};

}  // namespace chat
