#include <algorithm>
#include <troupe/base/bytes.hpp>
#include <troupe/node/encoded.hpp>

namespace troupe::detail {

namespace {

/// Enough for most messages.
constexpr std::size_t text_bytes_least = 512;

}  // namespace

constinit thread_local encoded::kept_text encoded::kept_;

struct encoded::text_end {
  text_end() noexcept { kept_.stays = true; }
  ~text_end() {
    delete std::exchange(kept_.text, nullptr);
    kept_.stays = false;
  }
};

void encoded::make_text() {
  thread_local const text_end registered;
  text_ = new std::string(text_bytes_least, '\0');
}

encoded::rare& encoded::with_rare() {
  if (!rare_) rare_ = std::make_unique<rare>();
  return *rare_;
}

const std::vector<std::string>& encoded::other_nodes() const noexcept {
  static const std::vector<std::string> none;
  return rare_ ? rare_->other_nodes : none;
}

result<void> encoded::put(const message_type& type, const void* at, const void* context) noexcept {
  if (!type.encode)
    return error{errc::invalid,
                 std::string{type.name} +
                     " has no contract, so it can't leave the process; give it a TROUPE_CONTRACT"};
  try {
    std::vector<piece_apart> apart;
    byte_writer to{*text_, front_bytes, context, &apart, static_cast<ref_witness*>(this)};
    type.encode(at, to);
    end_ = to.end_in_string();
    if (!apart.empty()) [[unlikely]] {
      rare& r = with_rare();
      r.apart = std::move(apart);
      for (const piece_apart& p : r.apart) r.apart_bytes += p.bytes.size();
    }
    return {};
  } catch (...) {
    return error{errc::invalid, "encoding " + std::string{type.name} + " threw " +
                                    to_string(current_exception_error(errc::invalid))};
  }
}

// As many as a message has refs, so they are kept in order.
void encoded::saw_node(std::string_view node) {
  auto& nodes = with_rare().other_nodes;
  const auto at = std::lower_bound(nodes.begin(), nodes.end(), node);
  if (at == nodes.end() || *at != node) nodes.emplace(at, node);
}

// Puts what lies apart where it belongs.
void encoded::join() {
  if (!rare_ || rare_->apart.empty()) return;
  std::string whole;
  whole.reserve(payload_bytes() + front_bytes);
  std::size_t from = 0;
  for (const piece_apart& p : rare_->apart) {
    whole.append(*text_, from, p.at - from);
    whole += p.bytes.text();
    from = p.at;
  }
  whole.append(*text_, from, end_ - from);
  *text_ = std::move(whole);
  end_ = text_->size();
  rare_->apart.clear();
  rare_->apart_bytes = 0;
}

void encoded::pack() {
  join();
  std::string& packed = with_rare().packed;
  packed.assign(front_bytes, '\0');
  if (!wire::pack(text().substr(front_bytes), packed)) packed.clear();
}

// What is behind its end is cut off.
std::string encoded::take_text() {
  std::string out = std::move(*text_);
  delete std::exchange(text_, nullptr);
  out.resize(end_);
  return out;
}

void encoded::leave(send_queue& to, wire::lane in, const wire::message_front& front) {
  const bool apart = rare_ && !rare_->apart.empty();
  char* const first = is_packed() ? rare_->packed.data() : text_->data();
  const std::size_t end = is_packed() ? rare_->packed.size() : end_;
  const std::size_t begin = front_bytes - front.bytes().size();
  front.bytes().copy(first + begin, front.bytes().size());
  if (!apart && end - begin < send_queue::worth_moving) return to.add(in, {first + begin, end - begin});
  std::string whole = is_packed() ? std::move(rare_->packed) : take_text();
  if (!apart) return to.add(in, std::move(whole), begin);
  std::vector<blob> places;
  places.reserve(2 * rare_->apart.size() + 1);
  const blob rest{std::move(whole)};
  std::size_t from = begin;
  for (piece_apart& p : rare_->apart) {
    if (p.at > from) places.push_back(rest.slice(from, p.at - from));
    places.push_back(std::move(p.bytes));
    from = p.at;
  }
  if (rest.size() > from) places.push_back(rest.slice(from));
  to.add(in, std::move(places));
}

}  // namespace troupe::detail
