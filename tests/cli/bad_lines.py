"""Lines that a peer refuses, each with the name of the error. The peers are new ones: they have heard nothing before.
tests/conformance asks the same of every program."""

import re

ICE = {"usernameFragment": "abcd", "password": "p" * 22}
DTLS = {"role": "auto", "fingerprints": [{"algorithm": "sha-256", "value": ":".join(["AB"] * 32)}]}
SCTP = {"maxMessageSize": 65536, "port": 5000}


def _ortc(**members):
    return {"ortc": {"ice": ICE, "candidates": [], "dtls": DTLS, "sctp": SCTP, **members}}


NO_OBJECTS = [
    (b"hello\n", "SyntaxError"), (b"{\n", "SyntaxError"), (b"{}{}\n", "SyntaxError"), (b"[1]\n", "TypeError"),
    (b"7\n", "TypeError"), (b"null\n", "TypeError"), (b"{}\n", "TypeError"), (b'{"wings":2}\n', "TypeError")]

NO_UTF8 = [(b"\xff\xfe\x00\n", "SyntaxError"), (b'{"command":"\xff"}\n', "SyntaxError")]

TOO_DEEP = [(b"[" * 500000 + b"\n", "SyntaxError"), (b'{"a":' * 1000 + b"1" + b"}" * 1000 + b"\n", "SyntaxError")]

# Of an offerer that makes the channel `data`.
COMMANDS = [
    ({"command": "dance"}, "NotSupportedError"), ({"command": 7}, "TypeError"), ({"command": None}, "TypeError"),
    ({"command": "send"}, "TypeError"), ({"command": "send", "label": "data"}, "TypeError"),
    ({"command": "send", "label": 7, "text": "x"}, "TypeError"), ({"command": "send", "text": "x"}, "TypeError"),
    ({"command": "send", "label": "data", "text": 7}, "TypeError"),
    ({"command": "send", "label": "data", "text": "x", "base64": "eA=="}, "TypeError"),
    ({"command": "send", "label": "data", "base64": "x"}, "SyntaxError"),
    ({"command": "send", "label": "data", "base64": "eA="}, "SyntaxError"),
    ({"command": "send", "label": "data", "base64": "e A="}, "SyntaxError"),
    ({"command": "send", "label": "other", "text": "x"}, "InvalidStateError"),
    ({"command": "send", "label": "data", "text": "before it is open"}, "InvalidStateError"),
    ({"command": "close"}, "TypeError"), ({"command": "close", "label": "other"}, "InvalidStateError"),
    ({"command": "restart-ice"}, "InvalidStateError")]

# Of a peer with --ortc.
SDP = [({"type": "offer", "sdp": "v=0"}, "NotSupportedError")]

PARAMETERS = [
    ({"ortc": 7}, "TypeError"), ({"ortc": {}}, "TypeError"), (_ortc(ice=None), "TypeError"),
    (_ortc(ice={"usernameFragment": "abcd"}), "TypeError"),
    (_ortc(ice={"usernameFragment": "", "password": ""}), "TypeError"),
    (_ortc(ice={"usernameFragment": "abc", "password": "p" * 22}), "SyntaxError"),
    (_ortc(ice={"usernameFragment": "abcd", "password": "p" * 21}), "SyntaxError"),
    (_ortc(ice={"usernameFragment": "ab:d", "password": "p" * 22}), "SyntaxError"),
    (_ortc(dtls=None), "TypeError"), (_ortc(dtls={"fingerprints": []}), "TypeError"),
    (_ortc(dtls={"fingerprints": [{}]}), "TypeError"), (_ortc(dtls={**DTLS, "role": "boss"}), "TypeError"),
    (_ortc(dtls={"fingerprints": DTLS["fingerprints"] * 17}), "TypeError"),
    (_ortc(dtls={"fingerprints": [{"algorithm": "sha-1", "value": ":".join(["AB"] * 20)}]}), "TypeError"),
    (_ortc(sctp=None), "TypeError"), (_ortc(candidates=7), "TypeError"),
    (_ortc(candidates=[{"candidate": "candidate:1 1 udp 1 127.0.0.1 9 typ host"}] * 129), "TypeError")]

CANDIDATES = [
    ({"candidate": 7}, "TypeError"), ({"candidate": "candidate:nonsense"}, "OperationError"),
    ({"candidate": "candidate:1 1 udp 1 127.0.0.1 99999 typ host"}, "OperationError")]

# ---- Of a peer that speaks SDP

ORTC = [(_ortc(), "NotSupportedError"), ({"ortc": 7}, "NotSupportedError")]

# A browser's offer, cut down to what counts.
OFFER = "".join(line + "\r\n" for line in (
    "v=0", "o=- 4611731400430051336 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=ice-ufrag:abcd", "a=ice-pwd:" + "p" * 22,
    "a=ice-options:trickle", "a=fingerprint:sha-256 " + DTLS["fingerprints"][0]["value"], "a=setup:actpass", "a=mid:0",
    "a=sctp-port:5000", "a=max-message-size:262144"))


def offer_with(pattern, replacement):
    """An offer that is this one but for one place."""
    changed = re.sub(pattern, replacement, OFFER, count=1)
    assert changed != OFFER, pattern
    return {"type": "offer", "sdp": changed}


NO_DESCRIPTIONS = [
    ({"type": 7}, "TypeError"), ({"type": "bye", "sdp": OFFER}, "TypeError"), ({"sdp": OFFER}, "TypeError"),
    ({"type": "offer", "sdp": 7}, "TypeError"), ({"type": "offer"}, "SyntaxError"), ({"type": "offer", "sdp": ""}, "SyntaxError"),
    ({"type": "offer", "sdp": "hello"}, "SyntaxError"), ({"type": "offer", "sdp": "v=0"}, "SyntaxError"),
    ({"type": "offer", "sdp": "x" * 100_000}, "QuotaExceededError"), ({"type": "offer", "sdp": OFFER[:100]}, "SyntaxError"),
    (offer_with("v=0", "v=1"), "SyntaxError"), (offer_with("m=application 9", "m=application x"), "SyntaxError"),
    (offer_with("a=setup:actpass", "a=setup:sideways"), "SyntaxError"),
    (offer_with("a=ice-ufrag:abcd", "a=ice-ufrag:a"), "SyntaxError"),
    (offer_with("a=fingerprint:sha-256 AB", "a=fingerprint:sha-256 XY"), "SyntaxError"),
    (offer_with("a=sctp-port:5000", "a=sctp-port:70000"), "SyntaxError"),
    (offer_with("a=ice-ufrag:.*\r\n", ""), "InvalidAccessError"), (offer_with("a=ice-pwd:.*\r\n", ""), "InvalidAccessError"),
    (offer_with("a=fingerprint:.*\r\n", ""), "InvalidAccessError")]

# Of a peer that has heard nothing and said nothing.
UNTIMELY_DESCRIPTIONS = [
    ({"type": "answer", "sdp": OFFER.replace("actpass", "active")}, "InvalidStateError"),
    ({"type": "pranswer", "sdp": OFFER.replace("actpass", "active")}, "InvalidStateError"),
    ({"type": "rollback"}, "InvalidStateError")]

_GOOD_CANDIDATE = "candidate:1 1 udp 1 127.0.0.1 9 typ host"

NO_CANDIDATES = [
    ({"candidate": 7, "sdpMid": "0"}, "TypeError"), ({"candidate": _GOOD_CANDIDATE}, "TypeError"),
    ({"candidate": _GOOD_CANDIDATE, "sdpMid": 0}, "TypeError"), ({"candidate": _GOOD_CANDIDATE, "sdpMLineIndex": -1}, "TypeError"),
    ({"candidate": _GOOD_CANDIDATE, "sdpMLineIndex": 65536}, "TypeError"),
    ({"candidate": _GOOD_CANDIDATE, "sdpMid": "0", "usernameFragment": 7}, "TypeError")]

UNTIMELY_CANDIDATES = [
    ({"candidate": _GOOD_CANDIDATE, "sdpMid": "0"}, "InvalidStateError"), ({"candidate": "", "sdpMid": "0"}, "InvalidStateError"),
    ({"candidate": ""}, "InvalidStateError")]

# Of a peer that has a remote description, in which these have no place.
STRAY_CANDIDATES = [
    ({"candidate": _GOOD_CANDIDATE, "sdpMid": "1"}, "OperationError"),
    ({"candidate": _GOOD_CANDIDATE, "sdpMLineIndex": 1}, "OperationError"),
    ({"candidate": _GOOD_CANDIDATE, "sdpMid": "0", "usernameFragment": "nobody"}, "OperationError"),
    ({"candidate": "candidate:nonsense", "sdpMid": "0"}, "OperationError"),
    ({"candidate": "candidate:1 1 udp 1 127.0.0.1 99999 typ host", "sdpMid": "0"}, "OperationError")]
