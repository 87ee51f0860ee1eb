#include <algorithm>
#include <cstdio>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/flight_recorder.hpp>
#include <troupe/cell/message_facts.hpp>
#include <troupe/sys/why.hpp>
#include <unordered_map>

namespace troupe::sys {

namespace {

/// What is recorded, with its links.
class flight {
 public:
  explicit flight(std::vector<flight_entry> all) : all_(std::move(all)) {
    for (std::size_t i = 0; i < all_.size(); ++i) by_id_[all_[i].id] = i;
  }

  /// The end of the chain of an actor; null: nothing.
  const flight_entry* last_of(std::uint64_t actor) const {
    const flight_entry* found = nullptr;
    for (const auto& e : all_)
      if (e.actor == actor && (e.failed || !found || !found->failed)) found = &e;
    return found;
  }

  /// What led to an entry.
  struct link {
    const flight_entry* to = nullptr;
    bool loosely = false;
  };
  link before(const flight_entry& e) const {
    // A failure is of its own actor's message, a message of its sender's.
    const std::uint64_t whose = e.failed ? e.actor : e.sender;
    if (whose == 0 || (whose & engine::cause_elsewhere)) return {};
    // A number that came again, or that was another's, is of another actor.
    if (const auto at = by_id_.find(e.cause); at != by_id_.end())
      if (const flight_entry& cause = all_[at->second]; cause.actor == whose && !cause.failed)
        return {&cause};
    for (std::size_t i = by_id_.at(e.id); i-- > 0;)
      if (all_[i].actor == whose && !all_[i].failed && (!e.failed || !e.type || all_[i].type == e.type))
        return {&all_[i], !e.failed};
    return {};
  }

 private:
  std::vector<flight_entry> all_;
  std::unordered_map<std::uint64_t, std::size_t> by_id_;
};

}  // namespace

result<std::vector<why_link>> why(const any_ref& who, std::size_t links_max) {
  const cell_ptr at = who ? who.address()->here() : cell_ptr{};
  if (!at)
    return error{errc::stopped,
                 "there is no such actor in this process, so nothing of it can be told",
                 {},
                 who ? who.path() : std::string{}};
  environment& env = at->env();
  const auto recorder = env.intercepted_by().find<flight_recorder>();
  if (!recorder)
    return error{errc::invalid,
                 "this system has no flight recorder: set flight_recorder.messages to 10000, say"};
  const flight recorded{recorder->entries()};
  std::vector<why_link> chain;
  flight::link next{recorded.last_of(at->number())};
  // Bounded by its length, should times be equal and links be guesses.
  for (; next.to && chain.size() < links_max; next = recorded.before(*next.to)) {
    const flight_entry& e = *next.to;
    chain.push_back({e.at, e.actor == at->number() ? at->path() : sender_of(env, e.actor),
                     e.type ? std::string{e.type->name} : std::string{}, sender_of(env, e.sender), e.failed,
                     next.loosely});
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

std::string to_string(const std::vector<why_link>& chain) {
  std::string out;
  for (const auto& link : chain) {
    const auto ns = (chain.back().at - link.at).count();
    char head[48];
    std::snprintf(head, sizeof head, "%c -%lld.%03lld us ", link.loosely ? '~' : ' ',
                  static_cast<long long>(ns / 1000), static_cast<long long>(ns % 1000));
    out += head + link.actor + (link.failed ? " fails" : " handles");
    if (!link.message.empty()) out += (link.failed ? " on " : " ") + link.message;
    if (!link.sender.empty()) out += " from " + link.sender;
    out += "\n";
  }
  return out;
}

}  // namespace troupe::sys
