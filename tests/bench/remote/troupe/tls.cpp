// The same messages over TLS beside plain ones: two nodes in each half, one with certificates, which take turns. SIZE messages of 32 bytes a
// turn, and a twentieth as many of 10 KiB. What counts is the cost of a message by that of a plain one.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "troupe/nodes.hpp"

namespace bench::remote {
namespace {

constexpr const char* folder_variable = "TROUPE_BENCH_CERTIFICATES";
constexpr int turns = 3;
constexpr std::uint64_t small_ones_for_a_large_one = 20;

// An authority and a certificate for each half, in a folder that both find in their environment.
class certificates {
 public:
  certificates() {
    std::string made = std::filesystem::temp_directory_path() / "troupe-bench-XXXXXX";
    expect(mkdtemp(made.data()) != nullptr, "tls: a folder for certificates");
    folder_ = made;
    setenv(folder_variable, made.c_str(), 1);
    make("authority", nullptr);
    make("node", "near");
    make("node", "far");
  }
  ~certificates() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  certificates(const certificates&) = delete;
  certificates& operator=(const certificates&) = delete;

 private:
  void make(const char* what, const char* node) const {
    const pid_t child = fork();
    expect(child >= 0, "tls: fork");
    if (child == 0) {
      execl(TROUPE_CERTIFICATES, "certificates.sh", what, folder_.c_str(), node, nullptr);
      _exit(127);
    }
    int status = 0;
    expect(waitpid(child, &status, 0) == child && status == 0, "tls: certificates.sh");
  }

  std::filesystem::path folder_;
};

double median(std::vector<double> of) {
  const auto middle = of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2);
  std::nth_element(of.begin(), middle, of.end());
  return *middle;
}

void both(troupe::system& plain, troupe::system& secure, const std::string& name, const flow& f,
          std::uint64_t count) {
  std::vector<double> ours, theirs, times;
  for (int i = 0; i < turns; ++i) {
    const auto each = [&](troupe::system& sys) {
      return static_cast<double>(send_items(sys, f, 1, count).count()) / static_cast<double>(count);
    };
    ours.push_back(each(secure));
    theirs.push_back(each(plain));
    times.push_back(ours.back() / theirs.back());
  }
  report(name, median(ours), "ns/message");
  report(name + "_plain", median(theirs), "ns/message");
  report(name + "_times", median(times), "plain");
}

}  // namespace

troupe::port::credential_files credentials_of(const std::string& node) {
  const char* const folder = std::getenv(folder_variable);
  expect(folder != nullptr, "tls: the folder of the certificates");
  const std::filesystem::path at{folder};
  return {at / (node + ".crt"), at / (node + ".key"), at / "authority.crt", {}};
}

void tls(const settings& s) {
  const certificates made;
  far_half far{"tls", s};
  auto& plain = meet(far, s, "tls");
  auto& secure = meet(far, s, "tls", true);
  both(plain, secure, "tls_32b", oneway_flow, s.size);
  both(plain, secure, "tls_10k", payload_10k_flow, s.size / small_ones_for_a_large_one);
}

}  // namespace bench::remote
