"""Drives `portico peer` by its contract: JSON lines in, JSON lines out. The program of these tests is named by PORTICO;
tests/conformance brings others."""

import json
import os
import subprocess
import sys
import threading
import time
import unittest

from signalling import ORTC, SDP, is_description, is_signal

PROGRAM = os.environ.get("PORTICO", "").split()
# Every wait ends when the thing happens; this is for a thing that never does.
PATIENCE = 60.0
# The other side of a test is on the same machine: no interface has to be up.
# PORTICO_LOCAL says it otherwise, "--bridge ws://127.0.0.1:8080" for instance.
LOCAL = os.environ.get("PORTICO_LOCAL", "--bind 127.0.0.1").split()
BRIDGED = "--bridge" in LOCAL
# PORTICO is the npm package's command.
NPM = os.environ.get("PORTICO_NPM") == "1"


def start_program(arguments):
    return subprocess.Popen([*PROGRAM, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class Peer:
    """One `portico peer`, which signals by ORTC or SDP. `on_line` sees every line from the reading thread. `start` gives a
    process, or what behaves like one, for a list of arguments."""

    patience = PATIENCE

    def __init__(self, *arguments, bind=LOCAL, start=start_program, signalling=ORTC):
        self.stderr = ""  # once it has ended
        self.process = start(["peer", *signalling, *bind, *arguments])
        self.lines = []
        self.on_line = lambda line: None
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        try:
            for raw in self.process.stdout:
                if not raw.endswith(b"\n") and self.process.wait(self.patience) < 0:
                    break  # it was killed while it wrote
                line = json.loads(raw)  # a line that is no JSON breaks the contract
                with self._changed:
                    self.lines.append(line)
                    on_line = self.on_line  # of this moment: carry_signalling() looks through the earlier lines
                    self._changed.notify_all()
                on_line(line)
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def send(self, line):
        """A dict, or raw bytes for what is wrong on purpose. A peer that has left hears nothing."""
        raw = line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n"
        try:
            self.process.stdin.write(raw)
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):  # it has left, or its input was ended
            pass

    def command(self, command, **members):
        self.send({"command": command, **members})

    def end_input(self):
        self.process.stdin.close()

    def mark(self):
        """A place in the history, for `since`."""
        with self._changed:
            return len(self.lines)

    def wait(self, event, since=0, **members):
        """The first event so called with these members."""
        return self._wait(lambda line: line.get("event") == event and
                          all(line.get(key) == value for key, value in members.items()), since,
                          f"{event} {members}")

    def wait_description(self, since=0, kind=None):
        """The first line of signalling that is no candidate; of SDP's, one of this type."""
        return self._wait(lambda line: is_description(line) and kind in (None, line.get("type")), since,
                          f"a description ({kind})")

    def wait_candidate(self, candidate, since=0):
        """In a line of its own; "" is the end of them."""
        return self._wait(lambda line: line.get("candidate") == candidate, since, f"the candidate {candidate!r}")

    def descriptions(self):
        with self._changed:
            return [line for line in self.lines if is_description(line)]

    def _wait(self, matches, since, what):
        deadline = time.monotonic() + self.patience
        with self._changed:
            looked_at = since
            while True:
                for line in self.lines[looked_at:]:
                    if matches(line):
                        return line
                looked_at = len(self.lines)
                left = deadline - time.monotonic()
                if self._ended or left <= 0 or not self._changed.wait(left):
                    why = "ended" if self._ended else "kept silent"
                    tail = "\n".join(json.dumps(line)[:200] for line in self.lines[-20:])
                    raise AssertionError(f"the peer {why} without {what}; its last lines:\n{tail}")

    def events(self, event, **members):
        with self._changed:
            return [line for line in self.lines if line.get("event") == event and
                    all(line.get(key) == value for key, value in members.items())]

    def wait_exit(self):
        status = self.process.wait(self.patience)
        self._thread.join(self.patience)
        return status

    def end(self):
        """For tearing down: whatever happened, the process is gone after it."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(self.patience)
        self._thread.join(self.patience)
        if not self.process.stderr.closed:
            self.stderr = self.process.stderr.read().decode(errors="replace")
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except BrokenPipeError:
                pass


def carry(teller, listener, change=lambda line: line, since=0):
    """From now on the listener hears the teller's signalling, also that of later negotiations."""
    with teller._changed:  # what it says now comes after what it has said
        teller.on_line = lambda line: listener.send(change(line)) if is_signal(line) else None
        for line in teller.lines[since:]:
            teller.on_line(line)


def carry_signalling(first, second):
    """Both ways."""
    carry(first, second)
    carry(second, first)


def keep_signalling(*peers):
    """From now on nobody hears of it."""
    for peer in peers:
        with peer._changed:
            peer.on_line = lambda line: None


class PeerTest(unittest.TestCase):
    """Tests that start peers."""

    signalling = ORTC

    def peer(self, *arguments, **options):
        peer = Peer(*arguments, signalling=self.signalling, **options)
        self.addCleanup(peer.end)
        return peer

    def pair(self, offer=(), answer=(), **options):
        """Two peers that hear each other's signalling, also that of later negotiations."""
        first = self.peer("--offer", *offer, **options)
        second = self.peer("--answer", *answer, **options)
        carry_signalling(first, second)
        return first, second

    def connected(self, offer=(), answer=(), label="data", **options):
        """A pair whose channel `label` is open on both sides."""
        first, second = self.pair(offer, answer, **options)
        first.wait("open", label=label)
        second.wait("open", label=label)
        return first, second

    def assert_exits(self, peer, status):
        got = peer.wait_exit()
        if got != status:
            lines = "\n".join(json.dumps(line)[:200] for line in peer.lines[-20:])
            self.fail(f"status {got}, expected {status}; last lines:\n{lines}\n{peer.process.stderr.read().decode()}")


def with_either_signalling(tests):
    """For a class of tests, which is one of ORTC: another of the same tests with SDP is beside it."""
    name = tests.__name__ + "BySdp"
    setattr(sys.modules[tests.__module__], name, type(name, (tests,), {"signalling": SDP, "__module__": tests.__module__}))
    return tests


def run(*arguments, input=b""):
    """The program to its end: status, standard output, standard error."""
    done = subprocess.run([*PROGRAM, *arguments], input=input, capture_output=True, timeout=PATIENCE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()
