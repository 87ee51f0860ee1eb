// The far half of `connections`: SIZE peers of the near node, each with a connection to it and one from it, which say what idle
// nodes say and nothing else. They cost little, so that what is measured is the near node's both sides of an association.
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <span>
#include <system_error>
#include <thread>
#include <troupe/wire/bodies.hpp>
#include <troupe/wire/frame_reader.hpp>
#include <vector>

#include "troupe/nodes.hpp"

namespace bench::remote {
namespace {

using troupe::wire::frame_kind;

constexpr std::uint64_t incarnation = 7;
constexpr std::uint64_t epoch = 1;
constexpr std::chrono::milliseconds heartbeat_interval_of_nodes{500};

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

struct connection {
  int socket;
  bool dialled;  // by us
  troupe::wire::frame_reader reader{1u << 16};
};

class peers {
 public:
  peers(std::uint16_t near_port, std::uint64_t count)
      : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll")),
        listening_(checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")) {
    sockaddr_in here = loopback(0);
    socklen_t size = sizeof here;
    checked(bind(listening_, reinterpret_cast<sockaddr*>(&here), sizeof here), "bind");
    checked(listen(listening_, SOMAXCONN), "listen");
    checked(getsockname(listening_, reinterpret_cast<sockaddr*>(&here), &size), "getsockname");
    address_ = "127.0.0.1:" + std::to_string(ntohs(here.sin_port));
    add(listening_, nullptr);
    for (std::uint64_t i = 0; i < count; ++i) dial(near_port, i);
  }

  // Answers for ever; each connection of ours pings as often as a node's would.
  [[noreturn]] void serve() {
    auto next_ping = std::chrono::steady_clock::now();
    for (;;) {
      const auto now = std::chrono::steady_clock::now();
      if (now >= next_ping) {
        next_ping = now + heartbeat_interval_of_nodes;
        for (const auto& c : all_)
          if (c->dialled) send_frame(*c, troupe::wire::ping{1});
      }
      epoll_event ready[256];
      const int n = epoll_wait(epoll_, ready, 256, 100);
      for (int i = 0; i < n; ++i) {
        if (auto* const c = static_cast<connection*>(ready[i].data.ptr))
          read_from(*c);
        else
          watch(checked(accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC), "accept"), false);
      }
    }
  }

 private:
  void add(int socket, connection* c) {
    epoll_event what{};
    what.events = EPOLLIN;
    what.data.ptr = c;
    checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &what), "epoll_ctl");
  }

  connection& watch(int socket, bool dialled) {
    all_.push_back(std::make_unique<connection>(connection{socket, dialled}));
    add(socket, all_.back().get());
    return *all_.back();
  }

  void dial(std::uint16_t port, std::uint64_t number) {
    const int s = checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    const sockaddr_in at = loopback(port);
    checked(connect(s, reinterpret_cast<const sockaddr*>(&at), sizeof at), "connect");
    send_frame(watch(s, true), troupe::wire::hello{.node = "peer" + std::to_string(number),
                                                   .incarnation = incarnation,
                                                   .target = "near",
                                                   .heartbeat_interval = heartbeat_interval_of_nodes,
                                                   .epoch = epoch,
                                                   .address = address_});
  }

  template <class Frame>
  static void send_frame(const connection& c, const Frame& f) {
    std::string out;
    f.encode(out);
    expect(send(c.socket, out.data(), out.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(out.size()),
           "connections: the node takes what a peer says");
  }

  static void read_from(connection& c) {
    std::byte buffer[4096];
    const ssize_t n = recv(c.socket, buffer, sizeof buffer, MSG_DONTWAIT);
    expect(n > 0, "connections: the node keeps its connections");
    c.reader.feed(std::span{buffer}.first(static_cast<std::size_t>(n)));
    for (;;) {
      const auto f = c.reader.next();
      expect(f.has_value(), "connections: what the node says");
      if (!*f) return;
      answer(c, **f);
    }
  }

  static void answer(const connection& c, const troupe::wire::frame& f) {
    expect(f.kind != frame_kind::reject && f.kind != frame_kind::goodbye,
           "connections: the node lets peers in");
    if (f.kind == frame_kind::ping) {
      send_frame(c, troupe::wire::pong{troupe::wire::ping::decode(f.body).value().number});
    } else if (f.kind == frame_kind::hello) {
      send_frame(c, troupe::wire::welcome{.node = troupe::wire::hello::decode(f.body).value().target,
                                          .incarnation = incarnation,
                                          .heartbeat_interval = heartbeat_interval_of_nodes,
                                          .epoch = epoch});
    }
  }

  int epoll_;
  int listening_;
  std::string address_;
  std::vector<std::unique_ptr<connection>> all_;
};

}  // namespace

void start_peers(const settings& s) {
  allow_descriptors();
  std::thread([port = static_cast<std::uint16_t>(hear_near()), count = s.size] {
    immortal<peers>(port, count).serve();
  }).detach();
}

void allow_descriptors() {
  rlimit files{};
  checked(getrlimit(RLIMIT_NOFILE, &files), "getrlimit");
  files.rlim_cur = files.rlim_max;
  checked(setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
}

}  // namespace bench::remote
