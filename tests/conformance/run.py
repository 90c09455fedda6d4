"""Usage: run.py [--pairing NAME]… [--report FOLDER] [--only TEXT] [--list]

Plays the scenarios of scenarios.py with each pairing of programs.py (default: all of them), prints the matrix and the count, and
leaves a JUnit report of each pairing in FOLDER. --only takes the scenarios whose names contain the text. Status 0: none failed."""

import argparse
import os
import sys
import threading
import time

from bridges import Bridges
from browsers import Browser
from matrix import Result, count, print_matrix, write_report
from programs import PAIRINGS
from scenario import cast
from scenarios import SCENARIOS
from stage import Stage


# A pairing in which so many cases have failed and none has passed is broken: the rest would only wait.
HOPELESS = 6


class PairingRun:
    """All scenarios of a pairing: one at a time, and beside it those that mostly wait for a limit of the protocol."""

    def __init__(self, name, scenarios):
        self.name = name
        self.results = []
        self._names = [scenario.name for scenario in scenarios]
        pairing = PAIRINGS[name]
        self._one, self._other = pairing.one(), pairing.other()
        self._bridges = Bridges(pairing.with_bridge)
        self._cases, self._long = [], []
        for scenario in scenarios:
            cases, reasons = cast(scenario, self._one, self._other)
            (self._long if scenario.long else self._cases).extend(cases)
            self.results += [Result(scenario.name, "", "n/a", 0, reason) for reason in reasons]

    def run(self):
        try:
            beside = []
            for case in self._cases:
                # They begin one after another, so that not all of them connect at once.
                if self._long:
                    beside.append(self._start_beside(self._long.pop(0)))
                self._play(case)
            beside += [self._start_beside(case) for case in self._long]
            for thread in beside:
                thread.join()
        finally:
            self._bridges.end()
        places = {name: place for place, name in enumerate(self._names)}
        return sorted(self.results, key=lambda result: places[result.scenario])

    def _is_hopeless(self):
        passed, failed = count(self.results)
        return failed >= HOPELESS and not passed

    def _start_beside(self, case):
        thread = threading.Thread(target=self._play, args=(case,))
        thread.start()
        return thread

    def _play(self, case):
        began = time.monotonic()
        if self._is_hopeless():
            self.results.append(Result(case.scenario.name, case.name, "FAILED", 0, "Not played: nothing before it worked."))
            return
        try:
            Stage(case.scenario, case.programs, self._bridges).run()
            outcome, message = "ok", ""
        except Exception as problem:  # whatever it is, it is this case's failure
            outcome, message = "FAILED", str(problem) or repr(problem)
        result = Result(case.scenario.name, case.name, outcome, time.monotonic() - began, message)
        self.results.append(result)
        if outcome == "FAILED":
            print(f"FAILED {self.name}: {case.name}\n{message}\n", flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--pairing", action="append", choices=list(PAIRINGS))
    parser.add_argument("--report")
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
    all_results = {}
    try:
        for name in arguments.pairing or PAIRINGS:
            began = time.monotonic()
            if arguments.report:
                write_report(arguments.report, name, None)
            results = PairingRun(name, scenarios).run()
            all_results[name] = results
            if arguments.report:
                write_report(arguments.report, name, results)
            print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
            if arguments.times:
                for result in sorted(results, key=lambda result: -result.seconds)[:20]:
                    print(f"  {result.seconds:6.2f} s  {result.case}")
    finally:
        Browser.end_all()
    print_matrix([scenario.name for scenario in scenarios], all_results)
    passed, failed = count(result for results in all_results.values() for result in results)
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    sys.exit(main())
