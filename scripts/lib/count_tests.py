"""Usage: count_tests.py REPORT TESTS. Prints "PASSED FAILED NAME…" of a JUnit report that CTest wrote. A test that did not run
counts as failed, and a report without tests is an error. A test `SUITE.NAME` counts as the cases of TESTS/SUITE/reports/NAME.xml,
where there is that; what is not applicable there counts as nothing. Of a test that passed without playing any, a line more says
why. What a test that failed has printed goes to standard error."""

import os
import sys
import xml.etree.ElementTree

MAX_LINES = 60  # of what a failed test has printed: its end tells the most
MAX_CASE_LINES = 25  # of a failed case: its beginning does


def cases_of(test, failed, folder):
    """(name, failed) of each case, and what is to be said where nothing was played. A test that failed has a case that did, or it
    broke off and is one itself."""
    suite, _, name = test.partition(".")
    path = os.path.join(folder, suite, "reports", name + ".xml")
    if not os.path.exists(path):
        return [(test, failed)], []
    cases, reasons = [], []
    for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
        if case.find("skipped") is not None:
            reasons.append(f"{test}: {case.get('name')}: {case.find('skipped').get('message')}")
            continue
        name, why = f"{test}: {case.get('name')}", case.findtext("failure")
        cases.append((name, why is not None))
        if why:
            print(f"--- {name}", *why.splitlines()[:MAX_CASE_LINES], sep="\n", file=sys.stderr)
    if failed and not any(bad for _, bad in cases) or not cases and not reasons:
        cases.append((test, True))
    return cases, [] if cases else reasons


def main(report, folder):
    tests = xml.etree.ElementTree.parse(report).getroot().findall(".//testcase")
    if not tests:
        sys.exit("no tests")
    cases, unplayed = [], []
    for test in tests:
        failed = test.get("status") != "run" or test.find("failure") is not None
        if failed:
            lines = test.findtext("system-out", "").splitlines()
            print(f"--- {test.get('name')}", *lines[-MAX_LINES:], sep="\n", file=sys.stderr)
        of_test, reasons = cases_of(test.get("name"), failed, folder)
        cases += of_test
        unplayed += reasons
    bad = [name for name, failed in cases if failed]
    print(len(cases) - len(bad), len(bad), "; ".join(bad))
    for reason in unplayed:
        print(reason)


if __name__ == "__main__":
    main(*sys.argv[1:])
