"""Lines that are wrong: each is answered at once by an error event, and ends nothing."""

import json
import unittest

import bad_lines
from peer import PeerTest


class BadLines(PeerTest):
    def assert_each_refused(self, peer, cases):
        for line, name in cases:
            with self.subTest(line=str(line)[:100]):
                since = peer.mark()
                peer.send(line)
                error = peer.wait("error", since)
                self.assertEqual(error["name"], name, error["message"])
                self.assertGreater(len(error["message"]), 10)

    def assert_still_alive(self, peer):
        since = peer.mark()
        peer.command("stats")
        peer.wait("stats", since)
        peer.command("stop")
        self.assert_exits(peer, 0)

    def test_what_is_no_json_object_is_refused(self):
        peer = self.peer("--offer")
        self.assert_each_refused(peer, bad_lines.NO_OBJECTS + bad_lines.NO_UTF8)
        self.assert_still_alive(peer)

    def test_a_line_nested_too_deep_is_refused(self):
        peer = self.peer("--offer")
        self.assert_each_refused(peer, bad_lines.TOO_DEEP)
        self.assert_still_alive(peer)

    def test_a_line_too_long_is_refused_before_it_ends_and_the_next_is_read(self):
        peer = self.peer("--offer")
        peer.send(b"a" * (1024 * 1024 + 1))
        self.assertEqual(peer.wait("error")["name"], "QuotaExceededError")
        peer.send(b"a" * (2 * 1024 * 1024) + b"\n")
        since = peer.mark()
        peer.command("stats")
        peer.wait("stats", since)
        self.assertEqual(len(peer.events("error")), 1)

    def test_unknown_and_incomplete_commands_are_refused(self):
        peer = self.peer("--offer")
        self.assert_each_refused(peer, bad_lines.COMMANDS)
        self.assert_still_alive(peer)

    def test_sdp_is_refused_with_ortc(self):
        peer = self.peer("--answer")
        self.assert_each_refused(peer, bad_lines.SDP)
        self.assert_still_alive(peer)

    def test_malformed_parameters_are_refused(self):
        peer = self.peer("--answer")
        peer.wait_ortc()
        self.assert_each_refused(peer, bad_lines.PARAMETERS)
        self.assert_still_alive(peer)

    def test_malformed_candidates_are_refused_alone(self):
        peer = self.peer("--answer")
        self.assert_each_refused(peer, bad_lines.CANDIDATES)
        self.assert_still_alive(peer)

    def test_a_bad_candidate_among_good_ones_does_not_keep_a_pair_apart(self):
        first = self.peer("--offer")
        second = self.peer("--answer")
        second.send(first.wait_ortc())
        line = json.loads(json.dumps(second.wait_ortc()))
        line["ortc"]["candidates"].insert(0, {"candidate": "candidate:nonsense"})
        first.send(line)
        self.assertEqual(first.wait("error")["name"], "OperationError")
        first.wait("open", label="data")

    def test_candidates_may_come_in_lines_of_their_own(self):
        first = self.peer("--offer")
        second = self.peer("--answer")
        for one, other in ((first, second), (second, first)):
            line = json.loads(json.dumps(one.wait_ortc()))
            candidates = line["ortc"].pop("candidates")
            other.send(line)
            for candidate in candidates:
                other.send({"candidate": candidate["candidate"], "sdpMid": "0", "sdpMLineIndex": 0})
            other.send({"candidate": ""})
        first.wait("open", label="data")

    def test_bad_lines_do_not_disturb_an_open_channel(self):
        first, second = self.connected()
        for line in (b"hello\n", b"[" * 100 + b"\n", b'{"command":"dance"}\n', b'{"ortc":{}}\n'):
            first.send(line)
        first.command("send", label="data", text="still here")
        second.wait("message", text="still here")
        first.command("stats")
        first.wait("stats")  # its lines are in order: what it said before has been read
        self.assertEqual(len(first.events("error")), 4)


if __name__ == "__main__":
    unittest.main()
