"""How an operator runs it: health, metrics, logs, draining, and a fleet behind nginx."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

import wire
from bridge import BridgeTest, Client, Refused, run, until


class Watching(BridgeTest):
    def test_health_readiness_and_metrics_are_on_a_port_of_their_own(self):
        bridge = self.bridge()
        self.assertEqual(bridge.status("/healthz"), (200, "ok\n"))
        self.assertEqual(bridge.status("/readyz"), (200, "ready\n"))
        self.assertEqual(bridge.status("/udp")[0], 404)
        client, peer = self.consented(bridge)
        client.send(wire.datagram(bytes(100), context=1))
        peer.receive()
        self.assertEqual(bridge.metric("sockets"), 1)
        self.assertEqual(bridge.metric("datagrams_total", direction="out"), 2)
        self.assertEqual(bridge.metric("bytes_total", direction="out"), 120)
        self.assertEqual(bridge.metric("datagrams_total", direction="in"), 1)
        self.assertEqual(bridge.metric("bytes_total", direction="in"), 20)
        client.close()
        until("it to be gone", lambda: bridge.metric("sockets") == 0)
        self.assertEqual(bridge.metric("bytes_total", direction="out"), 120)  # counters outlive their socket

    def test_metrics_are_prometheus_text(self):
        page = self.bridge().status("/metrics")[1]
        typed = set()
        for line in page.splitlines():
            if line.startswith("# TYPE "):
                typed.add(line.split()[2])
            elif not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                self.assertIn(name.split("{")[0], typed)
                self.assertGreaterEqual(int(value), 0)
        self.assertGreater(len(typed), 10)

    def test_the_public_port_tells_nothing(self):
        bridge = self.bridge()
        for path in ("/metrics", "/healthz", "/readyz"):
            self.assert_refused(404, bridge, path=path)

    def test_the_log_has_a_line_for_the_begin_and_the_end_of_a_socket(self):
        bridge = self.bridge()
        client, peer = self.consented(bridge, origin="http://localhost:1")
        client.send(wire.datagram(b"a secret payload", context=1))
        peer.receive()
        client.close()
        until("the line", lambda: bridge.logged("close"))
        opened, = bridge.logged("open")
        closed, = bridge.logged("close")
        self.assertEqual((opened["socket"], opened["client"], opened["origin"]), (1, "127.0.0.1", "http://localhost:1"))
        self.assertEqual(opened["udp"], ["{}:{}".format(*client.address)])
        self.assertEqual((closed["socket"], closed["datagramsOut"], closed["datagramsIn"]), (1, 2, 1))
        self.assertNotIn("secret", str(bridge.log))

    def test_arguments_that_are_of_no_use_are_told_with_status_2(self):
        for arguments in (["--listen", "here"], ["--listen", "127.0.0.1"], ["--allow", "10.0.0.1/8"], ["--udp-ports", "9-1"],
                          ["--metrics", "0.0.0.0:0"], ["--tls-cert", "x"], ["--unknown"], ["--udp-address", "0.0.0.0"],
                          ["--udp-address", "127.0.0.1", "--udp-address", "127.0.0.2"], ["--drain-timeout", "-1"]):
            with self.subTest(arguments):
                status, output, error = run(*arguments)
                self.assertEqual((status, output), (2, ""))
                self.assertIn("portico-bridge: ", error)

    def test_what_cannot_be_opened_is_told_with_status_1(self):
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        port = taken.getsockname()[1]
        for arguments in (["--listen", f"127.0.0.1:{port}"], ["--metrics", f"127.0.0.1:{port}"],
                          ["--udp-address", "192.0.2.1"], ["--tls-cert", "/nowhere", "--tls-key", "/nowhere"]):
            with self.subTest(arguments):
                status, output, error = run(*["--listen", "127.0.0.1:0"][:2 if arguments[0] != "--listen" else 0], *arguments)
                self.assertEqual((status, output), (1, ""))
                self.assertIn("portico-bridge: ", error)


class Draining(BridgeTest):
    def test_sigterm_takes_no_more_sockets_and_waits_for_the_last_to_end(self):
        bridge = self.bridge()
        client, peer = self.consented(bridge)
        bridge.process.send_signal(signal.SIGTERM)
        until("it to be not ready", lambda: bridge.status("/readyz") == (503, "draining\n"))
        self.assertEqual(bridge.status("/healthz")[0], 200)
        self.assertEqual(bridge.metric("draining"), 1)
        with self.assertRaises(OSError):
            Client(bridge.port)
        client.send(wire.datagram(b"still alive", context=1))
        self.assertEqual(peer.receive()[0], b"still alive")
        client.close()
        self.assertEqual(bridge.process.wait(60), 0)

    def test_after_the_drain_timeout_sockets_are_closed_with_1001(self):
        bridge = self.bridge("--drain-timeout", "0.3")
        client, _ = self.consented(bridge)
        bridge.process.send_signal(signal.SIGTERM)
        self.assertEqual(client.expect_close(), 1001)
        self.assertEqual(bridge.process.wait(60), 0)

    def test_a_second_sigterm_does_not_wait(self):
        bridge = self.bridge("--drain-timeout", "3600")
        client, _ = self.consented(bridge)
        bridge.process.send_signal(signal.SIGTERM)
        until("it to drain", lambda: bridge.logged("drain"))
        bridge.process.send_signal(signal.SIGTERM)
        self.assertEqual(client.expect_close(), 1001)

    def test_an_idle_bridge_leaves_at_once(self):
        bridge = self.bridge()
        bridge.process.send_signal(signal.SIGTERM)
        self.assertEqual(bridge.process.wait(60), 0)


NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  upstream bridges {{ server 127.0.0.1:{first} max_fails=0; server 127.0.0.1:{second} max_fails=0; }}
  server {{
    listen 127.0.0.1:{port};
    location = /udp {{
      proxy_pass http://bridges;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_next_upstream error timeout http_503;
      proxy_buffering off;
      proxy_read_timeout 75s;
    }}
  }}
}}
"""


def find_nginx():
    return shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")


class Fleet(BridgeTest):
    def nginx(self, first, second):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with open(os.path.join(folder, "conf"), "w") as conf:
            conf.write(NGINX.format(folder=folder, first=first.port, second=second.port, port=port))
        process = subprocess.Popen([find_nginx(), "-p", folder, "-c", os.path.join(folder, "conf"), "-e",
                                    os.path.join(folder, "error.log")], stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        until("nginx", lambda: self.answers(port))
        return port

    @staticmethod
    def answers(port):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return True

    def come_in(self, port):
        client = Client(port)
        self.addCleanup(client.close)
        return client

    def test_two_bridges_behind_nginx_and_one_stops(self):
        first, second = (self.bridge("--trusted-proxy", "127.0.0.0/8") for _ in range(2))
        port = self.nginx(first, second)
        peer = self.peer()
        clients = [self.come_in(port) for _ in range(8)]
        for client in clients:
            self.consent(client, peer)
        self.assertEqual([first.metric("sockets"), second.metric("sockets")], [4, 4])
        first.process.send_signal(signal.SIGTERM)
        until("the first to drain", lambda: first.logged("drain"))
        # New ones all go to the second; the old ones live on, on both.
        for _ in range(4):
            self.consent(self.come_in(port), peer)
        self.assertEqual([first.metric("sockets"), second.metric("sockets")], [4, 8])
        for client in clients:
            client.send(wire.datagram(b"still here", context=1))
            self.assertEqual(peer.receive()[0], b"still here")
        first.process.kill()
        first.process.wait()
        gone = 0
        for client in clients:
            try:
                client.round()
            except OSError:
                gone += 1
        self.assertEqual(gone, 4)
        self.consent(self.come_in(port), peer)


if __name__ == "__main__":
    unittest.main()
