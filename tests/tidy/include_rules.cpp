// The table of rooms, applied to the includes of one file.
#include <algorithm>
#include <array>

#include "rules.hpp"

namespace tidy {
namespace {

// The headers of C++20's library, and C's in their C++ names.
constexpr std::array<std::string_view, 102> standard_headers = {"algorithm",
                                                                "any",
                                                                "array",
                                                                "atomic",
                                                                "barrier",
                                                                "bit",
                                                                "bitset",
                                                                "cassert",
                                                                "ccomplex",
                                                                "cctype",
                                                                "cerrno",
                                                                "cfenv",
                                                                "cfloat",
                                                                "charconv",
                                                                "chrono",
                                                                "cinttypes",
                                                                "climits",
                                                                "clocale",
                                                                "cmath",
                                                                "codecvt",
                                                                "compare",
                                                                "complex",
                                                                "concepts",
                                                                "condition_variable",
                                                                "coroutine",
                                                                "csetjmp",
                                                                "csignal",
                                                                "cstdarg",
                                                                "cstddef",
                                                                "cstdint",
                                                                "cstdio",
                                                                "cstdlib",
                                                                "cstring",
                                                                "ctime",
                                                                "cuchar",
                                                                "cwchar",
                                                                "cwctype",
                                                                "deque",
                                                                "exception",
                                                                "execution",
                                                                "filesystem",
                                                                "format",
                                                                "forward_list",
                                                                "fstream",
                                                                "functional",
                                                                "future",
                                                                "initializer_list",
                                                                "iomanip",
                                                                "ios",
                                                                "iosfwd",
                                                                "iostream",
                                                                "istream",
                                                                "iterator",
                                                                "latch",
                                                                "limits",
                                                                "list",
                                                                "locale",
                                                                "map",
                                                                "memory",
                                                                "memory_resource",
                                                                "mutex",
                                                                "new",
                                                                "numbers",
                                                                "numeric",
                                                                "optional",
                                                                "ostream",
                                                                "queue",
                                                                "random",
                                                                "ranges",
                                                                "ratio",
                                                                "regex",
                                                                "scoped_allocator",
                                                                "semaphore",
                                                                "set",
                                                                "shared_mutex",
                                                                "source_location",
                                                                "span",
                                                                "sstream",
                                                                "stack",
                                                                "stdexcept",
                                                                "stop_token",
                                                                "streambuf",
                                                                "string",
                                                                "string_view",
                                                                "strstream",
                                                                "syncstream",
                                                                "system_error",
                                                                "thread",
                                                                "tuple",
                                                                "type_traits",
                                                                "typeindex",
                                                                "typeinfo",
                                                                "unordered_map",
                                                                "unordered_set",
                                                                "utility",
                                                                "valarray",
                                                                "variant",
                                                                "vector",
                                                                "version",
                                                                "stacktrace",
                                                                "expected",
                                                                "generator"};

bool is_standard(std::string_view name) {
  return std::find(standard_headers.begin(), standard_headers.end(), name) != standard_headers.end();
}

class include_checker {
 public:
  include_checker(const source& file, const room_table& table, findings& out)
      : file_(file), table_(table), here_(table.of_file(file.path())), out_(out) {}

  void run() {
    for (const include& i : file_.includes()) {
      check_library(i);
      if (in_library(file_.path()) && i.quoted)
        add(i, "include-quotes", "write <troupe/room/" + i.name + ">");
      if (!here_ || here_->free) continue;
      check_order(i);
      if (here_->pure && std::find(table_.impure.begin(), table_.impure.end(), i.name) != table_.impure.end())
        add(i, "include-pure",
            here_->path + " is pure: it decides, others wait and lock; <" + i.name +
                "> does not belong here");
      if (here_->sample) check_sample(i);
    }
  }

 private:
  void add(const include& i, std::string_view rule, std::string message) {
    out_.push_back({file_.path(), i.line, std::string(rule), std::move(message)});
  }

  void check_library(const include& i) {
    // Tests and benchmarks may look at anything.
    if (!here_ || here_->free) return;
    for (const kept_library& library : table_.libraries) {
      if (!i.name.starts_with(library.prefix)) continue;
      const bool allowed = std::any_of(library.users.begin(), library.users.end(),
                                       [this](const std::string& user) { return file_.in(user); });
      if (!allowed)
        add(i, "include-library",
            "<" + i.name + "> is kept to " + users_of(library) + " by tests/tidy/rooms.txt");
    }
  }

  void check_order(const include& i) {
    constexpr std::string_view ours = "troupe/";
    if (!i.name.starts_with(ours)) return;
    const std::string_view rest = std::string_view(i.name).substr(ours.size());
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) {
      if (!here_->sample)
        add(i, "include-order", "<" + i.name + "> is for users; include the rooms' own headers");
      return;
    }
    const room* const there = table_.named(rest.substr(0, slash));
    if (!there) {
      add(i, "include-order",
          "tests/tidy/rooms.txt has no room '" + std::string(rest.substr(0, slash)) + "'");
    } else if (there != here_ && there->level == here_->level) {
      add(i, "include-order", here_->path + " and " + there->path + " never see each other");
    } else if (there->level > here_->level) {
      add(i, "include-order", here_->path + " may not include " + there->path + ", which is built on it");
    }
  }

  // A sample's own files are written "kv/...", or by their name when they are beside it.
  void check_sample(const include& i) {
    if (i.name.starts_with("troupe/") || is_standard(i.name)) return;
    std::string_view own = std::string_view(file_.path()).substr(std::string_view("samples/").size());
    own = own.substr(0, own.find('/') + 1);
    if (i.name.starts_with(own) || (i.quoted && i.name.find('/') == std::string::npos)) return;
    add(i, "include-sample",
        "a sample includes <troupe/...>, the standard library and its own files, not " + i.name);
  }

  static std::string users_of(const kept_library& library) {
    std::string out;
    for (const std::string& user : library.users) out += (out.empty() ? "" : ", ") + user;
    return out;
  }

  const source& file_;
  const room_table& table_;
  const room* here_;
  findings& out_;
};

}  // namespace

void check_includes(const source& file, const room_table& table, findings& out) {
  if (file.is_cpp()) include_checker(file, table, out).run();
}

}  // namespace tidy
