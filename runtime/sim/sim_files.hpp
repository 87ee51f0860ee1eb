// The file port of a simulated host, over its disk (disk.hpp).
//
// Rules
//  SF1 Reading and writing take virtual time, syncing more; it is added to the time of the turn (SW2).
//  SF2 What goes wrong is what the disk's faults say. An operation that fails has done nothing, but for a write, of which a part may be
//      there.
//  SF3 A file that was opened before its host crashed is nobody's any more: every operation is `io`.
#pragma once

#include <cstdint>
#include <string_view>
#include <troupe/base/units.hpp>
#include <troupe/port/files.hpp>

namespace troupe::sim {

class world;
struct host;

/// See above (SF1-SF3). The world outlives it and its files.
class sim_files final : public port::files {
 public:
  sim_files(world& in, host& on) noexcept;

  result<std::unique_ptr<port::file>> open(const std::string& path, port::open_mode mode) override;
  result<void> rename(const std::string& from, const std::string& to) override;
  result<void> remove(const std::string& path) override;
  result<bool> exists(const std::string& path) override;
  result<void> make_directories(const std::string& path) override;
  result<void> sync_dir(const std::string& path) override;

 private:
  result<void> may(std::string_view operation, const std::string& path) const;

  world& world_;
  host& host_;
  const std::uint64_t life_;
};

}  // namespace troupe::sim
