"""One scenario with its two peers: brings them on, carries their signalling, lets the steps run, and leaves nothing behind."""

from dataclasses import dataclass, field
from functools import partial
from typing import Callable, Sequence

from players import OTHER, PORTICO, SIDES, other_than

import contract
import peer as cli
from signalling import SDP, is_signal
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
    changes: Callable = None  # of (stage, teller, line): what the other side gets in place of the line
    needs: Sequence = ()  # what the other side must be able to do
    has: Sequence = ()  # what our side must be able to do
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
    for player, wants in ((other, scenario.needs), (portico, scenario.has)):
        for need in wants:
            if need in player.lacks:
                return [], f"{player.name} lacks {need}: {player.lacks[need]}"
    return [Case(scenario, {PORTICO: portico, OTHER: other}, offerer) for offerer in scenario.offers], None


class Meeting(Stage):
    def __init__(self, case):
        super().__init__(case.scenario, case.players, None)
        self.offerer = case.offerer

    def _prepare(self):
        for side in SIDES:
            role = "--offer" if side == self.offerer else "--answer"
            player = self.programs[side]
            start = player.start_hiding if self.scenario.hiding and side == OTHER else player.start
            path = ["--bind", "127.0.0.1"] if side == PORTICO and not self.scenario.hiding else []
            self.peers[side] = cli.Peer(role, *self.scenario.arguments[side], bind=path, start=start, signalling=SDP)
            self.peers[side].patience = PATIENCE_SECONDS
        self.carry(dict.fromkeys(SIDES, 0))
        self.mark()

    def hold(self, *sides):
        """From now on nobody hears of these."""
        cli.keep_signalling(*[self.peers[side] for side in sides])

    def carry(self, since):
        """`since`: by side, where in its lines to begin."""
        for side, line in since.items():
            change = partial(self.scenario.changes, self, side) if self.scenario.changes else lambda line: line
            cli.carry(self.peers[side], self.peers[other_than(side)], change, line)

    def _check(self):
        lines = [line for line in self.peers[PORTICO].lines if not is_signal(line)]
        contract.check(PORTICO, lines)
        for side, peer in self.peers.items():
            wanted = self.scenario.errors.get(side, [])
            if wanted is not None:
                require_equal([line["name"] for line in peer.events("error")], wanted, f"the errors of {side}")
