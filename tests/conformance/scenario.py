"""What a scenario is, and which of a pairing's programs play it."""

from dataclasses import dataclass, field, replace
from typing import Optional, Sequence

from programs import BRIDGE
from steps import ALONE, ANSWERER, OFFERER, SIDES, both_exit, tells

STOPPED_BY_OFFERER = (tells(OFFERER, "stop"), both_exit(0))
STOPPED = (tells(ALONE, "stop"), both_exit(0))


@dataclass(frozen=True)
class Scenario:
    name: str  # a sentence
    steps: Sequence
    arguments: dict = field(default_factory=dict)  # by side; a side that is not there has no peer
    sides: Sequence = SIDES
    needs: dict = field(default_factory=dict)  # by side: what its program must be able to do
    files: dict = field(default_factory=dict)  # in {folder}: their sizes
    errors: dict = field(default_factory=dict)  # by side: the names, in order; None: the steps look at them
    ending: Sequence = STOPPED_BY_OFFERER
    own_bridge: Optional[str] = None  # the side that has a bridge to itself
    own_path: bool = False  # the arguments have all of it
    signalling: bool = True  # the peers hear of each other
    both_ways: bool = False  # it makes a difference which of the two programs offers
    long: bool = False  # it waits for a limit of the protocol
    sdp: bool = False  # they signal by SDP, otherwise by ORTC's parameters
    either: bool = False  # it holds for both: by_sdp() makes another of it


def pair(name, steps, offerer=(), answerer=(), **more):
    return Scenario(name, steps, {OFFERER: list(offerer), ANSWERER: list(answerer)}, **more)


def single(name, steps, arguments=("--offer",), **more):
    """About one program, without another side."""
    more.setdefault("ending", STOPPED)
    more.setdefault("errors", {ALONE: None})
    return Scenario(name, steps, {ALONE: list(arguments)} if arguments is not None else {}, sides=(ALONE,), **more)


def by_sdp(scenarios):
    return [replace(scenario, name=f"by SDP, {scenario.name}", sdp=True) for scenario in scenarios if scenario.either]


def on_each_side(make):
    """A scenario for each side as the subject: `make(side, other)`."""
    return [make(OFFERER, ANSWERER), make(ANSWERER, OFFERER)]


@dataclass(frozen=True)
class Case:
    """A scenario and who plays it."""
    scenario: Scenario
    programs: dict  # by side

    @property
    def name(self):
        how = "" if self.scenario.sides == (ALONE,) else " offers"
        return f"{self.scenario.name} ({self.programs[self.scenario.sides[0]].name}{how})"


def _lacking(scenario, programs):
    for side, wanted in scenario.needs.items():
        for need in wanted:
            if need in programs[side].lacks:
                return f"{programs[side].name} lacks {need}: {programs[side].lacks[need]}"
    if scenario.own_bridge and BRIDGE in programs[scenario.own_bridge].lacks:
        lacking = programs[scenario.own_bridge]
        return f"{lacking.name} uses no bridge: {lacking.lacks[BRIDGE]}"
    return None


def cast(scenario, one, other):
    """The cases of a scenario in a pairing, and the reasons why a way to play it is none."""
    if scenario.sides == (ALONE,):
        ways = [{ALONE: one}, {ALONE: other}]
    else:
        ways = [{OFFERER: one, ANSWERER: other}, {OFFERER: other, ANSWERER: one}]
    if one.name == other.name:
        ways = ways[:1]
    reasons = [_lacking(scenario, programs) for programs in ways]
    cases = [Case(scenario, programs) for programs, reason in zip(ways, reasons) if not reason]
    if cases and not scenario.both_ways and scenario.sides == SIDES:
        cases = cases[:1]
    return cases, [reason for reason in reasons if reason]
