// The letter's layout: headings, lines that are wrapped, and a numbered list.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace portico::doctor {

/// Of a line; a terminal has 80 at least, and people read no longer ones gladly.
inline constexpr std::size_t kColumns = 88;

/// Texts one behind the other. One call for all, for the module's weight.
std::string join(std::initializer_list<std::string_view> parts);

class Page {
 public:
  void heading(std::string_view text);
  /// Wrapped; every line begins with `indent` blanks, and the first one with `label` in them where there is one.
  void paragraph(std::string_view text, std::size_t indent = 2, std::string_view label = {});
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace portico::doctor
