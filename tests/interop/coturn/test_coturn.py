"""`portico peer --ortc` through the real coturn: what is relayed, and what is told where that is refused."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "cli"))

from coturn import Coturn  # noqa: E402
from peer import PeerTest  # noqa: E402


class CoturnTest(PeerTest):
    def coturn(self, *arguments):
        server = Coturn(*arguments)
        self.addCleanup(server.end)
        return server

    def echo(self, first, text):
        mark = first.mark()
        first.command("send", label="data", text=text)
        first.wait("message", since=mark, text=text)

    def assert_selected(self, peer, local, remote):
        selected = peer.wait("selected")
        self.assertIn(f" typ {local}", selected["local"])
        self.assertIn(f" typ {remote}", selected["remote"])

    def assert_told(self, peer, *parts):
        """An error line that has all of these in its message."""
        peer._wait(lambda line: line.get("event") == "error" and all(part in line["message"] for part in parts), 0,
                   f"an error that says {parts}")


class Relaying(CoturnTest):
    def test_relay_to_relay_carries_messages_both_ways(self):
        server = self.coturn()
        relay = ["--ice-server", server.server(), "--relay-only"]
        first, second = self.connected(relay, [*relay, "--echo"])
        self.assert_selected(first, "relay", "relay")
        self.assert_selected(second, "relay", "relay")
        for size in (1, 1_200, 65_536):
            self.echo(first, "x" * size)

    def test_relay_to_host_carries_messages_both_ways(self):
        server = self.coturn()
        first, second = self.connected(["--ice-server", server.server(), "--relay-only"], ["--echo"])
        self.assert_selected(first, "relay", "host")
        self.echo(first, "hello")

    def test_a_flood_goes_over_a_channel(self):
        server = self.coturn()
        relay = ["--ice-server", server.server(), "--relay-only", "--quiet"]
        first, second = self.connected([*relay, "--flood", "1", "--size", "16384"], relay)
        done = first.wait("done")
        self.assertGreater(done["bytes"], 1_000_000)
        server.wait_for_log("CHANNEL_BIND processed, success", times=2)

    def test_stopping_gives_the_allocations_back(self):
        server = self.coturn()
        relay = ["--ice-server", server.server(), "--relay-only"]
        first, second = self.connected(relay, relay)
        first.end_input()
        self.assert_exits(first, 0)
        second.end_input()
        self.assert_exits(second, 0)
        server.wait_for_log("REFRESH processed, success", times=2)
        server.wait_for_log("lifetime=0", times=2)

    def test_short_lifetimes_and_nonces_are_renewed(self):
        server = self.coturn("--max-allocate-lifetime=4", "--stale-nonce=3")
        relay = ["--ice-server", server.server(), "--relay-only"]
        first, second = self.connected(relay, [*relay, "--echo"])
        server.wait_for_log("REFRESH processed, success", times=8)
        self.assertIn("Stale nonce", server.log())
        self.echo(first, "still here")
        self.assertEqual(first.events("error") + second.events("error"), [])


    def test_another_server_is_followed(self):
        server = self.coturn()
        first_asked = self.coturn(f"--alternate-server=127.0.0.1:{server.port}")
        relay = ["--ice-server", first_asked.server(), "--relay-only"]
        first, second = self.connected(relay, [*relay, "--echo"])
        self.echo(first, "hello")
        server.wait_for_log("ALLOCATE processed, success", times=2)
        self.assertNotIn("ALLOCATE processed, success", first_asked.log())


class OverTcp(CoturnTest):
    def test_messages_of_every_size_go_both_ways(self):
        server = self.coturn("--no-udp")
        relay = ["--ice-server", server.server("?transport=tcp"), "--relay-only"]
        first, second = self.connected(relay, [*relay, "--echo"])
        self.assert_selected(first, "relay", "relay")
        for size in (1, 1_200, 65_536):
            self.echo(first, "x" * size)

    def test_a_flood_goes_through(self):
        server = self.coturn()
        relay = ["--ice-server", server.server("?transport=tcp"), "--relay-only", "--quiet"]
        first, second = self.connected([*relay, "--flood", "1", "--size", "16384"], relay)
        self.assertGreater(first.wait("done")["bytes"], 1_000_000)

    def test_a_wrong_password_is_told(self):
        server = self.coturn()
        peer = self.peer("--offer", "--relay-only", "--ice-server", server.server("?transport=tcp", password="wrong"))
        self.assert_told(peer, server.url + "?transport=tcp", "401")

    def test_a_server_that_is_not_there_is_told(self):
        server = self.coturn()
        server.kill()
        peer = self.peer("--offer", "--relay-only", "--ice-server", server.server("?transport=tcp"))
        self.assert_told(peer, server.url, "127.0.0.1", "refused")

    def test_a_server_that_dies_ends_the_connection_with_a_sentence(self):
        server = self.coturn()
        relay = ["--ice-server", server.server("?transport=tcp"), "--relay-only"]
        first, second = self.connected(relay, relay)
        server.kill()
        first.wait("state", of="ice", state="failed")
        self.assert_told(first, f"127.0.0.1:{server.port}")


class Refusals(CoturnTest):
    def test_a_wrong_password_is_told_with_the_server_and_its_code(self):
        server = self.coturn()
        peer = self.peer("--offer", "--relay-only", "--ice-server", server.server(password="wrong"))
        self.assert_told(peer, server.url, "401")

    def test_the_quota_is_told_and_the_first_allocation_stays(self):
        server = self.coturn("--user-quota=1")
        relay = ["--ice-server", server.server(), "--relay-only"]
        first = self.peer("--offer", *relay)
        first.wait_description()
        second = self.peer("--answer", *relay)
        self.assert_told(second, server.url, "486")
        self.assertEqual(first.events("error"), [])

    def test_a_server_that_is_not_there_is_told_and_gathering_ends(self):
        server = self.coturn()
        server.kill()
        peer = self.peer("--offer", "--relay-only", "--ice-server", server.server())
        self.assert_told(peer, server.url, "did not answer")
        self.assertEqual(peer.wait_description()["ortc"]["candidates"], [])

    def test_peers_that_the_server_forbids_end_in_a_failure(self):
        server = self.coturn("--denied-peer-ip=127.0.0.1")
        relay = ["--ice-server", server.server(), "--relay-only", "--timeout", "3"]
        first, second = self.pair(relay, relay)
        self.assert_exits(first, 3)

    def test_a_server_that_dies_ends_the_connection_with_a_sentence(self):
        server = self.coturn()
        relay = ["--ice-server", server.server(), "--relay-only"]
        first, second = self.connected(relay, [*relay, "--echo"])
        self.echo(first, "before")
        server.kill()
        first.wait("state", of="ice", state="disconnected")
        first.wait("state", of="ice", state="failed")
        self.assert_told(first, "the peer has not answered")


if __name__ == "__main__":
    unittest.main()
