#include "test_site.hpp"

#include <charconv>

namespace crawl {

using namespace std::chrono_literals;

namespace {

std::string response(const char* status, const std::string& head, const std::string& body) {
  return std::string{"HTTP/1.1 "} + status + "\r\n" + head +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
std::string ok(const std::string& body) { return response("200 OK", "", body); }
std::string anchor(const std::string& to) { return "<a href=\"" + to + "\">" + to + "</a>\n"; }

int number_in(const std::string& path, std::string_view beginning) {
  int n = -1;
  if (path.starts_with(beginning))
    std::from_chars(path.data() + beginning.size(), path.data() + path.size(), n);
  return n;
}

}  // namespace

// Each page is reached in several ways, so that one that is missing hides no other.
std::string test_site::page(int number) const {
  std::string out;
  for (const int to : {2 * number + 1, 2 * number + 2, number + 1, number + 2})
    if (to < how_.pages) out += anchor("/page/" + std::to_string(to));
  if (number == 0)
    for (const auto& other : how_.leads_to) out += anchor("http://" + other + "/page/0");
  if (number % 10 == 1) out += anchor("/private/" + std::to_string(number));
  if (how_.moody && number == 3) out += anchor("/deep/1");
  return out;
}

serve::answer test_site::on(const serve& m) {
  ++seen_.requests;
  last_ = now();
  if (seen_.requests == 1) first_ = last_;
  if (how_.outage > 0ms && seen_.requests == 6) outage_since_ = last_;
  if (how_.outage > 0ms && seen_.requests >= 6 && last_ - outage_since_ < how_.outage) {
    ++seen_.in_outage;
    return {};
  }
  if (m.path == "/robots.txt") {
    std::string text = "User-agent: *\nDisallow: /private/\n";
    if (how_.delay > 0ms)
      text += "Crawl-delay: " + std::to_string(static_cast<double>(how_.delay.count()) / 1e9) + "\n";
    return {ok(text)};
  }
  if (m.path.starts_with("/private/")) {
    ++seen_.of_disallowed;
    return {ok("You should not be here.")};
  }
  // A trap: there is always one more.
  if (const int depth = number_in(m.path, "/deep/"); depth > 0)
    return {ok(anchor("/deep/" + std::to_string(depth + 1)))};
  const int number = number_in(m.path, "/page/");
  if (number < 0 || number >= how_.pages) return {response("404 Not Found", "", "")};
  if (how_.moody) return moody(number, ++times_[m.path]);
  return {ok(page(number))};
}

serve::answer test_site::moody(int number, int times) {
  switch (number) {
    case 11:
      return {{}, true};
    case 13:
      return {"220 mail.example ESMTP\r\n"};
    case 17:
      return {"HTTP/1.1 200 OK\r\n\r\n" + std::string(1u << 20, 'x')};
    case 19:
      return {response("301 Moved Permanently", "Location: /page/19\r\n", "")};
    case 23:
      return {response("404 Not Found", "", "")};
    default:
      break;
  }
  if (times == 1 && number % 6 == 5) return {response("500 Internal Server Error", "", "oops")};
  std::string whole = ok(page(number) + std::string(100, ' '));
  if (times == 1 && number % 10 == 7) whole.resize(whole.size() - 50);
  return {whole};
}

complain::complaints test_site::on(const complain&) const {
  auto out = seen_;
  // What was asked for in time may arrive late and together; so some are allowed to.
  const double fair =
      how_.delay > 0ms
          ? 1.2 * static_cast<double>((last_ - first_).count()) / static_cast<double>(how_.delay.count()) + 20
          : out.requests;
  out.too_fast = out.requests > fair;
  return out;
}

void test_session::on_bytes(std::string_view bytes) {
  request_ += bytes.substr(0, 8192);
  done_with(bytes.size());
  grant(bytes.size());
  if (asked_) return;
  if (request_.size() > 8192) return close();
  if (request_.find("\r\n\r\n") == std::string::npos) return;
  asked_ = true;
  const auto begin = request_.find(' ') + 1;
  launch(answer(request_.substr(begin, request_.find(' ', begin) - begin)));
}

troupe::task<void> test_session::answer(std::string path) {
  const auto what = co_await ask<serve>(site_, 5s, path);
  if (what && what->silent) co_return;
  if (what) send(what->bytes);
  close_after_sending();
}

running_site::running_site(troupe::system& sys, const std::string& name, temper how)
    : site(troupe::spawn<test_site>(sys, name, std::move(how))) {
  const troupe::io::held_port port{sys.env(), {"127.0.0.1", 0}};
  at = port.at();
  troupe::spawn<troupe::io::listener>(
      sys, name + "-listener", port,
      troupe::io::accept_function{[&sys, where = site](std::unique_ptr<troupe::port::stream> stream) {
        troupe::spawn<test_session>(sys, troupe::spawn_options{}, std::move(stream), where);
      }});
}

}  // namespace crawl
