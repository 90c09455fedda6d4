"""The words that scenarios are written in. A step is a function of the stage, on which the two peers are; a wait ends when
the thing happens, and fails when it does not happen in the stage's patience."""

import base64
import hashlib
import os
import signal

OFFERER = "offerer"
ANSWERER = "answerer"
SIDES = (OFFERER, ANSWERER)
# The one peer of a scenario about a single program.
ALONE = "peer"


class Failed(AssertionError):
    """A scenario did not go as it should."""


def require(fact, sentence):
    if not fact:
        raise Failed(sentence)


def require_equal(got, wanted, of_what):
    require(got == wanted, f"{of_what}: {got!r} in place of {wanted!r}"[:1000])


def binary(size):
    """`size` bytes, always the same, as base64."""
    return base64.b64encode(hashlib.shake_256(size.to_bytes(4, "big")).digest(size)).decode()


def ascii_text(size):
    return "".join(chr(0x20 + byte % 95) for byte in hashlib.shake_256(b"text").digest(size))


def file_of(size):
    """A file for --send; the scenario's arguments name it."""
    return os.urandom(size)


# ---- What a peer is told

def writes(side, line):
    """A line on standard input: a dict, or bytes for what is wrong on purpose."""
    def step(stage):
        stage.mark()
        stage.peers[side].send(line)
    return step


def tells(side, command, **members):
    return writes(side, {"command": command, **members})


def sends(side, label="data", **content):
    return tells(side, "send", label=label, **content)


def ends_input(side):
    return lambda stage: stage.peers[side].end_input()


def kills(side):
    def step(stage):
        stage.mark()
        stage.gone.add(side)
        stage.peers[side].process.kill()
    return step


def terminates(side):
    return lambda stage: stage.peers[side].process.send_signal(signal.SIGTERM)


def kills_bridge(stage):
    stage.mark()
    stage.bridge.kill()


def starts_bridge(stage):
    stage.bridge.start()


# ---- What is waited for

def opened(label="data", **members):
    """The channel is open on both sides."""
    def step(stage):
        for peer in stage.peers.values():
            peer.wait("open", label=label, **members)
    return step


def hears(side, event, **members):
    """An event of this side, at any time."""
    return lambda stage: stage.peers[side].wait(event, **members)


def answers(side, event, **members):
    """An event of this side, since anything was told to either."""
    return lambda stage: stage.peers[side].wait(event, stage.marks[side], **members)


def both_hear(event, **members):
    def step(stage):
        for side in stage.peers:
            hears(side, event, **members)(stage)
    return step


def exits(side, status):
    def step(stage):
        got = stage.peers[side].wait_exit()
        if got != status:
            raise Failed(f"the {side} left with status {got} in place of {status}")
    return step


def both_exit(status=0):
    def step(stage):
        for side in stage.peers:
            exits(side, status)(stage)
    return step


def repeat(count, make):
    """`make(number)` is a step or a list of them."""
    def step(stage):
        for number in range(count):
            made = make(number)
            for one in made if isinstance(made, (list, tuple)) else [made]:
                one(stage)
    return step


# ---- What is looked at afterwards

def texts(stage, side, label="data"):
    return [line.get("text") for line in stage.peers[side].events("message", label=label)]


def heard_in_order(side, wanted, label="data"):
    wanted = list(wanted)
    return lambda stage: require_equal(texts(stage, side, label), wanted, f"what the {side} heard on {label}")


def heard_nothing_of(side, event, **members):
    return lambda stage: require_equal(stage.peers[side].events(event, **members), [], f"the {side}'s {event} lines")
