"""Paths over TCP (RFC 6544): peers that tell each other no other candidates."""

import unittest

from peer import NPM, PeerTest, carry, with_either_signalling
from signalling import with_candidates


def over_tcp(line):
    return with_candidates(line, lambda candidate: " tcp " in candidate)


@unittest.skipIf(NPM, "the npm program has UDP only")
@with_either_signalling
class OverTcp(PeerTest):
    def over_tcp(self, offer=(), answer=()):
        first = self.peer("--offer", *offer)
        second = self.peer("--answer", *answer)
        carry(first, second, over_tcp)
        carry(second, first, over_tcp)
        return first, second

    def assert_meet(self, first, second):
        for peer in (first, second):
            selected = peer.wait("selected")
            self.assertIn(" tcp ", selected["local"])
            peer.wait("open", label="data")
        first.command("send", label="data", text="over TCP")
        second.wait("message", text="over TCP")

    def test_an_active_side_meets_one_that_takes_connections(self):
        self.assert_meet(*self.over_tcp(answer=["--tcp", "both"]))

    def test_the_offerer_may_be_the_one_that_takes_connections(self):
        self.assert_meet(*self.over_tcp(offer=["--tcp", "both"], answer=["--tcp", "active"]))

    def test_a_restart_keeps_the_data_flowing(self):
        first, second = self.over_tcp(answer=["--tcp", "both"])
        self.assert_meet(first, second)
        since = first.mark()
        first.command("restart-ice")
        first.wait("selected", since)
        first.command("send", label="data", text="after the restart")
        second.wait("message", text="after the restart")

    def test_a_port_of_the_range_is_listened_on(self):
        first, second = self.over_tcp(answer=["--tcp", "both", "--ports", "38211-38250"])
        self.assert_meet(first, second)
        port = int(first.wait("selected")["remote"].split(" ")[5])
        self.assertTrue(38211 <= port <= 38250, port)

    def test_a_peer_that_is_told_none_offers_none(self):
        peer = self.peer("--offer", "--no-trickle", "--tcp", "none")
        self.assertNotIn(" tcp ", str(peer.wait_description()).lower())


if __name__ == "__main__":
    unittest.main()
