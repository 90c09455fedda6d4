"""Usage: node_bench.py [--only NAME]… [--json FILE] [--seconds N]

Node and native on one machine, by node:dgram and over the bridge, and two native peers for comparison: what a connection carries
and costs, and how large the module is. The programs are found as in tests/conformance/programs.py. NAME is one of throughput,
latency, connect, size."""

import argparse
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../conformance"), os.path.join(HERE, "../cli")]
import peer as cli  # noqa: E402
import programs  # noqa: E402
from bridges import Bridge  # noqa: E402

UNLIMITED = [part for who in ("socket", "token", "address") for what in ("bytes", "packets")
             for part in (f"--{who}-{what}", "0")]
PINGS = 2000
CONNECTS = 10
TICKS = os.sysconf("SC_CLK_TCK")


class Report:
    """As tests/bench/report.h has it."""

    def __init__(self):
        self.rows = []

    def add(self, what, value, unit, goal=""):
        self.rows.append({"what": what, "value": value, "unit": unit, "goal": goal})
        print(f"{what:66} {value:12.1f} {unit:12} {goal}".rstrip(), flush=True)


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Path:
    """Two programs and what is between them."""

    def __init__(self, name, one, other, bridge=None):
        self.name = name
        self.one, self.other = one, other
        self.bridge = bridge

    def ways(self):
        return [(self.one, self.other)] if self.one.name == self.other.name else [(self.one, self.other), (self.other, self.one)]

    def start(self, program, *arguments):
        return cli.Peer(*arguments, bind=program.path_arguments(self.bridge), start=program.start)

    def pair(self, offerer, answerer, offer=(), answer=()):
        return self.start(offerer, "--offer", *offer), self.start(answerer, "--answer", *answer)


def throughput(path, report, seconds):
    for offerer, answerer in path.ways():
        sender, receiver = path.pair(offerer, answerer, ["--flood", str(seconds), "--size", "65536"], ["--quiet"])
        try:
            watched = {f"{offerer.name} sends": sender.process, f"{answerer.name} receives": receiver.process}
            if path.bridge:
                watched["the bridge"] = path.bridge.process
            cli.carry_signalling(sender, receiver)
            receiver.wait("open")
            before = {name: cpu_seconds(process) for name, process in watched.items()}
            done = sender.wait("done", direction="send")
            used = {name: cpu_seconds(process) - before[name] for name, process in watched.items()}
        finally:
            sender.end()
            receiver.end()
        what = f"{path.name}: {offerer.name} to {answerer.name}, 64 KiB messages"
        report.add(what, done["bytes"] / done["seconds"] / 1e6, "MB/s")
        for name, one in used.items():
            report.add(f"  CPU, {name}", one / done["bytes"] * 1e9, "s/GB")


def latency(path, report, _):
    for offerer, answerer in path.ways():
        asking, echoing = path.pair(offerer, answerer, ["--ping", str(PINGS)], ["--echo", "--quiet"])
        try:
            cli.carry_signalling(asking, echoing)
            ping = asking.wait("ping")
        finally:
            asking.end()
            echoing.end()
        for percentile in ("p50", "p99"):
            report.add(f"{path.name}: round trip of 100 bytes, {offerer.name} asks, {percentile}", ping[percentile], "us")


def median(values):
    return sorted(values)[len(values) // 2]


def connect(path, report, _):
    """From the exchange of parameters, when both sides have gathered, to a channel that is open on both."""
    for offerer, answerer in path.ways():
        starts, times = [], []
        for _ in range(CONNECTS):
            began = time.monotonic()
            one, other = path.pair(offerer, answerer)
            try:
                one.wait_description()
                other.wait_description()
                gathered = time.monotonic()
                cli.carry_signalling(one, other)
                one.wait("open")
                other.wait("open")
                times.append(1000 * (time.monotonic() - gathered))
                starts.append(1000 * (gathered - began))
            finally:
                one.end()
                other.end()
        report.add(f"{path.name}: connect, {offerer.name} offers", median(times), "ms")
        report.add("  before it, starting both programs and gathering", median(starts), "ms")


def size(report):
    path = os.path.join(programs.PACKAGE, "dist/portico.wasm")
    script = """const { gzipSync, brotliCompressSync, constants } = require("zlib");
    const raw = require("fs").readFileSync(process.argv[1]);
    const brotli = brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } });
    console.log(JSON.stringify([raw.length, gzipSync(raw, { level: 9 }).length, brotli.length]));"""
    sizes = json.loads(subprocess.run(["node", "-e", script, path], check=True, capture_output=True).stdout)
    for how, value, goal in zip(("raw", "gzip", "brotli"), sizes, ("", "", "at most 400")):
        report.add(f"portico.wasm, {how}", value / 1000, "KB", goal)


def goals(report):
    """issue 3: 40 MB/s over dgram, and 70 % of that over the bridge."""
    rates = {row["what"]: row["value"] for row in report.rows if row["unit"] == "MB/s"}
    for what, value in rates.items():
        if what.startswith("dgram"):
            over_bridge = rates[what.replace("dgram", "bridge")]
            way = what.split(": ")[1].split(",")[0]
            report.add(f"{way}: over the bridge, of what dgram has", 100 * over_bridge / value, "%", "70")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--only", action="append", choices=("throughput", "latency", "connect", "size"))
    parser.add_argument("--json")
    parser.add_argument("--seconds", type=float, default=5)
    arguments = parser.parse_args()
    wanted = arguments.only or ["throughput", "latency", "connect", "size"]
    report = Report()
    bridge = Bridge(*UNLIMITED)
    try:
        paths = [Path("native", programs.native(), programs.native()), Path("dgram", programs.native(), programs.node_dgram()),
                 Path("bridge", programs.native(), programs.node_bridge(), bridge)]
        for measure in (throughput, latency, connect):
            if measure.__name__ in wanted:
                for path in paths:
                    measure(path, report, arguments.seconds)
    finally:
        bridge.end()
    if "throughput" in wanted:
        goals(report)
    if "size" in wanted:
        size(report)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(report.rows, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
