// What is said of certificate files that are wrong (TC2), and the names in certificates (SE3).
#include <unistd.h>

#include <fstream>

#include "unit/os/tls_fixture.hpp"

namespace os_tls_files_test {

using namespace troupe;
using namespace troupe::os_test;
using namespace troupe::tls_test;

namespace {

std::string mistake(const port::credential_files& f) {
  const bench b;
  const auto made = b.platform->transport().secured(f);
  if (made) return "";
  CHECK(made.error().code == errc::invalid);
  return made.error().text;
}

void overwrite(const std::string& path, const std::string& text) { std::ofstream{path} << text; }

}  // namespace

TEST_CASE("TC2: files that are in order are taken") {
  const authority ca;
  CHECK(mistake(ca.issue("n1")).empty());
}

TEST_CASE("TC2: a file that is missing or is none is named with its part") {
  const authority ca;
  auto f = ca.issue("n1");
  SUBCASE("certificate") {
    f.certificate = "/nowhere/n1.crt";
    CHECK(mistake(f) == "certificate /nowhere/n1.crt: No such file or directory");
  }
  SUBCASE("authority") {
    f.authority = "/";
    CHECK(mistake(f) == "authority /: it is no file");
  }
  SUBCASE("nothing given") {
    f.key = "";
    CHECK(mistake(f) == "key is missing; certificate, key and authority go together");
  }
  SUBCASE("revoked") {
    f.revoked = "/nowhere/revoked";
    CHECK(mistake(f) == "revoked /nowhere/revoked: No such file or directory");
  }
}

TEST_CASE("TC2: a file that is no PEM is named, and a key with a password asks nobody") {
  const authority ca;
  auto f = ca.issue("n1");
  SUBCASE("certificate") {
    overwrite(f.certificate, "rubbish");
    CHECK(mistake(f).starts_with("certificate " + f.certificate + ": it has no certificate in PEM ("));
  }
  SUBCASE("key") {
    overwrite(f.key, "rubbish");
    CHECK(mistake(f).starts_with("key " + f.key + ": it has no key without a password in PEM ("));
  }
  SUBCASE("a key with a password") {
    const auto key = new_key();
    std::FILE* const out = std::fopen(f.key.c_str(), "w");
    unsigned char word[] = "secret";
    PEM_write_PrivateKey(out, key.get(), EVP_aes_128_cbc(), word, 6, nullptr, nullptr);
    std::fclose(out);
    CHECK(mistake(f).starts_with("key " + f.key + ": it has no key without a password in PEM ("));
  }
  SUBCASE("revoked") {
    f.revoked = f.certificate;
    CHECK(mistake(f).starts_with("revoked " + f.certificate +
                                 ": it has no list of revoked certificates in PEM ("));
  }
}

TEST_CASE("TC2: a key that others can read is refused, one that the group can read is not") {
  const authority ca;
  const auto f = ca.issue("n1");
  const auto refused = [&](mode_t mode) {
    ::chmod(f.key.c_str(), mode);
    return mistake(f).find("other users of this machine can read or change it; chmod 600 it") !=
           std::string::npos;
  };
  CHECK(refused(0604));
  CHECK(refused(0620));
  CHECK_FALSE(refused(0640));
}

TEST_CASE("TC2: a key of another certificate, and a certificate that does not count today, are named") {
  const authority ca;
  const auto f = ca.issue("n1");
  write_key(f.key, new_key().get());
  CHECK(mistake(f) == "key " + f.key + ": it is not the key of the certificate " + f.certificate);
  const auto old = ca.issue("n1", {.uris = {"troupe:n1"}, .from_seconds = -7200, .until_seconds = -3600});
  CHECK(mistake(old).starts_with("certificate " + old.certificate + ": it expired on 20"));
  const auto young = ca.issue("n1", {.uris = {"troupe:n1"}, .from_seconds = 3600, .until_seconds = 7200});
  CHECK(mistake(young).starts_with("certificate " + young.certificate + ": it is not valid before 20"));
}

TEST_CASE(
    "TC2: a list of revoked certificates that is not of now is named, unless another of its authority is") {
  const authority ca, other{"other authority"};
  auto f = ca.issue("n1");
  f.revoked = ca.path("lists.pem");
  const auto text_of = [](const std::string& path) {
    std::ifstream in{path};
    return std::string{std::istreambuf_iterator<char>{in}, {}};
  };
  const std::string old = text_of(ca.revoke({}, -7200, -3600)), young = text_of(ca.revoke({}, 3600, 7200)),
                    now = text_of(ca.revoke({})), of_other = text_of(other.revoke({}));
  overwrite(f.revoked, of_other + old);
  CHECK(mistake(f).starts_with("revoked " + f.revoked + ": the list of CN=test authority expired on 20"));
  CHECK(mistake(f).ends_with("; fetch a new one"));
  overwrite(f.revoked, young);
  CHECK(mistake(f).starts_with("revoked " + f.revoked +
                               ": the list of CN=test authority is not valid before 20"));
  overwrite(f.revoked, old + now + young);
  CHECK(mistake(f).empty());
}

TEST_CASE("SE3: a node's name and its URI lead to each other, and what is no such URI names nobody") {
  for (const std::string name : {"n1", "node one", "a/b:c", "\xc3\xa4", "100%", "~-._"})
    CHECK(port::node_of_uri(port::node_uri(name)) == name);
  CHECK(port::node_uri("node one/2") == "troupe:node%20one%2F2");
  for (const char* uri :
       {"", "troupe:", "n1", "Troupe:n1", "troupe:n 1", "troupe:n%2", "troupe:n%zz", "https://n1"})
    CHECK(port::node_of_uri(uri).empty());
}

}  // namespace os_tls_files_test
