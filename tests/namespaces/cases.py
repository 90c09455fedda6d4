"""What a network may do to a connection besides: a firewall that lets nothing through but the web, and cables that are cut."""

from cells import STUN, TURN_TLS, TURN_UDP, Pair, says
from kinds import CLIENTS, KINDS

CUT_MESSAGE = "sent into the cut"


def _sites(network, row, column):
    kinds = {kind.name: kind for kind in KINDS}
    return [network.site([rules(client) for rules in kinds[name].routers], client)
            for name, client in ((row, CLIENTS["row"]), (column, CLIENTS["column"]))]


def captive_with_udp_alone(program):
    def play(network, slots):
        captive, free = _sites(network, "captive", "public")
        with Pair(slots, (captive, program, TURN_UDP), (free, program, STUN)) as pair:
            pair.started()
            pair.fails()
            says(pair.first, "turn:203.0.113.10:3478", "did not answer")
            says(pair.first, "no STUN or TURN server has answered over UDP", "TURN over TCP or TLS")
    return play


def captive_with_tls(program):
    def play(network, slots):
        captive, free = _sites(network, "captive", "public")
        with Pair(slots, (captive, program, TURN_TLS), (free, program, STUN), {"SSL_CERT_FILE": network.trusted}) as pair:
            pair.talk()
            if pair.types() != "rh":
                raise AssertionError(f"{pair.types()} instead of rh")
    return play


def cut_until_it_shows(program):
    def play(network, slots):
        row, column = _sites(network, "masquerade", "masquerade")
        with Pair(slots, (row, program, STUN), (column, program, STUN)) as pair:
            pair.talk()
            row.connect(False)
            for peer in pair.peers:
                peer.wait("state", of="ice", state="disconnected")
            pair.first.command("send", label="data", text=CUT_MESSAGE)
            marks = [peer.mark() for peer in pair.peers]
            row.connect(True)
            for peer, mark in zip(pair.peers, marks):
                peer.wait("state", since=mark, of="ice", state="connected")
            pair.first.wait("message", since=marks[0], text=CUT_MESSAGE)
            pair.echo("back again")
            for peer in pair.peers:
                if peer.events("state", of="ice", state="failed"):
                    raise AssertionError("it failed on the way")
    return play


def cut_until_it_fails(program):
    def play(network, slots):
        row, column = _sites(network, "masquerade", "masquerade")
        with Pair(slots, (row, program, [*STUN, "--stay"]), (column, program, [*STUN, "--stay"])) as pair:
            pair.talk()
            row.connect(False)
            for peer in pair.peers:
                peer.wait("state", of="ice", state="failed")
                peer.wait("error")
                says(peer, "the peer has not answered")
            marks = [peer.mark() for peer in pair.peers]
            row.connect(True)
            pair.first.command("restart-ice")
            for peer, mark in zip(pair.peers, marks):
                peer.wait("state", since=mark, of="ice", state="completed")
            pair.echo("back again")
    return play


CASES = [(f"{program}: {what}", play(program)) for program in ("native", "Node") for what, play in (
    ("where a firewall lets only the web through, a failure names TURN over TCP or TLS", captive_with_udp_alone),
    ("where a firewall lets only the web through, TURN over TLS at port 443 connects", captive_with_tls),
    ("a cut cable is told as disconnected, and what was sent meanwhile arrives once it is back", cut_until_it_shows),
    ("a cable that stays cut is told as failed, and a restart brings the connection back with it", cut_until_it_fails))]
