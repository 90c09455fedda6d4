"""What is not let through: forbidden places in each spelling, spoofed sources, data without consent."""

import ipaddress
import struct
import unittest

import wire
from bridge import BridgeTest, until

DENIED = {
    "loopback": "127.0.0.1", "this network": "0.1.2.3", "private 10": "10.1.2.3", "private 172": "172.16.9.9",
    "private 192": "192.168.1.1", "link-local": "169.254.1.1", "carrier NAT": "100.64.0.1", "multicast": "239.1.2.3",
    "broadcast": "255.255.255.255", "documentation": "192.0.2.5", "benchmark": "198.18.0.1", "reserved": "240.0.0.1",
    "metadata": "169.254.169.254", "Azure's host": "168.63.129.16", "Alibaba's metadata": "100.100.100.200",
}
DENIED_V6 = ["::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "fd00:ec2::254", "fd20:ce::254",
             "2001:db8::1", "100::1", "64:ff9b:1::1", "2001:20::1", "3fff::1", "4000::1"]


def spellings(text):
    """Each way to write an IPv4 address in an endpoint."""
    v4 = int(ipaddress.IPv4Address(text))
    six = lambda value: str(ipaddress.IPv6Address(value))
    return {
        "plain": text,
        "IPv4-mapped": six(0xffff << 32 | v4),
        "IPv4-compatible": six(v4),
        "6to4": six(0x2002 << 112 | v4 << 80 | 1),
        "Teredo server": six(0x20010000 << 96 | v4 << 64 | 0xf7f7f7f7),
        "Teredo client": six(0x20010000 << 96 | 0x08080808 << 64 | (v4 ^ 0xffffffff)),
        "NAT64": six(0x0064ff9b << 96 | v4),
        "local NAT64": six(0x0064ff9b0001 << 80 | v4),
        "ISATAP": six(0x2600 << 112 | 0x5efe << 32 | v4),
    }


class Destinations(BridgeTest):
    def test_forbidden_places_are_refused_in_each_spelling(self):
        bridge = self.bridge(allow=())
        client = self.client(bridge)
        count = 0
        for what, text in DENIED.items():
            for how, spelling in spellings(text).items():
                with self.subTest(what=what, how=how, address=spelling):
                    client.send(wire.datagram(wire.binding_request(b"forbidden..."), (spelling, 5000)))
                    client.expect_refused((spelling, 5000), wire.NOT_PERMITTED)
                    count += 1
        for text in DENIED_V6:
            with self.subTest(address=text):
                client.send(wire.datagram(wire.binding_request(b"forbidden..."), (text, 5000)))
                client.expect_refused((text, 5000), wire.NOT_PERMITTED)
                count += 1
        self.assertEqual(bridge.drops("denied"), count)
        self.assertEqual(bridge.metric("datagrams_total", direction="out"), 0)

    def test_nothing_reaches_a_forbidden_socket_in_any_spelling_nor_by_a_context(self):
        client = self.client(self.bridge(allow=()))
        peer = self.peer()
        for spelling in spellings("127.0.0.1").values():
            client.send(wire.datagram(wire.binding_request(b"forbidden..."), (spelling, peer.address[1])))
        client.send(wire.assign(2, peer.address), wire.datagram(wire.binding_request(b"forbidden..."), context=2))
        self.assertEqual(client.expect(wire.CLOSE), b"\2")
        client.round()
        self.assertEqual(peer.waiting(), [])

    def test_an_allowed_network_is_reached_in_its_spellings_and_no_other_is(self):
        client = self.client(self.bridge())
        peer = self.peer()
        client.send(wire.datagram(wire.binding_request(b"mapped......"), ("::ffff:127.0.0.1", peer.address[1])))
        peer.answer()
        # The answer names the address in its plainest form.
        context, at = wire.read_varint(client.expect(wire.ASSIGN))
        client.expect(wire.DATAGRAM)
        client.send(wire.datagram(wire.binding_request(b"other......."), ("10.0.0.1", 5000)))
        client.expect_refused(("10.0.0.1", 5000), wire.NOT_PERMITTED)

    def test_a_metadata_service_is_not_allowed_by_the_network_around_it(self):
        client = self.client(self.bridge(allow=("0.0.0.0/0",), listen="127.0.0.1:0"))
        client.send(wire.datagram(wire.binding_request(b"metadata...."), ("169.254.169.254", 5000)))
        client.expect_refused(("169.254.169.254", 5000), wire.NOT_PERMITTED)

    def test_low_ports_are_refused_but_those_of_stun(self):
        client = self.client(self.bridge("--allow-port", "80"))
        for port in (1, 53, 123, 161, 389, 1023):
            client.send(wire.datagram(wire.binding_request(b"lowport....."), ("127.0.0.1", port)))
            client.expect_refused(("127.0.0.1", port), wire.NOT_PERMITTED)
        client.send(*(wire.assign(2 * number, ("127.0.0.1", port)) for number, port in ((1, 443), (2, 3478), (3, 80))))
        for context in (b"\2", b"\4", b"\6"):
            self.assertEqual(client.expect(wire.ACK), context)

    def test_the_tokens_networks_are_all_there_is(self):
        import tempfile
        from bridge import SECRET, later, token
        with tempfile.NamedTemporaryFile("w") as secret:
            secret.write(SECRET)
            secret.flush()
            bridge = self.bridge("--token-secret-file", secret.name)
            narrow = token(exp=later(), dst=["127.0.0.2/32"])
            client = self.client(bridge, subprotocols=("portico.udp.v1", f"portico.token.{narrow}"))
            client.send(wire.datagram(wire.binding_request(b"outside....."), ("127.0.0.1", 5000)))
            client.expect_refused(("127.0.0.1", 5000), wire.NOT_PERMITTED)
            client.send(wire.assign(2, ("127.0.0.2", 5000)))
            self.assertEqual(client.expect(wire.ACK), b"\2")

    def test_a_destination_is_told_of_once_a_second(self):
        bridge = self.bridge(allow=())
        client = self.client(bridge)
        client.send(*[wire.datagram(b"x", ("10.0.0.1", 5000))] * 1000)
        client.expect_refused(("10.0.0.1", 5000), wire.NOT_PERMITTED)
        client.round()
        self.assertNotIn(wire.REFUSED, client.kinds())
        self.assertEqual(bridge.drops("denied"), 1000)
        self.assertEqual(bridge.metric("refusals_total", reason="not_permitted"), 1)


class Sources(BridgeTest):
    def test_spoofed_sources_are_dropped_and_counted(self):
        bridge = self.bridge()
        client, peer = self.consented(bridge)
        stranger = self.peer()
        other_host = self.peer("127.0.0.2", peer.address[1])
        for attacker in (stranger, other_host):
            attacker.send(b"not the peer's", client.address)
            attacker.send(wire.binding_success(b"transaction1"), client.address)
        until("four drops", lambda: bridge.drops("unsolicited") == 4)
        peer.send(b"the peer's", client.address)
        self.assertTrue(client.expect(wire.DATAGRAM).endswith(b"the peer's"))
        self.assertEqual(client.inbox, [capsule for capsule in client.inbox if capsule[0] == wire.ASSIGN])

    def test_nothing_comes_in_before_something_went_out(self):
        bridge = self.bridge()
        client = self.client(bridge)
        peer = self.peer()
        peer.send(wire.binding_request(b"unsolicited."), client.address)
        until("a drop", lambda: bridge.drops("unsolicited") == 1)
        client.round()
        self.assertEqual(client.inbox, [])

    def test_another_clients_destination_is_not_ones_own(self):
        bridge = self.bridge()
        client, peer = self.consented(bridge)
        other = self.client(bridge)
        peer.send(b"to the wrong socket", other.address)
        until("a drop", lambda: bridge.drops("unsolicited") == 1)
        other.send(wire.datagram(b"data", peer.address))
        other.expect_refused(peer.address, wire.NOT_PERMITTED)


class Consent(BridgeTest):
    def test_data_without_consent_goes_nowhere(self):
        bridge = self.bridge()
        client = self.client(bridge)
        peer = self.peer()
        dns = struct.pack("!6H", 1, 0x100, 1, 0, 0, 0) + b"\7example\3org\0\0\1\0\1"
        for payload in (b"", b"data", dns, bytes(1200), wire.binding_success(b"transaction1"),
                        wire.stun(0x0011, b"indication.."), wire.binding_request(b"transaction1") + b"more"):
            client.send(wire.datagram(payload, peer.address))
        client.expect_refused(peer.address, wire.NOT_PERMITTED)
        client.round()
        self.assertEqual(peer.waiting(), [])
        self.assertEqual(bridge.drops("not_consented"), 7)

    def test_a_request_alone_is_no_consent_nor_is_a_wrong_answer(self):
        bridge = self.bridge()
        client = self.client(bridge)
        peer = self.peer()
        client.send(wire.datagram(wire.binding_request(b"transaction1"), peer.address))
        _, source = peer.receive()
        for payload in (wire.binding_success(b"transaction2"), wire.binding_request(b"transaction1"), b"data"):
            peer.send(payload, source)
            client.expect(wire.DATAGRAM)
        client.send(wire.datagram(b"data", peer.address))
        client.expect_refused(peer.address, wire.NOT_PERMITTED)
        self.assertEqual(peer.waiting(), [])

    def test_a_request_that_came_in_may_be_answered_without_consent(self):
        client = self.client(self.bridge())
        peer = self.peer()
        client.send(wire.datagram(wire.binding_request(b"transaction1"), peer.address))
        _, source = peer.receive()
        peer.send(wire.binding_request(b"the peer's.."), source)
        client.expect(wire.DATAGRAM)
        answer = wire.binding_success(b"the peer's..")
        client.send(wire.datagram(answer, peer.address), wire.datagram(answer, peer.address))
        self.assertEqual(peer.receive()[0], answer)
        client.expect_refused(peer.address, wire.NOT_PERMITTED)
        self.assertEqual(peer.waiting(), [])

    def test_a_flood_of_requests_becomes_twelve(self):
        bridge = self.bridge()
        client = self.client(bridge)
        peer = self.peer()
        victim = peer.address
        flood = [wire.datagram(wire.binding_request(number.to_bytes(12, "big")), victim) for number in range(100)]
        client.send(*flood)
        client.expect_refused(victim, wire.LIMITED)
        client.round()
        self.assertEqual(len(peer.waiting()), 1)
        self.assertEqual(bridge.drops("request_pace"), 99)
        # It goes on for as long as it takes until the bridge has let twelve through and lets no more.
        until("twelve", lambda: client.send(*flood) or bridge.metric("datagrams_total", direction="out") == 12)
        before = bridge.drops("request_pace")
        until("hundreds more", lambda: client.send(*flood) or bridge.drops("request_pace") > before + 1000)
        self.assertEqual(bridge.metric("datagrams_total", direction="out"), 12)
        self.assertEqual(len(peer.waiting()), 11)


if __name__ == "__main__":
    unittest.main()
