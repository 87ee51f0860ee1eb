// The printer: an actor that drives a device, and fails when that fails.
#pragma once

#include <atomic>
#include <cstdio>
#include <stdexcept>

#include "messages.hpp"

namespace post {

/// A thing of the outside world: it is the same whoever drives it, so what is wrong with it survives a restart.
class device {
 public:
  /// `jams`: so often a thick letter is stuck before it goes through.
  explicit device(int jams) : jams_left_(jams) {}

  /// Whether that is text at all. Asking costs nothing; printing what is not breaks the driver.
  static bool printable(const std::string& text) { return text.find('\x1b') == std::string::npos; }

  void print(const std::string& text) {
    if (!printable(text)) throw std::runtime_error{"a control character in the text"};
    if (text.starts_with("thick") && jams_left_.fetch_sub(1) > 0) throw std::runtime_error{"a paper jam"};
  }

 private:
  std::atomic<int> jams_left_;
};

/// Keeps what can't be printed, for a person. It says what it has when it is asked: a letter gets here beside those that the
/// printer goes on with, so when it comes is up to the scheduler.
class tray : public troupe::actor<returned, look_into> {
 public:
  void on(const returned& m) { kept_.push_back(m); }
  std::vector<int> on(const look_into&) const {
    std::vector<int> numbers;
    for (const auto& m : kept_) {
      std::printf("    letter %d goes back to its sender: %s\n", m.what.number, m.why.c_str());
      numbers.push_back(m.what.number);
    }
    return numbers;
  }

 private:
  std::vector<returned> kept_;
};

class printer : public troupe::actor<letter> {
 public:
  /// `looks_first`: the fix. A letter that can't be printed is an error for whoever sent it, and no failure of the printer.
  printer(std::shared_ptr<device> with, bool looks_first, troupe::ref<returned> back)
      : with_(std::move(with)), looks_first_(looks_first), back_(std::move(back)) {}

  troupe::result<std::string> on(const letter& m) {
    if (looks_first_ && !device::printable(m.text)) {
      back_.tell(returned{m, "a control character in the text"});
      return troupe::error{troupe::errc::invalid, "a control character in the text"};
    }
    std::printf("    printer %llu tries letter %d\n", static_cast<unsigned long long>(incarnation()),
                m.number);
    with_->print(m.text);
    return std::string{"printed"};
  }

 private:
  const std::shared_ptr<device> with_;
  const bool looks_first_;
  const troupe::ref<returned> back_;
};

}  // namespace post
