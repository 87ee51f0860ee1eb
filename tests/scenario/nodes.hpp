// Nodes of the kv service for one test: their directory, their configuration, their processes.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "scenario/client.hpp"
#include "scenario/process.hpp"

namespace scenario {

/// The program under test: `KV_NODE_PROGRAM`, or the one that was built with the tests.
std::string node_program();

/// A new directory that goes with its object.
class temporary_directory {
 public:
  /// In memory if there is room: the tests are of the program, and a busy disk would be measured instead.
  temporary_directory();
  /// Below `parent`, for what has to be on a disk.
  explicit temporary_directory(const std::filesystem::path& parent);
  ~temporary_directory();
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }
  /// Writes a file in it; its path.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

/// Asks again, with short waits, until `done` says yes. No within `limit`: `std::runtime_error` that names
/// `what`.
void wait_until(const std::string& what, const std::function<bool()>& done,
                std::chrono::milliseconds limit = patience);

/// `count` nodes n1, n2 ... that are peers of each other.
class nodes {
 public:
  /// Starts them and waits until each answers for all shards. `more` goes into the `[kv]` table of each file.
  ///
  /// A request waits for its shard longer than the tests wait for its answer, and silence is taken for death as late as
  /// that, unless a test is about it: a node that a busy machine does not run is neither slow nor dead.
  explicit nodes(std::size_t count, const std::string& more = {},
                 std::chrono::milliseconds acceptable_pause = patience);
  /// The same with their data below `parent`.
  nodes(std::size_t count, const std::string& more, const std::filesystem::path& parent);
  /// The same with certificates: they speak TLS with each other, but for those in `plain`; with such nobody waits for answers.
  nodes(std::size_t count, const std::vector<std::size_t>& plain);

  /// A new connection to a node; `number` counts from 1.
  client connect(std::size_t number = 1) const { return client{clients_.at(number - 1)}; }
  process& at(std::size_t number = 1) { return *running_.at(number - 1); }
  std::uint16_t client_port(std::size_t number = 1) const { return clients_.at(number - 1); }
  const temporary_directory& directory() const noexcept { return directory_; }
  std::string config_file(std::size_t number) const;
  /// Where its peers reach a node.
  const std::string& node_address(std::size_t number) const { return addresses_.at(number - 1); }
  /// Waits until each answers for all shards.
  void wait_until_all_serve() const;
  /// Starts a node again that has ended, and waits until it listens.
  void start(std::size_t number);
  /// Waits until a node answers for all shards.
  void wait_until_serving(std::size_t number) const;
  /// A key that lives on a node; another one for each `salt`.
  std::string key_on(std::size_t number, const std::string& salt = "k") const;

 private:
  /// `tables(number)` goes to the end of a node's file.
  void configure_and_start(std::size_t count, const std::string& more,
                           std::chrono::milliseconds acceptable_pause,
                           const std::function<std::string(std::size_t)>& tables = {});

  temporary_directory directory_;
  std::vector<std::uint16_t> clients_;
  std::vector<std::string> addresses_;
  std::vector<std::unique_ptr<process>> running_;
};

/// Whether a node answers PING on a new connection.
bool serves(const nodes& n);

}  // namespace scenario
