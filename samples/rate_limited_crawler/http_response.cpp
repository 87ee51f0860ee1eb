#include "http_response.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace crawl {

using troupe::errc;
using troupe::error;
using troupe::result;

namespace {

template <class N>
bool read_number(std::string_view text, N& to) {
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), to);
  return ec == std::errc{} && end == text.data() + text.size();
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

result<bool> http_response::feed(std::string_view bytes) {
  if (in_body_) {
    page_.body.append(bytes);
    return check_body();
  }
  head_.append(bytes.substr(0, head_max + body_max + 1 - std::min(head_.size(), head_max + body_max)));
  // What can't be the beginning of a response is known at once: there may never be an end of its head.
  constexpr std::string_view name = "HTTP/1.";
  if (std::string_view{head_}.substr(0, name.size()) != name.substr(0, head_.size()))
    return error{errc::decode_error, "this is no HTTP"};
  const auto end = head_.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (head_.size() > head_max) return error{errc::invalid, "the head of the response is too large"};
    return false;
  }
  if (auto ok = read_head(std::string_view{head_}.substr(0, end)); !ok) return ok.error();
  in_body_ = true;
  page_.body = head_.substr(end + 4);
  return check_body();
}

result<bool> http_response::check_body() {
  if (page_.body.size() > body_max) return error{errc::invalid, "the page is too large"};
  return length_ && page_.body.size() >= *length_;
}

result<page> http_response::end() {
  if (!in_body_ || (length_ && page_.body.size() < *length_))
    return error{errc::closed, "the response was cut off"};
  return take();
}

result<void> http_response::read_head(std::string_view head) {
  const auto first_line = head.substr(0, head.find("\r\n"));
  const auto code = first_line.find(' ');
  if (code == std::string_view::npos || !read_number(first_line.substr(code + 1, 3), page_.status))
    return error{errc::decode_error, "the response has no status"};
  while (true) {
    const auto line_end = head.find("\r\n");
    if (line_end == std::string_view::npos) return {};
    head.remove_prefix(line_end + 2);
    const auto line = head.substr(0, head.find("\r\n"));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return error{errc::decode_error, "a line of the head has no colon"};
    const auto name = lower(line.substr(0, colon));
    const auto value = trimmed(line.substr(colon + 1));
    if (name == "location") page_.location = value;
    if (name == "transfer-encoding") return error{errc::decode_error, "an encoding that was not asked for"};
    if (name == "content-length") {
      if (!read_number(value, length_.emplace()))
        return error{errc::decode_error, "a length that is no number"};
      if (*length_ > body_max) return error{errc::invalid, "the page is too large"};
    }
  }
}

std::vector<std::string> links_on(std::string_view body, std::size_t links_max) {
  constexpr std::string_view mark = "href=\"";
  std::vector<std::string> out;
  for (auto at = body.find(mark); at != std::string_view::npos && out.size() < links_max;
       at = body.find(mark)) {
    body.remove_prefix(at + mark.size());
    const auto end = body.find('"');
    if (end == std::string_view::npos) break;
    out.emplace_back(body.substr(0, end));
  }
  return out;
}

}  // namespace crawl
