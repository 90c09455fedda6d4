"""The cells of the matrix: two peers in networks of some kinds, by the contract of `portico peer` alone."""

from dataclasses import dataclass

from kinds import KINDS, expected
from programs import NATIVE, NODE
from signalling import SDP

from peer import Peer, carry_signalling

# Of a failure in ICE: RFC 8863's 39.5 s, once more while checks are under way, and what comes before on a machine that is busy.
PATIENCE = 150.0
SERVER, OTHER_ADDRESS, USER, PASSWORD = "203.0.113.10", "203.0.113.11", "user", "password"
PROGRAMS = {"native": NATIVE, "Node": NODE}

STUN = ["--ice-server", f"stun:{SERVER}:3478"]
TURN_UDP = ["--ice-server", f"turn:{SERVER}:3478,{USER},{PASSWORD}"]
TURN_TCP = ["--ice-server", f"turn:{SERVER}:443?transport=tcp,{USER},{PASSWORD}"]
TURN_TLS = ["--ice-server", f"turns:{SERVER}:443,{USER},{PASSWORD}"]


@dataclass(frozen=True)
class Cell:
    row_program: str
    column_program: str
    row: object  # of KINDS; the row's peer offers, and so controls
    column: object
    turn: bool

    @property
    def table(self):
        return f"{self.row_program} offers to {self.column_program}, {'with' if self.turn else 'without'} TURN"

    @property
    def name(self):
        return f"{self.table}: {self.row.name} and {self.column.name}"

    @property
    def expected(self):
        return expected(self.row, self.column, self.turn)

    @property
    def allowed(self):
        """A better pair is waited for 200 ms only, which a busy machine may need for a check: then a relay does. That the better one is
        preferred is shown in simulated time."""
        if not self.turn or self.expected == ["hh"]:
            return self.expected
        sides = [{kind.towards_relay, "r"} for kind in (self.row, self.column)]
        return [*self.expected, *(one + other for one in sides[0] for other in sides[1] if "r" in one + other)]

    def reasons(self, kind):
        """What a peer there says of a failure."""
        help_is = [] if self.turn else ["has answered over UDP"] if kind.mapping == "-" else ["TURN server"]
        return ["no candidate pair passed its connectivity check", *help_is]

    def play(self, sites, slots):
        """What came of it."""
        with Pair(slots, *((sites[kind.name, side], program, servers_for(kind, self.turn)) for kind, side, program in (
                (self.row, "row", self.row_program), (self.column, "column", self.column_program)))) as pair:
            if self.expected == ["--"]:  # and each says why
                pair.started()
                pair.fails()
                says(pair.first, *self.reasons(self.row))
                says(pair.second, *self.reasons(self.column))
                return "--"
            pair.talk()
            outcome = pair.types()
        if outcome not in self.allowed:
            raise AssertionError(f"{outcome} instead of {' or '.join(self.allowed)}")
        return outcome


def servers_for(kind, turn):
    if not turn:
        return STUN
    return TURN_TCP if kind.mapping == "-" else [*TURN_UDP, *TURN_TCP]  # a server that is silent takes 5.5 s


class Pair:
    """Two peers at sites, (site, program, arguments) each, who hear each other's signalling. It has one of `slots` until started():
    what waits for the processor may look like what was lost."""

    def __init__(self, slots, offerer, answerer, environment=None):
        self.peers = []
        self._slots = slots
        slots.acquire()
        try:
            self.first = self._peer(["--offer"], environment, *offerer)
            self.second = self._peer(["--answer", "--echo"], environment, *answerer)
            carry_signalling(self.first, self.second)
        except BaseException:
            self.__exit__()
            raise

    def started(self):
        slots, self._slots = self._slots, None
        if slots:
            slots.release()

    def _peer(self, role, environment, site, program, arguments):
        peer = Peer(*role, "--no-trickle", *arguments, bind=(), signalling=SDP, start=lambda parts: site.client.start_program(
            [*PROGRAMS[program], *parts], environment))
        peer.patience = PATIENCE
        self.peers.append(peer)
        return peer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.started()
        for peer in self.peers:
            peer.end()

    def talk(self):
        """There and back, once ICE has settled on a pair."""
        for peer in self.peers:
            peer.wait("open", label="data")
            peer.wait("state", of="ice", state="completed")
        self.echo("hello")
        self.started()

    def echo(self, text):
        mark = self.first.mark()
        self.first.command("send", label="data", text=text)
        self.first.wait("message", since=mark, label="data", text=text)

    def types(self):
        """The first letters of the selected pair's types, the offerer's first. Both see the same pair."""
        seen = [{side: peer.events("selected")[-1][side].split(" typ ")[1][0] for side in ("local", "remote")} for peer in self.peers]
        if seen[0] != {"local": seen[1]["remote"], "remote": seen[1]["local"]}:
            raise AssertionError(f"they see different pairs: {seen}")
        return seen[0]["local"] + seen[1]["local"]

    def fails(self):
        for peer in self.peers:
            peer.wait("state", of="ice", state="failed")
            if peer.wait_exit() != 1:
                raise AssertionError(f"status {peer.process.returncode} after a failure")
            if peer.events("open"):
                raise AssertionError("a channel is open without a path")


def says(peer, *parts):
    """An error line that has all of these."""
    messages = [error["message"] for error in peer.events("error")]
    if not any(all(part in message for part in parts) for message in messages):
        raise AssertionError(f"nobody says {parts}: {messages}")


def _cells(row_program, column_program, rows, columns):
    return [Cell(row_program, column_program, row, column, turn) for turn in (False, True) for row in KINDS for column in KINDS
            if row.name in rows and column.name in columns]


ALL = [kind.name for kind in KINDS]
# The agent is the same in Node, and so are its outcomes: there are the kinds between which they differ.
TELLING = ["masquerade", "random", "captive"]
CELLS = [*_cells("native", "native", ALL, ALL), *_cells("native", "Node", TELLING, TELLING),
         *_cells("Node", "native", TELLING, TELLING), *_cells("Node", "Node", TELLING, TELLING)]
