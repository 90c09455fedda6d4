"""Usage: run.py [--pairing NAME]… [--report FOLDER] [--only TEXT] [--list] [--times], or run.py --matrix FOLDER

Plays the scenarios of table.py with each pairing of players.py (default: all of them), prints the matrix and the count, and leaves a
JUnit report of each pairing in FOLDER. --only takes the scenarios whose names contain the text. --matrix prints the matrix of the
reports in FOLDER. Status 0: none failed."""

import argparse
import sys
import time

from players import PAIRINGS
from meeting import Meeting, cast
from table import SCENARIOS

from browsers import Browser
from matrix import Result, count, print_matrix, print_reports, write_report


def play(case):
    began = time.monotonic()
    try:
        Meeting(case).run()
        outcome, message = "ok", ""
    except Exception as problem:  # whatever it is, it is this case's failure
        outcome, message = "FAILED", str(problem) or repr(problem)
    return Result(case.scenario.name, case.name, outcome, time.monotonic() - began, message)


def run_pairing(name, scenarios):
    """The results, and what is to be said of the pairing."""
    portico, other = PAIRINGS[name].portico(), PAIRINGS[name].other()
    results = []
    for scenario in scenarios:
        cases, reason = cast(scenario, portico, other)
        if reason:
            results.append(Result(scenario.name, "", "n/a", 0, reason))
        for case in cases:
            results.append(play(case))
            if results[-1].outcome == "FAILED":
                print(f"FAILED {name}: {case.name}\n{results[-1].message}\n", flush=True)
    return results, other.version


def parse_arguments():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--pairing", action="append", choices=list(PAIRINGS))
    parser.add_argument("--report")
    parser.add_argument("--matrix")
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--times", action="store_true")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    scenarios = [scenario for scenario in SCENARIOS if arguments.only in scenario.name]
    if arguments.list:
        print("\n".join(scenario.name for scenario in scenarios))
        return 0
    if arguments.matrix:
        print_reports(arguments.matrix, PAIRINGS)
        return 0
    all_results, notes = {}, {}
    try:
        for name in arguments.pairing or PAIRINGS:
            began = time.monotonic()
            if arguments.report:
                write_report(arguments.report, name, None)
            all_results[name], notes[name] = run_pairing(name, scenarios)
            if arguments.report:
                write_report(arguments.report, name, all_results[name], notes[name])
            print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
            if arguments.times:
                for result in sorted(all_results[name], key=lambda result: -result.seconds)[:20]:
                    print(f"  {result.seconds:6.2f} s  {result.case}")
    finally:
        Browser.end_all()
    print_matrix([scenario.name for scenario in scenarios], all_results, notes)
    passed, failed = count(result for results in all_results.values() for result in results)
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
