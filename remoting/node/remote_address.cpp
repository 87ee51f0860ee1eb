#include <troupe/cell/ref_token.hpp>
#include <troupe/node/remote_address.hpp>

namespace troupe::detail {

void remote_address::post(engine::envelope_ptr e) noexcept {
  engine::worker::send_kept();
  link_->send(std::move(e), to_, routes_);
}

std::string remote_address::token() { return token_front(link_->peer(), to_.run) + to_.name; }

}  // namespace troupe::detail
