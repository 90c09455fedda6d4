"""The table: what every pairing of programs must do, told in the words of steps.py and checks.py."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import bad_lines  # noqa: E402
from checks import *  # noqa: E402,F403
from programs import BRIDGE, BYTES, COMMAND_LINE, FILES, LITE, MULTICAST, PORTS, SIGNALS  # noqa: E402
from scenario import STOPPED_BY_OFFERER, Scenario, by_sdp, on_each_side, pair, single  # noqa: E402,F401
from steps import *  # noqa: E402,F403

MIB = 1024 * 1024
ON_BOTH = {OFFERER: {FILES}, ANSWERER: {FILES}}
ANY = {OFFERER: None, ANSWERER: None}

# label: the argument, and how the channel that opens differs from the plain one.
KINDS = {
    "plain": ("plain", {}),
    "chosen": ("chosen,id=200", {"id": 200}),
    "loose": ("loose,unordered", {"ordered": False}),
    "once": ("once,unordered,retransmits=0", {"ordered": False, "maxRetransmits": 0}),
    "counted": ("counted,retransmits=3", {"maxRetransmits": 3}),
    "timed": ("timed,lifetime=1500", {"maxPacketLifeTime": 1500}),
    "named": ("named,protocol=chat", {"protocol": "chat"}),
    "": ("", {}),
    "grüße": ("grüße", {}),
}
CHANNELS_OF_KINDS = [part for spec, _ in KINDS.values() for part in ("--channel", spec)]
TWENTY = [f"number {number}" for number in range(20)]


def sends_and_echoes(label, **content):
    return [sends(OFFERER, label, **content), hears(OFFERER, "message", label=label, **content)]


CONNECTING = [
    pair("both sides tell each layer's states in order, open before the first message and close after the last",
         [opened(), sends(OFFERER, text="hello"), hears(OFFERER, "message", text="hello"), tells(OFFERER, "stop"), both_exit(),
          states_of_a_whole_life, order_of_a_whole_life],
         answerer=["--echo"], ending=(), both_ways=True, either=True),
    pair("the selected pair is told by both sides, and one of them controls", [opened(), pair_is_told, one_controls],
         either=True),
    pair("candidates may come in lines of their own",
         [lambda stage: trickle(stage, OFFERER, ANSWERER), lambda stage: trickle(stage, ANSWERER, OFFERER), opened()],
         signalling=False),
    pair("a bad candidate among good ones is an error and keeps nobody apart",
         [lambda stage: pass_on(stage, OFFERER, ANSWERER), lambda stage: pass_on(stage, ANSWERER, OFFERER, with_nonsense),
          hears(OFFERER, "error", name="OperationError"), opened()],
         signalling=False, errors={OFFERER: ["OperationError"]}, both_ways=True),
    *on_each_side(lambda lite, full: pair(
        f"an {lite} that is ICE-lite is controlled, and connects",
        [opened(), controls(full), sends(lite, text="hello"), hears(full, "message", text="hello")],
        needs={lite: {LITE}}, either=True, **{lite: ["--ice-lite"]})),
    pair("a port range is kept, on both sides", [opened(), ports_are_in(43210, 43260)], ["--ports", "43210-43260"],
         ["--ports", "43210-43260"], needs={OFFERER: {PORTS}, ANSWERER: {PORTS}}),
    pair("names of multicast DNS are told in place of addresses, and the two connect by them", [opened(), names_are_told],
         ["--mdns", "--no-trickle"], ["--mdns", "--no-trickle"], needs={OFFERER: {MULTICAST}, ANSWERER: {MULTICAST}}, both_ways=True,
         either=True),
    *on_each_side(lambda owner, other: pair(
        f"a certificate from a file is the one that the {owner} shows", [opened(), fingerprint_is_the_files(owner)],
        needs={owner: {FILES}}, either=True, **{owner: ["--certificate", CERTIFICATE, "--key", KEY]})),
    *on_each_side(lambda deceived, other: pair(
        f"another certificate than the {deceived} was told fails the handshake, with an error and status 1",
        [carries(deceived, other), carries(other, deceived, with_other_certificate),
         hears(deceived, "state", of="dtls", state="failed"), hears(deceived, "error"), exits(deceived, 1)],
        signalling=False, errors=ANY, ending=(), either=True)),
    single("a peer that nobody answers leaves with status 3 and a TimeoutError", [exits(ALONE, 3)],
           ["--offer", "--timeout", "1"], ending=(), errors={ALONE: ["TimeoutError"]}),
    pair("a timeout is of no interest once connected", [opened(), hears(OFFERER, "done")],
         ["--timeout", "5", "--flood", "0.2"], ["--timeout", "5", "--quiet"]),
]

MESSAGES = [
    pair("text, binary, empty and non-ASCII messages come back as what they are",
         [opened()] + [step for content in (
             {"text": "hello"}, {"text": ""}, {"text": "grüße\u0000\u2028 \U0001f980"}, {"base64": ""}, {"base64": binary(1)},
             {"base64": binary(1200)}, {"text": ascii_text(16384)}, {"base64": binary(65536)})
             for step in sends_and_echoes("data", **content)],
         answerer=["--echo"]),
    pair("messages of 256 KiB come back whole", [opened(), *sends_and_echoes("data", text=ascii_text(262144)),
                                                 *sends_and_echoes("data", base64=binary(262144))],
         answerer=["--echo"]),
    pair("messages arrive in the order in which they were sent, both ways at once",
         [opened(), repeat(200, lambda number: [sends(OFFERER, text=f"to {number}"), sends(ANSWERER, text=f"fro {number}")]),
          hears(ANSWERER, "message", text="to 199"), hears(OFFERER, "message", text="fro 199"),
          heard_in_order(ANSWERER, [f"to {number}" for number in range(200)]),
          heard_in_order(OFFERER, [f"fro {number}" for number in range(200)])]),
    *on_each_side(lambda sender, other: pair(
        f"a message of the {sender} that is larger than the other side takes is a TypeError, and the channel lives",
        [opened(), sends(sender, text="x" * 262145), answers(sender, "error", name="TypeError"), sends(sender, text="after it"),
         hears(other, "message", text="after it")],
        errors={sender: ["TypeError"]})),
    pair("with --quiet the count is told in place of the messages",
         [opened(), repeat(10, lambda _: sends(OFFERER, text="hello")), tells(OFFERER, "close", label="data"),
          hears(ANSWERER, "done", direction="receive", label="data", bytes=50, messages=10),
          heard_nothing_of(ANSWERER, "message")],
         answerer=["--quiet"], both_ways=True),
]

CHANNELS = [
    pair("channels of every kind open with what they were made with, and carry messages",
         [channels_open_as({label: members for label, (_, members) in KINDS.items()}),
          *[step for label in KINDS for step in sends_and_echoes(label, text=f"on {label}")]],
         CHANNELS_OF_KINDS, ["--echo"], both_ways=True, either=True),
    pair("a negotiated channel opens on both sides with its id",
         [opened("agreed", id=7, negotiated=True), *sends_and_echoes("agreed", text="hello")],
         ["--channel", "agreed,id=7,negotiated"], ["--channel", "agreed,id=7,negotiated", "--echo"],
         either=True),
    pair("both sides may make channels, and their ids follow the DTLS role",
         [opened("data"), opened("theirs"), ids_follow_the_dtls_role, sends(ANSWERER, "theirs", text="hello"),
          hears(OFFERER, "message", label="theirs", text="hello")],
         answerer=["--channel", "theirs"], either=True),
    pair("without an argument the offerer makes the channel data, and the answerer none",
         [opened(), lambda stage: [require_equal([line["label"] for line in peer.events("open")], ["data"], side)
                                   for side, peer in stage.peers.items()]]),
    pair("twenty channels at once keep their messages apart",
         [*[opened(label) for label in TWENTY],
          repeat(10, lambda number: [sends(OFFERER, label, text=f"{label}: {number}") for label in TWENTY]),
          *[step for label in TWENTY for step in (
              hears(OFFERER, "message", label=label, text=f"{label}: 9"),
              heard_in_order(OFFERER, [f"{label}: {number}" for number in range(10)], label))]],
         [part for label in TWENTY for part in ("--channel", label)], ["--echo", "--quiet"]),
    *on_each_side(lambda closer, other: pair(
        f"a channel that the {closer} closes is closed on both sides after what was queued, and takes no more",
        [opened(), repeat(100, lambda number: sends(closer, text=str(number))), tells(closer, "close", label="data"),
         both_hear("close", label="data"), heard_in_order(other, map(str, range(100))),
         sends(closer, text="too late"), answers(closer, "error", name="InvalidStateError"), opened("second"),
         sends(closer, "second", text="still here"), hears(other, "message", label="second", text="still here")],
        ["--channel", "data", "--channel", "second"], errors={closer: ["InvalidStateError"]}, either=True)),
]


def file_from(sender, receiver, size, how):
    return pair(f"a file {how} goes from the {sender} to the {receiver}, with the same SHA-256 on both ends",
                [file_arrived(sender, receiver), both_exit()], needs=ON_BOTH, files={"sent": size}, ending=(),
                **{sender: ["--send", "{folder}/sent", "--exit-after", "done"],
                   receiver: ["--receive", "{folder}/received", "--exit-after", "done"]}, both_ways=True)


TRANSFERS = [
    *on_each_side(lambda sender, receiver: file_from(sender, receiver, 4 * MIB + 17, "of 4 MiB and a bit")),
    file_from(OFFERER, ANSWERER, 0, "without content"),
    pair("files go both ways at once", [file_arrived(OFFERER, ANSWERER, "one", "one.copy"),
                                        file_arrived(ANSWERER, OFFERER, "two", "two.copy")],
         ["--send", "{folder}/one", "--receive", "{folder}/two.copy"],
         ["--send", "{folder}/two", "--receive", "{folder}/one.copy"], needs=ON_BOTH, files={"one": 900_001, "two": 700_000}),
    pair("a receiver that can't write refuses, says why, and both leave with status 1",
         [hears(OFFERER, "error"), hears(ANSWERER, "error"), both_exit(1), nothing_arrived],
         ["--send", "{folder}/sent", "--exit-after", "done"],
         ["--receive", "{folder}/no/such/received", "--exit-after", "done"],
         needs=ON_BOTH, files={"sent": 1000}, errors=ANY, ending=(), both_ways=True),
    *[pair(f"a flood of messages of {size} bytes arrives whole, and both sides count the same",
           [flooded(OFFERER, ANSWERER, size)], ["--flood", "0.3", "--size", str(size)], ["--quiet"], both_ways=True)
      for size in (100, 65536)],
    pair("a flood of messages that are larger than the other side takes is an error", [hears(OFFERER, "error")],
         ["--flood", "1", "--size", "262145"], errors={OFFERER: ["TypeError"]},
         ending=(tells(OFFERER, "stop"), exits(OFFERER, 1)), both_ways=True),
    pair("--ping tells the percentiles of its round trips", [hears(OFFERER, "ping", n=50)], ["--ping", "50"],
         ["--echo", "--quiet"], both_ways=True),
    pair("--ping to a peer that answers something else is a DataError",
         [hears(ANSWERER, "open", label="ping"), sends(ANSWERER, "ping", text="pong"), hears(OFFERER, "error", name="DataError")],
         ["--ping", "5"], errors={OFFERER: ["DataError"]}, ending=(tells(OFFERER, "stop"), exits(OFFERER, 1)), both_ways=True),
    pair("stats tell of every layer",
         [opened(), sends(OFFERER, text="hello"), hears(ANSWERER, "message", text="hello"),
          stats_tell_of_every_layer(OFFERER, (1, 5)), stats_tell_of_every_layer(ANSWERER, (0, 0))]),
]

ENDING = [
    *on_each_side(lambda stopper, other: pair(
        f"stop at the {stopper} closes the channels and ends both sides with status 0",
        [opened(), sends(stopper, text="last words"), tells(stopper, "stop"), both_hear("close", label="data"), both_exit(),
         hears(other, "message", text="last words"), both_hear("state", of="connection", state="closed")], ending=(),
        either=True)),
    *on_each_side(lambda stopper, other: pair(
        f"the end of the {stopper}'s input is a stop: what was queued is delivered first",
        [opened(), repeat(100, lambda number: sends(stopper, text=f"{number} " + "x" * 10_000)), ends_input(stopper), both_exit(),
         lambda stage: require_equal([int(text.split()[0]) for text in texts(stage, other)], list(range(100)), "what arrived")],
        ending=())),
    *on_each_side(lambda stopper, other: pair(
        f"SIGTERM at the {stopper} is a stop, too", [opened(), terminates(stopper), both_exit()],
        needs={stopper: {SIGNALS}}, ending=())),
    *on_each_side(lambda victim, survivor: pair(
        f"the {victim} is killed: the {survivor} goes disconnected, then failed, says why, and leaves with status 1",
        [opened(), kills(victim), states_since(survivor, "ice", ["disconnected", "failed"]),
         states_since(survivor, "connection", ["disconnected", "failed"]), answers(survivor, "error"), exits(survivor, 1)],
        errors=ANY, ending=(), long=True)),
    single("the end of input before anything else is a clean end", [ends_input(ALONE), exits(ALONE, 0)], ending=(),
           errors={}),
    single("stop before anything else is a clean end", [], errors={}),
    *[pair(f"--exit-after {event} leaves with status 0 once that came",
           [*steps, hears(ANSWERER, event), exits(ANSWERER, 0)], offerer, ["--exit-after", event, *answerer], ending=(),
           errors={OFFERER: None})  # it may not be connected yet, and say so
      for event, offerer, answerer, steps in [
          ("state", (), (), ()), ("selected", (), (), ()), ("open", (), (), ()),
          ("message", (), (), (opened(), sends(OFFERER, text="hello"))),
          ("stats", (), (), (opened(), tells(ANSWERER, "stats"))),
          ("ping", ("--echo", "--quiet"), ("--ping", "3"), ()),
          ("close", (), (), (opened(), tells(OFFERER, "close", label="data"))),
          ("done", (), ("--quiet", "--channel", "theirs", "--flood", "0.1"), ())]],
    single("--exit-after error leaves with status 0 once that came", [writes(ALONE, b"nonsense\n"), exits(ALONE, 0)],
           ["--offer", "--exit-after", "error"], ending=(), errors={ALONE: ["SyntaxError"]}),
]

RESTARTING = [
    *on_each_side(lambda restarter, other: pair(
        f"an ICE restart by the {restarter} takes new credentials on both sides, and no data of a flood is lost",
        [hears(OFFERER, "progress"), restarts(restarter), flooded(OFFERER, ANSWERER, 65536), told_descriptions(2)],
        ["--flood", "0.6"], ["--quiet"], either=True)),
    pair("both sides may restart again and again, with messages after each time",
         [opened(), repeat(3, lambda number: [
             restarts((OFFERER, ANSWERER)[number % 2]), sends(OFFERER, text=f"after {number}"),
             hears(ANSWERER, "message", text=f"after {number}"), sends(ANSWERER, text=f"back {number}"),
             hears(OFFERER, "message", text=f"back {number}")])], either=True),
    *on_each_side(lambda side, other: pair(
        f"the same parameters again change nothing at the {side}, and another certificate is an InvalidStateError",
        [opened(), lambda stage: pass_on(stage, other, side), lambda stage: pass_on(stage, other, side, with_other_certificate),
         hears(side, "error", name="InvalidStateError"), sends(side, text="still here"), hears(other, "message", text="still here"),
         told_descriptions(1)], errors={side: ["InvalidStateError"]})),
]

MISUSE = [
    single("lines that are no JSON object are refused", [refuses_each(ALONE, bad_lines.NO_OBJECTS)]),
    single("lines that are no UTF-8 are refused", [refuses_each(ALONE, bad_lines.NO_UTF8)], needs={ALONE: {BYTES}}),
    single("lines that are nested too deep are refused", [refuses_each(ALONE, bad_lines.TOO_DEEP)]),
    single("a line that is too long is refused before it ends, and the next is read", [refuses_a_line_too_long],
           needs={ALONE: {BYTES}}),
    single("unknown, incomplete and untimely commands are refused", [refuses_each(ALONE, bad_lines.COMMANDS)]),
    single("SDP is refused with --ortc", [refuses_each(ALONE, bad_lines.SDP)], ["--answer"]),
    single("malformed parameters are refused", [hears_parameters, refuses_each(ALONE, bad_lines.PARAMETERS)], ["--answer"]),
    single("malformed candidates are refused alone", [refuses_each(ALONE, bad_lines.CANDIDATES)], ["--answer"]),
    pair("bad lines end nothing: an open channel goes on",
         [opened(), refuses_each(OFFERER, [(b"hello\n", "SyntaxError"), (b'{"command":"dance"}\n', "NotSupportedError"),
                                           (b'{"ortc":{}}\n', "TypeError"), ({"candidate": "candidate:x"}, "OperationError")]),
          sends(OFFERER, text="still here"), hears(ANSWERER, "message", text="still here")], errors=ANY, both_ways=True),
    single("unusable arguments are refused with status 2 and a sentence", [refuses_arguments(
        [(), ("dance",), *[("peer", "--ortc", *more) for more in (
            (), ("--offer", "--answer"), *[("--offer", *some) for some in (
                ("--wings",), ("--channel", "a,id=x"), ("--channel", "a,id=65535"), ("--channel", "a,wings"),
                ("--channel", "a,negotiated"), ("--channel", "a,retransmits=1,lifetime=1"), ("--channel", "a,lifetime="),
                ("--ice-server", "example.org"), ("--ice-server", "turn:example.org"), ("--relay-only",),
                ("--ports=0-1",), ("--ports=9-8",), ("--timeout", "0"), ("--timeout", "x"), ("--flood", "-1"), ("--ping", "0"),
                ("--size", "-1"), ("--size", "1000000000"), ("--exit-after", "christmas"), ("--bind", "localhost"))])],
         ("peer", "--offer", "--ice-server", "stun:example.org:99999")])], None, ending=(), needs={ALONE: {COMMAND_LINE}}),
    single("files that are not there are refused with status 2", [refuses_arguments(
        [("peer", "--ortc", "--offer", *more) for more in (
            ("--send", "/nonexistent/file"), ("--send", "/"), ("--certificate", "/etc/hostname"),
            ("--certificate", "/etc/hostname", "--key", "/etc/hostname"))])], None, ending=(), needs={ALONE: {FILES}}),
    single("--help and --version are answered", [tells_help_and_version], None, ending=(), needs={ALONE: {COMMAND_LINE}}),
]

# Over the bridge. What the bridge itself refuses is tested in tests/bridge.
BRIDGING = [
    *on_each_side(lambda side, other: pair(
        f"the {side}'s bridge dies: its ICE goes disconnected, then failed, says why, and both leave with status 1",
        [opened(), kills_bridge, states_since(side, "ice", ["disconnected", "failed"]), says_why(side, "bridge"),
         states_since(other, "ice", ["disconnected", "failed"]), both_exit(1)],
        own_bridge=side, errors=ANY, ending=(), long=True)),
    *on_each_side(lambda side, other: pair(
        f"the {side}'s bridge dies and comes back: a restart of ICE by the {side} recovers, and what was sent meanwhile arrives",
        [opened(), kills_bridge, hears(side, "state", of="ice", state="disconnected"), sends(side, text="meanwhile"),
         starts_bridge, restarts(side), hears(other, "message", text="meanwhile"), sends(other, text="back"),
         hears(side, "message", text="back")],
        own_bridge=side, errors=ANY, long=True, either=True)),
    *on_each_side(lambda side, other: pair(
        f"the {side}'s bridge dies and comes back: a restart of ICE by the other side recovers",
        [opened(), kills_bridge, hears(side, "state", of="ice", state="disconnected"), starts_bridge, restarts(other),
         sends(other, text="back"), hears(side, "message", text="back"), sends(side, text="thanks"),
         hears(other, "message", text="thanks")],
        own_bridge=side, errors=ANY, long=True, either=True)),
    single("a bridge that is not there is an error that says so, and status 1",
           [says_why(ALONE, "bridge"), exits(ALONE, 1)], ["--offer", "--bridge", "ws://127.0.0.1:9,token"], ending=(),
           own_path=True, needs={ALONE: {BRIDGE}}),
    single("a token that the bridge does not take is an error, and status 1",
           [says_why(ALONE, "bridge"), exits(ALONE, 1)], ["--offer", "--bridge", "{bridge},no.valid.token"], ending=(),
           own_path=True, needs={ALONE: {BRIDGE}}),
]

ALL_BY_ORTC = [*CONNECTING, *MESSAGES, *CHANNELS, *TRANSFERS, *ENDING, *RESTARTING, *MISUSE, *BRIDGING]

BY_SDP = [
    *by_sdp(ALL_BY_ORTC),
    pair("by SDP, candidates follow the description in lines of their own, and their end comes last", [opened(), trickles],
         sdp=True, both_ways=True),
    pair("by SDP without trickling, each side says one thing, with all its candidates", [opened(), signals_once],
         ["--no-trickle"], ["--no-trickle"], sdp=True, both_ways=True),
    pair("by SDP, offers that meet end in one restart of both sides",
         [opened(), restarts_meet, sends(OFFERER, text="hello"), hears(ANSWERER, "message", text="hello")], sdp=True,
         both_ways=True),
    *on_each_side(lambda side, other: pair(
        f"by SDP, an offer with another certificate than before is an InvalidAccessError at the {side}, and changes nothing",
        [opened(), offers_another_certificate(other, side), answers(side, "error", name="InvalidAccessError"),
         sends(side, text="still here"), hears(other, "message", text="still here")],
        errors={side: ["InvalidAccessError"]}, sdp=True)),
    single("by SDP, malformed descriptions are refused", [refuses_each(ALONE, bad_lines.NO_DESCRIPTIONS)], ["--answer"], sdp=True),
    single("by SDP, an answer to nothing is refused", [refuses_each(ALONE, bad_lines.UNTIMELY_DESCRIPTIONS)], ["--answer"],
           sdp=True),
    single("by SDP, candidates without a description or a place are refused",
           [refuses_each(ALONE, [*bad_lines.NO_CANDIDATES, *bad_lines.UNTIMELY_CANDIDATES])], ["--answer"], sdp=True),
    single("ORTC's parameters are refused without --ortc", [refuses_each(ALONE, bad_lines.ORTC)], ["--answer"], sdp=True),
    pair("by SDP, candidates of a wrong section or fragment are refused, and an open channel goes on",
         [opened(), refuses_each(OFFERER, bad_lines.STRAY_CANDIDATES), sends(OFFERER, text="still here"),
          hears(ANSWERER, "message", text="still here")], errors=ANY, sdp=True, both_ways=True),
]

SCENARIOS = [*ALL_BY_ORTC, *BY_SDP]
