"""Usage: matrix.py FOLDER. Prints the matrix of the reports that run.py left there.

Scenarios × pairings. A cell is ok or FAILED; a number in it says of how many cases (each program offers, each program alone);
n/a where a program of the pairing can't play the scenario, or not in that part, with the reason below."""

import os
import sys
import xml.etree.ElementTree as xml
from dataclasses import dataclass

from programs import PAIRINGS

NAME_WIDTH = 100
NOTE = "note"


@dataclass
class Result:
    scenario: str
    case: str
    outcome: str  # "ok", "FAILED", "n/a"
    seconds: float
    message: str


def count(results):
    outcomes = [result.outcome for result in results]
    return outcomes.count("ok"), outcomes.count("FAILED")


# ---- Reports

def _path(folder, pairing):
    return os.path.join(folder, pairing + ".xml")


def _clean(text):
    """What XML 1.0 can hold."""
    return "".join(one if one >= " " or one == "\n" else "?" for one in text)


def write_report(folder, pairing, results, note=""):
    """JUnit; None takes an earlier one away. `note`: what is to be said of the pairing."""
    os.makedirs(folder, exist_ok=True)
    if results is None:
        if os.path.exists(_path(folder, pairing)):
            os.remove(_path(folder, pairing))
        return
    suite = xml.Element("testsuite", name=pairing, tests=str(len(results)))
    if note:
        xml.SubElement(xml.SubElement(suite, "properties"), "property", name=NOTE, value=note)
    for result in results:
        case = xml.SubElement(suite, "testcase", classname=result.scenario, name=result.case or result.scenario,
                              time=f"{result.seconds:.3f}")
        if result.outcome == "FAILED":
            xml.SubElement(case, "failure", message=_clean(result.message.split("\n")[0])).text = _clean(result.message)
        elif result.outcome == "n/a":
            xml.SubElement(case, "skipped", message=result.message)
    xml.indent(suite)
    xml.ElementTree(suite).write(_path(folder, pairing), encoding="utf-8", xml_declaration=True)


def read_report(path):
    """The results, and what is to be said of the pairing."""
    results = []
    suite = xml.parse(path).getroot()
    for case in suite.findall("testcase"):
        failure, skipped = case.find("failure"), case.find("skipped")
        outcome = "FAILED" if failure is not None else "n/a" if skipped is not None else "ok"
        message = failure.text if failure is not None else skipped.get("message") if skipped is not None else ""
        results.append(Result(case.get("classname"), case.get("name"), outcome, float(case.get("time")), message))
    note = suite.find(f"properties/property[@name='{NOTE}']")
    return results, "" if note is None else note.get("value")


# ---- The table

def _cell(results, reasons):
    parts = []
    played = [result.outcome for result in results if result.outcome != "n/a"]
    failed = played.count("FAILED")
    if failed:
        parts.append("FAILED" if len(played) == 1 else f"FAILED {failed}/{len(played)}")
    elif played:
        parts.append("ok" if len(played) == 1 else f"ok {len(played)}")
    for reason in dict.fromkeys(result.message for result in results if result.outcome == "n/a"):
        if reason not in reasons:
            reasons.append(reason)
        parts.append(f"n/a {reasons.index(reason) + 1}")
    return " ".join(parts) or "-"


def _wrapped(name):
    lines = [""]
    for word in name.split(" "):
        if len(lines[-1]) + len(word) + 1 > NAME_WIDTH:
            lines.append("  ")
        lines[-1] += (" " if lines[-1].strip() else "") + word
    return lines


def print_matrix(scenarios, all_results, notes=None):
    pairings = list(all_results)
    widths = [max(len(part) for part in name.split("-")) for name in pairings]
    widths = [max(width, 11) for width in widths]
    heads = [name.split("-", 1) for name in pairings]
    reasons = []
    for row in range(2):
        print(" " * NAME_WIDTH + "  " + "  ".join(f"{head[row]:{width}}" for head, width in zip(heads, widths)).rstrip())
    for scenario in scenarios:
        cells = [_cell([result for result in all_results[name] if result.scenario == scenario], reasons) for name in pairings]
        lines = _wrapped(scenario)
        for line in lines[:-1]:
            print(line)
        print(f"{lines[-1]:{NAME_WIDTH}}  " + "  ".join(f"{cell:{width}}" for cell, width in zip(cells, widths)).rstrip())
    if reasons:
        print("\nn/a, not applicable:")
        for number, reason in enumerate(reasons, 1):
            print(f"{number:3}  {reason}")
    print()
    for name in pairings:
        passed, failed = count(all_results[name])
        note = (notes or {}).get(name)
        print(f"{name}: {passed} passed, {failed} failed" + (f" ({note})" if note else ""))


def print_reports(folder, pairings):
    """Of those pairings that have one there."""
    reports = {name: read_report(_path(folder, name)) for name in pairings if os.path.exists(_path(folder, name))}
    all_results = {name: results for name, (results, _) in reports.items()}
    scenarios = list(dict.fromkeys(result.scenario for results in all_results.values() for result in results))
    print_matrix(scenarios, all_results, {name: note for name, (_, note) in reports.items()})


if __name__ == "__main__":
    print_reports(sys.argv[1], PAIRINGS)
