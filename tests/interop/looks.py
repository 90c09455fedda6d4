"""What scenarios of two stacks look at and do, where steps.py has no word for it."""

import base64
import hashlib
import re

from players import OTHER, PORTICO, SIDES, other_than

from steps import ascii_text, binary, hears, opened, require, require_equal, sends, tells


# ---- Messages

def passes(sender, label="data", **content):
    """From one side to the other."""
    return [sends(sender, label, **content), hears(other_than(sender), "message", label=label, **content)]


def both_pass(label="data"):
    return [step for side in SIDES for step in passes(side, label, text=f"from {side}")]


def comes_back(sender, label="data", **content):
    return [sends(sender, label, **content), hears(sender, "message", label=label, **content)]


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

def descriptions(stage, side):
    return [line for line in stage.peers[side].lines if "sdp" in line]


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
        offer = stage.peers[offerer].wait_description("offer", stage.marks[offerer] if since is None else since)
        answerer = other_than(offerer)
        answer = stage.peers[answerer].wait_description("answer", stage.marks[answerer] if since is None else since)
        require_equal([media for media, _ in sections(offer)], list(kinds), "the offer's sections")
        require_equal([(media, port == 0) for media, port in sections(answer)],
                      [(kind, kind in rejected) for kind in kinds], "the answer's sections, and whether they are rejected")
    return step


def same_credentials(stage):
    """Renegotiation alone restarts nothing."""
    for side in SIDES:
        told = {credentials(line["sdp"]) for line in descriptions(stage, side)}
        require(len(told) == 1, f"{side} told the credentials {told}")


def has_candidates(side):
    """All of them in its description, and none beside it."""
    def step(stage):
        require_equal(stage.peers[side].candidates(), [], f"the candidates beside the description of {side}")
        sdp = descriptions(stage, side)[0]["sdp"]
        require("a=candidate:" in sdp, f"{side} has no candidate in {sdp}")
    return step


def trickles(side):
    def step(stage):
        require(stage.peers[side].candidates(), f"{side} did not trickle")
        sdp = descriptions(stage, side)[0]["sdp"]
        require("a=candidate:" not in sdp, f"{side} has candidates in {sdp}")
    return step


def tells_names_alone(stage):
    addresses = [candidate.split(" ")[4] for candidate in stage.peers[OTHER].candidates()]
    require(addresses and all(address.endswith(".local") for address in addresses), f"its addresses are {addresses}")


def found_by_its_checks(stage):
    """RFC 8445 §7.3.1.3: its candidate is known from the address that its check came from."""
    remote = stage.peers[PORTICO].wait("selected")["remote"]
    require(" typ prflx" in remote, f"the remote candidate is {remote}")


# ---- DTLS roles

SETUP = re.compile(r"^a=setup:\w+", re.MULTILINE)


def first_offer_asks_for(client):
    """The other side gets the offer as one that leaves no choice: the offerer is DTLS client or server (RFC 8842 §5.2)."""
    def change(teller, line):
        if line.get("type") != "offer":
            return line
        setup = "a=setup:active" if teller == client else "a=setup:passive"
        return {**line, "sdp": SETUP.sub(setup, line["sdp"])}
    return change


def dtls_client_is(side):
    """By the last answer; two sides in one role would have no handshake."""
    def step(stage):
        answerer, answer = [(teller, line) for teller, line in stage.told if line.get("type") == "answer"][-1]
        client = answerer if value_of(answer["sdp"], "setup") == "active" else other_than(answerer)
        require_equal(client, side, f"the DTLS client, by the answer of {answerer}")
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


# ---- ICE restarts

def restarts(side):
    """Both sides tell new credentials then, and ours selects a pair again."""
    def step(stage):
        stage.mark()
        before = {one: credentials(descriptions(stage, one)[-1]["sdp"]) for one in SIDES}
        stage.peers[side].command("restart-ice")
        for one, kind in ((side, "offer"), (other_than(side), "answer")):
            after = credentials(stage.peers[one].wait_description(kind, stage.marks[one]))
            require(not set(after) & set(before[one]), f"the credentials of {one} stay {after}")
        stage.peers[PORTICO].wait("selected", stage.marks[PORTICO])
    return step


def restarts_at_once(stage):
    """Their offers may collide: then the answerer of before gives way, and one restart serves both (W3C webrtc-pc §10.7)."""
    stage.mark()
    before = {side: credentials(descriptions(stage, side)[-1]["sdp"]) for side in SIDES}
    for side in SIDES:
        stage.peers[side].command("restart-ice")
    polite = other_than(stage.offerer)
    stage.peers[polite].wait_description("answer", stage.marks[polite])
    stage.peers[PORTICO].wait("selected", stage.marks[PORTICO])
    for side in SIDES:
        after = credentials(descriptions(stage, side)[-1]["sdp"])
        require(not set(after) & set(before[side]), f"the credentials of {side} stay {after}")


__all__ = [name for name in globals() if not name.startswith("_")]
