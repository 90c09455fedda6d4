"""The table: what Portico and every other stack must do together, told in the words of steps.py and looks.py. Portico's side is
the subject of "Portico"; "the other side" is a browser, or whatever it meets."""

from meeting import meet, on_each_side
from players import BUNDLE, EAGER, GOODBYE, LARGE, MEDIA, NAMES, NON_ASCII, OTHER, PARITY, PORTICO, RESTART, SIDES, TCP, TRICKLE
from looks import *  # noqa: F403

from checks import flooded
from steps import ascii_text, binary, both_hear, exits, hears, heard_in_order, kills, opened, repeat, sends, tells

# label: the argument, and how the channel that opens differs from the plain one.
KINDS = {
    "plain": ("plain", {}),
    "loose": ("loose,unordered", {"ordered": False}),
    "once": ("once,unordered,retransmits=0", {"ordered": False, "maxRetransmits": 0}),
    "counted": ("counted,retransmits=3", {"maxRetransmits": 3}),
    "timed": ("timed,lifetime=1500", {"maxPacketLifeTime": 1500}),
    "named": ("named,protocol=chat", {"protocol": "chat"}),
    "": ("", {}),
}
CHANNELS_OF_KINDS = [part for spec, _ in KINDS.values() for part in ("--channel", spec)]
HUNDRED = [f"number {number}" for number in range(100)]

CONNECTING = [
    meet("they connect, and each side hears the other", [opened(), *both_pass()]),
    *on_each_side(lambda client, server, name: meet(
        f"{name} is the DTLS client, as the offer asks", [opened(), *both_pass(), dtls_client_is(client)],
        changes=first_offer_asks_for(client))),
    meet("neither trickles: all candidates are in the descriptions", [opened(), *both_pass(), *map(has_candidates, SIDES)],
         ["--no-trickle"], ["--no-trickle"]),
    meet("Portico trickles, and the other side does not", [opened(), *both_pass(), trickles(PORTICO), has_candidates(OTHER)],
         other=["--no-trickle"]),
    meet("the other side trickles, and Portico does not", [opened(), *both_pass(), has_candidates(PORTICO), trickles(OTHER)],
         ["--no-trickle"], needs=[TRICKLE]),
    meet("both sides hide their addresses behind names of mDNS",
         [opened(), *both_pass(), tells_names_alone, portico_tells_names_alone], ["--mdns"], hiding=True, needs=[NAMES]),
    meet("Portico finds the other side by a name of mDNS alone",
         [opened(), *both_pass(), tells_names_alone, found_by_its_name], changes=nobody_hears_candidates_of(PORTICO), hiding=True,
         needs=[NAMES]),
    meet("the other side finds Portico by a name of mDNS alone",
         [opened(), *both_pass(), portico_tells_names_alone, found_by_its_checks], ["--mdns"],
         changes=nobody_hears_candidates_of(OTHER), hiding=True, needs=[NAMES]),
    meet("Portico is ICE-lite, and says so for the whole session", [opened(), *both_pass(), is_lite],
         ["--ice-lite"]),
    meet("no UDP goes through: the other side connects to Portico over TCP", [opened(), *both_pass(), selected_over_tcp],
         ["--tcp", "both"], changes=told_no_udp, needs=[TCP], has=[TCP]),
    meet("no UDP goes through: messages of 64 KiB arrive whole over TCP, and a restart loses none",
         [opened(), *[arrives_whole(side, 65536) for side in SIDES], *restarts_and_settles(PORTICO), *both_pass()],
         ["--tcp", "both"], changes=told_no_udp, needs=[TCP, RESTART], has=[TCP]),
    *[meet(f"audio and video that are offered beside the data are rejected, with the bundle policy {policy}",
           [opened(), *both_pass(), negotiated(OTHER, ("audio", "video", "application"), ("audio", "video"), 0)],
           other=["--media", "audio,video", "--bundle", policy], offers=[OTHER], needs=[MEDIA, *needs])
      for policy, needs in (("balanced", []), ("max-compat", []), ("max-bundle", [BUNDLE]))],
]

MESSAGES = [
    *on_each_side(lambda sender, echoer, name: meet(
        f"text, binary, empty and non-ASCII messages of {name} come back as what they are",
        [opened()] + [comes_back(sender, **content) for content in (
            {"text": "hello"}, {"text": ""}, {"text": "grüße\u0000\u2028 \U0001f980"}, {"base64": ""}, {"base64": binary(1)},
            {"base64": binary(1200)}, {"text": ascii_text(16384)}, {"base64": binary(65535)})],
        **{echoer: ["--echo"]})),
    *[meet(f"messages of {size // 1024} KiB arrive whole, from each side",
           [opened(), *[arrives_whole(side, size) for side in SIDES]], needs=needs)
      for size, needs in ((65536, []), (262144, [LARGE]))],
    meet("messages arrive in the order in which they were sent, both ways at once",
         [opened(), repeat(200, lambda number: [sends(PORTICO, text=f"to {number}"), sends(OTHER, text=f"fro {number}")]),
          hears(OTHER, "message", text="to 199"), hears(PORTICO, "message", text="fro 199"),
          heard_in_order(OTHER, [f"to {number}" for number in range(200)]),
          heard_in_order(PORTICO, [f"fro {number}" for number in range(200)])]),
]

CHANNELS = [
    *on_each_side(lambda maker, other, name: meet(
        f"channels of every kind that {name} makes open with what they were made with, and carry messages",
        [channels_open_as({label: members for label, (_, members) in KINDS.items()}),
         *[comes_back(maker, label, text=f"on {label}") for label in KINDS]],
        **{maker: CHANNELS_OF_KINDS, other: ["--echo"]})),
    *on_each_side(lambda maker, other, name: meet(
        f"labels and protocols of {name} may have any letters",
        [channels_open_as({"grüße 🦀": {"protocol": "протокол"}}), *both_pass("grüße 🦀")],
        **{maker: ["--channel", "grüße 🦀,protocol=протокол"]}, needs=[NON_ASCII] if maker == OTHER else [])),
    meet("a negotiated channel opens on both sides with its id",
         [opened("agreed", id=7, negotiated=True), *both_pass("agreed")],
         ["--channel", "agreed,id=7,negotiated"], ["--channel", "agreed,id=7,negotiated"]),
    *on_each_side(lambda client, server, name: meet(
        f"both sides make channels, and their ids are even and odd, where {name} is the DTLS client",
        [opened("ours"), opened("theirs"), *both_pass("ours"), *both_pass("theirs"),
         ids_follow_the_dtls_role(client, {PORTICO: "ours", OTHER: "theirs"})],
        ["--channel", "ours"], ["--channel", "theirs"], changes=first_offer_asks_for(client), needs=[PARITY])),
    *on_each_side(lambda maker, other, name: meet(
        f"a hundred channels of {name} keep their messages apart",
        [*[opened(label) for label in HUNDRED], *[sends(maker, label, text=f"on {label}") for label in HUNDRED],
         *[hears(maker, "message", label=label, text=f"on {label}") for label in HUNDRED]],
        **{maker: [part for label in HUNDRED for part in ("--channel", label)], other: ["--echo"]})),
]

CLOSING = [
    *on_each_side(lambda closer, other, name: meet(
        f"a channel that {name} closes is closed on both sides after what was queued, and the others live",
        [opened(), opened("second"), repeat(100, lambda number: sends(closer, text=str(number))),
         tells(closer, "close", label="data"), both_hear("close", label="data"), heard_in_order(other, map(str, range(100))),
         *both_pass("second")],
        **{side: ["--channel", "data", "--channel", "second"] for side in [PORTICO]}, offers=[PORTICO])),
    meet("Portico ends the connection: what was queued arrives, and the channels close on both sides",
         [opened(), repeat(20, lambda number: sends(PORTICO, text=f"{number} " + "x" * 10_000)), tells(PORTICO, "stop"),
          exits(PORTICO, 0), both_hear("close", label="data")], ending=()),
    meet("the other side ends the connection: the channels close, and Portico leaves with status 0",
         [opened(), *both_pass(), tells(OTHER, "stop"), hears(PORTICO, "close", label="data"),
          hears(PORTICO, "state", of="connection", state="closed"), exits(PORTICO, 0), tells_of_an_abort_at_most],
         errors={PORTICO: None}, ending=()),
    meet("the page of the other side is closed: the channels close, and Portico leaves with status 0",
         [opened(), *both_pass(), kills(OTHER), hears(PORTICO, "close", label="data"), exits(PORTICO, 0),
          tells_of_an_abort_at_most], errors={PORTICO: None}, ending=(), needs=[GOODBYE]),
]

RESTARTING = [
    *on_each_side(lambda restarter, other, name: meet(
        f"an ICE restart by {name} takes new credentials on both sides, and no data of a flood is lost",
        [hears(PORTICO, "progress"), restarts(restarter), flooded(PORTICO, OTHER, 16384)],
        ["--flood", "0.6", "--size", "16384"], ["--quiet"], needs=[RESTART])),
    meet("the other side restarts ICE, and checks before it has the answer",
         [opened(), *both_pass(), hears_the_answer_late, *both_pass(), settles], needs=[EAGER]),
    *on_each_side(lambda client, server, name: meet(
        f"each side restarts ICE in turn, and {name} stays the DTLS client",
        [opened(), *[step for side in (PORTICO, OTHER, PORTICO) for step in restarts_and_settles(side)], dtls_client_is(client)],
        changes=first_offer_asks_for(client), needs=[RESTART])),
    meet("both sides restart ICE at once, and their offers collide", [opened(), *both_pass(), offers_collide, *both_pass()], needs=[RESTART]),
    meet("the other side negotiates again, for a channel and for audio, and nothing restarts",
         [opened(), tells(OTHER, "channel", spec="later"), tells(OTHER, "negotiate"), negotiated(OTHER), opened("later"),
          *both_pass("later"), tells(OTHER, "media", kind="audio"),
          negotiated(OTHER, ("application", "audio"), ("audio",)), *both_pass(), same_credentials], needs=[MEDIA]),
]

SCENARIOS = [*CONNECTING, *MESSAGES, *CHANNELS, *CLOSING, *RESTARTING]
