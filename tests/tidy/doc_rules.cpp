// Every public declaration of the library is documented: `///` lines directly before it, or `///<` behind it.
//
// One comment may stand for several declarations that follow it without a blank line: overloads of the same
// name, and those that it names in backticks.
#include <string>

#include "declarations.hpp"
#include "rules.hpp"

namespace tidy {
namespace {

class doc_checker {
 public:
  doc_checker(const source& file, findings& out) : file_(file), out_(out) {}

  void run() {
    for (const declaration& d : find_declarations(blank_directives(file_.code()))) {
      const std::string comment = comment_before(d.first_line);
      if (!comment.empty()) {
        shared_ = comment;
        shared_name_ = d.name;
        shared_end_ = d.last_line;
        continue;
      }
      // A class is followed by its members; what its comment says is not said of them.
      const bool shares =
          d.first_line == shared_end_ + 1 && (d.name == shared_name_ || names(shared_, d.name));
      if (shares) shared_end_ = d.last_line;
      if (d.wants_doc && !shares && !documented_behind(d))
        out_.push_back({file_.path(), d.first_line, "undocumented", "'" + d.name + "' has no /// comment"});
    }
  }

 private:
  std::string_view line(std::size_t number) const { return trim(file_.lines()[number - 1]); }

  // The comment that ends above the line, empty when there is none or it is not for users.
  std::string comment_before(std::size_t number) const {
    std::string out;
    bool for_users = false;
    while (number > 1 && line(number - 1).starts_with("//")) {
      --number;
      if (line(number).starts_with("///") && !line(number).starts_with("///<")) for_users = true;
      out.insert(0, std::string(line(number)) + "\n");
    }
    return for_users ? out : std::string();
  }

  bool documented_behind(const declaration& d) const {
    for (std::size_t i = d.first_line; i <= d.head_line; ++i)
      if (line(i).find("///<") != std::string_view::npos) return true;
    return false;
  }

  static bool names(std::string_view comment, std::string_view name) {
    for (const std::size_t at : find_word(comment, name))
      if (at > 0 && comment[at - 1] == '`') return true;
    return false;
  }

  const source& file_;
  findings& out_;
  std::string shared_;
  std::string shared_name_;
  std::size_t shared_end_ = 0;
};

}  // namespace

void check_docs(const source& file, findings& out) {
  if (in_library(file.path()) && file.is_header()) doc_checker(file, out).run();
}

}  // namespace tidy
