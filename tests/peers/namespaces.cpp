#include "peers/namespaces.hpp"

#include <unistd.h>

#include <stdexcept>
#include <utility>

#include "scenario/process.hpp"

namespace peers {
namespace {

// Empty when it went well, else what the command said.
std::string run(const std::vector<std::string>& words) {
  try {
    scenario::process p{words};
    return p.wait() == 0 ? std::string{} : words[0] + " " + words[1] + ": " + p.output();
  } catch (const std::exception& e) {
    return e.what();
  }
}

std::string ip(std::vector<std::string> words) {
  words.insert(words.begin(), "ip");
  return run(words);
}

void must(std::vector<std::string> words) {
  if (std::string why = ip(std::move(words)); !why.empty()) throw std::runtime_error(why);
}

}  // namespace

std::optional<namespaces> namespaces::make(std::string& why_not) {
  const std::string front = "troupe-" + std::to_string(::getpid());
  namespaces out{front + "-1", front + "-2"};
  const std::string address_bits = "/30";
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"netns", "add", out.one_},
           {"netns", "add", out.two_},
           {"-n", out.one_, "link", "add", end_one, "type", "veth", "peer", "name", "cable1", "netns",
            out.two_},
           {"-n", out.one_, "addr", "add", address_one + address_bits, "dev", end_one},
           {"-n", out.two_, "addr", "add", address_two + address_bits, "dev", "cable1"},
           {"-n", out.one_, "link", "set", "lo", "up"},
           {"-n", out.two_, "link", "set", "lo", "up"},
           {"-n", out.one_, "link", "set", end_one, "up"},
           {"-n", out.two_, "link", "set", "cable1", "up"}})
    if (why_not = ip(words); !why_not.empty()) return {};  // what there is goes with `out`
  return out;
}

namespaces::namespaces(namespaces&& other) noexcept
    : one_(std::exchange(other.one_, {})), two_(std::exchange(other.two_, {})) {}

namespaces::~namespaces() {
  for (const auto& name : {one_, two_})
    if (!name.empty()) ip({"netns", "del", name});
}

void cut_cable() { must({"link", "set", namespaces::end_one, "down"}); }
void mend_cable() { must({"link", "set", namespaces::end_one, "up"}); }

std::string slow_cable(unsigned kilobits_a_second) {
  const std::string queue = std::to_string(kilobits_a_second / 8) + "kb";
  return run({"tc", "qdisc", "replace", "dev", namespaces::end_one, "root", "tbf", "rate",
              std::to_string(kilobits_a_second) + "kbit", "burst", "16kb", "limit", queue});
}

}  // namespace peers
