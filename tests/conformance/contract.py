"""What holds in every scenario of what a peer prints: the members of each line, and the order of events."""

import base64

CHANNEL = {"event", "label", "id", "protocol", "ordered", "negotiated", "maxRetransmits", "maxPacketLifeTime"}
TRANSFER = {"event", "direction", "label", "bytes", "total", "messages", "seconds"}
MEMBERS = {
    "state": {"event", "of", "state"},
    "open": CHANNEL,
    "close": CHANNEL,
    "error": {"event", "name", "message"},
    "progress": TRANSFER,
    "done": TRANSFER | {"sha256"},
    "ping": {"event", "unit", "n", "p50", "p90", "p99", "max"},
    "selected": {"event", "local", "remote"},
}

SIGNALS = [{"ortc"}, {"type", "sdp"}, {"candidate", "sdpMid", "sdpMLineIndex", "usernameFragment"}]

# What may come after a state, of what. The first entry is where each begins.
PATHS = {
    "gathering": {None: {"gathering", "closed"}, "gathering": {"complete", "closed"}, "complete": {"gathering", "closed"},
                  "closed": set()},
    "ice": {None: {"checking", "closed"}, "checking": {"connected", "failed", "closed"},
            "connected": {"completed", "disconnected", "checking", "new", "failed", "closed"},
            "completed": {"connected", "disconnected", "checking", "new", "failed", "closed"},
            "disconnected": {"connected", "completed", "checking", "new", "failed", "closed"},
            "new": {"checking", "closed"}, "failed": {"checking", "new", "closed"}, "closed": set()},
    "dtls": {None: {"connecting", "closed", "failed"}, "connecting": {"connected", "closed", "failed"},
             "connected": {"closed", "failed"}, "failed": {"closed"}, "closed": set()},
    "sctp": {None: {"connecting", "connected", "closed"}, "connecting": {"connected", "closed"}, "connected": {"closed"},
             "closed": set()},
    "connection": {None: {"connecting", "failed", "closed"}, "connecting": {"connected", "disconnected", "failed", "closed"},
                   "connected": {"disconnected", "connecting", "failed", "closed"},
                   "disconnected": {"connected", "connecting", "failed", "closed"},
                   "failed": {"connecting", "connected", "closed"}, "closed": set()},
}

# Each comes after the one before it, where both came.
LAYERS = [("state", "ice", "connected"), ("state", "dtls", "connected"), ("state", "sctp", "connected")]


class Broken(AssertionError):
    """A line that the contract does not allow there."""


def check(side, lines):
    """All of it, of one peer's lines."""
    history = _History(side)
    for line in lines:
        history.take(line)


class _History:
    def __init__(self, side):
        self.side = side
        self.states = {}
        self.reached = []
        self.channels = {}  # (label, id) → "open" or "closed"
        self.progress = {}
        self.described = False
        self.ended_fragments = set()  # of candidates

    def take(self, line):
        if "event" not in line:
            return self.on_signal(line)
        event = line.get("event")
        self.require(event in MEMBERS or event in ("message", "stats"), "is no event", line)
        if event in MEMBERS:
            self.require(set(line) == MEMBERS[event], f"should have {sorted(MEMBERS[event])}", line)
        getattr(self, "on_" + event, lambda _: None)(line)

    def require(self, fact, what, line):
        if not fact:
            raise Broken(f"the {self.side}'s line {what}: {str(line)[:300]}")

    def on_signal(self, line):
        self.require(set(line) in SIGNALS, "has other members", line)
        if "candidate" not in line:
            self.described = True
            return
        self.require(self.described, "comes before a description", line)
        fragment = line["usernameFragment"]
        self.require(fragment and (line["sdpMid"], line["sdpMLineIndex"]) == ("0", 0), "is of no section", line)
        self.require(fragment not in self.ended_fragments, "comes after the end of its candidates", line)
        if line["candidate"] == "":
            self.ended_fragments.add(fragment)

    def on_state(self, line):
        of, state = line["of"], line["state"]
        self.require(of in PATHS, "is of no layer", line)
        before = self.states.get(of)
        self.require(state in PATHS[of][before], f"comes after {before}", line)
        self.states[of] = state
        key = ("state", of, state)
        if key in LAYERS and key not in self.reached:
            missing = [layer for layer in LAYERS[:LAYERS.index(key)] if layer not in self.reached]
            self.require(not missing, f"comes before {missing}", line)
            self.reached.append(key)
        if (of, state) == ("connection", "connected"):
            self.require(self.states.get("dtls") == "connected", "comes before DTLS is connected", line)

    def on_open(self, line):
        self.require(LAYERS[-1] in self.reached, "comes before SCTP is connected", line)
        key = (line["label"], line["id"])
        self.require(self.channels.get(key) != "open", "comes a second time", line)
        self.require(isinstance(line["id"], int), "has no id", line)
        self.channels[key] = "open"

    def on_close(self, line):
        key = (line["label"], line["id"])
        self.require(self.channels.get(key) != "closed", "comes a second time", line)
        self.channels[key] = "closed"

    def on_message(self, line):
        self.require(any(label == line["label"] and state == "open" for (label, _), state in self.channels.items()),
                     "comes on a channel that is not open", line)
        self.require(set(line) in ({"event", "label", "bytes", "text"}, {"event", "label", "bytes", "base64"}),
                     "has other members", line)
        size = len(line["text"].encode()) if "text" in line else len(base64.b64decode(line["base64"], validate=True))
        self.require(line["bytes"] == size, f"has {size} bytes", line)

    def on_error(self, line):
        self.require(line["name"] and len(line["message"]) > 10, "does not say what is wrong", line)

    def on_progress(self, line):
        key = (line["direction"], line["label"])
        self.require(line["bytes"] >= self.progress.get(key, 0), "goes backwards", line)
        self.require(line["total"] == 0 or line["bytes"] <= line["total"], "has more than all", line)
        self.progress[key] = line["bytes"]

    def on_done(self, line):
        self.require(line["bytes"] >= self.progress.get((line["direction"], line["label"]), 0), "goes backwards", line)

    def on_ping(self, line):
        # The clock of a page may tick each millisecond, and a round trip take none.
        self.require(line["unit"] == "us" and 0 <= line["p50"] <= line["p90"] <= line["p99"] <= line["max"] > 0,
                     "has no percentiles in order", line)
