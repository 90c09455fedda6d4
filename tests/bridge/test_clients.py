"""Who may connect: tokens, origins, and how many."""

import socket
import ssl
import tempfile
import unittest
import warnings

import wire
from bridge import SECRET, BridgeTest, Client, Refused, later, run, token, until


class Tokens(BridgeTest):
    def setUp(self):
        self.secret = tempfile.NamedTemporaryFile("w")
        self.secret.write(SECRET + "\n")
        self.secret.flush()
        self.addCleanup(self.secret.close)

    def guarded(self, *arguments):
        return self.bridge("--token-secret-file", self.secret.name, *arguments)

    @staticmethod
    def offering(text):
        return {"subprotocols": ("portico.udp.v1", f"portico.token.{text}")}

    def test_a_token_is_taken_from_a_subprotocol_or_a_header_and_not_echoed(self):
        bridge = self.guarded()
        good = token(exp=later())
        client = self.client(bridge, **self.offering(good))
        self.assertEqual(client.headers["sec-websocket-protocol"], "portico.udp.v1")
        client = self.client(bridge, headers=[("Authorization", f"Bearer {good}")])
        self.assertEqual(client.headers["sec-websocket-protocol"], "portico.udp.v1")
        self.client(bridge, subprotocols=(f"portico.token.{good}", "portico.udp.v1"))

    def test_without_a_token_or_with_a_bad_one_nobody_comes_in(self):
        bridge = self.guarded()
        good = token(exp=later())
        head, body, signature = good.split(".")
        other_claims = token(exp=later(7200)).split(".")[1]
        bad = {
            "expired": token(exp=later(-1)),
            "without an end": token(sub="x"),
            "of another secret": token(secret="another secret of thirty-two bytes and more", exp=later()),
            "with other claims": f"{head}.{other_claims}.{signature}",
            "not signed": token(header={"alg": "none"}, signature=b"", exp=later()),
            "of another algorithm": token(header={"alg": "HS512"}, exp=later()),
            "cut": good[:-1],
            "nonsense": "nonsense",
            "long": "a" * 5000,
        }
        self.assert_refused(401, bridge)
        self.assert_refused(401, bridge, path=f"/udp?token={good}")
        for what, text in bad.items():
            with self.subTest(what):
                self.assert_refused(401, bridge, **self.offering(text))
                self.assert_refused(401, bridge, headers=[("Authorization", f"Bearer {text}")])
        self.assertEqual(bridge.metric("handshakes_refused_total", status=401), 2 + 2 * len(bad))
        self.assertEqual(bridge.metric("sockets_opened_total"), 0)

    def test_tokens_are_in_neither_log_nor_answer(self):
        bridge = self.guarded()
        good, expired = token(exp=later()), token(exp=later(-1))
        client = self.client(bridge, **self.offering(good))
        try:
            self.client(bridge, **self.offering(expired))
        except Refused as refused:
            self.assertNotIn(expired.split(".")[2], str(refused))
        client.close()
        until("the close in the log", lambda: bridge.logged("close"))
        for text in (good, expired):
            for part in text.split("."):
                self.assertNotIn(part, str(bridge.log) + bridge.status("/metrics")[1])

    def test_a_token_has_so_many_sockets_and_takes_them_back(self):
        bridge = self.guarded("--max-sockets-per-token", "1")
        one, two = token(exp=later()), token(exp=later(), max_sockets=2)
        client = self.client(bridge, **self.offering(one))
        self.assert_refused(429, bridge, **self.offering(one))
        self.client(bridge, **self.offering(two))
        self.client(bridge, **self.offering(two))
        self.assert_refused(429, bridge, **self.offering(two))
        client.close()
        until("its place to be free", lambda: self.comes_in(bridge, one))

    def comes_in(self, bridge, text):
        try:
            return self.client(bridge, **self.offering(text))
        except Refused:
            return None

    def test_max_bps_is_told_and_holds_for_all_sockets_of_the_token(self):
        bridge = self.guarded()
        slow = token(exp=later(), max_bps=8_000_000)
        clients = [self.client(bridge, **self.offering(slow)) for _ in range(2)]
        peer = self.peer()
        self.assertEqual([client.bound["bytes"] for client in clients], [1_000_000] * 2)
        for client in clients:
            self.consent(client, peer)
            for _ in range(3):
                client.send(*[wire.datagram(bytes(1200), context=1)] * 200)
            client.round()
        # A quarter of a second's worth, and what time brings meanwhile; without the limit, 1,200 would pass.
        self.assertGreater(bridge.drops("rate_out"), 100)
        clients[0].expect_refused(peer.address, wire.LIMITED)

    def test_a_secret_that_is_too_short_is_refused_at_the_start(self):
        with tempfile.NamedTemporaryFile("w") as short:
            short.write("short\n")
            short.flush()
            status, _, error = run("--listen", "127.0.0.1:0", "--token-secret-file", short.name)
        self.assertEqual(status, 2)
        self.assertIn("32 bytes", error)


class Origins(BridgeTest):
    def test_without_tokens_and_origins_pages_of_this_machine_only(self):
        bridge = self.bridge()
        self.client(bridge)
        self.client(bridge, origin="http://localhost:8080")
        for origin in ("https://example.org", "null", "http://localhost.example.org"):
            self.assert_refused(403, bridge, origin=origin)
        self.assertIn("for this machine only", bridge.logged("warning")[0]["text"])

    def test_without_tokens_and_origins_it_listens_on_loopback_only(self):
        for listen in ("0.0.0.0:0", "[::]:0", "192.0.2.1:8089"):
            status, output, error = run("--listen", listen)
            self.assertEqual((status, output), (2, ""))
            self.assertIn("--token-secret-file", error)

    def test_only_the_origins_of_the_list_come_in(self):
        bridge = self.bridge("--origin", "https://example.org", "--origin", "https://example.com:8443")
        self.client(bridge, origin="https://example.org")
        self.client(bridge, origin="https://example.com:8443")
        for origin in (None, "https://example.com", "http://example.org", "https://sub.example.org", "null"):
            self.assert_refused(403, bridge, origin=origin)

    def test_where_the_list_is_all_there_is_it_may_listen_anywhere(self):
        bridge = self.bridge("--origin", "https://example.org", listen="0.0.0.0:0")
        self.client(bridge, origin="https://example.org")


class Handshakes(BridgeTest):
    def test_what_is_no_handshake_of_ours_gets_an_answer_that_says_so(self):
        bridge = self.bridge()
        self.assert_refused(404, bridge, path="/")
        self.assert_refused(400, bridge, subprotocols=())
        self.assert_refused(400, bridge, subprotocols=("chat",))
        with socket.create_connection(("127.0.0.1", bridge.port)) as plain:
            plain.sendall(b"GET /udp HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertIn(b" 426 ", plain.makefile("rb").readline())

    def test_headers_without_end_are_cut_off(self):
        bridge = self.bridge()
        with socket.create_connection(("127.0.0.1", bridge.port)) as endless:
            with self.assertRaises(OSError):
                endless.sendall(b"GET /udp HTTP/1.1\r\n")
                while True:
                    endless.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")
        until("no handshake left", lambda: bridge.metric("handshakes") == 0)
        self.client(bridge)

    def test_who_says_nothing_is_cut_off_in_time(self):
        bridge = self.bridge("--handshake-timeout", "0.2")
        with socket.create_connection(("127.0.0.1", bridge.port)) as silent:
            silent.settimeout(60)
            self.assertEqual(silent.recv(100), b"")

    def test_half_open_connections_of_an_address_are_bounded(self):
        bridge = self.bridge("--max-sockets-per-address", "8")
        silent = [socket.create_connection(("127.0.0.1", bridge.port)) for _ in range(8)]
        until("eight handshakes", lambda: bridge.metric("handshakes") == 8)
        with socket.create_connection(("127.0.0.1", bridge.port)) as ninth:
            ninth.settimeout(60)
            self.assertEqual(ninth.recv(100), b"")
        for connection in silent:
            connection.close()
        until("no handshake left", lambda: bridge.metric("handshakes") == 0)
        self.client(bridge)

    def test_sockets_are_bounded_in_all_and_for_an_address(self):
        self.hold(self.bridge("--max-sockets", "2"))
        self.hold(self.bridge("--max-sockets-per-address", "2"))
        proxied = self.bridge("--max-sockets-per-address", "2", "--trusted-proxy", "127.0.0.0/8")
        for client in ("192.0.2.1", "192.0.2.2", "2001:db8::1"):
            self.hold(proxied, headers=[("X-Forwarded-For", f"6.6.6.6, {client}")])
        self.assert_refused(429, proxied, headers=[("X-Forwarded-For", "2001:db8::2")])  # of the same network

    def hold(self, bridge, **options):
        self.client(bridge, **options)
        self.client(bridge, **options)
        self.assert_refused(429, bridge, **options)

    def test_forwarded_for_is_believed_from_trusted_proxies_only(self):
        bridge = self.bridge("--max-sockets-per-address", "1")
        self.client(bridge, headers=[("X-Forwarded-For", "192.0.2.1")])
        self.assert_refused(429, bridge, headers=[("X-Forwarded-For", "192.0.2.2")])

    def test_a_forged_forwarded_for_in_front_of_the_proxys_own_is_of_no_use(self):
        bridge = self.bridge("--max-sockets-per-address", "1", "--trusted-proxy", "127.0.0.0/8")
        self.client(bridge, headers=[("X-Forwarded-For", "192.0.2.1")])
        self.assert_refused(429, bridge, headers=[("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "192.0.2.1")])

    def test_wss_works_and_old_tls_does_not(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key, trusting = self.tls_files(folder)
            bridge = self.bridge("--tls-cert", certificate, "--tls-key", key)
            self.assertTrue(bridge.url.startswith("wss://"))
            client = self.client(bridge, tls=trusting)
            peer = self.peer()
            self.consent(client, peer)
            payload = bytes(range(256)) * 200
            client.send(wire.datagram(payload, context=1))
            received, source = peer.receive()
            self.assertEqual(received, payload)
            peer.send(payload, source)
            self.assertTrue(client.expect(wire.DATAGRAM).endswith(payload))
            old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            old.load_verify_locations(certificate)
            with warnings.catch_warnings(action="ignore"):
                old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
            with self.assertRaises(OSError):
                Client(bridge.port, tls=old)
            with self.assertRaises((OSError, Refused)):
                Client(bridge.port)  # no TLS at all
            self.client(bridge, tls=trusting)


if __name__ == "__main__":
    unittest.main()
