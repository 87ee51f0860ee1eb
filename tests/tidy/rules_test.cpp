#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "rules.hpp"

using namespace tidy;

namespace {

const room_table& table() {
  static const room_table t = [] {
    room_table out;
    const std::string error = parse_rooms(
        "room 10 runtime/base pure\n"
        "room 20 runtime/engine\n"
        "room 30 runtime/os os\n"
        "room 30 runtime/sim\n"
        "room 40 runtime/system\n"
        "room 50 actors/actor\n"
        "room 60 supervision/policy pure\n"
        "room 70 remoting/node\n"
        "room 90 samples/kv sample\n"
        "room 90 samples/kv/verify free\n"
        "only boost/asio runtime/os\n"
        "only caf/ runtime/system actors/actor/bridge.cpp\n"
        "impure thread mutex\n"
        "allow std::thread runtime/engine/workers.cpp the workers\n",
        out);
    REQUIRE(error.empty());
    return out;
  }();
  return t;
}

using strings = std::vector<std::string>;

// The rules that fire, with their lines: `3 tab`.
strings summary(const findings& found) {
  strings out;
  for (const finding& f : found) out.push_back(std::to_string(f.line) + " " + f.rule);
  return out;
}

strings includes(std::string path, std::string text) {
  findings out;
  check_includes(source(std::move(path), std::move(text)), table(), out);
  return summary(out);
}

strings calls(std::string path, std::string text) {
  findings out;
  check_calls(source(std::move(path), std::move(text)), table(), out);
  return summary(out);
}

strings text_rules(std::string path, std::string text) {
  findings out;
  check_text(source(std::move(path), std::move(text)), out);
  return summary(out);
}

strings docs(std::string text, std::string path = "runtime/base/a.hpp") {
  findings out;
  check_docs(source(std::move(path), std::move(text)), out);
  return summary(out);
}

const strings none;

}  // namespace

TEST_CASE("tidy: a room includes itself and the rooms to its left") {
  CHECK(includes("runtime/engine/a.hpp",
                 "#include <troupe/engine/b.hpp>\n#include <troupe/base/error.hpp>\n") == none);
  CHECK(includes("remoting/node/a.cpp",
                 "#include <troupe/actor/actor.hpp>\n#include <troupe/policy/verdict.hpp>\n") == none);
  CHECK(includes("runtime/base/a.hpp", "// why\n#include <troupe/engine/b.hpp>\n") ==
        strings{"2 include-order"});
  CHECK(includes("supervision/policy/a.hpp", "#include <troupe/node/b.hpp>\n") == strings{"1 include-order"});
  CHECK(includes("runtime/engine/a.hpp", "#  include <troupe/nowhere/b.hpp>\n") ==
        strings{"1 include-order"});
  CHECK(includes("runtime/engine/a.hpp", "#include <troupe/troupe.hpp>\n") == strings{"1 include-order"});
  CHECK(includes("runtime/engine/a.hpp",
                 "// #include <troupe/node/b.hpp>\n/*\n#include <troupe/node/b.hpp>\n*/\n") == none);
}

TEST_CASE("tidy: os and sim never see each other") {
  CHECK(includes("runtime/os/a.cpp", "#include <troupe/sim/b.hpp>\n") == strings{"1 include-order"});
  CHECK(includes("runtime/sim/a.cpp", "#include <troupe/os/b.hpp>\n") == strings{"1 include-order"});
  CHECK(includes("runtime/system/a.cpp", "#include <troupe/os/b.hpp>\n#include <troupe/sim/b.hpp>\n") ==
        none);
}

TEST_CASE("tidy: CAF and Asio stay in their rooms, and in the files that are named") {
  CHECK(includes("runtime/os/a.cpp", "#include <boost/asio/ip/tcp.hpp>\n") == none);
  CHECK(includes("runtime/engine/a.cpp", "#include <boost/asio/ip/tcp.hpp>\n") ==
        strings{"1 include-library"});
  CHECK(includes("runtime/engine/a.cpp", "#include \"caf/actor.hpp\"\n") ==
        strings{"1 include-library", "1 include-quotes"});
  CHECK(includes("runtime/system/a.cpp", "#include <caf/actor.hpp>\n") == none);
  CHECK(includes("actors/actor/bridge.cpp", "#include <caf/actor.hpp>\n") == none);
  CHECK(includes("actors/actor/other.cpp", "#include <caf/actor.hpp>\n") == strings{"1 include-library"});
  CHECK(includes("tests/unit/actor/a_test.cpp", "#include <caf/actor.hpp>\n") == none);
}

TEST_CASE("tidy: a pure room includes no threads and no locks") {
  CHECK(includes("runtime/base/a.hpp", "#include <thread>\n#include <vector>\n#include <mutex>\n") ==
        strings{"1 include-pure", "3 include-pure"});
  CHECK(includes("runtime/engine/a.hpp", "#include <thread>\n") == none);
}

TEST_CASE("tidy: a sample includes the public headers, the standard library and its own files") {
  CHECK(includes("samples/kv/main.cpp",
                 "#include <troupe/troupe.hpp>\n#include <troupe/actor/actor.hpp>\n#include <vector>\n"
                 "#include \"kv/shard.hpp\"\n#include \"shard.hpp\"\n") == none);
  CHECK(includes("samples/kv/main.cpp", "#include <boost/json.hpp>\n") == strings{"1 include-sample"});
  CHECK(includes("samples/kv/main.cpp", "#include <sys/socket.h>\n") == strings{"1 include-sample"});
  CHECK(includes("samples/kv/main.cpp", "#include \"other/shard.hpp\"\n") == strings{"1 include-sample"});
  CHECK(includes("samples/kv/main.cpp", "#include <caf/actor.hpp>\n") ==
        strings{"1 include-library", "1 include-sample"});
  CHECK(includes("samples/kv/verify/main.cpp", "#include <hiredis/hiredis.h>\n#include <sys/socket.h>\n") ==
        none);
}

TEST_CASE("tidy: the library's headers are not included in quotes") {
  CHECK(includes("actors/actor/a.cpp", "#include \"actor.hpp\"\n") == strings{"1 include-quotes"});
  CHECK(includes("tests/unit/actor/a_test.cpp", "#include \"helper.hpp\"\n") == none);
}

TEST_CASE("tidy: nobody but runtime/os calls clocks, threads, sockets or chance") {
  for (const std::string_view call :
       {"auto t = std::chrono::steady_clock::now();", "using clock = std::chrono::system_clock;",
        "std::this_thread::sleep_for(d);", "sleep_until(t);", "usleep(1);", "std::random_device r;",
        "std::thread t(f);", "std::jthread t(f);", "auto f = std::async(g);", "int s = ::socket(1, 2, 3);",
        "int x = rand();", "srand(1);"}) {
    CAPTURE(call);
    const std::string text = "void f() {\n  " + std::string(call) + "\n}\n";
    for (const char* path :
         {"actors/actor/a.cpp", "supervision/policy/a.hpp", "remoting/node/a.cpp", "samples/kv/main.cpp",
          "runtime/base/a.hpp", "runtime/engine/a.cpp", "runtime/system/a.hpp"})
      CHECK(calls(path, text) == strings{"2 banned-call"});
    for (const char* path : {"runtime/os/a.cpp", "samples/kv/verify/a.cpp", "tests/unit/a_test.cpp"})
      CHECK(calls(path, text) == none);
  }
}

TEST_CASE("tidy: the table allows one file one banned call, as long as it makes it") {
  CHECK(calls("runtime/engine/workers.cpp", "std::thread a;\nstd::thread b;\n") == none);
  CHECK(calls("runtime/engine/workers.cpp", "std::thread a;\nstd::jthread b;\n") == strings{"2 banned-call"});
  CHECK(calls("runtime/engine/other.cpp", "std::thread a;\n") == strings{"1 banned-call"});
  CHECK(calls("runtime/engine/workers.cpp", "int a;\n") == strings{"14 stale-exception"});
  findings out;
  check_layout(
      {}, table(), [](const std::string&) { return std::string(); }, out);
  CHECK(summary(out) == strings{"14 stale-exception"});
}

TEST_CASE("tidy: what only looks like a banned call is none") {
  for (const std::string_view text :
       {"// steady_clock::now() is banned\n", "/* rand( */ int x;\n", "auto s = \"std::thread\";\n",
        "int operand(int);\n", "int strand(int);\n", "x = my::socket(1);\n",
        "std::chrono::system_clock::time_point wall();\n", "my_steady_clock c;\n",
        "auto s = R\"(usleep\nusleep)\";\n", "#include <thread>\n", "int a = 1'000; // rand(\n"}) {
    CAPTURE(text);
    CHECK(calls("actors/actor/a.cpp", std::string(text)) == none);
  }
}

TEST_CASE("tidy: words of unfinished work are found as words") {
  const std::string marks[] = {
      "TO"
      "DO",
      "FIX"
      "ME",
      "X"
      "XX",
      "HA"
      "CK"};
  for (const std::string& word : marks) {
    CHECK(text_rules("docs/a.md", "all done\n" + word + ": more\n") == strings{"2 unfinished"});
    CHECK(text_rules(".ci/run", "# " + word + "\n") == strings{"1 unfinished"});
    CHECK(text_rules("docs/a.md", "we write no `" + word + "` here\n") == none);
    CHECK(text_rules("a.cpp", "// `" + word + "`\n") == strings{"1 unfinished"});
    CHECK(text_rules("a.cpp", "int " + word + "S;\n") == none);
    CHECK(text_rules("tests/tidy/a.cpp", "// " + word + "\n") == none);
  }
  CHECK(text_rules("a.sh", "mktemp /tmp/a." + marks[2] + marks[2] + "\n") == none);
}

TEST_CASE("tidy: a file has at most 500 lines") {
  const std::string line = "a\n";
  std::string text;
  for (int i = 0; i < 500; ++i) text += line;
  CHECK(text_rules("docs/a.md", text) == none);
  CHECK(text_rules("docs/a.md", text + line) == strings{"0 file-size"});
  CHECK(text_rules("CHANGELOG.md", text + line) == none);
}

TEST_CASE("tidy: sources are ASCII, without tabs, blanks at line ends, or an open last line") {
  CHECK(text_rules("a.cpp", "int a;\n") == none);
  CHECK(text_rules("a.cpp", "int \xc3\xa4; // \xc3\xa4\n") == strings{"1 non-ascii"});
  CHECK(text_rules("a.md", "\xc3\xa4\tb\n") == none);
  CHECK(text_rules("a.cpp", "\tint a;\n") == strings{"1 tab"});
  CHECK(text_rules("a.sh", "\techo\n") == strings{"1 tab"});
  CHECK(text_rules("a.md", "a \n") == strings{"1 trailing-space"});
  CHECK(text_rules("a.cpp", "int a;\r\n") == strings{"1 trailing-space"});
  CHECK(text_rules("a.md", "a\nb") == strings{"2 final-newline"});
  CHECK(text_rules("a.md", "") == none);
}

TEST_CASE("tidy: a header has its pragma, and not only in a comment") {
  CHECK(text_rules("a.hpp", "#pragma once\n") == none);
  CHECK(text_rules("a.hpp", "int a;\n") == strings{"1 pragma-once"});
  CHECK(text_rules("a.hpp", "// #pragma once\n") == strings{"1 pragma-once"});
  CHECK(text_rules("a.cpp", "int a;\n") == none);
}

TEST_CASE("tidy: paths of somebody's machine are found, other paths are not") {
  const std::string home =
      "/ho"
      "me/";
  const std::string work =
      "/wo"
      "rk/";
  CHECK(text_rules("docs/a.md", "see " + home + "ada/x\n") == strings{"1 machine-path"});
  CHECK(text_rules("a.cpp", "auto p = \"" + work + "main\";\n") == strings{"1 machine-path"});
  CHECK(text_rules("a.sh", "cd " + work + "main\n") == strings{"1 machine-path"});
  CHECK(text_rules("docs/a.md", "https://example.org" + work + "x\n") == none);
  CHECK(text_rules("a.sh", "cd \"${dir}" + work + "x\"\n") == none);
  CHECK(text_rules(".ci/run", "cd " + work + "main\n") == none);
}

TEST_CASE("tidy: public declarations at namespace scope want a comment") {
  for (const std::string_view text :
       {"class a {\n};\n", "struct a {\n  int b;\n};\n", "enum class a { b };\n", "int a(int b);\n",
        "using a = int;\n", "inline constexpr int a = 1;\n",
        "template <class T>\nconcept a = requires(T t) { t.x(); };\n",
        "template <class T>\nT a(T b) {\n  return b;\n}\n", "inline int a() { return 1; }\n"}) {
    CAPTURE(text);
    CHECK(docs("namespace troupe {\n\n" + std::string(text) + "}\n") == strings{"3 undocumented"});
    CHECK(docs("namespace troupe {\n/// What.\n" + std::string(text) + "}\n") == none);
    CHECK(docs("namespace troupe {\n// Not for users.\n" + std::string(text) + "}\n") ==
          strings{"3 undocumented"});
    CHECK(docs("namespace troupe::detail {\n" + std::string(text) + "}\n") == none);
    CHECK(docs("namespace troupe {\nnamespace detail {\n" + std::string(text) + "}\n}\n") == none);
    CHECK(docs(std::string(text), "samples/kv/a.hpp") == none);
    CHECK(docs(std::string(text), "runtime/base/a.cpp") == none);
  }
}

TEST_CASE("tidy: public member functions want a comment, private ones do not") {
  CHECK(docs("/// A.\nclass a {\n  void b();\n public:\n\n  void c();\n protected:\n  void d();\n private:\n "
             " void e();\n};\n") == strings{"6 undocumented"});
  CHECK(docs("/// A.\nstruct a {\n  int x;\n\n  void b();\n};\n") == strings{"5 undocumented"});
  CHECK(docs("/// A.\nclass a {\n public:\n  /// Does b.\n  void b();\n  int c() const;  ///< of c\n};\n") ==
        none);
  CHECK(docs("/// A.\nclass a {\n public:\n\n  struct b {\n\n    void c();\n  };\n};\n") ==
        strings{"5 undocumented", "7 undocumented"});
}

TEST_CASE("tidy: what explains itself wants no comment") {
  CHECK(docs("/// A.\nclass a : public b {\n public:\n"
             "  a() = default;\n  explicit a(int x) noexcept : x_{x}, y_(x) {}\n  template <class T>\n  a(T "
             "t);\n  ~a();\n"
             "  a(const a&) = delete;\n  a& operator=(const a&) = delete;\n  bool operator()(int) const;\n"
             "  explicit operator bool() const { return true; }\n  void b() override;\n  int c() const final "
             "{ return 1; }\n"
             "  friend bool operator==(const a&, const a&) = default;\n  friend void d(a& x) { x.e(); }\n  "
             "using b::b;\n"
             "  using f = int;\n  static constexpr int g = 1;\n  std::function<void(int)> h;\n  void "
             "(*i)(int) = nullptr;\n"
             "  bool await_ready() const noexcept { return false; }\n"
             "};\n") == none);
  CHECK(docs("class a;\nstruct b;\nextern template class c<int>;\nstatic_assert(1 < 2, \"x\");\nusing "
             "namespace x;\n"
             "enum class e : int;\nTROUPE_CONTRACT(m, \"m\", 1, f)\ntemplate <>\nstruct std::hash<m> {\n  "
             "int f();\n};\n"
             "template <class T>\nvoid r<T>::g() {\n}\nr(int) -> r<int>;\n#define X(a) class a { };\nint "
             "plain;\n") == none);
}

TEST_CASE("tidy: one comment may stand for overloads, and for what it names, up to the next blank line") {
  CHECK(docs("/// A.\nvoid a(int);\nvoid a(char);\n") == none);
  CHECK(docs("/// A.\nvoid a(int);\n\nvoid a(char);\n") == strings{"4 undocumented"});
  CHECK(docs("/// Every `a` has its `b`.\nvoid a();\nvoid b();\nvoid c();\n") == strings{"4 undocumented"});
  CHECK(docs("/// A b.\nvoid a();\nvoid b();\n") == strings{"3 undocumented"});
}

TEST_CASE("tidy: declarations behind difficult ones are still found") {
  for (const std::string_view before :
       {"/// B.\ninline constexpr int b[] = {1, 2};\n", "/// B.\nauto b = [](int x) { return x; };\n",
        "/// B.\ntemplate <class T>\n  requires std::integral<T> && (sizeof(T) > 1)\nvoid b(T t) "
        "noexcept(noexcept(t())) {}\n",
        "/// B.\nvoid b(int x = c{1}.d, std::string s = \"}\");\n",
        "/// B.\nstd::map<int, int> b(std::array<int, 3> x) {\n  if (x < 1) {}\n}\n",
        "/// B.\nauto b() -> decltype(c()) { return c(); }\n",
        "/// B.\nclass b final : public c<int>, d {\n  int x = 1;\n};\n",
        "/// B.\nstruct [[nodiscard]] alignas(8) b {};\n", "/// B.\nenum class b : int { c = 1, d = '}' };\n",
        "/// B.\ntemplate <class T = std::vector<std::vector<int>>>\nusing b = T;\n",
        "TROUPE_CONTRACT(b, 1)\n", "/// B.\nbool operator<(int, b);\n",
        "extern \"C\" {\n/// B.\nvoid b();\n}\n", "namespace x = y;\n",
        "/// B.\ntemplate <class T>\nconcept b = requires(T t) {\n  { t.x() } -> c<int>;\n};\n"}) {
    CAPTURE(before);
    const auto lines = std::count(before.begin(), before.end(), '\n');
    CHECK(docs(std::string(before) + "\nvoid a();\n") ==
          strings{std::to_string(lines + 2) + " undocumented"});
  }
}

TEST_CASE("tidy: a constructor's initializers do not hide what follows") {
  CHECK(docs("/// A.\nclass a {\n public:\n  a() noexcept : b<int>{1}, c_(2), d_{{3}} { e(); }\n\n  void "
             "f();\n};\n") == strings{"6 undocumented"});
}

TEST_CASE("tidy: every room in the tree has a README that begins with its name, and is in the document") {
  const auto read = [](const std::string& path) -> std::string {
    if (path == "runtime/base/README.md") return "# base\nValues.\n";
    if (path == "runtime/os/README.md") return "# The OS\nPorts.\n";
    if (path == "docs/architecture.md")
      return "`base =` `engine` `os` `sim` `system` `actor` `policy` `node`\n";
    return {};
  };
  room_table rooms = table();
  rooms.allowed.clear();
  findings out;
  check_layout({"runtime/base/README.md", "runtime/base/a.hpp", "docs/architecture.md"}, rooms, read, out);
  CHECK(summary(out) == strings{"0 room-documented"});  // policy is pure
  out.clear();
  check_layout({"runtime/base/README.md", "runtime/os/README.md", "runtime/engine/a.cpp"}, rooms, read, out);
  CHECK(summary(out) == strings{"0 room-readme", "1 room-readme"});
  CHECK(out[0].file == "runtime/engine/README.md");
  out.clear();
  check_layout({"runtime/attic/a.cpp", "runtime/attic/b.cpp", "cmake/x.cpp"}, rooms, read, out);
  CHECK(summary(out) == strings{"0 room-unknown"});
  out.clear();
  check_layout({"samples/attic/a.cpp", "samples/README.md"}, rooms, read, out);
  CHECK(summary(out) == strings{"0 room-unknown"});
}

TEST_CASE("tidy: the README of a room is its name and one paragraph") {
  static std::string text;
  room_table rooms = table();
  rooms.allowed.clear();
  const auto found = [&](std::string readme) {
    text = std::move(readme);
    findings out;
    check_layout(
        {"runtime/base/README.md"}, rooms, [](const std::string&) { return text; }, out);
    return summary(out);
  };
  CHECK(found("# base\nWhat it is\nfor.\n") == none);
  CHECK(found("# base\n\nWhat it is for.\n\n") == none);
  CHECK(found("# base\n") == strings{"1 room-readme"});
  CHECK(found("# base\n\n\n") == strings{"1 room-readme"});
  CHECK(found("# base\nOne.\n\nTwo.\n") == strings{"4 room-readme"});
  CHECK(found("# base\n## Why\nOne.\n") == strings{"2 room-readme"});
  CHECK(found("# base\nOne:\n- two\n- three\n") == strings{"3 room-readme", "4 room-readme"});
}
