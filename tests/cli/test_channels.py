"""Channels and messages between two peers: every event and argument that is about them."""

import base64
import os
import unittest

from peer import BRIDGED, PeerTest, with_either_signalling
from signalling import SDP


@with_either_signalling
class Opening(PeerTest):
    def test_states_are_told_in_order(self):
        first, second = self.connected()
        for peer in (first, second):
            order = [(line["of"], line["state"]) for line in peer.events("state")]
            self.assertEqual([state for of, state in order if of == "gathering"], ["gathering", "complete"])
            self.assertEqual([state for of, state in order if of == "ice"][:2], ["checking", "connected"])
            self.assertEqual([state for of, state in order if of == "dtls"], ["connecting", "connected"])
            self.assertEqual([state for of, state in order if of == "sctp"], ["connected"])
            self.assertEqual([state for of, state in order if of == "connection"], ["connecting", "connected"])

    def test_the_selected_pair_is_told_as_candidates(self):
        first, second = self.connected()
        pair = first.wait("selected")
        self.assertRegex(pair["local"], r"^candidate:\S+ 1 udp \d+ 127\.0\.0\.1 \d+ typ (host|prflx)")
        self.assertRegex(pair["remote"], r"^candidate:\S+ 1 udp \d+ 127\.0\.0\.1 \d+ typ (host|prflx)")
        second.wait("selected")

    def test_a_channel_arrives_with_its_parameters(self):
        specs = {
            "plain": ("plain", {}),
            # W3C: an id is for negotiated channels, and otherwise of no effect. ORTC takes it.
            "chosen": ("chosen,id=200", {} if self.signalling == SDP else {"id": 200}),
            "loose": ("loose,unordered", {"ordered": False}),
            "counted": ("counted,unordered,retransmits=0", {"ordered": False, "maxRetransmits": 0}),
            "timed": ("timed,lifetime=1500", {"maxPacketLifeTime": 1500}),
            "named": ("named,protocol=chat", {"protocol": "chat"}),
            "": ("", {}),
            "grüße": ("grüße", {}),
        }
        arguments = [part for spec, _ in specs.values() for part in ("--channel", spec)]
        first, second = self.pair(arguments)
        for label, (_, differences) in specs.items():
            expected = {"event": "open", "label": label, "protocol": "", "ordered": True, "negotiated": False,
                        "maxRetransmits": None, "maxPacketLifeTime": None, **differences}
            for peer in (first, second):
                with self.subTest(label):
                    opened = peer.wait("open", label=label)
                    expected.setdefault("id", opened["id"])
                    self.assertEqual(opened, expected)

    def test_ids_have_the_parity_of_the_dtls_role(self):
        # The offerer is the DTLS server: with ORTC as the controlling side where no role was given, with SDP because the
        # answerer is active. RFC 8832 §6: odd.
        first, second = self.connected(answer=["--channel", "theirs"])
        self.assertEqual(first.wait("open", label="data")["id"] % 2, 1)
        self.assertEqual(first.wait("open", label="theirs")["id"] % 2, 0)
        self.assertEqual(second.wait("open", label="theirs")["id"] % 2, 0)

    def test_a_negotiated_channel_opens_on_both_sides(self):
        first, second = self.connected(["--channel", "agreed,id=7,negotiated"], ["--channel", "agreed,id=7,negotiated"],
                                       label="agreed")
        for peer in (first, second):
            opened = peer.wait("open", label="agreed")
            self.assertEqual((opened["id"], opened["negotiated"]), (7, True))
        first.command("send", label="agreed", text="hello")
        second.wait("message", label="agreed", text="hello")

    def test_the_offerers_default_is_one_channel_and_the_answerers_is_none(self):
        first, second = self.connected()
        self.assertEqual([line["label"] for line in first.events("open")], ["data"])
        self.assertEqual([line["label"] for line in second.events("open")], ["data"])

    @unittest.skipIf(BRIDGED, "a lite agent asks nobody, and the bridge passes data only to who has answered")
    def test_a_lite_peer_connects_in_either_role(self):
        for offer, answer in ((["--ice-lite"], []), ([], ["--ice-lite"])):
            with self.subTest(offer=offer, answer=answer):
                first, second = self.connected(offer, answer)
                lite, full = (first, second) if offer else (second, first)
                lite.command("stats")
                full.command("stats")
                self.assertEqual(lite.wait("stats")["ice"]["role"], "controlled")
                self.assertEqual(full.wait("stats")["ice"]["role"], "controlling")


@with_either_signalling
class Messages(PeerTest):
    def test_text_and_binary_arrive_as_what_they_are(self):
        first, second = self.connected()
        binary = base64.b64encode(os.urandom(1000)).decode()
        first.command("send", label="data", text="grüße\u0000\u2028")
        first.command("send", label="data", base64=binary)
        second.command("send", label="data", text="back")
        self.assertEqual(second.wait("message", text="grüße\u0000\u2028"),
                         {"event": "message", "label": "data", "bytes": 11, "text": "grüße\u0000\u2028"})
        self.assertEqual(second.wait("message", base64=binary),
                         {"event": "message", "label": "data", "bytes": 1000, "base64": binary})
        first.wait("message", text="back")

    def test_empty_messages_arrive_as_what_they_are(self):
        first, second = self.connected()
        first.command("send", label="data", text="")
        first.command("send", label="data", base64="")
        self.assertEqual(second.wait("message", text=""), {"event": "message", "label": "data", "bytes": 0, "text": ""})
        self.assertEqual(second.wait("message", base64=""), {"event": "message", "label": "data", "bytes": 0, "base64": ""})

    def test_an_echo_sends_back_text_as_text_and_binary_as_binary(self):
        first, second = self.connected(answer=["--echo"])
        for size in (0, 1, 1200, 65536, 262144):
            binary = base64.b64encode(os.urandom(size)).decode()
            first.command("send", label="data", base64=binary)
            self.assertEqual(first.wait("message", bytes=size, base64=binary)["label"], "data")
            text = "x" * size
            first.command("send", label="data", text=text)
            self.assertEqual(first.wait("message", bytes=size, text=text)["label"], "data")

    def test_a_message_over_the_peers_limit_is_refused_and_the_channel_goes_on(self):
        first, second = self.connected()
        first.command("send", label="data", text="x" * 262145)
        self.assertEqual(first.wait("error")["name"], "TypeError")
        first.command("send", label="data", text="after it")
        second.wait("message", text="after it")

    def test_a_quiet_peer_prints_the_count_in_place_of_the_messages(self):
        first, second = self.connected(answer=["--quiet"])
        for _ in range(10):
            first.command("send", label="data", text="hello")
        first.command("close", label="data")
        done = second.wait("done", direction="receive")
        self.assertEqual((done["bytes"], done["messages"], done["label"]), (50, 10, "data"))
        self.assertEqual(second.events("message"), [])

    def test_close_is_heard_on_both_sides_after_what_was_queued(self):
        first, second = self.connected()
        for number in range(100):
            first.command("send", label="data", text=str(number))
        first.command("close", label="data")
        first.wait("close", label="data")
        second.wait("close", label="data")
        self.assertEqual([line["text"] for line in second.events("message")], [str(number) for number in range(100)])
        since = first.mark()
        first.command("send", label="data", text="too late")
        self.assertEqual(first.wait("error", since)["name"], "InvalidStateError")

    def test_stats_tell_of_every_layer(self):
        first, second = self.connected()
        first.command("send", label="data", text="hello")
        second.wait("message", text="hello")
        first.command("stats")
        stats = first.wait("stats")
        second.command("stats")
        # Which side has which role may change in the checks (RFC 8445 §7.3.1.1).
        self.assertEqual({stats["ice"]["role"], second.wait("stats")["ice"]["role"]}, {"controlling", "controlled"})
        self.assertGreater(stats["ice"]["bytesSent"], 0)
        self.assertGreater(stats["ice"]["packetsReceived"], 0)
        self.assertTrue(stats["selected"]["remote"].startswith("candidate:"))
        self.assertEqual((stats["dtls"]["state"], stats["sctp"]["state"]), ("connected", "connected"))
        self.assertRegex(stats["dtls"]["cipherSuite"], "ECDHE[-_]ECDSA")
        self.assertEqual(stats["sctp"]["maxMessageSize"], 262144)
        channel, = stats["channels"]
        self.assertEqual((channel["label"], channel["messagesSent"], channel["bytesSent"]), ("data", 1, 5))


@with_either_signalling
class Measuring(PeerTest):
    def test_ping_tells_percentiles_of_n_round_trips(self):
        first, second = self.connected(["--ping", "50"], ["--echo", "--quiet"], label="ping")
        ping = first.wait("ping")
        self.assertEqual((ping["unit"], ping["n"]), ("us", 50))
        self.assertTrue(0 < ping["p50"] <= ping["p90"] <= ping["p99"] <= ping["max"])

    def test_ping_to_a_peer_that_gives_another_answer_is_an_error(self):
        first, second = self.connected(["--ping", "5"], label="ping")
        second.command("send", label="ping", text="pong")
        self.assertEqual(first.wait("error")["name"], "DataError")

    def test_flood_fills_the_channel_for_its_time_and_leaves_it_open(self):
        for size in (100, 65536):
            with self.subTest(size):
                first, second = self.connected(["--flood", "1", "--size", str(size)], ["--quiet"])
                sent = first.wait("done", direction="send")
                self.assertGreaterEqual(sent["seconds"], 1)
                self.assertEqual(sent["bytes"], sent["messages"] * size)
                self.assertGreater(sent["messages"], 10)
                self.assertEqual(first.events("close"), [])
                first.command("close", label="data")
                received = second.wait("done", direction="receive")
                self.assertEqual((received["bytes"], received["messages"]), (sent["bytes"], sent["messages"]))
                for peer, direction in ((first, "send"), (second, "receive")):
                    progress = peer.events("progress", direction=direction)
                    self.assertTrue(0 < len(progress) <= 10 * (sent["seconds"] + 2))
                    counts = [line["bytes"] for line in progress]
                    self.assertEqual(counts, sorted(counts))

    def test_flood_of_messages_over_the_peers_limit_is_an_error(self):
        first, second = self.connected(["--flood", "1", "--size", "262145"])
        self.assertEqual(first.wait("error")["name"], "TypeError")


if __name__ == "__main__":
    unittest.main()
