"""One scenario with its two peers: brings them on, carries their signalling, lets the steps run, and leaves nothing behind."""

import threading
from dataclasses import dataclass, field
from typing import Callable, Sequence

from players import OTHER, PORTICO, SIDES, other_than

import contract
import peer as cli
from stage import Stage
from steps import exits, require_equal, tells

STOPPED = (tells(PORTICO, "stop"), exits(PORTICO, 0))
# Every wait ends when the thing happens; this is for a thing that never does.
PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Scenario:
    name: str  # a sentence
    steps: Sequence
    arguments: dict = field(default_factory=dict)  # by side
    offers: Sequence = SIDES  # who may begin: a case for each
    changes: Callable = None  # of (teller, line): what the other side gets in place of the line
    needs: Sequence = ()  # what the other side must be able to do
    errors: dict = field(default_factory=dict)  # by side: the names, in order; None: the steps look at them
    ending: Sequence = STOPPED
    hiding: bool = False  # the other side tells no addresses


def meet(name, steps, portico=(), other=(), **more):
    return Scenario(name, steps, {PORTICO: list(portico), OTHER: list(other)}, **more)


def on_each_side(make):
    """A scenario for each side as the subject: `make(side, other, name)`."""
    return [make(PORTICO, OTHER, "Portico"), make(OTHER, PORTICO, "the other side")]


@dataclass(frozen=True)
class Case:
    scenario: Scenario
    players: dict  # by side
    offerer: str

    @property
    def name(self):
        return f"{self.scenario.name} ({self.players[self.offerer].name} offers)"


def cast(scenario, portico, other):
    """The cases of a scenario in a pairing, and the reason why it has none."""
    for need in scenario.needs:
        if need in other.lacks:
            return [], f"{other.name} lacks {need}: {other.lacks[need]}"
    return [Case(scenario, {PORTICO: portico, OTHER: other}, offerer) for offerer in scenario.offers], None


def is_signalling(line):
    return "sdp" in line or "candidate" in line


class Peer(cli.Peer):
    mode = []

    def wait_description(self, kind, since=0):
        return self._wait(lambda line: line.get("type") == kind, since, kind)["sdp"]

    def candidates(self):
        return [line["candidate"] for line in self.lines if line.get("candidate")]

    def listen(self, on_line):
        """All lines, also those that have come already, in order: a candidate means nothing before its description."""
        turn = threading.Lock()

        def in_turn(line):
            with turn:
                on_line(line)
        with turn:
            with self._changed:
                early = list(self.lines)
                self.on_line = in_turn
            for line in early:
                on_line(line)


class Meeting(Stage):
    def __init__(self, case):
        super().__init__(case.scenario, case.players, None)
        self.offerer = case.offerer
        self.told = []  # (teller, line) of signalling, in order

    def _prepare(self):
        for side in SIDES:
            role = "--offer" if side == self.offerer else "--answer"
            player = self.programs[side]
            start = player.start_hiding if self.scenario.hiding and side == OTHER else player.start
            path = ["--bind", "127.0.0.1"] if side == PORTICO and not self.scenario.hiding else []
            self.peers[side] = Peer(role, *self.scenario.arguments[side], bind=path, start=start)
            self.peers[side].patience = PATIENCE_SECONDS
        for side in SIDES:
            self._carry(side, self.peers[other_than(side)])
        self.mark()

    def _carry(self, teller, listener):
        change = self.scenario.changes or (lambda _, line: line)

        def on_line(line):
            if is_signalling(line):
                self.told.append((teller, line))
                listener.send(change(teller, line))
        self.peers[teller].listen(on_line)

    def _check(self):
        contract.check(PORTICO, [line for line in self.peers[PORTICO].lines if not is_signalling(line)])
        for side, peer in self.peers.items():
            wanted = self.scenario.errors.get(side, [])
            if wanted is not None:
                require_equal([line["name"] for line in peer.events("error")], wanted, f"the errors of {side}")
