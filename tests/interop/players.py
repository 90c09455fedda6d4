"""Who meets whom: our programs, and those of others, each of which keeps CLI.md's contract with SDP.

Where they lie can be told by the environment, as tests/conformance/programs.py says; PORTICO_SYSTEM_PYTHON is the interpreter
that has aiortc."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Callable

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, "..", "conformance"), os.path.join(HERE, "..", "cli")]
from browsers import Browser  # noqa: E402
from programs import NATIVE, NODE, PACKAGE, command, process  # noqa: E402

# Debian's python3-aiortc is for this one alone.
SYSTEM_PYTHON = command("PORTICO_SYSTEM_PYTHON", "/usr/bin/python3")

# The one side is ours, the other somebody else's.
PORTICO = "portico"
OTHER = "other"
SIDES = (PORTICO, OTHER)


def other_than(side):
    return SIDES[1 - SIDES.index(side)]


# What a scenario may need of the other side, and a program lack for a reason.
TRICKLE = "trickling"
RESTART = "ICE restarts"
EAGER = "checks without an answer"
MEDIA = "audio and video to offer"
NAMES = "host names in place of addresses"
GOODBYE = "a goodbye when it is killed"
BUNDLE = "a bundle without its first section"
LARGE = "messages over 64 KiB"
NON_ASCII = "labels beyond ASCII"
PARITY = "ids by the DTLS role"
TCP = "candidates over TCP"

LACKS = {
    "chromium": {GOODBYE: "a page that is closed says nothing, and consent ends in its time",
                 BUNDLE: "where its own is max-bundle it refuses the answer: \"Failed to setup RTCP mux\""},
    "firefox": {EAGER: "it waits for the answer"},
    "aiortc": {
        GOODBYE: "it is a process",
        TCP: "it pairs those over UDP alone",
        TRICKLE: "it has no event for a candidate",
        RESTART: "it has no restartIce",
        EAGER: "it has no restartIce",
        MEDIA: "it takes no answer that rejects a section",
        NAMES: "it tells addresses",
        LARGE: "it takes 64 KiB, as its description says",
        NON_ASCII: "in DATA_CHANNEL_OPEN it counts characters for bytes",
        PARITY: "it has even ids where it is controlled by ICE, whatever its DTLS role",
    },
}


@dataclass(frozen=True)
class Player:
    name: str
    version: str
    start: Callable  # of a list of arguments; gives a process, or what behaves like one
    start_hiding: Callable = None  # the same with mDNS names in place of addresses
    lacks: dict = field(default_factory=dict)  # what it can't: why


def native():
    return Player("native", "", process(NATIVE))


def node():
    return Player("node", "", process(NODE), lacks={TCP: "the native program alone has them"})


def browser(kind):
    def make():
        running = Browser.running(kind, PACKAGE, os.path.join(HERE, "browsers"))
        return Player(kind, running.version, lambda arguments: running.start("other", arguments),
                      lambda arguments: running.start("hiding", arguments), LACKS[kind])
    return make


def aiortc():
    version = subprocess.run([*SYSTEM_PYTHON, "-c", "import aiortc; print(aiortc.__version__)"], capture_output=True, check=True,
                             text=True).stdout.strip()
    return Player("aiortc", f"aiortc {version}", process([*SYSTEM_PYTHON, "-B", os.path.join(HERE, "aiortc/sdp_peer.py")]),
                  lacks=LACKS["aiortc"])


@dataclass(frozen=True)
class Pairing:
    portico: Callable
    other: Callable


PAIRINGS = {
    "native-chromium": Pairing(native, browser("chromium")),
    "native-firefox": Pairing(native, browser("firefox")),
    "node-chromium": Pairing(node, browser("chromium")),
    "node-firefox": Pairing(node, browser("firefox")),
    "native-aiortc": Pairing(native, aiortc),
    "node-aiortc": Pairing(node, aiortc),
}
