"""What scenarios of two stacks look at and do, where steps.py has no word for it."""

import base64
import hashlib
import re

from players import OTHER, PORTICO, SIDES, other_than

from signalling import with_candidates
from steps import ascii_text, binary, require, require_equal


# ---- Messages

def _sent_and_heard(sender, receiver, label, content):
    def step(stage):
        since = stage.peers[receiver].mark()
        stage.peers[sender].command("send", label=label, **content)
        stage.peers[receiver].wait("message", since, label=label, **content)
    return step


def both_pass(label="data"):
    """A message from each side to the other."""
    return [_sent_and_heard(side, other_than(side), label, {"text": f"from {side}"}) for side in SIDES]


def comes_back(sender, label="data", **content):
    return _sent_and_heard(sender, sender, label, content)


def digest(line):
    content = line["text"].encode() if "text" in line else base64.b64decode(line["base64"])
    return hashlib.sha256(content).hexdigest()


def arrives_whole(sender, size):
    """A text and a binary message of that size, by their SHA-256."""
    def step(stage):
        receiver = stage.peers[other_than(sender)]
        for content in ({"text": ascii_text(size)}, {"base64": binary(size)}):
            since = receiver.mark()
            stage.peers[sender].command("send", label="data", **content)
            got = receiver.wait("message", since, label="data")
            require_equal((got["bytes"], digest(got)), (size, digest(content)), f"what came of {size} bytes from {sender}")
    return step


# ---- Descriptions

def candidates_of(stage, side):
    """Those in lines of their own."""
    return [line["candidate"] for line in stage.peers[side].lines if line.get("candidate")]


def value_of(sdp, attribute):
    """The last one: the data section is behind the others, where there are others."""
    found = re.findall(rf"^a={attribute}:(.*?)\r?$", sdp, re.MULTILINE)
    require(found, f"there is no {attribute} in {sdp}")
    return found[-1]


def credentials(sdp):
    return value_of(sdp, "ice-ufrag"), value_of(sdp, "ice-pwd")


def sections(sdp):
    """(media, port) of each."""
    return [(media, int(port)) for media, port in re.findall(r"^m=(\S+) (\d+)", sdp, re.MULTILINE)]


def negotiated(offerer, kinds=("application",), rejected=(), since=None):
    """An offer of that side and its answer after the mark have sections of these kinds, and these of the answer are rejected."""
    def step(stage):
        offer = stage.peers[offerer].wait_description(stage.marks[offerer] if since is None else since, "offer")["sdp"]
        answerer = other_than(offerer)
        answer = stage.peers[answerer].wait_description(stage.marks[answerer] if since is None else since, "answer")["sdp"]
        require_equal([media for media, _ in sections(offer)], list(kinds), "the offer's sections")
        require_equal([(media, port == 0) for media, port in sections(answer)],
                      [(kind, kind in rejected) for kind in kinds], "the answer's sections, and whether they are rejected")
    return step


def same_credentials(stage):
    """Renegotiation alone restarts nothing."""
    for side in SIDES:
        told = {credentials(line["sdp"]) for line in stage.peers[side].descriptions()}
        require(len(told) == 1, f"{side} told the credentials {told}")


def is_lite(stage):
    """RFC 8839 §5.3: before the first section."""
    sdp = stage.peers[PORTICO].descriptions()[0]["sdp"]
    require("a=ice-lite" in sdp.split("m=")[0], f"Portico is not lite in {sdp}")


def has_candidates(side):
    """All of them in its description, and none beside it."""
    def step(stage):
        require_equal(candidates_of(stage, side), [], f"the candidates beside the description of {side}")
        sdp = stage.peers[side].descriptions()[0]["sdp"]
        require("a=candidate:" in sdp, f"{side} has no candidate in {sdp}")
    return step


def trickles(side):
    def step(stage):
        require(candidates_of(stage, side), f"{side} did not trickle")
        sdp = stage.peers[side].descriptions()[0]["sdp"]
        require("a=candidate:" not in sdp, f"{side} has candidates in {sdp}")
    return step


def tells_names_alone(stage):
    addresses = [candidate.split(" ")[4] for candidate in candidates_of(stage, OTHER)]
    require(addresses and all(address.endswith(".local") for address in addresses), f"its addresses are {addresses}")


def portico_tells_names_alone(stage):
    """Also of the pair in use."""
    local = stage.peers[PORTICO].wait("selected")["local"]
    addresses = [candidate.split(" ")[4] for candidate in [*candidates_of(stage, PORTICO), local]]
    require(all(address.endswith(".local") for address in addresses), f"its addresses are {addresses}")


CANDIDATE_LINES = re.compile(r"^a=(candidate:.*|end-of-candidates)\r\n", re.MULTILINE)


def nobody_hears_candidates_of(side):
    """So the other one is who finds it, or nobody does."""
    def change(stage, teller, line):
        if teller != side:
            return line
        if "sdp" in line:
            return {**line, "sdp": CANDIDATE_LINES.sub("", line["sdp"])}
        return {**line, "candidate": ""}
    return change


def found_by_its_checks(stage):
    """RFC 8445 §7.3.1.3: its candidate is known from the address that its check came from."""
    remote = stage.peers[PORTICO].wait("selected")["remote"]
    require(" typ prflx" in remote, f"the remote candidate is {remote}")


def told_no_udp(stage, teller, line):
    """Where a firewall drops UDP, all that is left of the candidates are those over TCP (RFC 6544)."""
    return with_candidates(line, lambda candidate: " tcp " in candidate.lower())


def selected_over_tcp(stage):
    selected = stage.peers[PORTICO].wait("selected")
    require(" tcp " in selected["local"] and " tcptype passive" in selected["local"], f"our candidate is {selected['local']}")
    require(" tcp " in selected["remote"] and " tcptype active" in selected["remote"], f"theirs is {selected['remote']}")


def found_by_its_name(stage):
    remote = stage.peers[PORTICO].wait("selected")["remote"]
    require(".local " in remote, f"the remote candidate is {remote}")


# ---- DTLS roles

SETUP = re.compile(r"^a=setup:\w+", re.MULTILINE)


def first_offer_asks_for(client):
    """The other side gets the first offer as one that leaves no choice: the offerer is DTLS client or server (RFC 8842 §5.2)."""
    def change(stage, teller, line):
        if line.get("type") != "offer" or len(stage.peers[teller].descriptions()) > 1 or teller != stage.offerer:
            return line
        setup = "a=setup:active" if teller == client else "a=setup:passive"
        return {**line, "sdp": SETUP.sub(setup, line["sdp"])}
    return change


def dtls_client_is(side):
    def step(stage):
        peer = stage.peers[PORTICO]
        since = peer.mark()
        peer.command("stats")
        role = peer.wait("stats", since)["dtls"]["role"]
        require_equal(role, "client" if side == PORTICO else "server", "our DTLS role")
    return step


# ---- Channels

def channels_open_as(wanted):
    """`wanted`: label → the members that are not the default."""
    def step(stage):
        for label, members in wanted.items():
            ids = set()
            for side in SIDES:
                got = dict(stage.peers[side].wait("open", label=label))
                ids.add(got["id"])
                expected = {"event": "open", "label": label, "id": got["id"], "protocol": "", "ordered": True,
                            "negotiated": False, "maxRetransmits": None, "maxPacketLifeTime": None, **members}
                require_equal(got, expected, f"the channel at {side}")
            require(len(ids) == 1 and None not in ids, f"{label} has the ids {ids}")
    return step


def ids_follow_the_dtls_role(client, labels):
    """RFC 8832 §6: those of the DTLS client are even. `labels`: by the side that made the channel."""
    def step(stage):
        for maker, label in labels.items():
            for side in SIDES:
                got = stage.peers[side].wait("open", label=label)["id"]
                require_equal(got % 2, 0 if maker == client else 1, f"the parity of {got}, the id of {label} at {side}")
    return step


def tells_of_an_abort_at_most(stage):
    """Chromium and aiortc end with SCTP's ABORT, which is an error of the channels, and Firefox with DTLS's close_notify."""
    errors = [line["message"] for line in stage.peers[PORTICO].events("error")]
    require(all("abort" in message for message in errors), f"the errors are {errors}")


# ---- ICE restarts

def restarts(side):
    """Both sides tell new credentials then, and ours selects a pair again."""
    def step(stage):
        stage.mark()
        before = {one: credentials(stage.peers[one].descriptions()[-1]["sdp"]) for one in SIDES}
        stage.peers[side].command("restart-ice")
        for one, kind in ((side, "offer"), (other_than(side), "answer")):
            after = credentials(stage.peers[one].wait_description(stage.marks[one], kind)["sdp"])
            require(not set(after) & set(before[one]), f"the credentials of {one} stay {after}")
        stage.peers[PORTICO].wait("selected", stage.marks[PORTICO])
    return step


def restarts_and_settles(side):
    """Until both use a pair of the new credentials: Chromium, where it is controlled, does when data come on one. Another
    restart before that is too much for Firefox."""
    return [restarts(side), *both_pass(), settles]


def restart_is(stage, far):
    """Of the other side: "checking" or "settled"."""
    peer = stage.peers[OTHER]
    since = peer.mark()
    peer.command(f"await-{far}")
    peer.wait(far, since)


def settles(stage):
    restart_is(stage, "settled")


def hears_the_answer_late(stage):
    """The other side restarts, and checks with its new credentials before it hears of ours."""
    stage.mark()
    portico, other = stage.peers[PORTICO], stage.peers[OTHER]
    stage.hold(PORTICO)
    other.command("restart-ice")
    portico.wait_description(stage.marks[PORTICO], "answer")
    restart_is(stage, "checking")
    stage.carry({PORTICO: stage.marks[PORTICO]})
    portico.wait("selected", stage.marks[PORTICO])


def offers_collide(stage):
    """Each restarts before it hears of the other. The one who answered first gives way (W3C webrtc-pc §10.7), and the offer of the
    other serves both."""
    stage.mark()
    before = {side: credentials(stage.peers[side].descriptions()[-1]["sdp"]) for side in SIDES}
    stage.hold(*SIDES)
    for side in SIDES:
        stage.peers[side].command("restart-ice")
    for side in SIDES:
        stage.peers[side].wait_description(stage.marks[side], "offer")
    stage.carry(stage.marks)
    polite = other_than(stage.offerer)
    stage.peers[polite].wait_description(stage.marks[polite], "answer")
    stage.peers[PORTICO].wait("selected", stage.marks[PORTICO])
    for side in SIDES:
        after = credentials(stage.peers[side].descriptions()[-1]["sdp"])
        require(not set(after) & set(before[side]), f"the credentials of {side} stay {after}")
