// A running actor system in this process.
//
// Rules
//  SY1 Construction either gives a running system or throws `failed` with one readable line.
//  SY2 Shutdown phases, each once and in this order: `/user`, plain CAF actors, extensions (last added first),
//      `/system`, the threads of the other dispatchers, CAF's modules, workers. Past the deadline: a report of who held it
//      up, then the process ends. Plain CAF actors are sent CAF's exit; those with threads of their own that trap it or do
//      not look must end by themselves (plain_actors.hpp, PA1).
//  SY3 A system is shut down by its destructor or earlier by `shutdown`; never from one of its own workers.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <troupe/base/throw_site.hpp>
#include <troupe/cell/handle.hpp>
#include <troupe/observe/hub.hpp>
#include <troupe/system/extension.hpp>
#include <troupe/system/options.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace caf {
class actor_system;
class actor_system_config;
}  // namespace caf

namespace troupe {

class plain_actors;

namespace port {
class platform;
}  // namespace port

/// The kernel. Functions are thread-safe except construction and destruction.
class system {
 public:
  /// A system with settings from `options` and the given extensions (moved in), on the operating system's
  /// ports.
  template <class... Extensions>
  requires(std::is_base_of_v<extension, std::remove_cvref_t<Extensions>>&&...) explicit system(
      system_options options, Extensions&&... extensions)
      : system(std::move(options), list(std::forward<Extensions>(extensions)...)) {}

  /// The same, with settings from a configuration.
  template <class... Extensions>
  requires(std::is_base_of_v<extension, std::remove_cvref_t<Extensions>>&&...) explicit system(
      const config& c, Extensions&&... extensions)
      : system(system_options::from(c), list(std::forward<Extensions>(extensions)...)) {}

  /// A system with default settings.
  system();

  /// The same, with extensions that are made already.
  system(system_options options, std::vector<std::unique_ptr<extension>> extensions);

  /// The same on ports of the caller's choice: those of a simulated host, for example.
  template <class... Extensions>
  requires(std::is_base_of_v<extension, std::remove_cvref_t<Extensions>>&&...) explicit system(
      system_options options, std::unique_ptr<port::platform> platform, Extensions&&... extensions)
      : system(std::move(options), std::move(platform), list(std::forward<Extensions>(extensions)...)) {}

  /// A system on ports of the caller's choice (null: the operating system's).
  system(system_options options, std::unique_ptr<port::platform> platform,
         std::vector<std::unique_ptr<extension>> extensions);

  ~system();
  system(const system&) = delete;
  system& operator=(const system&) = delete;

  /// The parts that cells use. Include <troupe/cell/environment.hpp> to look into them.
  environment& env() noexcept { return *env_; }
  /// The ports. Include <troupe/port/platform.hpp> to use them.
  port::platform& platform() noexcept { return *platform_; }
  /// Events, counters, log.
  hub& events() noexcept;
  /// The hosted CAF system.
  caf::actor_system& caf() noexcept { return *caf_; }
  /// How many plain CAF actors have threads of their own (caf::detached, or blocking) right now. Thread-safe.
  std::size_t caf_threads() const noexcept;
  /// The settings it was made with.
  const system_options& options() const noexcept { return options_; }

  /// The parent of what the user starts: `/user`.
  const cell_ptr& user_root() const noexcept { return user_; }
  /// The parent of what extensions start: `/system`.
  const cell_ptr& system_root() const noexcept { return system_; }

  /// The extension of type `E`, null if there is none.
  template <class E>
  E* find_extension() noexcept {
    for (auto& e : extensions_)
      if (auto* found = dynamic_cast<E*>(e.get())) return found;
    return nullptr;
  }

  /// Waits for SIGINT or SIGTERM or `end`, then shuts down. Returns the exit code for `main`: 0, or what `end`
  /// was given.
  int run_until_signal();

  /// Lets `run_until_signal` go on as if a signal had come, and return `code`: for what makes the program's work
  /// pointless. The last call counts. Thread-safe; returns at once.
  void end(int code) noexcept;

  /// Takes the system down (SY2). Calling it again does nothing.
  void shutdown();

 private:
  template <class... Extensions>
  static std::vector<std::unique_ptr<extension>> list(Extensions&&... extensions) {
    std::vector<std::unique_ptr<extension>> out;
    (out.push_back(std::make_unique<std::remove_cvref_t<Extensions>>(std::forward<Extensions>(extensions))),
     ...);
    return out;
  }

  static void stop_tree(const cell_ptr& top);

  system_options options_;
  const throw_site::wish stack_traces_;
  std::unique_ptr<port::platform> platform_;
  environment_ptr env_;
  std::vector<std::unique_ptr<extension>> extensions_;
  std::unique_ptr<caf::actor_system_config> caf_config_;
  std::shared_ptr<plain_actors> caf_actors_;
  std::unique_ptr<caf::actor_system> caf_;
  cell_ptr root_;
  cell_ptr user_;
  cell_ptr system_;
  std::atomic<bool> down_{false};
  std::atomic<int> exit_code_{0};
};

}  // namespace troupe
