#include <netdb.h>
#include <netinet/in.h>

#include <charconv>
#include <cstring>
#include <troupe/os/os_address.hpp>

namespace troupe::os {
namespace {

std::vector<address> ask(const port::endpoint& e, int flags, std::string& why) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int rc = ::getaddrinfo(e.host.c_str(), std::to_string(e.port).c_str(), &hints, &found);
  if (rc != 0) {
    why = ::gai_strerror(rc);
    return {};
  }
  std::vector<address> all;
  for (const addrinfo* i = found; i != nullptr; i = i->ai_next) {
    if (i->ai_addrlen > sizeof(sockaddr_storage)) continue;
    address a;
    std::memcpy(&a.storage, i->ai_addr, i->ai_addrlen);
    a.size = i->ai_addrlen;
    all.push_back(a);
  }
  ::freeaddrinfo(found);
  return all;
}

}  // namespace

std::vector<address> known_addresses(const port::endpoint& e) {
  std::string why;
  if (e.host == "localhost") {
    auto both = ask({"127.0.0.1", e.port}, AI_NUMERICHOST, why);
    const auto v6 = ask({"::1", e.port}, AI_NUMERICHOST, why);
    both.insert(both.end(), v6.begin(), v6.end());
    return both;
  }
  // An empty host would mean "any" to getaddrinfo, which nobody writes by intention.
  return e.host.empty() ? std::vector<address>{} : ask(e, AI_NUMERICHOST, why);
}

std::vector<address> look_up(const port::endpoint& e, std::string& why) {
  if (e.host.empty()) {
    why = "the host is empty";
    return {};
  }
  auto known = known_addresses(e);
  return known.empty() ? ask(e, 0, why) : known;
}

std::vector<address> look_up_to_connect(const port::endpoint& e, std::string& why) {
  return ask(e, AI_ADDRCONFIG, why);
}

port::endpoint to_endpoint(const address& a) {
  char host[NI_MAXHOST] = {};
  char service[NI_MAXSERV] = {};
  port::endpoint e{"?", 0};
  if (::getnameinfo(a.get(), a.size, host, sizeof host, service, sizeof service,
                    NI_NUMERICHOST | NI_NUMERICSERV) == 0) {
    e.host = host;
    std::from_chars(service, service + std::strlen(service), e.port);
  }
  return e;
}

address local_address(int socket) noexcept {
  address a;
  if (::getsockname(socket, a.get(), &a.size) != 0) a = address{};
  return a;
}

bool same(const address& a, const address& b) noexcept {
  if (a.storage.ss_family != b.storage.ss_family) return false;
  if (a.storage.ss_family == AF_INET) {
    sockaddr_in x{}, y{};
    std::memcpy(&x, &a.storage, sizeof x);
    std::memcpy(&y, &b.storage, sizeof y);
    return x.sin_port == y.sin_port && x.sin_addr.s_addr == y.sin_addr.s_addr;
  }
  sockaddr_in6 x{}, y{};
  std::memcpy(&x, &a.storage, sizeof x);
  std::memcpy(&y, &b.storage, sizeof y);
  return x.sin6_port == y.sin6_port && std::memcmp(&x.sin6_addr, &y.sin6_addr, sizeof x.sin6_addr) == 0;
}

}  // namespace troupe::os
