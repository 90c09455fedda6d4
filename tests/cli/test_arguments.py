"""The command line: what it says, and what it refuses with status 2 and a sentence."""

import os
import tempfile
import unittest

from peer import BRIDGED, NPM, PeerTest, run, with_either_signalling
from signalling import SDP, address_of, candidates, credentials, fingerprints, is_signal, port_of

HERE = os.path.dirname(os.path.abspath(__file__))


class Refusals(unittest.TestCase):
    def assert_refused(self, *arguments, says):
        status, out, err = run(*arguments)
        self.assertEqual(status, 2, err)
        self.assertEqual(out, "")
        self.assertIn(says, err)

    def assert_peer_refused(self, *arguments, says):
        self.assert_refused("peer", "--offer", *arguments, says=says)

    def test_no_command_is_refused(self):
        self.assert_refused(says="subcommand")

    def test_an_unknown_command_is_refused(self):
        self.assert_refused("listen", says="")

    def test_an_unknown_argument_is_refused(self):
        self.assert_peer_refused("--wings", says="--wings")

    def test_a_peer_must_know_its_side(self):
        self.assert_refused("peer", says="--offer or --answer")
        self.assert_refused("peer", "--ortc", "--offer", "--answer", says="--offer or --answer")

    @unittest.skipIf(NPM, "it is the npm program")
    def test_the_bridge_is_for_the_npm_program(self):
        self.assert_peer_refused("--bridge", "ws://127.0.0.1:1", says="npm")

    @unittest.skipUnless(NPM, "of the npm program")
    def test_a_bridge_and_ice_lite_exclude_each_other(self):
        self.assert_peer_refused("--bridge", "ws://127.0.0.1:1", "--ice-lite", says="--ice-lite")

    def test_bad_bridges_are_refused(self):
        for bridge in ["example.org", "http://example.org", "ws://", "ws:example.org"]:
            with self.subTest(bridge):
                self.assert_peer_refused("--bridge", bridge, says="bridge")

    def test_doctor_takes_no_nonsense(self):
        for arguments, says in [(("--timeout", "0"), "--timeout"), (("--bridge", "http://example.org"), "bridge"),
                                (("--bridge", "ws://"), "bridge"), (("--ice-server", "example.org"), "server"),
                                (("--ice-server", "stun:example.org:99999"), "stun:example.org:99999"),
                                (("--relay-only",), "--ice-server"), (("--wings",), "--wings"), (("file",), "file")]:
            with self.subTest(arguments):
                self.assert_refused("doctor", *arguments, says=says)

    def test_bad_channel_specs_are_refused(self):
        for spec, says in [("a,id=x", "id=x"), ("a,id=65535", "65534"), ("a,id=70000", "id=70000"), ("a,wings", "wings"),
                           ("a,negotiated", "id=N"), ("a,retransmits=1,lifetime=1", "not both"),
                           ("a,retransmits=-1", "retransmits=-1"), ("a,lifetime=", "lifetime="), ("a,protocol", "protocol")]:
            with self.subTest(spec):
                self.assert_peer_refused("--channel", spec, says=says)

    def test_bad_servers_are_refused(self):
        for server in ["example.org", "http://example.org", "stun:", "turn:example.org"]:
            with self.subTest(server):
                self.assert_peer_refused("--ice-server", server, says="server")

    def test_a_server_that_no_connection_can_be_made_with_is_refused(self):
        self.assert_peer_refused("--ice-server", "stun:example.org:99999", says="stun:example.org:99999")

    def test_bad_addresses_and_ports_are_refused(self):
        self.assert_peer_refused("--bind", "localhost", says="no IP address")
        for ports in ["0-1", "9-8", "x", "1-70000", "-5", "5-"]:
            with self.subTest(ports):
                self.assert_peer_refused("--ports=" + ports, says="LOW")

    def test_an_unknown_kind_of_tcp_candidates_is_refused(self):
        self.assert_peer_refused("--tcp", "passive", says="none, active and both")

    @unittest.skipUnless(NPM, "of the npm program")
    def test_tcp_candidates_are_for_the_native_program(self):
        for kind in ["active", "both"]:
            with self.subTest(kind):
                self.assert_peer_refused("--tcp", kind, says="native program")

    def test_names_can_be_told_or_left_alone_and_not_both(self):
        self.assert_peer_refused("--mdns", "--no-mdns", says="--mdns")

    def test_relay_only_needs_a_server(self):
        self.assert_peer_refused("--relay-only", says="--ice-server")

    def test_bad_numbers_are_refused(self):
        for arguments in [("--timeout", "0"), ("--timeout", "x"), ("--timeout", "nan"), ("--flood", "-1"), ("--ping", "0"),
                          ("--size", "-1"), ("--size", "1000000000")]:
            with self.subTest(arguments):
                self.assert_peer_refused(*arguments, says=arguments[0])

    def test_an_unknown_event_to_wait_for_is_refused(self):
        self.assert_peer_refused("--exit-after", "christmas", says="christmas")

    def test_files_that_are_not_there_are_refused(self):
        self.assert_peer_refused("--send", "/nonexistent/file", says="/nonexistent/file")
        self.assert_refused("send", "/nonexistent/file", says="/nonexistent/file")
        self.assert_peer_refused("--send", "/", says="regular file")

    def test_certificate_and_key_go_together(self):
        self.assert_peer_refused("--certificate", "/etc/hostname", says="--key")

    def test_a_certificate_that_is_none_is_refused(self):
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as nonsense:
            nonsense.write("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
            nonsense.flush()
            self.assert_peer_refused("--certificate", nonsense.name, "--key", nonsense.name, says="portico:")


class Answers(unittest.TestCase):
    def test_help_is_there_for_every_command(self):
        for command, mentions in [((), "portico send"), (("peer",), "--exit-after"), (("send",), "FILE"),
                                  (("receive",), "--folder"), (("doctor",), "RFC 5780"), ((), "doctor")]:
            with self.subTest(command):
                status, out, _ = run(*command, "--help")
                self.assertEqual(status, 0)
                self.assertIn(mentions, out)

    def test_the_version_is_told(self):
        status, out, _ = run("--version")
        self.assertEqual(status, 0)
        self.assertRegex(out, r"^portico \d+\.\d+\.\d+")


@with_either_signalling
class Descriptions(PeerTest):
    """What a description says of the arguments. Without trickling it has the candidates."""

    def describe(self, *arguments, **options):
        return self.peer("--offer", "--no-trickle", *arguments, **options).wait_description()

    def test_a_given_certificate_is_used(self):
        line = self.describe("--certificate", os.path.join(HERE, "certificate.pem"), "--key", os.path.join(HERE, "key.pem"))
        self.assertEqual(fingerprints(line)["sha-256"], ("A4:B9:91:EB:58:72:35:94:A4:FB:55:93:3A:7B:1B:68"
                                                         ":9B:C5:AC:6A:A5:1F:4C:4E:8C:D1:A0:73:05:39:53:D1"))

    @unittest.skipIf(BRIDGED, "the bridge has ports of its own")
    def test_the_port_range_is_kept(self):
        told = candidates(self.describe("--tcp", "none", "--ports", "43210-43220"))
        self.assertTrue(told)
        for candidate in told:
            self.assertIn(port_of(candidate), range(43210, 43221))

    @unittest.skipIf(BRIDGED, "the bridge has an address of its own")
    def test_the_bound_address_is_the_only_candidate(self):
        told, = candidates(self.describe("--tcp", "none", bind=["--bind", "127.0.0.1"]))
        self.assertRegex(told, r"^candidate:\S+ 1 udp \d+ 127\.0\.0\.1 \d+ typ host")

    @unittest.skipIf(BRIDGED, "the bridge has interfaces of its own")
    def test_the_named_interfaces_alone_are_used(self):
        told = candidates(self.describe("--interface", "lo", bind=[]))
        self.assertTrue(told)
        self.assertTrue(all(address_of(candidate) in ("127.0.0.1", "::1") for candidate in told), told)
        self.assertEqual(candidates(self.describe("--interface", "l*", "--exclude-interface", "lo", bind=[])), [])

    @unittest.skipIf(BRIDGED, "the bridge has no multicast")
    def test_names_are_told_in_place_of_addresses_where_they_are_asked_for(self):
        told = candidates(self.describe("--mdns"))
        self.assertTrue(told)
        for candidate in told:
            self.assertRegex(candidate, r"^candidate:\S+ 1 (udp|tcp) \d+ [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.local \d+ typ host")


@unittest.skipIf(BRIDGED, "the bridge has no multicast")
@with_either_signalling
class Names(PeerTest):
    """Two processes on this machine, which meet by multicast on its loopback interface."""

    def test_two_that_hide_their_addresses_connect_by_their_names(self):
        selected = [peer.wait("selected") for peer in self.connected(["--mdns"], ["--mdns"])]
        self.assertTrue(all(address_of(pair["local"]).endswith(".local") for pair in selected), selected)
        # Who was the first to find the other did so by its name; the other one may know it by its checks.
        self.assertTrue(any(address_of(pair["remote"]).endswith(".local") for pair in selected), selected)


class OrtcParameters(PeerTest):
    def test_all_of_a_side_is_in_one_line(self):
        ortc = self.peer("--offer").wait_description()["ortc"]
        self.assertEqual(set(ortc), {"ice", "candidates", "dtls", "sctp"})
        self.assertGreaterEqual(len(ortc["ice"]["usernameFragment"]), 4)
        self.assertGreaterEqual(len(ortc["ice"]["password"]), 22)
        self.assertEqual(ortc["ice"]["iceLite"], False)
        self.assertEqual(ortc["dtls"]["role"], "auto")
        self.assertEqual([f["algorithm"] for f in ortc["dtls"]["fingerprints"]], ["sha-256", "sha-384", "sha-512"])
        self.assertEqual(ortc["sctp"], {"maxMessageSize": 262144, "port": 5000})
        self.assertTrue(ortc["candidates"][0]["candidate"].startswith("candidate:"))
        self.assertEqual(ortc["candidates"][0]["address"], ortc["candidates"][0]["ip"])


class Sdp(PeerTest):
    signalling = SDP

    def test_candidates_follow_the_description_in_lines_of_their_own_and_their_end_comes_last(self):
        first, second = self.connected()
        for peer, kind in ((first, "offer"), (second, "answer")):
            peer.wait_candidate("")
            description, *told = [line for line in peer.lines if is_signal(line)]
            self.assertEqual((set(description), description["type"]), ({"type", "sdp"}, kind))
            self.assertGreater(len(told), 1)
            fragment, _ = credentials(description)
            for line in told:
                self.assertEqual({**line, "candidate": None}, {"candidate": None, "sdpMid": "0", "sdpMLineIndex": 0,
                                                               "usernameFragment": fragment})
            for line in told[:-1]:
                self.assertTrue(line["candidate"].startswith("candidate:"), line)
            self.assertEqual([line["candidate"] for line in told].index(""), len(told) - 1)

    def test_without_trickling_there_are_descriptions_only_and_they_have_all_candidates(self):
        first, second = self.connected(["--no-trickle"], ["--no-trickle"])
        for peer in (first, second):
            description, = [line for line in peer.lines if is_signal(line)]
            self.assertTrue(candidates(description))
            self.assertIn("a=end-of-candidates", description["sdp"])

    def test_one_side_may_trickle_and_the_other_not(self):
        self.connected(["--no-trickle"])
        self.connected(answer=["--no-trickle"])

    def test_an_answerer_says_nothing_before_it_hears_an_offer(self):
        peer = self.peer("--answer", "--channel", "theirs")
        since = peer.mark()
        peer.command("stats")
        stats = peer.wait("stats", since)
        self.assertEqual([stats[of] for of in ("ice", "selected", "dtls", "sctp")], [None] * 4)
        self.assertEqual([(one["label"], one["id"], one["state"]) for one in stats["channels"]],
                         [("theirs", None, "connecting")])
        self.assertEqual([line for line in peer.lines if is_signal(line)], [])


if __name__ == "__main__":
    unittest.main()
