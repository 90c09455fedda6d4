"""One side of a connection in aiortc's ORTC objects, speaking the `{"ortc":…}` line of `portico peer`."""

import asyncio

from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCIceCandidate, RTCIceParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcicetransport import RTCIceGatherer, RTCIceTransport
from aiortc.rtcsctptransport import RTCSctpCapabilities, RTCSctpTransport


class AiortcPeer:
    """`ice_role` is "controlling" or "controlled"; `dtls_role` is "auto", "client" or "server"."""

    def __init__(self, ice_role, dtls_role="auto"):
        self.gatherer = RTCIceGatherer([])
        self.ice = RTCIceTransport(self.gatherer)
        # aiortc has no public way to choose either role: RTCPeerConnection sets them in the same manner.
        self.ice._connection.ice_controlling = ice_role == "controlling"
        self.dtls_role = dtls_role
        self.dtls = RTCDtlsTransport(self.ice, [RTCCertificate.generateCertificate()])
        if dtls_role != "auto":
            self.dtls._set_role(dtls_role)
        self.sctp = RTCSctpTransport(self.dtls)
        self.channels = asyncio.Queue()
        self.sctp.on("datachannel", self.channels.put_nowait)

    async def gather(self):
        await self.gatherer.gather()

    def line(self):
        ice = self.gatherer.getLocalParameters()
        return {"ortc": {
            "ice": {"usernameFragment": ice.usernameFragment, "password": ice.password, "iceLite": ice.iceLite},
            "candidates": [{
                "component": candidate.component, "foundation": candidate.foundation, "ip": candidate.ip,
                "port": candidate.port, "priority": candidate.priority, "protocol": candidate.protocol,
                "type": candidate.type, "relatedAddress": candidate.relatedAddress,
                "relatedPort": candidate.relatedPort, "tcpType": candidate.tcpType,
            } for candidate in self.gatherer.getLocalCandidates()],
            "dtls": {"role": self.dtls_role, "fingerprints": [
                {"algorithm": fingerprint.algorithm, "value": fingerprint.value}
                for fingerprint in self.dtls.getLocalParameters().fingerprints]},
            "sctp": {"maxMessageSize": RTCSctpTransport.getCapabilities().maxMessageSize, "port": self.sctp.port},
        }}

    async def start(self, line):
        ortc = line["ortc"]
        for candidate in ortc["candidates"]:
            await self.ice.addRemoteCandidate(RTCIceCandidate(**{
                key: candidate[key] for key in ("component", "foundation", "ip", "port", "priority", "protocol", "type",
                                                "relatedAddress", "relatedPort", "tcpType")}))
        await self.ice.addRemoteCandidate(None)
        await self.ice.start(RTCIceParameters(**ortc["ice"]))
        await self.dtls.start(RTCDtlsParameters(
            role=ortc["dtls"]["role"],
            fingerprints=[RTCDtlsFingerprint(**fingerprint) for fingerprint in ortc["dtls"]["fingerprints"]]))
        await self.sctp.start(RTCSctpCapabilities(maxMessageSize=ortc["sctp"]["maxMessageSize"]), ortc["sctp"]["port"])

    async def stop(self):
        await self.sctp.stop()
        await self.dtls.stop()
        await self.ice.stop()


def opened(channel):
    """Done when the channel is open."""
    done = asyncio.get_running_loop().create_future()
    if channel.readyState == "open":
        done.set_result(None)
    else:
        channel.on("open", lambda: done.set_result(None))
    return done


def closed(channel):
    """Done when the channel is closed."""
    done = asyncio.get_running_loop().create_future()
    channel.on("close", lambda: done.set_result(None))
    return done


def messages(channel):
    """What comes on the channel from now on, in order."""
    queue = asyncio.Queue()
    channel.on("message", queue.put_nowait)
    return queue
