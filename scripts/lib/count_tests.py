"""Usage: count_tests.py REPORT. Prints "PASSED FAILED NAME…" of a JUnit report that CTest wrote. A test that did not run
counts as failed, and a report without tests is an error."""

import sys
import xml.etree.ElementTree

cases = xml.etree.ElementTree.parse(sys.argv[1]).getroot().findall(".//testcase")
if not cases:
    sys.exit("no tests")
bad = [case.get("name") for case in cases if case.get("status") != "run" or case.find("failure") is not None]
print(len(cases) - len(bad), len(bad), *bad)
