"""How a peer ends, what it says then, and what the other side hears of it; and ICE restarts, which end nothing."""

import signal
import unittest

import bad_lines
from peer import PeerTest, carry, carry_signalling, keep_signalling, with_either_signalling
from signalling import SDP, candidates, credentials, is_description, is_signal, with_other_certificate


@with_either_signalling
class Ending(PeerTest):
    def test_stop_ends_both_peers_with_status_0(self):
        first, second = self.connected()
        first.command("stop")
        second.wait("close", label="data")
        self.assert_exits(first, 0)
        self.assert_exits(second, 0)
        for peer in (first, second):
            self.assertEqual(peer.events("state", of="connection")[-1]["state"], "closed")
            self.assertEqual(peer.events("error"), [])

    def test_the_answerer_may_end_it_too(self):
        first, second = self.connected()
        second.command("stop")
        first.wait("close", label="data")
        self.assert_exits(first, 0)
        self.assert_exits(second, 0)

    def test_what_was_queued_at_the_end_of_input_is_delivered(self):
        first, second = self.connected()
        for number in range(300):
            first.command("send", label="data", text=f"{number} " + "x" * 10_000)
        first.end_input()
        self.assert_exits(first, 0)
        self.assert_exits(second, 0)
        self.assertEqual([int(line["text"].split()[0]) for line in second.events("message")], list(range(300)))

    def test_the_end_of_input_before_anything_ends_with_status_0(self):
        peer = self.peer("--offer")
        peer.end_input()
        self.assert_exits(peer, 0)

    def test_sigterm_stops_as_the_end_of_input_does(self):
        first, second = self.connected()
        first.command("send", label="data", text="last words")
        first.command("stats")
        first.wait("stats")
        first.process.send_signal(signal.SIGTERM)
        self.assert_exits(first, 0)
        second.wait("message", text="last words")
        self.assert_exits(second, 0)

    def test_a_reader_that_goes_away_ends_the_peer_with_status_1(self):
        peer = self.peer("--offer")
        peer.wait_description()
        # The reading thread holds the pipe: it has to be out of it first.
        peer.on_line = lambda line: (_ for _ in ()).throw(SystemExit)
        peer.command("stats")
        peer._thread.join(60)
        peer.process.stdout.close()
        peer.command("stats")
        self.assertEqual(peer.process.wait(60), 1)

    def test_exit_after_leaves_with_0_once_the_event_came(self):
        for event, sent in [("open", None), ("message", "hello"), ("state", None), ("selected", None)]:
            with self.subTest(event):
                first, second = self.pair(answer=["--exit-after", event])
                if sent:
                    first.wait("open", label="data")
                    first.command("send", label="data", text=sent)
                second.wait(event)
                self.assert_exits(second, 0)

    def test_exit_after_an_error_leaves_with_0(self):
        peer = self.peer("--offer", "--exit-after", "error")
        peer.send(b"nonsense\n")
        self.assert_exits(peer, 0)

    def test_a_quiet_peer_leaves_after_a_message_that_it_does_not_print(self):
        first, second = self.connected(answer=["--quiet", "--exit-after", "message"])
        first.command("send", label="data", text="hello")
        self.assert_exits(second, 0)
        self.assertEqual(second.events("message"), [])

    def test_timeout_leaves_with_3_and_an_error(self):
        peer = self.peer("--offer", "--timeout", "3")
        self.assert_exits(peer, 3)
        self.assertEqual([line["name"] for line in peer.events("error")], ["TimeoutError"])

    def test_timeout_is_of_no_interest_once_connected(self):
        first, second = self.connected(["--timeout", "3", "--flood", "3.5"], ["--timeout", "3", "--quiet"])
        first.wait("done")
        self.assertEqual(first.events("error") + second.events("error"), [])

    def test_a_wrong_certificate_ends_both_with_status_1_or_closed(self):
        first = self.peer("--offer")
        second = self.peer("--answer")
        carry(first, second)
        carry(second, first, with_other_certificate)
        first.wait("state", of="dtls", state="failed")
        first.wait("error")
        self.assert_exits(first, 1)


class Vanishing(PeerTest):
    def test_a_peer_that_is_killed_is_missed(self):
        first, second = self.connected()
        second.process.kill()
        first.wait("state", of="ice", state="disconnected")
        first.wait("state", of="connection", state="disconnected")
        first.wait("state", of="ice", state="failed")
        first.wait("error")
        self.assert_exits(first, 1)


class EndingHalfWay(PeerTest):
    """Of a negotiation by SDP."""

    signalling = SDP

    def test_an_offerer_that_leaves_before_the_answer_leaves_the_answerer_waiting(self):
        first = self.peer("--offer")
        second = self.peer("--answer", "--timeout", "2")
        carry(first, second)
        second.wait_description()
        first.command("stop")
        self.assert_exits(first, 0)
        self.assert_exits(second, 3)
        self.assertEqual([line["name"] for line in second.events("error")], ["TimeoutError"])

    def test_an_offerer_that_waits_for_an_answer_stops_cleanly(self):
        peer = self.peer("--offer", "--no-trickle")
        peer.end_input()
        self.assert_exits(peer, 0)

    def test_an_offerer_that_is_killed_before_the_answer_is_not_found(self):
        first = self.peer("--offer")
        second = self.peer("--answer")
        carry(first, second)
        second.wait("state", of="ice", state="checking")
        first.process.kill()
        second.wait("state", of="connection", state="failed")
        second.wait("error")
        self.assert_exits(second, 1)


@with_either_signalling
class Restarting(PeerTest):
    def test_restart_ice_takes_new_credentials_on_both_sides_and_no_data_is_lost(self):
        for restarter in (0, 1):
            with self.subTest(restarter=restarter):
                peers = self.connected(["--flood", "3"], ["--quiet"])
                before = [credentials(peer.wait_description()) for peer in peers]
                peers[0].wait("progress")
                marks = [peer.mark() for peer in peers]
                peers[restarter].command("restart-ice")
                after = [credentials(peer.wait_description(since)) for peer, since in zip(peers, marks)]
                for old, new in zip(before, after):
                    self.assertFalse(set(old) & set(new))
                sent = peers[0].wait("done", direction="send")
                peers[0].command("close", label="data")
                received = peers[1].wait("done", direction="receive")
                self.assertEqual(received["bytes"], sent["bytes"])
                for peer in peers:
                    self.assertEqual(peer.events("error"), [])
                    self.assertEqual(len(peer.descriptions()), 2)

    def test_both_sides_may_restart_again_and_again(self):
        first, second = self.connected()
        for number in range(3):
            marks = first.mark(), second.mark()
            (first, second)[number % 2].command("restart-ice")
            first.wait_description(marks[0])
            second.wait_description(marks[1])
            first.command("send", label="data", text=f"after {number}")
            second.wait("message", text=f"after {number}")
            first.wait("selected")


class RestartingByOrtc(PeerTest):
    def test_the_same_parameters_again_change_nothing(self):
        first, second = self.connected()
        first.send(second.wait_description())
        first.command("send", label="data", text="still here")
        second.wait("message", text="still here")
        self.assertEqual(first.events("error"), [])
        self.assertEqual(len(first.descriptions()), 1)

    def test_another_certificate_in_a_connection_is_refused(self):
        first, second = self.connected()
        first.send(with_other_certificate(second.wait_description()))
        self.assertEqual(first.wait("error")["name"], "InvalidStateError")
        first.command("send", label="data", text="still here")
        second.wait("message", text="still here")


class Negotiating(PeerTest):
    """Again, over a connection by SDP."""

    signalling = SDP

    def test_a_restart_without_trickling_tells_descriptions_only_and_they_have_all_candidates(self):
        for restarter in (0, 1):
            with self.subTest(restarter=restarter):
                peers = self.connected(["--no-trickle"], ["--no-trickle"])
                marks = [peer.mark() for peer in peers]
                peers[restarter].command("restart-ice")
                for peer, since in zip(peers, marks):
                    description = peer.wait_description(since)
                    self.assertIn("a=end-of-candidates", description["sdp"])
                    self.assertTrue(candidates(description))
                    peer.wait("selected", since)
                for peer in peers:
                    self.assertEqual([set(line) for line in peer.lines if is_signal(line)], [{"type", "sdp"}] * 2)

    def test_offers_that_meet_end_in_one_restart_of_both_sides(self):
        for trickle in ([], ["--no-trickle"]):
            with self.subTest(trickle=trickle):
                first, second = self.connected(trickle, trickle)
                if not trickle:
                    for peer in (first, second):
                        peer.wait_candidate("")
                before = [credentials(peer.wait_description()) for peer in (first, second)]
                keep_signalling(first, second)
                marks = first.mark(), second.mark()
                for peer, since in zip((first, second), marks):
                    peer.command("restart-ice")
                    self.assertEqual(peer.wait_description(since)["type"], "offer")
                    if not trickle:
                        peer.wait_candidate("", since)
                carry(first, second, since=marks[0])
                carry(second, first, since=marks[1])
                # The answerer's offer gave way: it answers, and the offerer answers nothing.
                answer = second.wait_description(marks[1], "answer")
                first.wait("selected", marks[0])
                second.wait("selected", marks[1])
                offer, = [line for line in first.lines[marks[0]:] if is_description(line)]
                for old, new in zip(before, (offer, answer)):
                    self.assertFalse(set(old) & set(credentials(new)))
                first.command("send", label="data", text="hello")
                second.wait("message", text="hello")
                self.assertEqual(first.events("error") + second.events("error"), [])

    def test_the_answerer_may_make_the_data_section_that_an_offer_lacks(self):
        first = self.peer("--answer", "--channel", "mine")
        first.send({"type": "offer", "sdp": bad_lines.OFFER.split("a=group")[0]})
        self.assertEqual(first.wait_description()["type"], "answer")
        since = first.lines.index(first.wait_description(kind="offer"))
        second = self.peer("--answer")
        carry(first, second, since=since)
        carry(second, first)
        second.wait("open", label="mine")


if __name__ == "__main__":
    unittest.main()
