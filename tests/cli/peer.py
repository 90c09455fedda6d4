"""Drives `portico peer` by its contract: JSON lines in, JSON lines out. The program of these tests is named by PORTICO;
tests/conformance brings others."""

import json
import os
import subprocess
import threading
import time
import unittest

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
    """One `portico peer --ortc`. `on_line` sees every line from the reading thread. `start` gives a process, or what
    behaves like one, for a list of arguments."""

    patience = PATIENCE
    mode = ["--ortc"]  # how it signals

    def __init__(self, *arguments, bind=LOCAL, start=start_program):
        self.stderr = ""  # once it has ended
        self.process = start(["peer", *self.mode, *bind, *arguments])
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

    def wait_ortc(self, since=0):
        return self._wait(lambda line: "ortc" in line, since, "ortc line")

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


def carry_signalling(first, second):
    """From now on each hears the other's signalling, also that of later ICE restarts."""
    def carry(to):
        return lambda line: to.send(line) if "ortc" in line else None
    for one, other in ((first, second), (second, first)):
        with one._changed:
            one.on_line = carry(other)
            early = [line for line in one.lines if "ortc" in line]
        for line in early:
            other.send(line)


class PeerTest(unittest.TestCase):
    """Tests that start peers."""

    def peer(self, *arguments, **options):
        peer = Peer(*arguments, **options)
        self.addCleanup(peer.end)
        return peer

    def pair(self, offer=(), answer=(), **options):
        """Two peers that hear each other's signalling, also that of later ICE restarts."""
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


def run(*arguments, input=b""):
    """The program to its end: status, standard output, standard error."""
    done = subprocess.run([*PROGRAM, *arguments], input=input, capture_output=True, timeout=PATIENCE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()
