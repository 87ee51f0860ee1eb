#include <algorithm>
#include <troupe/base/path_pattern.hpp>
#include <troupe/cell/link_ended.hpp>
#include <troupe/cell/ref_token.hpp>
#include <troupe/cell/stop_wanted.hpp>
#include <troupe/node/remote_address.hpp>

namespace troupe::detail {

void remote_address::post(engine::envelope_ptr e) noexcept {
  if (e->type == &link_ended_type) {
    engine::worker::send_kept();
    const auto& news = e->as<link_ended>();
    return is_stop_wish(news) ? link_->want_end(address_ptr{this}, to_) : link_->end_link(news, to_);
  }
  link_->send(std::move(e), *this, to_, routes_);
}

std::string remote_address::token() { return token_front(link_->peer(), to_.run) + to_.name; }

remote_target target_at(const node_options& options, const ref_token& what) {
  const bool bulk = std::any_of(options.bulk.begin(), options.bulk.end(),
                                [&](const std::string& pattern) { return path_matches(pattern, what.path); });
  return {std::string{what.path}, local_token(what.number, what.seal, what.path), what.number,
          what.incarnation, bulk ? wire::lane::bulk : wire::lane::ordinary};
}

}  // namespace troupe::detail
