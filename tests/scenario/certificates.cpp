#include "scenario/certificates.hpp"

#include <stdexcept>

#include "scenario/process.hpp"

namespace scenario {

namespace {

void run(std::vector<std::string> words) {
  words.insert(words.begin(), {"bash", CERTIFICATES_SCRIPT});
  process p{words};
  if (p.wait() != 0) throw std::runtime_error("certificates.sh: " + p.output());
}

}  // namespace

void make_certificates(const std::filesystem::path& directory, const std::vector<std::string>& names) {
  run({"authority", directory.string()});
  for (const auto& name : names) run({"node", directory.string(), name});
}

void renew_certificate(const std::filesystem::path& directory, const std::string& name) {
  for (const char* const ending : {".crt", ".key"}) std::filesystem::remove(directory / (name + ending));
  run({"node", directory.string(), name});
}

void revoke_certificate(const std::filesystem::path& directory, const std::string& name) {
  run({"revoke", directory.string(), name});
}

std::string tls_table(const std::filesystem::path& directory, const std::string& name) {
  const std::string at = directory.string() + "/";
  return "[node.tls]\ncertificate = \"" + at + name + ".crt\"\nkey = \"" + at + name +
         ".key\"\nauthority = \"" + at + "authority.crt\"\n";
}

}  // namespace scenario
