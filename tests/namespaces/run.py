"""Usage: run.py [--report FOLDER] [--only TEXT] [--list]

Peers in network namespaces: behind routers of every kind that nftables makes, with a real STUN and TURN server. Plays each cell of
cells.py and each case of cases.py whose name contains the text, many at once, prints the matrix and the count, and leaves a JUnit
report in FOLDER. Status 0: none failed. Where there can be no namespaces nothing is played: the report says why."""

import argparse
import os
import sys
import threading
import time
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, folder) for folder in ("tests/cli", "tests/conformance", "tests/interop/coturn", "scripts/lib")]

import lab  # noqa: E402
from cases import CASES  # noqa: E402
from cells import CELLS, OTHER_ADDRESS, SERVER  # noqa: E402
from certificates import Authority  # noqa: E402
from coturn import Coturn, over_tls  # noqa: E402
from kinds import CLIENTS, KINDS  # noqa: E402
from print_cells import print_report  # noqa: E402

NAME = "nat-pairs"
STARTING = 3  # pairs that start, and want the processor, at the same time


@dataclass
class Result:
    name: str
    properties: dict = field(default_factory=dict)
    seconds: float = 0
    failure: str = ""
    unplayed: str = ""


def measure(kind, sites):
    """That the network is what it is said to be."""
    behaviour = sites[kind.name, "row"].client.run(sys.executable, os.path.join(HERE, "behaviour.py"), SERVER, OTHER_ADDRESS).strip()
    if behaviour != f"{kind.mapping} {kind.filtering}":
        raise AssertionError(f"mapping and filtering are {behaviour}")
    return {"table": "measured by RFC 5780", "row": "mapping/filtering", "column": kind.name, "outcome": behaviour.replace(" ", "/")}


def play_cell(cell, sites, slots):
    return {"table": cell.table, "row": cell.row.name, "column": cell.column.name, "outcome": cell.play(sites, slots)}


def played(name, play, *arguments):
    began = time.monotonic()
    result = Result(name)
    try:
        result.properties = play(*arguments) or {}
    except Exception as problem:  # whatever it is, it is this case's failure
        result.failure = str(problem) or repr(problem)
        print(f"FAILED {name}\n{result.failure}\n", flush=True)
    result.seconds = time.monotonic() - began
    return result


def play_all(only):
    network = lab.Lab([address.rsplit(".", 1)[1] for address in (SERVER, OTHER_ADDRESS)])
    authority = Authority()
    network.trusted = authority.file
    server = Coturn(*over_tls(authority.issue(addresses=(SERVER,))), f"--aux-server={SERVER}:443",
                    addresses=(SERVER, OTHER_ADDRESS), port=3478, other_port=3479)
    sites = {(kind.name, side): network.site([rules(client) for rules in kind.routers], client)
             for kind in KINDS for side, client in CLIENTS.items()}
    slots = threading.Semaphore(STARTING)
    measuring = [(f"{kind.name} is what it is said to be", measure, kind, sites) for kind in KINDS]
    # What takes longest begins first.
    jobs = [(name, case, network, slots) for name, case in CASES]
    jobs += [(cell.name, play_cell, cell, sites, slots) for cell in sorted(CELLS, key=lambda cell: cell.expected != ["--"])]
    try:
        done = []
        for group in measuring, jobs:
            with ThreadPoolExecutor(len(group)) as pool:
                done += pool.map(lambda job: played(*job), [job for job in group if only in job[0]])
    finally:
        server.end()
        authority.end()
    order = [name for name, *_ in measuring] + [cell.name for cell in CELLS]
    return sorted(done, key=lambda result: order.index(result.name) if result.name in order else len(order))


def write_report(folder, results):
    os.makedirs(folder, exist_ok=True)
    suite = xml.Element("testsuite", name=NAME, tests=str(len(results)))
    for result in results:
        case = xml.SubElement(suite, "testcase", classname=NAME, name=result.name, time=f"{result.seconds:.3f}")
        properties = xml.SubElement(case, "properties")
        for name, value in result.properties.items():
            xml.SubElement(properties, "property", name=name, value=value)
        if result.failure:
            xml.SubElement(case, "failure", message=result.failure.split("\n")[0]).text = result.failure
        if result.unplayed:
            xml.SubElement(case, "skipped", message=result.unplayed)
    xml.indent(suite)
    path = os.path.join(folder, NAME + ".xml")
    xml.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)
    return path


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--report", default=os.path.join(ROOT, "build/namespaces"))
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join([cell.name for cell in CELLS] + [name for name, _ in CASES]))
        return 0
    reason = "" if lab.inside() else lab.reason_against()
    if reason:
        unplayed = f"it takes nftables, and root or user namespaces: {reason}"
        write_report(arguments.report, [Result("pairs of NATs in network namespaces", unplayed=unplayed)])
        print(f"NOT PLAYED: {unplayed}")
        return 0
    lab.enter()
    results = play_all(arguments.only)
    print_report(write_report(arguments.report, results))
    failed = sum(1 for result in results if result.failure)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 0 if results and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
