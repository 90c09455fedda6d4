"""The programs that keep the CLI contract, how one of each is started, and which of them are paired.

Where they lie can be told by the environment: PORTICO_NATIVE, PORTICO_NODE and PORTICO_BRIDGE (of bridges.py) are commands,
PORTICO_PACKAGE is the npm package's folder, PORTICO_CHROMIUM and PORTICO_FIREFOX are the browsers."""

import os
import subprocess
from dataclasses import dataclass, field
from typing import Callable

from browsers import Browser

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGE = os.environ.get("PORTICO_PACKAGE", os.path.join(ROOT, "wasm"))


def command(variable, *default):
    return os.environ[variable].split() if variable in os.environ else list(default)


NATIVE = command("PORTICO_NATIVE", os.path.join(ROOT, "build/release/native/command/portico"))
NODE = command("PORTICO_NODE", "node", os.path.join(PACKAGE, "dist/portico.js"))

# What a scenario may need of a program, and a program lack for a reason.
FILES = "files"
PORTS = "a port range"
LITE = "ICE-lite"
MULTICAST = "multicast"
BRIDGE = "a bridge"
SIGNALS = "signals"
BYTES = "bytes for input"
COMMAND_LINE = "a command line"

NO_BRIDGE = {BRIDGE: "it has the machine's own UDP"}
OVER_BRIDGE = {PORTS: "the bridge chooses the ports", MULTICAST: "the bridge carries none",
               LITE: "a lite agent asks nobody, and the bridge passes data only to who has answered"}
IN_BROWSER = {FILES: "a page has no files", SIGNALS: "a page gets no signals", BYTES: "a page gets its lines as strings",
              COMMAND_LINE: "a page has no status, help or version to show"}


@dataclass(frozen=True)
class Program:
    name: str
    start: Callable  # of a list of arguments; gives a process, or what behaves like one
    lacks: dict = field(default_factory=dict)  # what it can't: why

    def path_arguments(self, bridge):
        """How it gets to the other side, which is on this machine."""
        if BRIDGE in self.lacks:
            return ["--bind", "127.0.0.1"]
        return ["--bridge", f"{bridge.url},{bridge.token()}"]


def process(argv):
    return lambda arguments: subprocess.Popen([*argv, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                              stderr=subprocess.PIPE)


def native():
    return Program("native", process(NATIVE), NO_BRIDGE)


def node_dgram():
    return Program("node-dgram", process(NODE), NO_BRIDGE)


def node_bridge():
    return Program("node-bridge", process(NODE), OVER_BRIDGE)


def in_browser(name, kind, place):
    def make():
        browser = Browser.running(kind, PACKAGE)
        return Program(name, lambda arguments: browser.start(place, arguments), {**OVER_BRIDGE, **IN_BROWSER})
    return make


@dataclass(frozen=True)
class Pairing:
    """Two programs; each of them offers where that can make a difference."""
    one: Callable
    other: Callable
    with_bridge: bool = True


PAIRINGS = {
    "native-native": Pairing(native, native, with_bridge=False),
    "native-node-dgram": Pairing(native, node_dgram, with_bridge=False),
    "native-node-bridge": Pairing(native, node_bridge),
    "node-node-bridge": Pairing(node_bridge, node_bridge),
    "native-chromium-page": Pairing(native, in_browser("chromium-page", "chromium", "page")),
    "native-firefox-page": Pairing(native, in_browser("firefox-page", "firefox", "page")),
    "native-chromium-worker": Pairing(native, in_browser("chromium-worker", "chromium", "worker")),
}
