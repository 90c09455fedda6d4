"""What goes through: datagrams both ways, with and without contexts."""

import unittest

import wire
from bridge import BridgeTest


class Relaying(BridgeTest):
    def test_a_stun_request_goes_out_and_its_answer_comes_back(self):
        bridge = self.bridge()
        client = self.client(bridge)
        self.assertEqual(client.headers["sec-websocket-protocol"], "portico.udp.v1")
        self.assertNotIn("sec-websocket-extensions", client.headers)
        self.assertEqual(client.address[0], "127.0.0.1")
        peer = self.peer()
        request = wire.binding_request(b"0123456789ab")
        client.send(wire.datagram(request, peer.address))
        payload, source = peer.receive()
        self.assertEqual(payload, request)
        self.assertEqual(source, client.address)
        peer.send(wire.binding_success(b"0123456789ab"), source)
        # The bridge gives the peer a context of its own, an odd one, and uses it at once.
        value = client.expect(wire.ASSIGN)
        context, at = wire.read_varint(value)
        self.assertEqual(context % 2, 1)
        self.assertEqual(wire.read_endpoint(value, at)[0], peer.address)
        value = client.expect(wire.DATAGRAM)
        self.assertEqual(value, wire.varint(context) + wire.binding_success(b"0123456789ab"))

    def test_after_consent_anything_goes_both_ways_on_every_kind_of_context(self):
        client, peer = self.consented(self.bridge())
        client.send(wire.datagram(b"uncompressed", peer.address))
        self.assertEqual(peer.receive()[0], b"uncompressed")
        client.send(wire.datagram(b"the bridge's", context=1))
        self.assertEqual(peer.receive()[0], b"the bridge's")
        # A context is used in the message that assigns it, and the bridge takes it for its own direction.
        client.send(wire.assign(2, peer.address), wire.datagram(b"the client's", context=2))
        self.assertEqual(peer.receive()[0], b"the client's")
        self.assertEqual(client.expect(wire.ACK), wire.varint(2))
        peer.send(b"back", client.address)
        self.assertEqual(client.expect(wire.DATAGRAM, lambda value: value.endswith(b"back"))[0], 2)
        client.send(wire.capsule(wire.CLOSE, b"\2"))
        client.round()
        peer.send(b"again", client.address)
        self.assertEqual(client.expect(wire.DATAGRAM, lambda value: value.endswith(b"again"))[0], 1)
        # Who closes the bridge's context gets no other one.
        client.send(wire.capsule(wire.CLOSE, b"\1"))
        client.round()
        peer.send(b"plain", client.address)
        value = client.expect(wire.DATAGRAM, lambda value: value.endswith(b"plain"))
        self.assertEqual(value, b"\0" + wire.endpoint(*peer.address) + b"plain")

    def test_datagrams_of_every_size_pass(self):
        client, peer = self.consented(self.bridge())
        for size in (0, 1, 63, 1200, 1500, 9000, 65507):
            with self.subTest(size):
                payload = bytes(size)
                client.send(wire.datagram(payload, context=1))
                received, source = peer.receive()
                self.assertEqual(received, payload)
                peer.send(payload, source)
                self.assertEqual(client.expect(wire.DATAGRAM), b"\1" + payload)
        client.send(wire.datagram(bytes(65508), context=1))
        client.expect_refused(peer.address, wire.TOO_LARGE)

    def test_many_datagrams_in_one_message_keep_their_order_and_come_back_in_few(self):
        bridge = self.bridge()
        client, peer = self.consented(bridge)
        payloads = [number.to_bytes(4, "big") + bytes(1196) for number in range(60)]
        client.send(*(wire.datagram(payload, context=1) for payload in payloads))
        self.assertEqual([peer.receive()[0] for _ in payloads], payloads)
        before = bridge.metric("messages_total", direction="in")
        for payload in payloads:
            peer.send(payload, client.address)
        self.assertEqual([client.expect(wire.DATAGRAM)[1:] for _ in payloads], payloads)
        self.assertLessEqual(bridge.metric("messages_total", direction="in") - before, len(payloads))

    def test_a_message_may_come_in_fragments(self):
        client, peer = self.consented(self.bridge())
        message = wire.datagram(b"in two pieces", context=1)
        client.socket.sendall(wire.frame(2, message[:7], fin=False) + wire.frame(9, b"ping") + wire.frame(0, message[7:]))
        self.assertEqual(peer.receive()[0], b"in two pieces")

    def test_bound_tells_the_public_address_and_the_limits(self):
        bridge = self.bridge("--public-address", "198.51.100.7", "--udp-ports", "40000-40999", "--socket-bytes", "1000000",
                             "--address-packets", "500")
        bound = self.client(bridge).bound
        (address, port), = bound["endpoints"]
        self.assertEqual(address, "127.0.0.1")
        self.assertTrue(40000 <= port <= 40999)
        self.assertEqual(bound["public"], [("198.51.100.7", port)])
        self.assertEqual((bound["payload"], bound["queue"], bound["bytes"], bound["packets"]), (65507, 262144, 1000000, 500))

    def test_both_families_are_bound_where_both_are_named(self):
        bridge = self.bridge("--udp-address", "127.0.0.1", "--udp-address", "::1", allow=("127.0.0.0/8", "::1"))
        client = self.client(bridge)
        self.assertEqual([address for address, _ in client.bound["endpoints"]], ["127.0.0.1", "::1"])
        self.assertEqual(client.bound["public"], [None, None])


if __name__ == "__main__":
    unittest.main()
