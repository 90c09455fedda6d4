"""`portico peer --ortc` with aiortc on the other side, over real sockets: both ICE roles, both DTLS roles."""

import asyncio
import base64
import hashlib
import unittest

from aiortc import RTCDataChannel, RTCDataChannelParameters

from aiortc_peer import AiortcPeer, closed, messages, opened
from portico_peer import PorticoPeer

# Every wait ends when the thing happens; this is for a thing that never does.
PATIENCE = 60
SIZES = [0, 1, 2, 100, 1199, 1200, 1201, 4096, 16384, 65535, 65536]


def binary(size):
    return hashlib.shake_256(size.to_bytes(4, "big")).digest(size)


def text(size):
    return "".join(chr(0x20 + byte % 95) for byte in binary(size))


class AiortcTest(unittest.IsolatedAsyncioTestCase):
    async def connect(self, ice_role, dtls_role="auto", arguments=()):
        """`ice_role` and `dtls_role` are aiortc's. Returns both sides, with SCTP up."""
        side = "--answer" if ice_role == "controlling" else "--offer"
        portico = await PorticoPeer.start(side, *arguments)
        self.addAsyncCleanup(portico.end)
        aiortc = AiortcPeer(ice_role, dtls_role)
        self.addAsyncCleanup(aiortc.stop)
        await aiortc.gather()
        await portico.send(aiortc.line())
        await aiortc.start(await portico.wait_ortc())
        await portico.wait("state", of="sctp", state="connected")
        return portico, aiortc

    async def open_channel(self, aiortc, label="from aiortc", **parameters):
        channel = RTCDataChannel(aiortc.sctp, RTCDataChannelParameters(label=label, **parameters))
        await opened(channel)
        return channel

    def within(self, coroutine):
        return asyncio.wait_for(coroutine, PATIENCE)


class Roles(AiortcTest):
    async def check_echo_by_portico(self, ice_role, dtls_role):
        portico, aiortc = await self.connect(ice_role, dtls_role, ["--echo", "--quiet", "--channel", "unused,id=1022"])
        channel = await self.open_channel(aiortc)
        answers = messages(channel)
        for size in SIZES:
            for message in (text(size), binary(size)):
                channel.send(message)
                self.assertEqual(await answers.get(), message)
        await portico.send({"command": "stats"})
        stats = await portico.wait("stats")
        self.assertEqual(stats["ice"]["role"], "controlled" if ice_role == "controlling" else "controlling")
        if dtls_role == "auto":  # aiortc's rule: the controlling side is the DTLS server
            dtls_role = "server" if ice_role == "controlling" else "client"
        self.assertEqual(stats["dtls"]["role"], "client" if dtls_role == "server" else "server")
        self.assertEqual(portico.errors(), [])

    async def test_aiortc_controls_and_nobody_chose_the_dtls_roles(self):
        await self.within(self.check_echo_by_portico("controlling", "auto"))

    async def test_aiortc_controls_and_is_the_dtls_server(self):
        await self.within(self.check_echo_by_portico("controlling", "server"))

    async def test_aiortc_controls_and_is_the_dtls_client(self):
        await self.within(self.check_echo_by_portico("controlling", "client"))

    async def test_portico_controls_and_nobody_chose_the_dtls_roles(self):
        await self.within(self.check_echo_by_portico("controlled", "auto"))

    async def test_portico_controls_and_aiortc_is_the_dtls_server(self):
        await self.within(self.check_echo_by_portico("controlled", "server"))

    async def test_portico_controls_and_aiortc_is_the_dtls_client(self):
        await self.within(self.check_echo_by_portico("controlled", "client"))


class Channels(AiortcTest):
    async def check_echo_by_aiortc(self, ice_role):
        portico, aiortc = await self.connect(ice_role, arguments=["--channel", "from portico,protocol=p"])
        channel = await aiortc.channels.get()
        self.assertEqual((channel.label, channel.protocol, channel.ordered), ("from portico", "p", True))
        channel.on("message", channel.send)
        await portico.wait("open", label="from portico")
        for size in SIZES:
            await portico.send({"command": "send", "label": "from portico", "text": text(size)})
            await portico.wait("message", label="from portico", text=text(size))
            encoded = base64.b64encode(binary(size)).decode()
            await portico.send({"command": "send", "label": "from portico", "base64": encoded})
            await portico.wait("message", label="from portico", base64=encoded)
        self.assertEqual(portico.errors(), [])

    async def test_aiortc_echoes_what_portico_sends_while_portico_controls(self):
        await self.within(self.check_echo_by_aiortc("controlled"))

    async def test_aiortc_echoes_what_portico_sends_while_aiortc_controls(self):
        await self.within(self.check_echo_by_aiortc("controlling"))

    async def check_parameters(self):
        portico, aiortc = await self.connect("controlled")
        for label, parameters, expected in [
                ("loose", {"ordered": False}, {"ordered": False}),
                ("counted", {"ordered": False, "maxRetransmits": 3}, {"ordered": False, "maxRetransmits": 3}),
                ("timed", {"maxPacketLifeTime": 500}, {"maxPacketLifeTime": 500}),
                ("named", {"protocol": "chat"}, {"protocol": "chat"})]:
            await self.open_channel(aiortc, label, **parameters)
            event = await portico.wait("open", label=label)
            self.assertEqual({key: event[key] for key in expected}, expected)

    async def test_channels_of_every_kind_arrive_with_their_parameters(self):
        await self.within(self.check_parameters())

    async def check_message_over_the_limit(self):
        portico, aiortc = await self.connect("controlled")
        channel = await aiortc.channels.get()
        received = messages(channel)
        await portico.wait("open", label="data")
        await portico.send({"command": "send", "label": "data", "text": "x" * 65537})
        self.assertEqual((await portico.wait("error"))["name"], "TypeError")
        await portico.send({"command": "send", "label": "data", "text": "after it"})
        self.assertEqual(await received.get(), "after it")

    async def test_a_message_over_aiortcs_limit_is_refused_here(self):
        await self.within(self.check_message_over_the_limit())

    async def check_many(self):
        portico, aiortc = await self.connect("controlled", arguments=["--echo", "--quiet"])
        channel = await self.open_channel(aiortc)
        answers = messages(channel)
        for number in range(1000):
            channel.send(str(number))
        self.assertEqual([await answers.get() for _ in range(1000)], [str(number) for number in range(1000)])

    async def test_a_thousand_messages_come_back_once_and_in_order(self):
        await self.within(self.check_many())


class Closing(AiortcTest):
    async def check_portico_closes_the_channel(self):
        portico, aiortc = await self.connect("controlled")
        channel = await aiortc.channels.get()
        gone = closed(channel)
        await portico.wait("open", label="data")
        await portico.send({"command": "close", "label": "data"})
        await gone
        await portico.wait("close", label="data")

    async def test_portico_closes_a_channel(self):
        await self.within(self.check_portico_closes_the_channel())

    async def check_aiortc_closes_the_channel(self):
        portico, aiortc = await self.connect("controlled")
        channel = await self.open_channel(aiortc)
        await portico.wait("open", label="from aiortc")
        gone = closed(channel)
        channel.close()
        await gone
        await portico.wait("close", label="from aiortc")
        # The association goes on: a channel after it opens.
        again = await self.open_channel(aiortc, "again")
        again.send("hello")
        await portico.wait("message", label="again", text="hello")

    async def test_aiortc_closes_a_channel(self):
        await self.within(self.check_aiortc_closes_the_channel())

    async def check_portico_stops(self, ice_role):
        portico, aiortc = await self.connect(ice_role)
        channel = await self.open_channel(aiortc)
        gone = closed(channel)
        await portico.send({"command": "stop"})
        await gone
        self.assertEqual(await portico.process.wait(), 0)

    async def test_portico_ends_the_connection_that_it_controls(self):
        await self.within(self.check_portico_stops("controlled"))

    async def test_portico_ends_the_connection_that_aiortc_controls(self):
        await self.within(self.check_portico_stops("controlling"))

    async def check_aiortc_stops(self, ice_role):
        portico, aiortc = await self.connect(ice_role)
        await self.open_channel(aiortc)
        await portico.wait("open", label="from aiortc")
        await aiortc.stop()
        await portico.wait("close", label="from aiortc")
        await portico.wait("state", of="connection", state="closed")
        self.assertEqual(await portico.process.wait(), 0)

    async def test_aiortc_ends_the_connection_that_portico_controls(self):
        await self.within(self.check_aiortc_stops("controlled"))

    async def test_aiortc_ends_the_connection_that_it_controls(self):
        await self.within(self.check_aiortc_stops("controlling"))

    async def check_queued_data(self):
        portico, aiortc = await self.connect("controlled")
        channel = await aiortc.channels.get()
        received = messages(channel)
        await portico.wait("open", label="data")
        for number in range(100):
            await portico.send({"command": "send", "label": "data", "text": f"{number} " + "x" * 10_000})
        portico.process.stdin.close()
        numbers = [int((await received.get()).split()[0]) for _ in range(100)]
        self.assertEqual(numbers, list(range(100)))
        self.assertEqual(await portico.process.wait(), 0)

    async def test_what_portico_has_queued_at_the_end_of_input_reaches_aiortc(self):
        await self.within(self.check_queued_data())


if __name__ == "__main__":
    unittest.main()
