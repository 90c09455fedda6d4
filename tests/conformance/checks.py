"""What single scenarios look at, where it takes more than a line."""

import hashlib
import os
import re
import ssl

from peer import carry, keep_signalling
from signalling import address_of, candidates, copied, credentials, fingerprints, is_signal, port_of, with_other_certificate
from steps import ALONE, ANSWERER, OFFERER, Failed, require, require_equal

CERTIFICATE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "certificate.pem")
KEY = os.path.join(os.path.dirname(CERTIFICATE), "key.pem")
CANDIDATE = re.compile(r"^candidate:\S+ 1 udp \d+ 127\.0\.0\.1 \d+ typ (host|srflx|prflx)")


def states(peer, of):
    return [line["state"] for line in peer.events("state", of=of)]


def states_of_a_whole_life(stage):
    # W3C's RTCIceGatheringState has no "closed".
    gathering = ["gathering", "complete"] if stage.scenario.sdp else ["gathering", "complete", "closed"]
    for side, peer in stage.peers.items():
        wanted = {"gathering": gathering, "ice": ["checking", "connected", "completed", "closed"],
                  "dtls": ["connecting", "connected", "closed"], "sctp": ["connected", "closed"],
                  "connection": ["connecting", "connected", "closed"]}
        got = {of: states(peer, of) for of in wanted}
        require_equal(got, wanted, f"the {side}'s states")


def order_of_a_whole_life(stage):
    """The layers come up from below; the channel's life is inside that of SCTP."""
    order = [("ice", "checking"), ("ice", "connected"), ("dtls", "connected"), ("sctp", "connected"), "open", "message",
             "close", ("sctp", "closed"), ("dtls", "closed"), ("connection", "closed")]
    for side, peer in stage.peers.items():
        keys = [(line["of"], line["state"]) if line.get("event") == "state" else line.get("event") for line in peer.lines]
        require_equal([key for key in keys if key in order], order, f"the order of the {side}'s events")


def pair_is_told(stage):
    for side, peer in stage.peers.items():
        line = peer.wait("selected")
        for end in ("local", "remote"):
            require(CANDIDATE.match(line[end]), f"the {side}'s {end} candidate is {line[end]}")


def one_controls(stage):
    roles = {}
    for side, peer in stage.peers.items():
        since = peer.mark()
        peer.command("stats")
        roles[side] = peer.wait("stats", since)["ice"]["role"]
    require_equal(set(roles.values()), {"controlling", "controlled"}, "the roles")


def controls(side):
    def step(stage):
        one_controls(stage)
        require_equal(stage.peers[side].events("stats")[-1]["ice"]["role"], "controlling", f"the {side}'s role")
    return step


def channels_open_as(wanted):
    """`wanted`: label → the members that are not the default."""
    def step(stage):
        for label, members in wanted.items():
            ids = set()
            for side, peer in stage.peers.items():
                got = dict(peer.wait("open", label=label))
                ids.add(got["id"])
                if stage.scenario.sdp and not members.get("negotiated"):
                    members = {name: value for name, value in members.items() if name != "id"}  # W3C: the connection chooses
                expected = {"event": "open", "label": label, "id": got["id"], "protocol": "", "ordered": True,
                            "negotiated": False, "maxRetransmits": None, "maxPacketLifeTime": None, **members}
                require_equal(got, expected, f"the {side}'s channel")
            require(len(ids) == 1, f"{label} has the ids {ids}")
    return step


def ids_follow_the_dtls_role(stage):
    """RFC 8832 §6: those of the DTLS server, which is the offerer here, are odd."""
    for label, parity in (("data", 1), ("theirs", 0)):
        for side, peer in stage.peers.items():
            require_equal(peer.wait("open", label=label)["id"] % 2, parity, f"{label}, at the {side}")


def stats_tell_of_every_layer(side, sent):
    def step(stage):
        peer = stage.peers[side]
        since = peer.mark()
        peer.command("stats")
        stats = peer.wait("stats", since)
        require(stats["ice"]["state"] in ("connected", "completed"), f"ICE is {stats['ice']['state']}")
        for counter in ("bytesSent", "bytesReceived", "packetsSent", "packetsReceived", "responsesReceived"):
            require(stats["ice"][counter] > 0, f"{counter} is {stats['ice'][counter]}")
        for end in ("local", "remote"):
            require(CANDIDATE.match(stats["selected"][end]), f"the {end} candidate is {stats['selected'][end]}")
        require_equal((stats["dtls"]["state"], stats["sctp"]["state"]), ("connected", "connected"), "DTLS and SCTP")
        require(stats["dtls"]["role"] in ("client", "server"), f"the DTLS role is {stats['dtls']['role']}")
        require(re.search("ECDHE[-_]ECDSA", stats["dtls"]["cipherSuite"]), f"the cipher suite is {stats['dtls']['cipherSuite']}")
        require_equal((stats["sctp"]["maxMessageSize"], stats["sctp"]["maxChannels"]), (262144, 1024), "SCTP's limits")
        require_equal([(one["label"], one["state"], one["messagesSent"], one["bytesSent"]) for one in stats["channels"]],
                      [("data", "open", *sent)], "the channels")
    return step


def flooded(sender, receiver, size, label="data"):
    """The sender's count and the receiver's, which prints its own when the channel closes."""
    def step(stage):
        sent = stage.peers[sender].wait("done", direction="send")
        require(sent["messages"] > 10 and sent["bytes"] == size * sent["messages"], f"what was sent: {sent}")
        require_equal(stage.peers[sender].events("close"), [], "the sender's close before it was asked for")
        stage.peers[sender].command("close", label=label)
        received = stage.peers[receiver].wait("done", direction="receive")
        require_equal((received["bytes"], received["messages"]), (sent["bytes"], sent["messages"]), "what arrived")
        for side, direction, done in ((sender, "send", sent), (receiver, "receive", received)):
            number = len(stage.peers[side].events("progress", direction=direction))
            require(number <= 10 * done["seconds"] + 2, f"{number} lines of progress in {done['seconds']} s at the {side}")
    return step


def file_arrived(sender, receiver, sent="sent", received="received"):
    def step(stage):
        with open(stage.path(sent), "rb") as file:
            content = file.read()
        wanted = (len(content), len(content), hashlib.sha256(content).hexdigest())
        for side, direction in ((sender, "send"), (receiver, "receive")):
            done = stage.peers[side].wait("done", direction=direction)
            require_equal((done["bytes"], done["total"], done["sha256"]), wanted, f"what the {side} says of the file")
        with open(stage.path(received), "rb") as file:
            require(file.read() == content, "the file that arrived is another")
    return step


def nothing_arrived(stage):
    require(not os.path.exists(stage.path("received")), "something is left of the file")


def refuses_each(side, cases):
    """At once, by an error of that name; and all that differ are told."""
    def step(stage):
        peer = stage.peers[side]
        wrong = []
        for line, name in cases:
            since = peer.mark()
            peer.send(line)
            got = peer.wait("error", since)
            if got["name"] != name:
                wrong.append(f"{str(line)[:150]}: {got['name']} ({got['message']}) in place of {name}")
        require(not wrong, "\n".join(["other names:", *wrong]))
    return step


def refuses_a_line_too_long(stage):
    peer = stage.peers[ALONE]
    peer.send(b"a" * (1024 * 1024 + 1))
    require_equal(peer.wait("error")["name"], "QuotaExceededError", "the error")
    peer.send(b"a" * 1024 * 1024 + b"\n")
    since = peer.mark()
    peer.command("stats")
    peer.wait("stats", since)
    require_equal(len(peer.events("error")), 1, "the errors")


def finish(process):
    """Standard input ends; the status, standard output and standard error."""
    try:
        process.stdin.close()
        out, err = process.stdout.read().decode(), process.stderr.read().decode()
        return process.wait(20), out, err
    finally:
        if process.poll() is None:
            process.kill()


def refuses_arguments(commands):
    """Each with status 2, a sentence on standard error, and nothing on standard output."""
    def step(stage):
        wrong = []
        for arguments in commands:
            status, out, err = finish(stage.start(ALONE, list(arguments)))
            if (status, out) != (2, "") or len(err) < 10:
                wrong.append(f"{' '.join(arguments)}: status {status}, output {out[:100]!r}, error {err[:100]!r}")
        require(not wrong, "\n".join(["not refused:", *wrong]))
    return step


def tells_help_and_version(stage):
    for arguments, mentions in ((["--version"], r"^portico \d+\.\d+\.\d+"), (["--help"], "peer"),
                                (["peer", "--help"], "--exit-after")):
        status, out, err = finish(stage.start(ALONE, arguments))
        require(status == 0 and re.search(mentions, out), f"{arguments}: status {status}, {out[:200]!r}, {err[:200]!r}")


def fingerprint_is_the_files(side):
    def step(stage):
        with open(CERTIFICATE, encoding="ascii") as file:
            digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).hexdigest().upper()
        told = fingerprints(stage.peers[side].wait_description())
        require_equal(told["sha-256"].replace(":", ""), digest, "the fingerprint")
    return step


def ports_are_in(low, high):
    def step(stage):
        for side, peer in stage.peers.items():
            # Who connects over TCP has no port yet (RFC 6544 §4.5).
            ports = [port_of(candidate) for candidate in candidates(peer.wait_description()) if "tcptype active" not in candidate]
            require(ports and all(low <= port <= high for port in ports), f"the {side}'s ports are {ports}")
    return step


def names_are_told(stage):
    """Also of the pair in use, where the one that was the first to find the other did so by its name."""
    pairs = [peer.wait("selected") for peer in stage.peers.values()]
    local = [pair["local"] for pair in pairs]
    told = [candidate for peer in stage.peers.values() for candidate in candidates(peer.wait_description())]
    require(told and all(address_of(candidate).endswith(".local") for candidate in [*told, *local]), f"told: {told}, {local}")
    remote = [address_of(pair["remote"]) for pair in pairs]
    require(any(address.endswith(".local") for address in remote), f"the remote addresses are {remote}")


def restarts(side):
    """Both sides tell new credentials then, and select a pair again."""
    def step(stage):
        stage.mark()
        before = {one: credentials(peer.wait_description()) for one, peer in stage.peers.items()}
        stage.peers[side].command("restart-ice")
        for one, peer in stage.peers.items():
            after = credentials(peer.wait_description(stage.marks[one]))
            require(not set(after) & set(before[one]), f"the {one}'s credentials stay {after}")
            peer.wait("selected", stage.marks[one])
    return step


def told_descriptions(number):
    def step(stage):
        for side, peer in stage.peers.items():
            require_equal(len(peer.descriptions()), number, f"the {side}'s lines of parameters, or descriptions")
    return step


def states_since(side, of, wanted):
    """These came after the mark, in this order."""
    def step(stage):
        peer = stage.peers[side]
        for state in wanted:
            peer.wait("state", stage.marks[side], of=of, state=state)
        got = [line["state"] for line in peer.lines[stage.marks[side]:]
               if line.get("event") == "state" and line["of"] == of and line["state"] in wanted]
        require_equal(got, list(wanted), f"the {side}'s states of {of}")
    return step


def says_why(side, pattern):
    def step(stage):
        line = stage.peers[side].wait("error", stage.marks[side])
        if not re.search(pattern, line["message"], re.IGNORECASE):
            raise Failed(f"the {side}'s error does not say why: {line['message']}")
    return step


def before(side, first, then):
    """The first line that is so comes before the first that is so."""
    def step(stage):
        places = []
        for wanted in (first, then):
            places.append(next(number for number, line in enumerate(stage.peers[side].lines)
                               if all(line.get(key) == value for key, value in wanted.items())))
        require(places[0] < places[1], f"the {side} says {then} before {first}")
    return step


# ---- Signalling by hand, where `signalling=False`

def carries(teller, listener, change=lambda line: line):
    """The teller's signalling, changed."""
    return lambda stage: carry(stage.peers[teller], stage.peers[listener], change)


def pass_on(stage, teller, listener, change=lambda line: line):
    """What the teller said first, changed."""
    stage.peers[listener].send(change(copied(stage.peers[teller].wait_description())))


def with_nonsense(line):
    line["ortc"]["candidates"].insert(0, {"candidate": "candidate:nonsense"})
    return line


def trickle(stage, teller, listener):
    """The candidates come after the parameters, each in a line, and then their end."""
    line = copied(stage.peers[teller].wait_description())
    told = line["ortc"].pop("candidates")
    stage.peers[listener].send(line)
    for candidate in told:
        stage.peers[listener].send({"candidate": candidate["candidate"], "sdpMid": "0", "sdpMLineIndex": 0})
    stage.peers[listener].send({"candidate": ""})


def hears_parameters(stage):
    for peer in stage.peers.values():
        peer.wait_description()


# ---- By SDP

def signals_once(stage):
    """Without trickling, a description with all candidates is all."""
    for side, peer in stage.peers.items():
        signals = [line for line in peer.lines if is_signal(line)]
        require_equal([set(line) for line in signals], [{"type", "sdp"}], f"the {side}'s signals")
        require(candidates(signals[0]) and "a=end-of-candidates" in signals[0]["sdp"], f"the {side}'s candidates are not all there")


def trickles(stage):
    for side, peer in stage.peers.items():
        peer.wait_candidate("")
        told = [line["candidate"] for line in peer.lines if "candidate" in line]
        require(len(told) > 1 and told.index("") == len(told) - 1, f"the {side}'s candidates are {told}")


def restarts_meet(stage):
    """Both sides offer one before they hear of the other's: the answerer's gives way."""
    peers = stage.peers
    for peer in peers.values():
        peer.wait_candidate("")
        keep_signalling(peer)
    stage.mark()
    before = [credentials(peer.wait_description()) for peer in peers.values()]
    for side, peer in peers.items():
        peer.command("restart-ice")
        peer.wait_description(stage.marks[side], "offer")
    for teller, listener in ((OFFERER, ANSWERER), (ANSWERER, OFFERER)):
        carry(peers[teller], peers[listener], since=stage.marks[teller])
    peers[ANSWERER].wait_description(stage.marks[ANSWERER], "answer")
    after = [credentials(peer.descriptions()[-1]) for peer in peers.values()]
    for side, old, new in zip(peers, before, after):
        require(not set(new) & set(old), f"the {side}'s credentials stay {new}")
        peers[side].wait("selected", stage.marks[side])
    require_equal([len(peer.descriptions()) for peer in peers.values()], [2, 3], "the numbers of descriptions")


def offers_another_certificate(teller, listener):
    """As the teller's next offer would be, with another fingerprint in it."""
    def step(stage):
        stage.mark()
        line = with_other_certificate(stage.peers[teller].wait_description())
        stage.peers[listener].send({"type": "offer", "sdp": line["sdp"].replace("a=setup:active", "a=setup:actpass")})
    return step
