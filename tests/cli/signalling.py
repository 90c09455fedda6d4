"""What peers tell each other before they are connected, in either way: ORTC's parameters in a line, or SDP and candidates in
lines of their own. What a test asks or forges of it is the same here, so that one test can hold for both."""

import json
import re

# The arguments that choose it.
ORTC = ("--ortc",)
SDP = ()


def is_signal(line):
    return "event" not in line


def is_description(line):
    """Not a candidate: what begins a negotiation, or answers it."""
    return "ortc" in line or "type" in line


def copied(line):
    return json.loads(json.dumps(line))


def _found(attribute, line):
    return re.findall(rf"^a={attribute}:(.*?)\r?$", line["sdp"], re.MULTILINE)


def credentials(line):
    if "ortc" in line:
        return line["ortc"]["ice"]["usernameFragment"], line["ortc"]["ice"]["password"]
    return _found("ice-ufrag", line)[0], _found("ice-pwd", line)[0]


def fingerprints(line):
    """By algorithm."""
    if "ortc" in line:
        return {one["algorithm"]: one["value"] for one in line["ortc"]["dtls"]["fingerprints"]}
    return dict(value.split(" ") for value in _found("fingerprint", line))


def candidates(line):
    """Of a description, as strings."""
    if "ortc" in line:
        return [one["candidate"] for one in line["ortc"]["candidates"]]
    return ["candidate:" + value for value in _found("candidate", line)]


def address_of(candidate):
    return candidate.split(" ")[4]


def port_of(candidate):
    return int(candidate.split(" ")[5])


def _other(value):
    return ("00" if value[:2] != "00" else "01") + value[2:]


def with_other_certificate(line):
    """A copy in which each fingerprint is another one."""
    forged = copied(line)
    if "ortc" in line:
        for one in forged["ortc"]["dtls"]["fingerprints"]:
            one["value"] = _other(one["value"])
    elif is_description(line):
        for value in fingerprints(line).values():
            forged["sdp"] = forged["sdp"].replace(value, _other(value))
    return forged


def with_candidates(line, wanted):
    """A copy with those only that `wanted` says of; of a candidate in a line of its own that it does not want: nothing."""
    chosen = copied(line)
    if "ortc" in line:
        chosen["ortc"]["candidates"] = [one for one in line["ortc"]["candidates"] if wanted(one["candidate"])]
    elif is_description(line):
        chosen["sdp"] = re.sub(r"^a=(candidate:.*?)\r?\n", lambda found: found[0] if wanted(found[1]) else "", line["sdp"],
                               flags=re.MULTILINE)
    elif line["candidate"] and not wanted(line["candidate"]):
        return b""
    return chosen
