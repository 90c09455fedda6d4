"""`portico peer --ortc` through the real coturn: what is relayed, and what is told where that is refused."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "cli"))

from certificates import Authority  # noqa: E402
from coturn import Coturn, over_tls  # noqa: E402
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


class OverTls(CoturnTest):
    """`turns:`, with an authority that the machine is made to trust."""

    @classmethod
    def setUpClass(cls):
        cls.authority = Authority()
        # The native library reads the first as OpenSSL does, and so does the npm package beside Node's own.
        cls.before = dict(os.environ)
        os.environ.update(SSL_CERT_FILE=cls.authority.file, SSL_CERT_DIR="")
        os.environ.pop("NODE_EXTRA_CA_CERTS", None)

    @classmethod
    def tearDownClass(cls):
        os.environ.clear()
        os.environ.update(cls.before)
        cls.authority.end()

    def tls(self, identity=None, *arguments):
        return self.coturn(*over_tls(identity or self.authority.issue()), *arguments)

    def relay(self, server, host="localhost", **credentials):
        self.url = f"turns:{host}:{server.port}"
        server_argument = server.server(**credentials).replace(server.url, self.url)
        return ["--ice-server", server_argument, "--relay-only"]

    def assert_refused(self, identity, *parts, host="localhost"):
        peer = self.peer("--offer", *self.relay(self.tls(identity), host))
        self.assert_told(peer, self.url, *parts)
        self.assertEqual(peer.wait_description()["ortc"]["candidates"], [])

    def test_messages_of_every_size_go_both_ways_with_either_kind_of_key(self):
        for kind in ("ecdsa", "rsa"):
            with self.subTest(kind):
                server = self.tls(self.authority.issue(kind=kind), "--no-udp")
                first, second = self.connected(self.relay(server), [*self.relay(server, "127.0.0.1"), "--echo"])
                self.assert_selected(first, "relay", "relay")
                for size in (1, 1_200, 65_536):
                    self.echo(first, "x" * size)

    def test_a_flood_goes_through_a_server_with_a_chain(self):
        middle = Authority("Middle", issuer=self.authority, kind="rsa")
        self.addCleanup(middle.end)
        server = self.tls(middle.issue())
        relay = [*self.relay(server), "--quiet"]
        first, second = self.connected([*relay, "--flood", "1", "--size", "16384"], relay)
        self.assertGreater(first.wait("done")["bytes"], 1_000_000)

    def test_short_lifetimes_and_nonces_are_renewed(self):
        server = self.tls(None, "--max-allocate-lifetime=4", "--stale-nonce=3")
        first, second = self.connected(self.relay(server), [*self.relay(server), "--echo"])
        server.wait_for_log("REFRESH processed, success", times=6)
        self.assertIn("Stale nonce", server.log())
        self.echo(first, "still here")
        self.assertEqual(first.events("error") + second.events("error"), [])

    def test_stopping_gives_the_allocation_back(self):
        # No short nonce: the request to delete goes out once, and its answer is not waited for.
        server = self.tls()
        first, second = self.connected(self.relay(server), self.relay(server))
        first.end_input()
        self.assert_exits(first, 0)
        server.wait_for_log("lifetime=0")

    def test_a_wrong_password_is_told(self):
        server = self.tls()
        peer = self.peer("--offer", *self.relay(server, password="wrong"))
        self.assert_told(peer, self.url, "401")

    def test_a_certificate_for_another_host_is_told_with_its_names(self):
        self.assert_refused(self.authority.issue(("turn.example.org",)), "turn.example.org", "not localhost")
        self.assert_refused(self.authority.issue(addresses=("127.0.0.2",)), "127.0.0.2", "not 127.0.0.1", host="127.0.0.1")

    def test_a_certificate_that_is_expired_or_not_yet_valid_is_told(self):
        self.assert_refused(self.authority.issue(days=(-9, -2)), "its certificate", "expired")
        self.assert_refused(self.authority.issue(days=(2, 9)), "its certificate is not valid", "clock")

    def test_an_authority_that_nobody_trusts_and_a_missing_link_are_told(self):
        stranger = Authority("Stranger")
        self.addCleanup(stranger.end)
        self.assert_refused(stranger.issue(), "its certificate was issued by", "does not trust")
        middle = Authority("Middle", issuer=self.authority)
        self.addCleanup(middle.end)
        self.assert_refused(middle.issue(chain=False), "its certificate was issued by", "is missing")

    def test_a_server_without_tls_is_told(self):
        server = self.coturn()
        peer = self.peer("--offer", *self.relay(server))
        # A ClientHello begins like a message of 800 bytes, which coturn waits for: it hangs up, or the client does.
        self.assert_told(peer, self.url, "701")

    def test_a_server_that_is_not_there_is_told(self):
        server = self.tls()
        server.kill()
        peer = self.peer("--offer", *self.relay(server))
        self.assert_told(peer, self.url, "127.0.0.1", "refused")

    def test_a_server_that_dies_ends_the_connection_with_a_sentence(self):
        server = self.tls()
        first, second = self.connected(self.relay(server), self.relay(server))
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
