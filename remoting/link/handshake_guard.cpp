#include <string>
#include <troupe/link/handshake_guard.hpp>
#include <utility>

namespace troupe {

namespace {

wire::reject refuse(errc code, std::string text) { return {.code = code, .text = std::move(text)}; }

}  // namespace

handshake_answer judge_hello(const node_identity& self, const wire::hello& theirs,
                             const replaced_query& is_replaced, const proof_query& objection) {
  if (theirs.magic != wire::magic)
    return refuse(errc::invalid, "this is a node of troupe, and that was no hello of one");
  if (theirs.version != wire::version)
    return refuse(errc::invalid, self.name + " speaks version " + std::to_string(wire::version) +
                                     " and you version " + std::to_string(theirs.version) +
                                     "; run the same release on both");
  if (objection)
    if (std::string why = objection(theirs.node); !why.empty()) return refuse(errc::refused, std::move(why));
  if (theirs.node == self.name && theirs.incarnation == self.incarnation)
    return refuse(errc::already_exists, "you are " + self.name + " yourself; correct the address you dial");
  if (theirs.node == self.name)
    return refuse(errc::already_exists,
                  "this node is called " + self.name + " as you are; give each node its own name");
  if (!theirs.target.empty() && theirs.target != self.name)
    return refuse(errc::not_found, "this is " + self.name + " and not " + theirs.target +
                                       "; correct the address or the name you dial");
  if (theirs.heartbeat_interval <= duration::zero())
    return refuse(errc::invalid, "the heartbeat interval must be more than 0");
  if (is_replaced && is_replaced(theirs.node, theirs.incarnation))
    return refuse(errc::closed, "this incarnation of " + theirs.node + " was replaced; two nodes called " +
                                    theirs.node + " must not run at the same time");
  return admission{theirs,
                   {.capabilities = theirs.capabilities & self.capabilities,
                    .node = self.name,
                    .incarnation = self.incarnation,
                    .heartbeat_interval = self.heartbeat_interval,
                    .message_max = self.message_max}};
}

std::optional<wire::reject> handshake_guard::on_bytes(std::size_t n) {
  if (n > bytes_left_) {
    bytes_left_ = 0;
    return refuse(errc::overloaded,
                  "more than the " + std::to_string(limits_.bytes) + " bytes that a handshake may have");
  }
  bytes_left_ -= n;
  return std::nullopt;
}

std::optional<wire::reject> handshake_guard::on_time(time_point now) const {
  if (now < deadline_) return std::nullopt;
  return refuse(errc::timeout, "no hello within " +
                                   std::to_string(duration_cast<milliseconds>(limits_.time).count()) + " ms");
}

handshake_answer handshake_guard::on_frame(const wire::frame& first, const replaced_query& is_replaced,
                                           const proof_query& objection) const {
  if (first.kind != wire::frame_kind::hello)
    return refuse(errc::decode_error,
                  "the first frame must be a hello, not " + std::string{to_string(first.kind)});
  auto theirs = wire::hello::decode(first.body);
  if (!theirs) return refuse(errc::decode_error, std::move(theirs.error().text));
  return judge_hello(*self_, *theirs, is_replaced, objection);
}

}  // namespace troupe
