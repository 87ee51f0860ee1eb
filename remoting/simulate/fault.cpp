#include <algorithm>
#include <charconv>
#include <troupe/base/path_pattern.hpp>
#include <troupe/base/prng.hpp>
#include <troupe/config/file_text.hpp>
#include <troupe/config/parse.hpp>
#include <troupe/config/quantity.hpp>
#include <troupe/simulate/fault.hpp>

namespace troupe {

namespace {

constexpr std::array<std::string_view, fault_kinds.size()> kind_names{
    "crash",     "pause",  "partition", "one_way",   "reset",     "slow",     "clock_jump", "disk_error",
    "disk_full", "throws", "no_memory", "half_open", "duplicate", "truncate", "clock_back", "clock_drift"};

bool lasts(fault_kind kind) noexcept {
  return kind != fault_kind::reset && kind != fault_kind::duplicate && kind != fault_kind::truncate;
}

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

/// `#3` or `5%`, into `to`.
bool parse_when(std::string_view text, handler_choice& to) {
  const bool counts = text.starts_with('#');
  const std::string_view digits = counts ? text.substr(1) : text.substr(0, text.find('%'));
  unsigned n = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (problem != std::errc{} || end != digits.data() + digits.size() || n == 0) return false;
  if (!counts && (n > 100 || text.size() != digits.size() + 1)) return false;
  to.nth = counts ? n : 0;
  to.percent = counts ? 0 : n;
  return true;
}

result<fault> parse_fault(std::string_view text) {
  const auto mistake = [whole = text](std::string_view why) {
    return error{errc::invalid, "fault '" + std::string{whole} + "': " + std::string{why} +
                                    "; written as '3250ms crash n2 500ms', '4s partition n1 n3 2s' or "
                                    "'4s throws n1 /user/bank/* bank.deposit #3 2s'"};
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
  if (is_inside(f.kind)) {
    f.in.actors = next_word(text);
    f.in.messages = next_word(text);
    if (const std::string why = problem_of(f.in); !why.empty()) return mistake(why);
    if (!parse_when(next_word(text), f.in)) return mistake("it says when with '#3' or '5%'");
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
         kind == fault_kind::slow || kind == fault_kind::half_open || kind == fault_kind::duplicate ||
         kind == fault_kind::truncate;
}

bool is_inside(fault_kind kind) noexcept {
  return kind == fault_kind::throws || kind == fault_kind::no_memory;
}

std::string problem_of(const handler_choice& which) {
  if (const std::string why = path_pattern_problem(which.actors); !why.empty())
    return "the actors '" + which.actors + "': " + why + ", or with /** for all below";
  const auto star = which.messages.find('*');
  if (which.messages.empty() || (star != std::string::npos && star + 1 != which.messages.size()))
    return "the messages '" + which.messages +
           "': expected the name of a type, with a * for its end or all of it";
  if (which.nth == 0 && (which.percent == 0 || which.percent > 100))
    return "expected nth from 1 on, or a percent from 1 to 100";
  return {};
}

bool matches(const handler_choice& which, std::string_view path, std::string_view message) noexcept {
  std::string_view type = which.messages;
  if (type.ends_with('*')) {
    type.remove_suffix(1);
    message = message.substr(0, type.size());
  }
  return type == message && path_matches(which.actors, path);
}

std::string to_string(const fault& f) {
  std::string out = to_text(f.at) + " " + std::string{to_string(f.kind)} + " " + f.host;
  if (is_between(f.kind)) out += " " + f.other;
  if (is_inside(f.kind))
    out += " " + f.in.actors + " " + f.in.messages +
           (f.in.nth ? " #" + std::to_string(f.in.nth) : " " + std::to_string(f.in.percent) + "%");
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

namespace {

/// The keys of FT3.
void add_choice(config_schema& s, fault_kind kind) {
  const fault_plan::habit usual;
  s.text(key_of(kind, "actors"))
      .def(usual.in.actors)
      .help("whose handlers: a path, * for a name, /** for all below");
  s.text(key_of(kind, "messages"))
      .def(usual.in.messages)
      .help("at which messages: a type's name, * for its end");
  s.integer(key_of(kind, "nth"))
      .range(1, 1'000'000)
      .def(usual.in.nth)
      .help(std::string{"the seed picks one of the first so many "} +
            (kind == fault_kind::throws ? "messages" : "allocations"));
  s.integer(key_of(kind, "percent"))
      .range(0, 100)
      .def(0)
      .help("how likely each is instead; 0: nth says which");
  s.relate({key_of(kind, "actors"), key_of(kind, "messages")}, [kind](const config& c) {
    return problem_of({c.get_text(key_of(kind, "actors")), c.get_text(key_of(kind, "messages"))});
  });
}

handler_choice choice_from(const config& c, fault_kind kind) {
  handler_choice in{c.get_text(key_of(kind, "actors")), c.get_text(key_of(kind, "messages")),
                    static_cast<unsigned>(c.get_int(key_of(kind, "nth"))),
                    static_cast<unsigned>(c.get_int(key_of(kind, "percent")))};
  if (in.percent != 0) in.nth = 0;
  return in;
}

}  // namespace

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
    if (is_inside(kind)) add_choice(s, kind);
  }
  return s;
}

fault_plan fault_plan::from_config(const config& c) {
  fault_plan p;
  p.from = c.get_duration("faults.from");
  p.until = c.get_duration("faults.until");
  for (const auto kind : fault_kinds) {
    p[kind] = {.every = c.get_duration(key_of(kind, "every")),
               .min = c.get_duration(key_of(kind, "min")),
               .max = c.get_duration(key_of(kind, "max"))};
    if (is_inside(kind)) p[kind].in = choice_from(c, kind);
  }
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
      if (is_inside(kind)) {
        f.in = how.in;
        if (f.in.nth != 0) f.in.nth = 1 + static_cast<unsigned>(random.below(f.in.nth));
      }
      out.push_back(std::move(f));
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const fault& a, const fault& b) { return a.at < b.at; });
  return out;
}

}  // namespace troupe
