// The wish that an actor of another node stops, as it goes to that node: the end of a link that nobody has asked for, with a mark. So a node of an
// earlier release, which does not know the mark, has the actor follow that end; one that knows it stops him, whatever his class says of links.
#pragma once

#include <string_view>
#include <troupe/cell/link_ended.hpp>

namespace troupe {

/// The `error::type` of that end: who sends it has not ended, he wants the other to.
inline constexpr std::string_view stop_mark = "troupe::stop";

/// What is posted to `who`, which leads to another node. Thread-safe.
inline engine::envelope_ptr stop_wish(address& who) {
  auto e = engine::make_envelope<link_ended>(
      link_ended_type, std::uint64_t{0}, address_ptr{&who},
      exit_reason{exit_kind::shutdown, {errc::stopped, {}, std::string{stop_mark}, {}}}, link_ids{});
  e->counted = false;
  return e;
}

/// Whether it is one. Pure.
inline bool is_stop_wish(const link_ended& news) {
  return news.which().mine == 0 && news.which().theirs == 0 && news.reason().why.type == stop_mark;
}

}  // namespace troupe
