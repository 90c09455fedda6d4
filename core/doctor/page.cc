#include "core/doctor/page.h"

#include <algorithm>

namespace portico::doctor {

std::string join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

void Page::heading(std::string_view text) {
  if (!text_.empty()) text_ += '\n';
  text_ += text;
  text_ += '\n';
}

void Page::paragraph(std::string_view text, std::size_t indent, std::string_view label) {
  text_.append(indent > label.size() ? indent - label.size() : 0, ' ');
  text_ += label;
  std::size_t column = indent;
  bool first = true;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find(' '), text.size());
    if (!first && column + 1 + length > kColumns) {
      text_ += '\n';
      text_.append(indent, ' ');
      column = indent;
      first = true;
    }
    if (!first) {
      text_ += ' ';
      ++column;
    }
    text_ += text.substr(0, length);
    column += length;
    first = false;
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  text_ += '\n';
}

}  // namespace portico::doctor
