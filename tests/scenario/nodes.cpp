#include "scenario/nodes.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "scenario/certificates.hpp"

namespace scenario {
namespace fs = std::filesystem;

std::string node_program() {
  const char* const given = std::getenv("KV_NODE_PROGRAM");
  return given ? given : KV_NODE_DEFAULT;
}

namespace {

fs::path in_memory_if_possible() {
  std::error_code none;
  const fs::path memory = "/dev/shm";
  const bool room =
      fs::space(memory, none).available > (1u << 30) && !none && ::access("/dev/shm", W_OK) == 0;
  return room ? memory : fs::temp_directory_path();
}

}  // namespace

temporary_directory::temporary_directory() : temporary_directory(in_memory_if_possible()) {}

temporary_directory::temporary_directory(const fs::path& parent) {
  std::string name = (parent / "kv-scenario-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary directory could be made: " + name);
  path_ = name;
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string temporary_directory::write(const std::string& name, const std::string& text) const {
  const auto at = path_ / name;
  std::ofstream(at, std::ios::binary) << text;
  return at.string();
}

void wait_until(const std::string& what, const std::function<bool()>& done, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end)
      throw std::runtime_error("not within " + std::to_string(limit.count()) + " ms: " + what);
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

nodes::nodes(std::size_t count, const std::string& more, std::chrono::milliseconds acceptable_pause) {
  configure_and_start(count, more, acceptable_pause);
  wait_until_all_serve();
}

nodes::nodes(std::size_t count, const std::string& more, const fs::path& parent) : directory_(parent) {
  configure_and_start(count, more, patience);
  wait_until_all_serve();
}

nodes::nodes(std::size_t count, const std::vector<std::size_t>& plain) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i <= count; ++i) names.push_back("n" + std::to_string(i));
  make_certificates(directory_.path() / "pki", names);
  configure_and_start(count, {}, patience, [&](std::size_t number) {
    return std::find(plain.begin(), plain.end(), number) == plain.end()
               ? tls_table(directory_.path() / "pki", names[number - 1])
               : std::string{};
  });
  if (plain.empty()) wait_until_all_serve();
}

void nodes::configure_and_start(std::size_t count, const std::string& more,
                                std::chrono::milliseconds acceptable_pause,
                                const std::function<std::string(std::size_t)>& tables) {
  std::string peers = "[node.peers]\n";
  std::vector<std::string> listen;
  for (std::size_t i = 1; i <= count; ++i) {
    clients_.push_back(free_port());
    addresses_.push_back("127.0.0.1:" + std::to_string(free_port()));
    listen.push_back("\"" + addresses_.back() + "\"");
    peers += "n" + std::to_string(i) + " = " + listen.back() + "\n";
  }
  for (std::size_t i = 1; i <= count; ++i) {
    const std::string name = "n" + std::to_string(i);
    directory_.write(name + ".toml",
                     "[kv]\nlisten = \"127.0.0.1:" + std::to_string(clients_[i - 1]) + "\"\ndirectory = \"" +
                         (directory_.path() / name).string() + "\"\nrequest_timeout = \"1min\"\n" + more +
                         "\n[node]\nname = \"" + name + "\"\nlisten = " + listen[i - 1] +
                         "\nheartbeat_limit = \"" + std::to_string(2 * acceptable_pause.count()) +
                         "ms\"\ndetector.acceptable_pause = \"" + std::to_string(acceptable_pause.count()) +
                         "ms\"\n" + peers + (tables ? tables(i) : ""));
    running_.push_back(nullptr);
    start(i);
  }
}

void nodes::wait_until_all_serve() const {
  for (std::size_t i = 1; i <= running_.size(); ++i) wait_until_serving(i);
}

std::string nodes::config_file(std::size_t number) const {
  return (directory_.path() / ("n" + std::to_string(number) + ".toml")).string();
}

void nodes::start(std::size_t number) {
  auto& place = running_.at(number - 1);
  place.reset();
  place =
      std::make_unique<process>(std::vector<std::string>{node_program(), "--config", config_file(number)});
  place->wait_for_output("serves Redis clients on");
}

void nodes::wait_until_serving(std::size_t number) const {
  client c = connect(number);
  wait_until("n" + std::to_string(number) + " answers for all shards",
             [&] { return c.ask({"DBSIZE"}).front() == ':'; });
}

std::string nodes::key_on(std::size_t number, const std::string& salt) const {
  client c = connect(number);
  const std::string end = " on n" + std::to_string(number) + "\r\n";
  for (int i = 0;; ++i) {
    const std::string key = salt + ":" + std::to_string(i);
    if (c.ask({"TROUPE", "WHERE", key}).ends_with(end)) return key;
  }
}

bool serves(const nodes& n) { return n.connect().ask({"PING"}) == "+PONG\r\n"; }

}  // namespace scenario
