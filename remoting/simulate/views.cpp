#include <algorithm>
#include <map>
#include <troupe/base/bounded_text.hpp>
#include <troupe/base/path_pattern.hpp>
#include <troupe/json/utf8.hpp>
#include <troupe/json/writer.hpp>
#include <troupe/simulate/fault.hpp>
#include <troupe/simulate/views.hpp>
#include <unordered_map>

namespace troupe {

namespace {

using sim::line;
using sim::line_kind;

/// What `n1:/user/bank` is made of.
struct place {
  std::string_view host;   // empty: any
  std::string_view actor;  // empty: all of the host
};

place place_of(std::string_view only) {
  if (only.starts_with('/')) return {{}, only};
  const auto colon = only.find(":/");
  if (colon == std::string_view::npos) return {only, {}};
  return {only.substr(0, colon), only.substr(colon + 1)};
}

bool is_at(const place& where, const line& l) {
  if (!where.host.empty() && where.host != l.about.host) return false;
  return where.actor.empty() || matches({std::string{where.actor}, "*"}, l.about.actor, {});
}

/// Finds lines by their numbers, which go up.
class by_number {
 public:
  explicit by_number(std::span<const line> lines) : lines_(lines) {}
  const line* find(std::uint64_t number) const {
    const auto at = std::lower_bound(lines_.begin(), lines_.end(), number,
                                     [](const line& l, std::uint64_t n) { return l.number < n; });
    return number != 0 && at != lines_.end() && at->number == number ? &*at : nullptr;
  }

 private:
  std::span<const line> lines_;
};

std::string readable(std::string text) {
  if (!is_utf8(text))
    for (char& c : text)
      if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  return text;
}

}  // namespace

std::string problem_of_choice(std::string_view only) {
  const place where = place_of(only);
  if (only.empty()) return "expected a host, a path of actors, or both as n1:/user/bank";
  return where.actor.empty() ? std::string{} : problem_of(handler_choice{std::string{where.actor}, "*"});
}

bool is_chosen(const line_choice& which, const line& l) {
  if (l.at < which.from || l.at > which.to) return false;
  return which.only.empty() || std::any_of(which.only.begin(), which.only.end(),
                                           [&](const auto& one) { return is_at(place_of(one), l); });
}

// ---- JSON (VW2)

std::string as_json(const line& l) {
  std::string out;
  json_writer to{out};
  const auto text = [&](std::string_view key, const std::string& value) {
    if (value.empty()) return;
    to.key(key);
    to.string(readable(value));
  };
  to.begin_object();
  to.key("event");
  to.natural(l.number);
  to.key("ns");
  to.integer(l.at.time_since_epoch().count());
  text("kind", std::string{to_string(l.about.kind)});
  text("host", l.about.host);
  text("actor", l.about.actor);
  text("message", l.about.message);
  text("from", l.about.from);
  if (l.about.cause != 0) {
    to.key("cause");
    to.natural(l.about.cause);
  }
  if (l.about.loosely) {
    to.key("loosely");
    to.boolean(true);
  }
  text("text", l.what);
  to.end_object();
  return out;
}

// ---- Mermaid (VW3)

namespace {

constexpr std::size_t label_bytes_max = 80;

/// Text that Mermaid takes for nothing else.
std::string label(std::string_view text) {
  bounded_text cut{label_bytes_max};
  cut.add(text);
  std::string out;
  for (const char c : readable(std::move(cut).take())) {
    const std::string_view special = "#;<>{}";
    if (special.find(c) != std::string_view::npos)
      out += "#" + std::to_string(static_cast<int>(c)) + ";";
    else
      out += c;
  }
  return out;
}

/// What is in the message of a line, as the line has it behind all else: ` {cents: 7}`.
std::string_view content_of(const line& l) {
  std::string before = l.about.host + " " + l.about.actor + " handles " + l.about.message;
  if (!l.about.from.empty()) before += " from " + l.about.from;
  const std::string_view all = l.what;
  return all.starts_with(before) ? all.substr(before.size()) : std::string_view{};
}

/// `n1 /user/bank`, of an actor that is named as from another host: `n1:/user/bank`.
std::string beside(const std::string& name) {
  const place where = place_of(name);
  return where.host.empty() || where.actor.empty() ? name
                                                   : std::string{where.host} + " " + std::string{where.actor};
}

/// Numbers whoever takes part, in the order in which they come.
class cast {
 public:
  std::string of(const std::string& name) {
    const auto [at, is_new] = ids_.try_emplace(name, "p" + std::to_string(ids_.size() + 1));
    if (is_new) head_ += "  participant " + at->second + " as " + label(name) + "\n";
    return at->second;
  }
  const std::string& head() const noexcept { return head_; }

 private:
  std::map<std::string, std::string> ids_;
  std::string head_;
};

}  // namespace

std::string as_mermaid(std::span<const line> lines, const line_choice& which) {
  const by_number all{lines};
  cast who;
  std::string body;
  for (const line& l : lines) {
    if (!is_chosen(which, l)) continue;
    const std::string name = l.about.actor.empty() ? l.about.host : l.about.host + " " + l.about.actor;
    const std::string number = "#35;" + std::to_string(l.number) + " ";
    switch (l.about.kind) {
      case line_kind::handles: {
        const line* const cause = all.find(l.about.cause);
        const std::string from = cause                         ? cause->about.host + " " + cause->about.actor
                                 : l.about.from.empty()        ? "outside"
                                 : l.about.from.front() == '/' ? l.about.host + " " + l.about.from
                                                               : beside(l.about.from);
        const std::string sender = who.of(from);
        body += "  " + sender + "->>" + who.of(name) + ": " + number +
                label(l.about.message + std::string{content_of(l)}) + "\n";
        break;
      }
      case line_kind::ended:
      case line_kind::note:
        if (l.about.host.empty()) break;
        body += "  Note over " + who.of(name) + ": " + number + label(l.what) + "\n";
        break;
      case line_kind::arrives:
      case line_kind::log:
        break;
    }
  }
  return "sequenceDiagram\n" + who.head() + body;
}

// ---- ShiViz (VW4)

namespace {

/// Events of each process, by the order in which they came first; 0 where the vector is too short.
using vector_clock = std::vector<std::uint64_t>;

void merge(vector_clock& into, const vector_clock& more) {
  if (into.size() < more.size()) into.resize(more.size());
  for (std::size_t i = 0; i < more.size(); ++i) into[i] = std::max(into[i], more[i]);
}

/// A name without blanks, which would end it.
std::string process_of(const line& l, clock_of processes) {
  std::string out = l.about.host.empty() ? "world" : l.about.host;
  if (processes == clock_of::actor && !l.about.actor.empty()) out += ":" + l.about.actor;
  std::replace(out.begin(), out.end(), ' ', '_');
  return out;
}

}  // namespace

std::string as_shiviz(std::span<const line> lines, const line_choice& which, clock_of processes) {
  std::string out = "(?<event>.*)\\n(?<host>\\S*) (?<clock>{.*})\n\n";
  std::vector<std::string> names;
  std::unordered_map<std::string, std::size_t> numbers;
  std::vector<vector_clock> now;                            // by process
  std::unordered_map<std::uint64_t, vector_clock> at_line;  // of lines that may be causes
  for (const line& l : lines) {
    const std::string name = process_of(l, processes);
    const auto [found, is_new] = numbers.try_emplace(name, names.size());
    if (is_new) {
      names.push_back(name);
      now.emplace_back();
    }
    const std::size_t self = found->second;
    vector_clock& clock = now[self];
    if (const auto cause = at_line.find(l.about.cause); cause != at_line.end()) merge(clock, cause->second);
    if (is_chosen(which, l)) {
      if (clock.size() <= self) clock.resize(self + 1);
      ++clock[self];
      std::string text = readable(to_string(l));
      std::replace(text.begin(), text.end(), '\n', ' ');
      out += text + "\n" + name + " ";
      json_writer to{out};
      to.begin_object();
      for (std::size_t i = 0; i < clock.size(); ++i) {
        if (clock[i] == 0) continue;
        to.key(readable(names[i]));
        to.natural(clock[i]);
      }
      to.end_object();
      out += "\n";
    }
    at_line.emplace(l.number, clock);
  }
  return out;
}

// ---- why (VW5)

std::vector<causal_link> why(std::span<const line> lines, std::string_view who, std::size_t links_max) {
  const place where = place_of(who);
  const auto last = [&](line_kind kind) -> const line* {
    const auto at = std::find_if(lines.rbegin(), lines.rend(),
                                 [&](const line& l) { return l.about.kind == kind && is_at(where, l); });
    return at == lines.rend() ? nullptr : &*at;
  };
  const line* at = last(line_kind::ended);
  if (!at) at = last(line_kind::handles);
  const by_number all{lines};
  std::vector<causal_link> chain;
  bool loosely = false;
  while (at && chain.size() < links_max) {  // a cause comes before what it causes, so this ends
    chain.push_back({*at, loosely});
    loosely = at->about.loosely;
    at = all.find(at->about.cause);
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

std::string to_string(const std::vector<causal_link>& chain) {
  std::string out;
  for (const auto& link : chain) out += (link.loosely ? "~ " : "  ") + to_string(link.what) + "\n";
  return out;
}

}  // namespace troupe
