// What is said in a chat room, and to it.
#pragma once

#include <cstdint>
#include <string>
#include <troupe/pattern/topic.hpp>
#include <troupe/troupe.hpp>
#include <vector>

namespace chat {

/// A line as the room publishes it. The room numbers its lines, so a reader sees what he has missed.
struct line {
  std::int64_t number = 0;
  std::string who;
  std::string text;
};

/// To the room: `name` wants to read what is said. The reply is where the lines come from.
struct enter {
  std::string name;
  troupe::ref<line> screen;
  using reply = troupe::topic<line>;
};

/// To the room. The reply is the line's number.
struct say {
  std::string who;
  std::string text;
  using reply = std::int64_t;
};

/// To a member: answered with all he has read once he has read line `number`, or one after it.
struct read_until {
  std::int64_t number;
  using reply = std::vector<line>;
};

}  // namespace chat
