#include "core/doctor/page.h"

#include <gtest/gtest.h>

namespace portico::doctor {
namespace {

TEST(Page, WrapsAtItsColumnsAndIndentsWhatFollows) {
  Page page;
  page.heading("First");
  page.paragraph(std::string(60, 'a') + " " + std::string(30, 'b') + " c", 4, "- ");
  page.heading("Second");
  page.paragraph("");
  EXPECT_EQ(page.take(), "First\n  - " + std::string(60, 'a') + "\n    " + std::string(30, 'b') + " c\n\nSecond\n  \n");
}

TEST(Page, LeavesAWordThatIsTooLongWhole) {
  Page page;
  page.paragraph("x " + std::string(200, 'y') + " z", 2);
  EXPECT_EQ(page.take(), "  x\n  " + std::string(200, 'y') + "\n  z\n");
}

}  // namespace
}  // namespace portico::doctor
