#include <algorithm>
#include <troupe/base/bytes.hpp>
#include <troupe/node/encoded.hpp>

namespace troupe::detail {

result<void> encoded::put(const message_type& type, const void* at, const void* context) noexcept {
  if (!type.encode)
    return error{errc::invalid,
                 std::string{type.name} +
                     " has no contract, so it can't leave the process; give it a TROUPE_CONTRACT"};
  try {
    byte_writer to{*text_, context, &apart_, static_cast<ref_witness*>(this)};
    type.encode(at, to);
    for (const piece_apart& p : apart_) apart_bytes_ += p.bytes.size();
    return {};
  } catch (...) {
    return error{errc::invalid, "encoding " + std::string{type.name} + " threw " +
                                    to_string(current_exception_error(errc::invalid))};
  }
}

// As many as a message has refs, so they are kept in order.
void encoded::saw_node(std::string_view node) {
  const auto at = std::lower_bound(other_nodes_.begin(), other_nodes_.end(), node);
  if (at == other_nodes_.end() || *at != node) other_nodes_.emplace(at, node);
}

// Puts what lies apart where it belongs.
void encoded::join() {
  if (apart_.empty()) return;
  std::string whole;
  whole.reserve(text_->size() + apart_bytes_);
  std::size_t from = 0;
  for (const piece_apart& p : apart_) {
    whole.append(*text_, from, p.at - from);
    whole += p.bytes.text();
    from = p.at;
  }
  whole.append(*text_, from);
  *text_ = std::move(whole);
  apart_.clear();
  apart_bytes_ = 0;
}

void encoded::pack() {
  join();
  packed_.assign(front_bytes, '\0');
  if (!wire::pack(std::string_view{*text_}.substr(front_bytes), packed_)) packed_.clear();
}

void encoded::leave(send_queue& to, wire::lane in, const wire::message_front& front) {
  std::string& text = is_packed() ? packed_ : *text_;
  const std::size_t begin = front_bytes - front.bytes().size();
  front.bytes().copy(text.data() + begin, front.bytes().size());
  if (apart_.empty() && text.size() - begin < send_queue::worth_moving)
    return to.add(in, std::string_view{text}.substr(begin));
  if (apart_.empty()) return to.add(in, std::move(text), begin);
  std::vector<blob> places;
  places.reserve(2 * apart_.size() + 1);
  const blob rest{std::move(text)};
  std::size_t from = begin;
  for (piece_apart& p : apart_) {
    if (p.at > from) places.push_back(rest.slice(from, p.at - from));
    places.push_back(std::move(p.bytes));
    from = p.at;
  }
  if (rest.size() > from) places.push_back(rest.slice(from));
  to.add(in, std::move(places));
}

}  // namespace troupe::detail
