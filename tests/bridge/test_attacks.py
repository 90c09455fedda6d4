"""Clients that break the rules, read nothing, flood, or vanish. The bridge goes on, and others are none the worse."""

import os
import resource
import signal
import socket
import unittest

import wire
from bridge import BridgeTest, Client, until


class Malformed(BridgeTest):
    def test_malformed_capsules_close_with_1002_and_a_reason(self):
        bridge = self.bridge()
        peer = ("127.0.0.1", 5000)
        messages = {
            "a type alone": b"\x12",
            "a length beyond the message": b"\x00\x05abc",
            "a huge length": b"\x00\xff\xff\xff\xff\xff\xff\xff\xff",
            "an unfinished varint": b"\x40",
            "a datagram without an endpoint": wire.capsule(wire.DATAGRAM, b"\0"),
            "a datagram of IP version 5": wire.capsule(wire.DATAGRAM, b"\0\5" + bytes(6)),
            "a datagram that ends in its address": wire.capsule(wire.DATAGRAM, b"\0\6" + bytes(10)),
            "an empty assign": wire.capsule(wire.ASSIGN, b""),
            "an odd context": wire.assign(3, peer),
            "a context that is open": wire.assign(2, peer) * 2,
            "an assign with port 0": wire.assign(2, ("127.0.0.1", 0)),
            "an assign with more": wire.capsule(wire.ASSIGN, b"\2" + wire.endpoint(*peer) + b"x"),
            "an endpoint for context 0": wire.assign(0, peer),
            "no endpoint for context 2": wire.capsule(wire.ASSIGN, b"\2\0"),
            "an empty ack": wire.capsule(wire.ACK, b""),
            "a close of context 0": wire.capsule(wire.CLOSE, b"\0"),
            "a close with more": wire.capsule(wire.CLOSE, b"\2\2"),
        }
        for what, message in messages.items():
            with self.subTest(what):
                client = self.client(bridge)
                client.send(message)
                self.assertEqual(client.expect_close(), 1002)
                self.assertTrue(client.closed[1])
        until("all closed", lambda: bridge.metric("sockets") == 0)

    def test_what_is_before_a_malformed_capsule_is_done(self):
        client, peer = self.consented(self.bridge())
        client.send(wire.datagram(b"still good", context=1), b"\x40")
        self.assertEqual(peer.receive()[0], b"still good")
        self.assertEqual(client.expect_close(), 1002)

    def test_unknown_capsules_are_skipped(self):
        bridge = self.bridge()
        client, peer = self.consented(bridge)
        client.send(wire.capsule(0x3f, b"whatever"), wire.capsule(wire.BOUND, b""), wire.capsule(1 << 61, bytes(1000)),
                    wire.datagram(b"after them", context=1))
        self.assertEqual(peer.receive()[0], b"after them")
        self.assertEqual(bridge.metric("skipped_capsules_total"), 3)

    def test_text_closes_with_1003_and_what_is_too_large_with_1009(self):
        bridge = self.bridge()
        client = self.client(bridge)
        client.socket.sendall(wire.frame(1, b"hello"))
        self.assertEqual(client.expect_close(), 1003)
        client = self.client(bridge)
        client.socket.sendall(wire.frame(2, bytes(262145))[:100])
        self.assertEqual(client.expect_close(), 1009)
        client = self.client(bridge)
        client.send(wire.capsule(0x3f, bytes(262144 - 5)))
        client.round()

    def test_broken_websocket_frames_close_the_connection(self):
        bridge = self.bridge()
        for what, raw in {"reserved bits": b"\xf2\x80\0\0\0\0", "a reserved opcode": b"\x83\x80\0\0\0\0",
                          "no mask": b"\x82\x01x", "a long ping": wire.frame(9, bytes(126)),
                          "a fragmented ping": wire.frame(9, b"", fin=False), "a continuation of nothing": wire.frame(0, b"x"),
                          "a length of 2^63": b"\x82\xff" + b"\xff" * 8 + bytes(4)}.items():
            with self.subTest(what):
                client = self.client(bridge)
                client.socket.sendall(raw)
                self.assertIn(client.expect_close(), (1002, 1009, None))
        until("all closed", lambda: bridge.metric("sockets") == 0)


class Floods(BridgeTest):
    def test_a_client_that_reads_nothing_loses_the_newest_and_holds_little_memory(self):
        bridge = self.bridge()
        client = Client(bridge.port, receive_buffer=16384)
        self.addCleanup(client.close)
        peer = self.peer()
        source = self.consent(client, peer)
        number = 0

        def flood():
            nonlocal number
            for _ in range(100):
                peer.send(number.to_bytes(4, "big") + bytes(1196), source)
                number += 1
            return bridge.drops("client_slow") > 2000

        until("drops", flood)
        self.assertLessEqual(bridge.metric("queue_longest_bytes"), 2 * 262144)
        other, _ = self.consented(bridge)  # is none the worse
        # What was kept is the oldest, in order.
        kept = []
        while len(kept) < 100:
            kept.append(int.from_bytes(client.expect(wire.DATAGRAM)[1:5], "big"))
        self.assertEqual(kept, sorted(kept))
        self.assertLess(kept[-1], number // 2)
        # And once it has read what waits, new ones come again.
        until("the queue to be empty", lambda: client.read() or bridge.metric("queue_longest_bytes") == 0)
        peer.send(b"fresh", source)
        client.expect(wire.DATAGRAM, lambda value: value.endswith(b"fresh"))

    def test_a_client_that_asks_and_reads_nothing_is_closed(self):
        bridge = self.bridge()
        client = Client(bridge.port, receive_buffer=16384)
        self.addCleanup(client.close)
        client.socket.settimeout(60)
        try:
            while True:
                client.send(wire.capsule(wire.ASSIGN, b"\0\0") * 60000)
        except OSError:
            pass
        until("it to be gone", lambda: bridge.metric("sockets") == 0)
        self.assertIn("unread", bridge.logged("close")[0]["reason"])

    def test_a_flood_is_held_to_the_sockets_rate(self):
        bridge = self.bridge("--socket-packets", "1000")
        client, peer = self.consented(bridge)
        for _ in range(50):
            client.send(*[wire.datagram(b"flood", context=1)] * 1000)
        client.round()
        sent = bridge.metric("datagrams_total", direction="out")
        self.assertEqual(sent + bridge.drops("rate_out"), 50001)
        self.assertLess(sent, 25000)
        client.expect_refused(peer.address, wire.LIMITED)

    def test_a_table_of_destinations_has_an_end(self):
        bridge = self.bridge()
        client = self.client(bridge)
        client.send(*(wire.datagram(wire.binding_request(b"scanning...."), ("127.0.0.1", 20000 + number))
                      for number in range(2000)))
        client.round()
        self.assertEqual(bridge.metric("destinations"), 1024)
        self.assertEqual(bridge.drops("destinations"), 976)


class Vanishing(BridgeTest):
    def test_a_client_that_vanishes_is_missed(self):
        bridge = self.bridge("--idle-timeout", "1")
        client = self.client(bridge)
        until("it to be counted", lambda: bridge.metric("sockets") == 1)
        until("it to be gone", lambda: bridge.metric("sockets") == 0)  # it answers no ping
        self.assertEqual(bridge.logged("close")[0]["socket"], 1)
        client.close()

    def test_a_silent_client_that_answers_pings_stays(self):
        bridge = self.bridge("--idle-timeout", "2")
        client = self.client(bridge)
        for _ in range(3):
            opcode, payload = client.read_frame()
            self.assertEqual(opcode, 9)
            client.socket.sendall(wire.frame(10, payload))
        client.round()

    def test_a_client_that_resets_frees_its_ports(self):
        bridge = self.bridge()
        client, peer = self.consented(bridge)
        port = client.address
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()
        until("it to be gone", lambda: bridge.metric("sockets") == 0)
        until("its port to be free", lambda: self.can_bind(port))

    @staticmethod
    def can_bind(address):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(address)
                return True
            except OSError:
                return False

    def test_a_thousand_idle_sockets_cost_little_and_leave_nothing(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        bridge = self.bridge("--max-sockets-per-address", "1100")
        descriptors = f"/proc/{bridge.process.pid}/fd"
        before, memory = len(os.listdir(descriptors)), self.memory(bridge)
        clients = [self.client(bridge) for _ in range(1000)]
        self.assertEqual(bridge.metric("sockets"), 1000)
        each = (self.memory(bridge) - memory) / 1000
        self.assertLess(each, 64 * 1024, "bytes for each idle socket")
        peer = self.peer()
        for client in (clients[0], clients[999]):
            self.consent(client, peer)
        for client in clients:
            client.close()
        until("all to be gone", lambda: bridge.metric("sockets") == 0)
        until("their descriptors to be closed", lambda: len(os.listdir(descriptors)) <= before + 1)
        self.assertEqual(bridge.metric("sockets_opened_total"), 1000)

    @staticmethod
    def memory(bridge):
        with open(f"/proc/{bridge.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Signals(BridgeTest):
    def test_a_stopped_bridge_ends_clients_that_do_not_answer(self):
        bridge = self.bridge("--drain-timeout", "0.1")
        self.client(bridge)
        bridge.process.send_signal(signal.SIGTERM)
        self.assertEqual(bridge.process.wait(60), 0)


if __name__ == "__main__":
    unittest.main()
