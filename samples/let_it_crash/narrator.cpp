#include "narrator.hpp"

#include <cstdio>
#include <sstream>
#include <troupe/tree/messages.hpp>
#include <vector>

namespace crash {

using namespace std::chrono_literals;

namespace {

// The screen, for a terminal of 24 lines: the tree, a rule, what has happened, a rule, and where the person types.
constexpr std::size_t tree_lines = 9;
constexpr std::size_t news_lines = 10;
constexpr std::size_t prompt_line = 1 + tree_lines + 1 + news_lines + 1;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in{text};
  for (std::string one; std::getline(in, one);) out.push_back(one);
  return out;
}

void put(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace

void narrator::on_start() {
  if (how_ == look::screen) put("\x1b[2J");
}

void narrator::on_stop() {
  if (how_ == look::screen) put("\x1b[" + std::to_string(prompt_line + 1) + ";1H");
}

void narrator::on(const line& m) {
  if (how_ == look::lines) return put(m.text + "\n");
  for (auto& one : lines_of(m.text)) recent_.push_back(std::move(one));
  while (recent_.size() > news_lines) recent_.pop_front();
  news_ = true;
}

bool narrator::on(const told&) {
  if (how_ == look::screen) {
    draw();
    put("\x1b[" + std::to_string(prompt_line) + ";1H\x1b[J> ");
  }
  return true;
}

void narrator::on_turn_end() {
  if (!std::exchange(news_, false)) return;
  draw();
  key_timer("again", after_delay(50ms, [this] { draw(); }));
}

void narrator::draw() {
  std::vector<std::string> all = lines_of(tree_());
  if (all.empty()) all.push_back("(the supervisor is gone; `again` starts a new one)");
  if (all.size() > tree_lines) {
    all.resize(tree_lines - 1);
    all.push_back("    ...");
  }
  all.resize(tree_lines);
  all.push_back(std::string(60, '-'));
  all.insert(all.end(), recent_.begin(), recent_.end());
  all.resize(prompt_line - 2);
  all.push_back("---- kill, quit, stop, start, send, add, what_if, strategy, again, help, end ----");
  // Where the person types is remembered, and nothing is wrapped: a long line must not move the others.
  std::string out =
      "\x1b"
      "7\x1b[?7l\x1b[1;1H";
  for (const auto& one : all) out += one + "\x1b[K\r\n";
  put(out +
      "\x1b[?7h\x1b"
      "8");
}

}  // namespace crash
