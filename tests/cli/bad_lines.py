"""Lines that a peer refuses, each with the name of the error. The peers are new ones: they have heard nothing before.
tests/conformance asks the same of every program."""

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
