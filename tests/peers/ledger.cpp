#include "peers/ledger.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace peers {
namespace {

constexpr std::size_t entry_bytes = 12;
constexpr std::size_t wrong_max = 20;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

}  // namespace

ledger::ledger(const std::string& file)
    : file_(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
  if (file_ < 0) fail(file);
}

ledger::~ledger() { ::close(file_); }

void ledger::write(std::uint32_t sender, std::uint64_t number) {
  std::array<char, entry_bytes> bytes;
  std::memcpy(bytes.data(), &sender, sizeof sender);
  std::memcpy(bytes.data() + sizeof sender, &number, sizeof number);
  if (::write(file_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) fail("the ledger");
}

account read_ledger(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(in), {}};
  if (!in.is_open()) fail(file);
  if (all.size() % entry_bytes != 0) throw std::runtime_error(file + " ends in the middle of an entry");
  account out;
  for (std::size_t at = 0; at < all.size(); at += entry_bytes) {
    std::uint32_t sender = 0;
    std::uint64_t number = 0;
    std::memcpy(&sender, all.data() + at, sizeof sender);
    std::memcpy(&number, all.data() + at + sizeof sender, sizeof number);
    auto& last = out.last[sender];
    ++out.entries;
    if (number <= last && out.wrong.size() < wrong_max)
      out.wrong.push_back("entry " + std::to_string(out.entries) + ": sender " + std::to_string(sender) +
                          " wrote " + std::to_string(number) + " behind " + std::to_string(last));
    if (number > last) last = number;
  }
  return out;
}

}  // namespace peers
