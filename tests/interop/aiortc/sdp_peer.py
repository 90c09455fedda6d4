"""aiortc's RTCPeerConnection as a peer of CLI.md, with the command "channel" beside those.

What aiortc 1.4 lacks is added here: it knows no end of candidates as a line, and takes no offer that chooses the DTLS roles. Such
an offer is given to it as one that leaves the choice, and its answer written for the roles that the offer asked for."""

import argparse
import asyncio
import base64
import json
import re
import sys
import time

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp

LINE_BYTES = 4 * 1024 * 1024


def say(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def parse_channel(spec):
    label, *options = spec.split(",")
    parameters = {"label": label}
    numbers = {"id": "id", "retransmits": "maxRetransmits", "lifetime": "maxPacketLifeTime"}
    for option in options:
        name, _, value = option.partition("=")
        if name in numbers:
            parameters[numbers[name]] = int(value)
        elif name == "protocol":
            parameters["protocol"] = value
        elif name == "negotiated":
            parameters["negotiated"] = True
        elif name == "unordered":
            parameters["ordered"] = False
        else:
            raise ValueError(f"no option of a channel: {option}")
    return parameters


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["peer"])
    parser.add_argument("--offer", action="store_true")
    parser.add_argument("--answer", action="store_true")
    parser.add_argument("--channel", action="append", default=[])
    parser.add_argument("--echo", action="store_true")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--no-trickle", action="store_true")  # it never does
    arguments = parser.parse_args()
    if arguments.offer and not arguments.channel:
        arguments.channel.append("data")
    return arguments


class Channels:
    """What CLI.md says of channels, messages and their ends."""

    def __init__(self, connection, arguments):
        self._connection = connection
        self._arguments = arguments
        self._by_label = {}
        connection.on("datachannel", self._adopt)

    def create(self, spec):
        self._adopt(self._connection.createDataChannel(**parse_channel(spec)))

    def send(self, line):
        content = line["text"] if "text" in line else base64.b64decode(line["base64"])
        self._by_label[line["label"]].send(content)

    def close(self, label):
        self._by_label[label].close()

    def _adopt(self, channel):
        self._by_label[channel.label] = channel
        received = {"bytes": 0, "messages": 0, "began": time.monotonic()}

        def tell(event):
            say({"event": event, "label": channel.label, "id": channel.id, "protocol": channel.protocol,
                 "ordered": channel.ordered, "negotiated": channel.negotiated, "maxRetransmits": channel.maxRetransmits,
                 "maxPacketLifeTime": channel.maxPacketLifeTime})

        def on_close():
            if self._arguments.quiet:
                say({"event": "done", "direction": "receive", "label": channel.label, "bytes": received["bytes"], "total": 0,
                     "messages": received["messages"], "seconds": time.monotonic() - received["began"]})
            tell("close")
        channel.on("message", lambda message: self._on_message(channel, message, received))
        channel.on("close", on_close)
        if channel.readyState == "open":
            tell("open")
        else:
            channel.on("open", lambda: tell("open"))

    def _on_message(self, channel, message, received):
        content = message.encode() if isinstance(message, str) else message
        received["bytes"] += len(content)
        received["messages"] += 1
        if not self._arguments.quiet:
            line = {"text": message} if isinstance(message, str) else {"base64": base64.b64encode(message).decode()}
            say({"event": "message", "label": channel.label, "bytes": len(content), **line})
        if self._arguments.echo:
            channel.send(message)


class Signalling:
    SETUP = re.compile(r"^a=setup:(\w+)", re.MULTILINE)
    ANSWERS = {"active": "passive", "passive": "active"}

    def __init__(self, connection):
        self._connection = connection

    async def offer(self):
        await self._connection.setLocalDescription(await self._connection.createOffer())
        self._tell()

    async def take(self, line):
        if "candidate" in line:
            await self._on_candidate(line)
        elif line["type"] == "offer":
            await self._on_offer(line["sdp"])
        else:
            await self._connection.setRemoteDescription(RTCSessionDescription(sdp=line["sdp"], type=line["type"]))

    async def _on_offer(self, sdp):
        asked = self.SETUP.search(sdp).group(1)
        await self._connection.setRemoteDescription(
            RTCSessionDescription(sdp=self.SETUP.sub("a=setup:actpass", sdp), type="offer"))
        answer = await self._connection.createAnswer()
        if asked in self.ANSWERS:
            answer = RTCSessionDescription(sdp=self.SETUP.sub(f"a=setup:{self.ANSWERS[asked]}", answer.sdp), type="answer")
        await self._connection.setLocalDescription(answer)
        self._tell()

    async def _on_candidate(self, line):
        if not line["candidate"]:
            await self._connection.sctp.transport.transport.addRemoteCandidate(None)
            return
        candidate = candidate_from_sdp(line["candidate"].removeprefix("candidate:"))
        candidate.sdpMid, candidate.sdpMLineIndex = line["sdpMid"], line["sdpMLineIndex"]
        await self._connection.addIceCandidate(candidate)

    def _tell(self):
        say({"type": self._connection.localDescription.type, "sdp": self._connection.localDescription.sdp})


def watch_states(connection):
    for of, attribute in (("connection", "connectionState"), ("ice", "iceConnectionState"), ("gathering", "iceGatheringState")):
        connection.on(attribute.lower() + "change", lambda of=of, attribute=attribute: say(
            {"event": "state", "of": of, "state": getattr(connection, attribute)}))


async def main():
    arguments = parse_arguments()
    connection = RTCPeerConnection()
    channels, signalling = Channels(connection, arguments), Signalling(connection)
    watch_states(connection)
    for spec in arguments.channel:
        channels.create(spec)
    lines = asyncio.StreamReader(limit=LINE_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    if arguments.offer:
        await signalling.offer()
    commands = {"send": channels.send, "close": lambda line: channels.close(line["label"]),
                "channel": lambda line: channels.create(line["spec"])}
    async for raw in lines:
        line = json.loads(raw)
        if line.get("command") == "stop":
            break
        try:
            if "command" in line:
                commands[line["command"]](line)
            else:
                await signalling.take(line)
        except Exception as problem:  # whatever aiortc refuses is told, and ends nothing
            say({"event": "error", "name": type(problem).__name__, "message": str(problem) or repr(problem)})
    await connection.close()


if __name__ == "__main__":
    asyncio.run(main())
