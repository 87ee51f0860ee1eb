#include "kv/verify/history.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

namespace kv::verify {
namespace {

using namespace std::chrono_literals;

constexpr troupe::duration rest_min = 100ms;
constexpr troupe::duration rest_max = 1s;

// A log is started anew at this size, so that its values stay small.
constexpr std::size_t log_items_max = 64;

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A short form of a value for a message.
std::string quoted(const answer& a) {
  switch (a.kind) {
    case answer::type::null:
      return "nothing";
    case answer::type::integer:
      return std::to_string(a.number);
    default:
      return "\"" + a.text.substr(0, 120) + (a.text.size() > 120 ? "...\"" : "\"");
  }
}

bool has_reply_type(action what, answer::type kind) noexcept {
  switch (what) {
    case action::get:
      return kind == answer::type::bulk || kind == answer::type::null;
    case action::set:
      return kind == answer::type::status;
    default:
      return kind == answer::type::integer;
  }
}

constexpr finding one_wrong{.lost = 0, .wrong = 1};

// A register's part of `settle`: the answer has the type that the action replies with.
finding apply(register_model& m, const request& r, const answer& a) {
  switch (r.what) {
    case action::set:
      m.set_done(r.write);
      return {};
    case action::del:
      if (a.number != 0 && a.number != 1) return one_wrong;
      return m.delete_done(r.write, a.number == 1);
    default:
      break;
  }
  if (a.kind == answer::type::null) return m.read(0);
  const std::uint64_t write = parse_register(r.name, a.text);
  return write == 0 ? one_wrong : m.read(write);
}

finding apply(counter_model& m, const request& r, const answer& a) {
  if (r.what == action::incr) return m.increment_done(a.number);
  const auto value =
      a.kind == answer::type::null ? std::optional<std::int64_t>(0) : parse_number<std::int64_t>(a.text);
  return value ? m.read(*value) : one_wrong;
}

finding apply(log_model& m, const request& r, const answer& a) {
  switch (r.what) {
    case action::set:
      m.restart_done(r.write);
      return {};
    case action::append: {
      const auto bytes = static_cast<std::size_t>(std::max<std::int64_t>(a.number, 0));
      const finding found = m.append_done(r.write, bytes / log_item_bytes);
      return bytes % log_item_bytes == 0 ? found : one_wrong;
    }
    default:
      break;
  }
  const auto items = parse_log(a.text);
  return items ? m.read(*items) : one_wrong;
}

void apply_unknown(register_model& m, const request& r) {
  r.what == action::set ? m.set_unknown(r.write) : m.delete_unknown();
}
void apply_unknown(counter_model& m, const request&) { m.increment_unknown(); }
void apply_unknown(log_model& m, const request& r) {
  r.what == action::set ? m.restart_unknown(r.write) : m.append_unknown(r.write);
}

action pick(const register_model&, std::uint64_t percent) {
  return percent < 35 ? action::get : percent < 90 ? action::set : action::del;
}
action pick(const counter_model&, std::uint64_t percent) { return percent < 25 ? action::get : action::incr; }
action pick(const log_model& m, std::uint64_t percent) {
  if (percent < 25) return action::get;
  return percent < 27 || m.size() >= log_items_max ? action::set : action::append;
}

}  // namespace

std::string_view to_string(action a) noexcept {
  switch (a) {
    case action::get:
      return "GET";
    case action::set:
      return "SET";
    case action::del:
      return "DEL";
    case action::incr:
      return "INCR";
    case action::append:
      break;
  }
  return "APPEND";
}

history::history(std::string prefix, std::size_t keys) : keys_(std::max<std::size_t>(keys, 1)) {
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    key_state& k = keys_[i];
    switch (i % 3) {
      case 0:
        k.name = prefix + "r";
        break;
      case 1:
        k.name = prefix + "c", k.model = counter_model{};
        break;
      default:
        k.name = prefix + "l", k.model = log_model{};
    }
    k.name += std::to_string(i);
  }
}

std::optional<request> history::next(troupe::prng& random, troupe::time_point now) {
  const auto first = static_cast<std::size_t>(random.below(keys_.size()));
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const std::size_t key = (first + i) % keys_.size();
    if (keys_[key].rests_until <= now) return choose(key, random);
  }
  return std::nullopt;
}

troupe::time_point history::next_try() const noexcept {
  return std::min_element(
             keys_.begin(), keys_.end(),
             [](const key_state& a, const key_state& b) { return a.rests_until < b.rests_until; })
      ->rests_until;
}

request history::read_back(std::size_t key) const { return {key, action::get, 0, keys_[key].name, {}}; }

request history::choose(std::size_t key, troupe::prng& random) {
  key_state& k = keys_[key];
  const std::uint64_t percent = random.below(100);
  const action what =
      k.unknown ? action::get : std::visit([percent](const auto& m) { return pick(m, percent); }, k.model);
  if (what == action::get) return read_back(key);
  request r{key, what, ++k.writes, k.name, {}};
  if (std::holds_alternative<log_model>(k.model)) {
    r.value = log_item(r.write);
  } else if (what == action::set) {
    r.value = register_value(k.name, r.write);
  }
  return r;
}

settled history::settle(const request& r, const answer& a, troupe::time_point now) {
  key_state& k = keys_[r.key];
  if (a.how == ending::answered) {
    k.rest = {};
    k.rests_until = {};
    return settle_answer(k, r, a);
  }
  k.rest = std::clamp(2 * k.rest, rest_min, rest_max);
  k.rests_until = now + k.rest;
  if (r.write != 0 && may_have_happened(a.how)) {
    std::visit([&](auto& m) { apply_unknown(m, r); }, k.model);
    k.unknown = true;
  }
  settled out{};
  if (a.how == ending::failure) {
    out.found = one_wrong;
    out.text = std::string(to_string(r.what)) + " " + r.name + ": unexpected error: " + a.text.substr(0, 200);
  }
  return out;
}

settled history::settle_answer(key_state& k, const request& r, const answer& a) {
  settled out{};
  if (has_reply_type(r.what, a.kind)) {
    out.found = std::visit([&](auto& m) { return apply(m, r, a); }, k.model);
    out.acknowledged = r.write != 0;
    if (r.what == action::get) k.unknown = false;
    if (out.acknowledged) ++k.acknowledged, ++acknowledged_;
  } else {
    out.found = one_wrong;
    if (r.write != 0) {
      std::visit([&](auto& m) { apply_unknown(m, r); }, k.model);
      k.unknown = true;
    }
  }
  if (!out.found.fine())
    out.text = std::string(to_string(r.what)) + " " + r.name +
               (r.write != 0 ? " (write " + std::to_string(r.write) + ")" : std::string()) + " returned " +
               quoted(a) + ": " + std::to_string(out.found.lost) + " lost, " +
               std::to_string(out.found.wrong) + " wrong, after " + std::to_string(k.acknowledged) +
               " acknowledged writes to it";
  return out;
}

std::string register_value(std::string_view key, std::uint64_t write) {
  std::string out = std::to_string(write);
  out.append("@").append(key).append("/");
  out.append(static_cast<std::size_t>(write % 97), '=');
  return out;
}

std::uint64_t parse_register(std::string_view key, std::string_view text) {
  const auto write = parse_number<std::uint64_t>(text.substr(0, text.find('@')));
  return write && text == register_value(key, *write) ? *write : 0;
}

std::string log_item(std::uint64_t write) {
  std::string digits = std::to_string(write);
  return std::string(log_item_bytes - 1 - std::min(digits.size(), log_item_bytes - 1), '0') + digits + ";";
}

std::optional<std::vector<std::uint64_t>> parse_log(std::string_view text) {
  std::vector<std::uint64_t> out;
  for (; !text.empty(); text.remove_prefix(log_item_bytes)) {
    if (text.size() < log_item_bytes || text[log_item_bytes - 1] != ';') return std::nullopt;
    const auto item = parse_number<std::uint64_t>(text.substr(0, log_item_bytes - 1));
    if (!item) return std::nullopt;
    out.push_back(*item);
  }
  return out;
}

}  // namespace kv::verify
