"""Lines that are wrong: each is answered at once by an error event, and ends nothing."""

import re
import unittest

import bad_lines
from peer import PeerTest, carry_signalling, with_either_signalling
from signalling import SDP, copied, credentials, with_other_certificate


class LineTest(PeerTest):
    def assert_each_refused(self, peer, cases):
        for line, name in cases:
            with self.subTest(line=str(line)[:300]):
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

    def assert_new_peer_refuses(self, *sides_and_cases):
        side, *cases = sides_and_cases
        peer = self.peer(side)
        self.assert_each_refused(peer, [case for some in cases for case in some])
        self.assert_still_alive(peer)

    def assert_go_on(self, first, second):
        for one, other in ((first, second), (second, first)):
            one.command("send", label="data", text="still here")
            other.wait("message", text="still here")


@with_either_signalling
class BadLines(LineTest):
    def test_what_is_no_json_object_is_refused(self):
        self.assert_new_peer_refuses("--offer", bad_lines.NO_OBJECTS, bad_lines.NO_UTF8)

    def test_a_line_nested_too_deep_is_refused(self):
        self.assert_new_peer_refuses("--offer", bad_lines.TOO_DEEP)

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
        self.assert_new_peer_refuses("--offer", bad_lines.COMMANDS)

    def test_bad_lines_do_not_disturb_an_open_channel(self):
        first, second = self.connected()
        for line in (b"hello\n", b"[" * 100 + b"\n", b'{"command":"dance"}\n', b'{"ortc":{}}\n', b'{"type":"bye"}\n'):
            first.send(line)
        first.command("send", label="data", text="still here")
        second.wait("message", text="still here")
        first.command("stats")
        first.wait("stats")  # its lines are in order: what it said before has been read
        self.assertEqual(len(first.events("error")), 5)


class BadOrtcLines(LineTest):
    def test_sdp_is_refused(self):
        self.assert_new_peer_refuses("--answer", bad_lines.SDP)

    def test_malformed_parameters_are_refused(self):
        peer = self.peer("--answer")
        peer.wait_description()
        self.assert_each_refused(peer, bad_lines.PARAMETERS)
        self.assert_still_alive(peer)

    def test_malformed_candidates_are_refused_alone(self):
        self.assert_new_peer_refuses("--answer", bad_lines.CANDIDATES)

    def test_a_bad_candidate_among_good_ones_does_not_keep_a_pair_apart(self):
        first = self.peer("--offer")
        second = self.peer("--answer")
        second.send(first.wait_description())
        line = copied(second.wait_description())
        line["ortc"]["candidates"].insert(0, {"candidate": "candidate:nonsense"})
        first.send(line)
        self.assertEqual(first.wait("error")["name"], "OperationError")
        first.wait("open", label="data")

    def test_candidates_may_come_in_lines_of_their_own(self):
        first = self.peer("--offer")
        second = self.peer("--answer")
        for one, other in ((first, second), (second, first)):
            line = copied(one.wait_description())
            candidates = line["ortc"].pop("candidates")
            other.send(line)
            for candidate in candidates:
                other.send({"candidate": candidate["candidate"], "sdpMid": "0", "sdpMLineIndex": 0})
            other.send({"candidate": ""})
        first.wait("open", label="data")


class BadSdpLines(LineTest):
    signalling = SDP

    def test_ortc_parameters_are_refused(self):
        self.assert_new_peer_refuses("--answer", bad_lines.ORTC)

    def test_malformed_descriptions_are_refused_and_a_good_one_is_answered_after_them(self):
        peer = self.peer("--answer")
        self.assert_each_refused(peer, bad_lines.NO_DESCRIPTIONS)
        peer.send({"type": "offer", "sdp": bad_lines.OFFER})
        self.assertEqual(peer.wait_description()["type"], "answer")
        self.assert_still_alive(peer)

    def test_an_answer_to_nothing_and_a_rollback_of_nothing_are_refused(self):
        self.assert_new_peer_refuses("--answer", bad_lines.UNTIMELY_DESCRIPTIONS)

    def test_candidates_without_a_description_or_a_place_are_refused(self):
        self.assert_new_peer_refuses("--answer", bad_lines.NO_CANDIDATES, bad_lines.UNTIMELY_CANDIDATES)

    def test_an_offerer_refuses_bad_answers_and_takes_a_good_one_after_them(self):
        first = self.peer("--offer")
        second = self.peer("--answer")
        second.send(first.wait_description())
        answer = second.wait_description()
        without = {name: re.sub(rf"a={name}:.*\r\n", "", answer["sdp"]) for name in ("fingerprint", "ice-pwd", "setup")}
        self.assert_each_refused(first, [
            ({"type": "answer", "sdp": "v=0"}, "SyntaxError"),
            ({"type": "answer", "sdp": without["fingerprint"]}, "InvalidAccessError"),
            ({"type": "answer", "sdp": without["ice-pwd"]}, "InvalidAccessError"),
            ({"type": "answer", "sdp": answer["sdp"].split("m=")[0]}, "InvalidAccessError"),
            ({"type": "answer", "sdp": answer["sdp"].replace("a=setup:active", "a=setup:actpass")}, "InvalidAccessError")])
        carry_signalling(first, second)
        first.wait("open", label="data")

    def test_candidates_of_a_wrong_section_or_fragment_are_refused_and_keep_nobody_apart(self):
        first = self.peer("--offer")
        second = self.peer("--answer")
        second.send(first.wait_description())
        second.wait_description()
        self.assert_each_refused(second, bad_lines.STRAY_CANDIDATES)
        carry_signalling(first, second)
        first.wait("open", label="data")
        self.assert_each_refused(first, bad_lines.STRAY_CANDIDATES)
        self.assert_go_on(first, second)

    def test_a_description_in_a_wrong_state_is_refused_and_changes_nothing(self):
        first, second = self.connected()
        answer = second.wait_description()
        self.assert_each_refused(first, [(answer, "InvalidStateError"), ({"type": "rollback"}, "InvalidStateError")])
        self.assert_each_refused(second, [(answer, "InvalidStateError")])
        self.assert_go_on(first, second)

    def test_an_offer_that_changes_nothing_is_answered_and_nothing_is_lost(self):
        first, second = self.connected()
        since = second.mark()
        second.send(first.wait_description())
        again = second.wait_description(since)
        self.assertEqual(credentials(again), credentials(second.wait_description()))
        self.assert_go_on(first, second)

    def test_another_certificate_in_a_connection_is_refused(self):
        first, second = self.connected()
        self.assert_each_refused(second, [(with_other_certificate(first.wait_description()), "InvalidAccessError")])
        self.assert_go_on(first, second)

    def test_offers_of_two_offerers_are_refused_by_both_and_say_why(self):
        first = self.peer("--offer")
        second = self.peer("--offer")
        for one, other in ((first, second), (second, first)):
            other.wait_description()
            other.send(one.wait_description())
            error = other.wait("error")
            self.assertEqual(error["name"], "InvalidStateError")
            self.assertIn("--answer", error["message"])
        for peer in (first, second):
            self.assert_still_alive(peer)


if __name__ == "__main__":
    unittest.main()
