#include "driver/options.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace bench {
namespace {

template <class T>
bool empty_or_has(const std::vector<T>& list, const T& item) {
  return list.empty() || std::find(list.begin(), list.end(), item) != list.end();
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) out.push_back(part);
  return out;
}

unsigned number(const std::string& text) {
  const bool digits = !text.empty() && text.size() < 5 &&
                      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || std::stoul(text) == 0) throw std::invalid_argument("not a number above 0: '" + text + "'");
  return static_cast<unsigned>(std::stoul(text));
}

std::string scenario(const std::string& text) {
  std::string known;
  for (const planned& p : plan()) {
    if (p.name == text) return text;
    if (!known.ends_with(p.name)) known += " " + std::string(p.name);
  }
  throw std::invalid_argument("no scenario '" + text + "'; there are:" + known);
}

suite suite_named(const std::string& text) {
  for (const suite s : suites)
    if (to_string(s) == text) return s;
  throw std::invalid_argument("--suite takes local, supervision, remote; not '" + text + "'");
}

language program(const std::string& text) {
  for (const language l : languages)
    if (to_string(l) == text) return l;
  throw std::invalid_argument("--by takes troupe, caf, erlang, bare; not '" + text + "'");
}

}  // namespace

bool options::wants(const planned& p) const { return p.in == of && empty_or_has(only, std::string(p.name)); }
bool options::wants(unsigned worker_count) const { return empty_or_has(workers, worker_count); }
bool options::wants(language l) const { return empty_or_has(by, l); }

options read_options(const std::vector<std::string>& words) {
  options out;
  bool rounds_given = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--quick") {
      out.quick = true;
      continue;
    }
    if (word != "--rounds" && word != "--only" && word != "--workers" && word != "--by" && word != "--suite")
      throw std::invalid_argument("'" + word +
                                  "' is not known; there are --quick, --rounds N, --only SCENARIO,..., "
                                  "--workers N,..., --by troupe,caf,erlang,bare, --suite local");
    if (i + 1 == words.size()) throw std::invalid_argument(word + " needs a value");
    const std::string& value = words[++i];
    if (word == "--rounds") {
      out.rounds = number(value);
      rounds_given = true;
    }
    if (word == "--suite") out.of = suite_named(value);
    for (const std::string& part : split(value)) {
      if (word == "--only") out.only.push_back(scenario(part));
      if (word == "--workers") out.workers.push_back(number(part));
      if (word == "--by") out.by.push_back(program(part));
    }
  }
  if (out.quick && !rounds_given) out.rounds = 1;
  return out;
}

}  // namespace bench
