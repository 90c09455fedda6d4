"""One scenario with its peers: brings them on, lets the steps run, looks at what was said, and leaves nothing behind."""

import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import contract  # noqa: E402
import peer as cli  # noqa: E402
from signalling import ORTC, SDP  # noqa: E402
from steps import ANSWERER, ALONE, OFFERER, Failed, file_of, require_equal  # noqa: E402

# Every wait ends when the thing happens; this is for a thing that never does.
PATIENCE_SECONDS = 20
# For what happens after a limit of the protocol: consent is lost after 30 s (RFC 7675 §5.1).
LONG_PATIENCE_SECONDS = 70


class Stage:
    def __init__(self, scenario, programs, bridges):
        """`programs`: by side. `bridges` gives this pairing's bridge, or one of the scenario's own."""
        self.scenario = scenario
        self.programs = programs
        self.peers = {}
        self.marks = {}
        self.gone = set()
        self.bridge = None  # the scenario's own, which it may kill
        self._bridges = bridges
        self._folder = None

    def run(self):
        with tempfile.TemporaryDirectory(prefix="portico-") as self._folder:
            try:
                self._prepare()
                for step in self.scenario.steps:
                    step(self)
                for step in self.scenario.ending:
                    step(self)
                self._check()
            except Exception as problem:
                raise Failed(f"{type(problem).__name__}: {problem}\n{self._account()}") from problem
            finally:
                for peer in self.peers.values():
                    peer.end()
                if self.bridge:
                    self.bridge.end()

    def path(self, name):
        return os.path.join(self._folder, name)

    def mark(self):
        """What `answers` waits for comes after it."""
        for side, peer in self.peers.items():
            self.marks[side] = peer.mark()

    def arguments(self, side):
        values = {"{folder}": self._folder, "{bridge}": self._bridges.shared.url if self._bridges.shared else ""}
        arguments = self.scenario.arguments[side]
        for name, value in values.items():
            arguments = [argument.replace(name, value) for argument in arguments]
        return arguments

    def start(self, side, arguments):
        """The side's program with these arguments alone."""
        return self.programs[side].start(arguments)

    def _prepare(self):
        for name, size in self.scenario.files.items():
            with open(self.path(name), "wb") as file:
                file.write(file_of(size))
        if self.scenario.own_bridge:
            self.bridge = self._bridges.make()
        for side in self.scenario.arguments:
            self._bring_on(side)
        if self.scenario.signalling and len(self.peers) == 2:
            cli.carry_signalling(self.peers[OFFERER], self.peers[ANSWERER])
        self.mark()

    def _bring_on(self, side):
        program = self.programs[side]
        bridge = self.bridge if side == self.scenario.own_bridge else self._bridges.shared
        path = [] if self.scenario.own_path else program.path_arguments(bridge)
        role = {OFFERER: ["--offer"], ANSWERER: ["--answer"], ALONE: []}[side]
        signalling = SDP if self.scenario.sdp else ORTC
        peer = cli.Peer(*role, *self.arguments(side), bind=path, start=program.start, signalling=signalling)
        peer.patience = LONG_PATIENCE_SECONDS if self.scenario.long else PATIENCE_SECONDS
        self.peers[side] = peer

    def _check(self):
        for side, peer in self.peers.items():
            contract.check(side, peer.lines)
            wanted = self.scenario.errors.get(side, [])
            if wanted is not None and side not in self.gone:
                require_equal([line["name"] for line in peer.events("error")], wanted, f"the {side}'s errors")

    def _account(self):
        """What each peer said last, for the one who reads that it failed."""
        parts = []
        for side, peer in self.peers.items():
            status = peer.process.poll()
            peer.end()
            lines = [json.dumps(line, ensure_ascii=False)[:240] for line in peer.lines[-14:]]
            parts.append(f"-- the {side} ({self.programs[side].name}), {'alive' if status is None else f'gone with status {status}'}, said last:\n" + "\n".join(lines) +
                         (f"\n-- and on standard error:\n{peer.stderr[-2000:]}" if peer.stderr else ""))
        if self.bridge:
            parts.append("-- the bridge said last:\n" + self.bridge.log()[-1500:])
        return "\n".join(parts)
