// Two network namespaces with a cable between them, made for one test and gone with it (README.md).
#pragma once

#include <optional>
#include <string>

namespace peers {

/// See above. Movable. Needs the rights of root and the command `ip`.
class namespaces {
 public:
  /// Makes them; none, and `why_not` set, where that is not possible.
  static std::optional<namespaces> make(std::string& why_not);
  namespaces(namespaces&& other) noexcept;
  namespaces& operator=(namespaces&&) = delete;
  ~namespaces();

  const std::string& one() const noexcept { return one_; }
  const std::string& two() const noexcept { return two_; }

  /// The addresses at the two ends of the cable, and the end that is in the first namespace.
  static constexpr const char* address_one = "10.201.77.1";
  static constexpr const char* address_two = "10.201.77.2";
  static constexpr const char* end_one = "cable0";

 private:
  namespaces(std::string one, std::string two) : one_(std::move(one)), two_(std::move(two)) {}
  std::string one_, two_;
};

/// Cuts the cable, or mends it. For a process inside of the first namespace. Throws `std::runtime_error`.
void cut_cable();
void mend_cable();
/// From now on the cable carries so much from the first namespace to the second, and the wire has a queue of a second. What is wrong where that can't be
/// had, empty: nothing. Needs the command `tc` and the kernel's token bucket; for a process inside of the first namespace.
std::string slow_cable(unsigned kilobits_a_second);

}  // namespace peers
