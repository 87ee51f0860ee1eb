#include <algorithm>
#include <troupe/base/prng.hpp>
#include <troupe/config/file_text.hpp>
#include <troupe/config/parse.hpp>
#include <troupe/config/quantity.hpp>
#include <troupe/simulate/fault.hpp>

namespace troupe {

namespace {

constexpr std::array<std::string_view, fault_kinds.size()> kind_names{
    "crash", "pause", "partition", "one_way", "reset", "slow", "clock_jump", "disk_error", "disk_full"};

bool lasts(fault_kind kind) noexcept { return kind != fault_kind::reset; }

std::string key_of(fault_kind kind, std::string_view what) {
  return "faults." + std::string{to_string(kind)} + "." + std::string{what};
}

/// The next word of `text`, which loses it.
std::string_view next_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

result<fault> parse_fault(std::string_view text) {
  const auto mistake = [whole = text](std::string_view why) {
    return error{errc::invalid, "fault '" + std::string{whole} + "': " + std::string{why} +
                                    "; written as '3250ms crash n2 500ms' or '4s partition n1 n3 2s'"};
  };
  fault f;
  const auto at = duration_from_text(next_word(text));
  if (!at) return mistake("it begins with its time");
  f.at = *at;
  const std::string_view name = next_word(text);
  const auto kind = std::find(kind_names.begin(), kind_names.end(), name);
  if (kind == kind_names.end()) return mistake("there is no kind '" + std::string{name} + "'");
  f.kind = fault_kinds[static_cast<std::size_t>(kind - kind_names.begin())];
  f.host = next_word(text);
  if (f.host.empty()) return mistake("it has no host");
  if (is_between(f.kind)) {
    f.other = next_word(text);
    if (f.other.empty()) return mistake("it is about two hosts");
  }
  if (lasts(f.kind)) {
    const auto how_long = duration_from_text(next_word(text));
    if (!how_long) return mistake("it ends with how long it lasts");
    f.lasts = *how_long;
  }
  if (!next_word(text).empty()) return mistake("there is more than a fault in it");
  return f;
}

/// Between the two, in whole milliseconds so that its text is short.
duration between(prng& random, duration min, duration max) {
  const auto spread = static_cast<std::uint64_t>(std::max(duration::zero(), max - min).count());
  const duration any = min + duration{static_cast<duration::rep>(random.below(spread + 1))};
  return std::max<duration>(milliseconds{1}, duration_cast<milliseconds>(any));
}

}  // namespace

std::string_view to_string(fault_kind kind) noexcept { return kind_names[static_cast<std::size_t>(kind)]; }

bool is_between(fault_kind kind) noexcept {
  return kind == fault_kind::partition || kind == fault_kind::one_way || kind == fault_kind::reset ||
         kind == fault_kind::slow;
}

std::string to_string(const fault& f) {
  std::string out = to_text(f.at) + " " + std::string{to_string(f.kind)} + " " + f.host;
  if (is_between(f.kind)) out += " " + f.other;
  if (lasts(f.kind)) out += " " + to_text(f.lasts);
  return out;
}

std::string to_string(const std::vector<fault>& faults) {
  std::string out;
  for (const auto& f : faults) out += (out.empty() ? "" : ", ") + to_string(f);
  return out;
}

result<std::vector<fault>> parse_faults(std::string_view text) {
  std::vector<fault> out;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    auto read = parse_fault(one);
    if (!read) return read.error();
    out.push_back(std::move(*read));
  }
  return out;
}

config_schema fault_plan::schema() {
  config_schema s;
  s.duration("faults.from").def(seconds{1}).help("when the first fault may come");
  s.duration("faults.until").def(seconds{30}).help("when the last one has come");
  for (const auto kind : fault_kinds) {
    const std::string name{to_string(kind)};
    s.duration(key_of(kind, "every"))
        .def(duration::zero())
        .help("how often a " + name + " comes, on average; 0: never");
    s.duration(key_of(kind, "min")).def(milliseconds{100}).help("how long a " + name + " lasts at least");
    s.duration(key_of(kind, "max")).def(seconds{3}).help("how long a " + name + " lasts at most");
  }
  return s;
}

fault_plan fault_plan::from_config(const config& c) {
  fault_plan p;
  p.from = c.get_duration("faults.from");
  p.until = c.get_duration("faults.until");
  for (const auto kind : fault_kinds)
    p[kind] = {c.get_duration(key_of(kind, "every")), c.get_duration(key_of(kind, "min")),
               c.get_duration(key_of(kind, "max"))};
  return p;
}

fault_plan fault_plan::from_file(const std::string& path) {
  return from_config(
      parse_config({.arguments = {"--config", path}, .file = config_file{path, read_config_file(path)}},
                   schema())
          .value());
}

std::vector<fault> fault_plan::expand(std::uint64_t seed, const std::vector<std::string>& hosts) const {
  std::vector<fault> out;
  for (const auto kind : fault_kinds) {
    const habit& how = of[static_cast<std::size_t>(kind)];
    if (how.every <= duration::zero() || hosts.empty() || (is_between(kind) && hosts.size() < 2)) continue;
    prng random{prng{seed}.next() +
                static_cast<std::uint64_t>(kind)};  // each kind its own, so that one changes no other
    for (duration at = from;;) {
      at += between(random, duration::zero(), 2 * how.every);
      if (at >= until) break;
      fault f{duration_cast<milliseconds>(at), kind};
      const std::size_t first = random.below(hosts.size());
      f.host = hosts[first];
      if (is_between(kind)) f.other = hosts[(first + 1 + random.below(hosts.size() - 1)) % hosts.size()];
      if (lasts(kind)) f.lasts = between(random, how.min, how.max);
      out.push_back(std::move(f));
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const fault& a, const fault& b) { return a.at < b.at; });
  return out;
}

}  // namespace troupe
