// What a ref in a message costs, beside a text of eight bytes: encoded by n1, decoded by n2, as links do it.
//
//     refs_troupe own 1 1000000      of an actor of the sender: who is to be answered, as a rule
//     refs_troupe receivers ...      of an actor of the receiver
//     refs_troupe third ...          of an actor of a node that both know
//     refs_troupe text ...           no ref at all
//
// With 2 in place of 1 it is only encoded, with 3 only decoded: for tools that count instructions.
// Nothing is sent: the nodes know each other and do not meet.
#include <optional>
#include <troupe/cell/cell.hpp>
#include <troupe/cell/environment.hpp>
#include <troupe/cell/names.hpp>
#include <troupe/contract/codecs.hpp>
#include <troupe/contract/contract.hpp>
#include <troupe/node/remoting.hpp>
#include <troupe/ref/codec.hpp>
#include <troupe/troupe.hpp>

#include "measure/finish.hpp"
#include "measure/program.hpp"

namespace bench {

namespace {

struct tick {};
TROUPE_CONTRACT(tick, "bench.refs.tick", 1)
struct with_ref {
  std::uint64_t id = 0;
  troupe::ref<tick> to;
};
TROUPE_CONTRACT(with_ref, "bench.refs.with_ref", 1, id, to)
struct with_text {
  std::uint64_t id = 0;
  std::string to;
};
TROUPE_CONTRACT(with_text, "bench.refs.with_text", 1, id, to)

class listener : public troupe::actor<tick> {
 public:
  void on(const tick&) {}
};
/// Has a listener as a child, so that its path is of a usual depth.
class desk : public troupe::actor<tick> {
 public:
  void on_start() { spawn<listener>(troupe::spawn_options{.name = "listener"}); }
  void on(const tick&) {}
};

/// A node that knows the others, and has `/user/desk/listener`.
struct node_of_three {
  explicit node_of_three(const std::string& name) {
    troupe::node_options o{.name = name};
    for (const std::string other : {"n1", "n2", "n3"})
      if (other != name) o.peers[other] = {.host = "127.0.0.1", .port = 1};
    troupe::system_options quiet;
    quiet.log = troupe::log_level::error;
    quiet.workers = 1;
    sys.emplace(quiet, troupe::remoting{o});
    const auto d = troupe::spawn<desk>(*sys, "desk");
    while (!sys->env().resolve("/user/desk/listener")) {
    }
    at = sys->env().resolve("/user/desk/listener");
    names_ = &sys->env().names();
  }
  const troupe::names& names() const { return *names_; }

  std::optional<troupe::system> sys;
  troupe::address_ptr at;
  const troupe::names* names_ = nullptr;
};

/// Has been given every ref.
struct guest final : troupe::ref_guest {
  bool may_have(const troupe::ref_token& here) const noexcept override { return here.seal != 0; }
};
/// Counts nodes, as a link notes them.
struct witness final : troupe::ref_witness {
  void saw_node(std::string_view) override { ++seen; }
  std::uint64_t seen = 0;
};

template <class M>
void run(const settings& s, const M& m, const node_of_three& from, const node_of_three& to) {
  std::string buffer;
  witness sees;
  const guest sender;
  const auto encode = [&] {
    buffer.clear();
    troupe::byte_writer out{buffer, &from.names(), nullptr, static_cast<troupe::ref_witness*>(&sees)};
    troupe::codec<M>::encode(out, m);
  };
  encode();
  report("refs_bytes", static_cast<double>(buffer.size()), "bytes");
  std::size_t written = 0;
  const stopwatch encoding;
  for (std::uint64_t n = 0; n < (s.workers == 3 ? 1 : s.size); ++n) {
    encode();
    written += buffer.size();
  }
  report_each("refs_encode", encoding.elapsed(), s.size, "ns/message");
  expect(written % buffer.size() == 0, "refs: a message is not always written in the same way");
  const stopwatch decoding;
  for (std::uint64_t n = 0; n < (s.workers == 2 ? 1 : s.size); ++n) {
    M back{};
    troupe::byte_reader in{buffer, &to.names(), static_cast<const troupe::ref_guest*>(&sender)};
    expect(troupe::codec<M>::decode(in, back) && in.remaining() == 0 && back.id == m.id, "refs: decode");
  }
  report_each("refs_decode", decoding.elapsed(), s.size, "ns/message");
}

struct three {
  node_of_three n1{"n1"}, n2{"n2"}, n3{"n3"};
  // The ref of an actor of another node, as n1 has it.
  with_ref to(const node_of_three& where) const {
    return {7, troupe::ref<tick>{n1.names().address_of(where.names().token_of(*where.at))}};
  }
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  using namespace bench;
  run_program(argc, argv,
              {{"text",
                [](const settings& s) {
                  const three t;
                  run(s, with_text{7, "listener"}, t.n1, t.n2);
                }},
               {"own",
                [](const settings& s) {
                  const three t;
                  run(s, t.to(t.n1), t.n1, t.n2);
                }},
               {"receivers",
                [](const settings& s) {
                  const three t;
                  run(s, t.to(t.n2), t.n1, t.n2);
                }},
               {"third", [](const settings& s) {
                  const three t;
                  run(s, t.to(t.n3), t.n1, t.n2);
                }}});
}
