#include "kv/verify/options.hpp"

#include <charconv>
#include <limits>
#include <optional>

namespace kv::verify {
namespace {

troupe::error wrong(std::string text) { return {.code = troupe::errc::invalid, .text = std::move(text)}; }

std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size() || value < least || value > most)
    return std::nullopt;
  return value;
}

troupe::result<std::vector<address>> parse_nodes(std::string_view text) {
  std::vector<address> out;
  for (;;) {
    const auto one = text.substr(0, text.find(','));
    const auto colon = one.rfind(':');
    const auto port = colon == std::string_view::npos
                          ? std::nullopt
                          : parse_number(one.substr(colon + 1), 1, std::numeric_limits<std::uint16_t>::max());
    if (!port || colon == 0)
      return wrong("--nodes: '" + std::string(one) + "' is not host:port; write host:port,host:port");
    out.push_back({std::string(one.substr(0, colon)), static_cast<std::uint16_t>(*port)});
    if (one.size() == text.size()) return out;
    text.remove_prefix(one.size() + 1);
  }
}

}  // namespace

std::string_view usage() noexcept {
  return "usage: kv_verify --nodes HOST:PORT[,HOST:PORT...] [options]\n"
         "  --seconds N    write for N seconds; 0: until SIGINT or SIGTERM (10)\n"
         "  --clients N    threads, each with a connection to every node (4)\n"
         "  --keys N       keys over all clients, at least three for each (300)\n"
         "  --journal FILE write each acknowledged write to FILE\n"
         "  --settle N     seconds the last reading may take (30)\n"
         "  --timeout N    milliseconds a request may take (5000)\n"
         "  --seed N       repeat the choices of another run (one of its own)\n"
         "  --help         print this\n";
}

troupe::result<options> parse_options(std::span<const std::string_view> arguments) {
  options out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    if (name == "--help") {
      out.help = true;
      return out;
    }
    const bool known = name == "--nodes" || name == "--seconds" || name == "--clients" || name == "--keys" ||
                       name == "--journal" || name == "--settle" || name == "--timeout" || name == "--seed";
    if (!known) return wrong("unknown argument '" + std::string(name) + "'; see kv_verify --help");
    if (i + 1 == arguments.size()) return wrong(std::string(name) + ": a value must follow");
    const std::string_view value = arguments[++i];
    if (name == "--journal") {
      out.journal = value;
      continue;
    }
    if (name == "--nodes") {
      auto nodes = parse_nodes(value);
      if (!nodes) return nodes.error();
      out.nodes = std::move(*nodes);
      continue;
    }
    constexpr std::uint64_t day_seconds = 86'400;
    std::uint64_t least = 0;
    std::uint64_t most = day_seconds;
    if (name == "--clients") least = 1, most = 1000;
    if (name == "--keys") least = 1, most = 10'000'000;
    if (name == "--timeout") least = 1, most = 1000 * day_seconds;
    if (name == "--seed") most = std::numeric_limits<std::uint64_t>::max();
    const auto number = parse_number(value, least, most);
    if (!number)
      return wrong(std::string(name) + ": '" + std::string(value) + "' is not a whole number from " +
                   std::to_string(least) + " to " + std::to_string(most));
    if (name == "--seconds") out.load = std::chrono::seconds{*number};
    if (name == "--clients") out.clients = static_cast<std::size_t>(*number);
    if (name == "--keys") out.keys = static_cast<std::size_t>(*number);
    if (name == "--settle") out.settle = std::chrono::seconds{*number};
    if (name == "--timeout") out.timeout = std::chrono::milliseconds{*number};
    if (name == "--seed") out.seed = *number;
  }
  if (out.nodes.empty()) return wrong("--nodes is missing; write --nodes host:port,host:port");
  return out;
}

}  // namespace kv::verify
