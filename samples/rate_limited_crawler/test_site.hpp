// A site that misbehaves, and that keeps an eye on those who visit it.
#pragma once

#include <map>
#include <string>
#include <troupe/io/connection.hpp>
#include <troupe/io/listener.hpp>
#include <troupe/troupe.hpp>

namespace crawl {

/// What a site is like.
struct temper {
  int pages = 20;
  bool moody = false;         ///< errors, silence, nonsense, endless pages, a trap
  troupe::duration outage{};  ///< from its sixth request on it closes every connection for so long
  troupe::duration delay{};   ///< asked for in robots.txt; 0: nothing is
  std::vector<std::string> leads_to = {};  ///< other sites, linked from the first page
};

/// To a site: somebody wants that page.
struct serve {
  std::string path;
  struct answer {
    std::string bytes;
    bool silent = false;  ///< nothing is sent, ever
  };
  using reply = answer;
};

/// To a site: what do you say of your visitors?
struct complain {
  struct complaints {
    int requests = 0;
    int of_disallowed = 0;
    int in_outage = 0;
    bool too_fast = false;
  };
  using reply = complaints;
};

class test_site : public troupe::actor<serve, complain> {
 public:
  explicit test_site(temper how) : how_(std::move(how)) {}

  serve::answer on(const serve& m);
  complain::complaints on(const complain&) const;

 private:
  std::string page(int number) const;
  serve::answer moody(int number, int times);

  const temper how_;
  complain::complaints seen_;
  std::map<std::string, int> times_;
  troupe::time_point first_{}, last_{}, outage_since_{};
};

/// One client of a site.
class test_session : public troupe::io::connection<> {
 public:
  test_session(std::unique_ptr<troupe::port::stream> stream, troupe::ref<test_site> site)
      : connection(std::move(stream)), site_(std::move(site)) {}
  void on_bytes(std::string_view bytes) override;
  /// Clients of HTTP may have said all they want to say.
  void on_end() override {}

 private:
  troupe::task<void> answer(std::string path);

  const troupe::ref<test_site> site_;
  std::string request_;
  bool asked_ = false;
};

/// Starts a site on a free port of 127.0.0.1.
struct running_site {
  running_site(troupe::system& sys, const std::string& name, temper how);
  troupe::ref<test_site> site;
  troupe::port::endpoint at;
};

}  // namespace crawl
