#include <troupe/node/inbound.hpp>
#include <troupe/node/open_requests.hpp>

namespace troupe::detail {

remote_request::remote_request(const message_type& reply, inbound& from, std::uint64_t number)
    : reply_slot(reply), from_(&from), number_(number) {}

remote_request::~remote_request() = default;

std::string remote_request::peer() const { return from_->peer(); }

std::shared_ptr<const ref_guest> remote_request::guest() const { return from_->guest(); }

void remote_request::settled() noexcept { from_->answer(*this, take()); }

bool open_requests::add(const remote_request_ptr& one) {
  if (!all_.insert(*one).second) return false;
  intrusive_ptr_add_ref(one.get());
  return true;
}

remote_request_ptr open_requests::take(set::iterator at) {
  remote_request_ptr out{&*at, false};
  all_.erase(at);
  return out;
}

remote_request_ptr open_requests::find(std::uint64_t number) {
  const auto at = all_.find(number);
  return at == all_.end() ? remote_request_ptr{} : remote_request_ptr{&*at};
}

remote_request_ptr open_requests::take(std::uint64_t number) {
  const auto at = all_.find(number);
  return at == all_.end() ? remote_request_ptr{} : take(at);
}

bool open_requests::take(remote_request& one) {
  if (!one.is_linked()) return false;
  take(all_.iterator_to(one));  // not the last reference: the caller has one
  return true;
}

template <class Which>
std::vector<remote_request_ptr> open_requests::take_if(Which which) {
  std::vector<remote_request_ptr> out;
  for (auto at = all_.begin(); at != all_.end();) {
    const auto here = at++;
    if (which(*here)) out.push_back(take(here));
  }
  return out;
}

std::vector<remote_request_ptr> open_requests::take_over_time(time_point now) {
  return take_if([now](const remote_request& r) { return r.deadline <= now; });
}

std::vector<remote_request_ptr> open_requests::take_all() {
  return take_if([](const remote_request&) { return true; });
}

}  // namespace troupe::detail
