"""Drives `portico-bridge`, which is named by PORTICO_BRIDGE, and speaks to it as a client does."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import select
import socket
import ssl
import struct
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.request

import wire

PROGRAM = os.environ["PORTICO_BRIDGE"].split()
# Every wait ends when the thing happens; this is for a thing that never does.
PATIENCE = 60.0
SECRET = "a secret of at least thirty-two bytes"


def until(what, poll, patience=PATIENCE):
    """The first truth that `poll` gives."""
    deadline = time.monotonic() + patience
    while True:
        found = poll()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"it never came: {what}")
        select.select([], [], [], 0.01)


def base64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def token(secret=SECRET, header=None, signature=None, **claims):
    head = base64url(json.dumps(header or {"alg": "HS256", "typ": "JWT"}).encode())
    body = base64url(json.dumps(claims).encode())
    if signature is None:
        signature = hmac.new(secret.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{base64url(signature)}"


def later(seconds=3600):
    return int(time.time()) + seconds


class Bridge:
    """A running bridge, on free ports of loopback."""

    def __init__(self, *arguments, listen="127.0.0.1:0"):
        self.process = subprocess.Popen(
            [*PROGRAM, "--listen", listen, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.log = []
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"no bridge: {self.process.stderr.read().decode()}")
        self.listening = json.loads(line)
        self.url = self.listening["url"]
        self.port = int(self.url.rsplit(":", 1)[1].split("/")[0])
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        for raw in self.process.stderr:
            self.log.append(json.loads(raw))  # a line that is no JSON breaks the contract

    def logged(self, event):
        return [line for line in list(self.log) if line["event"] == event]

    def status(self, path):
        try:
            with urllib.request.urlopen(self.listening["metrics"] + path, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metric(self, name, **labels):
        wanted = ",".join(f'{key}="{value}"' for key, value in labels.items())
        name = f"portico_bridge_{name}" + (f"{{{wanted}}}" if wanted else "")
        for line in self.status("/metrics")[1].splitlines():
            if line.rsplit(" ", 1)[0] == name:
                return int(line.rsplit(" ", 1)[1])
        return 0

    def drops(self, reason):
        return self.metric("drops_total", reason=reason)

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
        self._thread.join(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()


class Refused(Exception):
    """The handshake was answered with an HTTP status."""

    def __init__(self, status, text):
        super().__init__(f"{status} {text}")
        self.status = status


class Client:
    """A WebSocket to the bridge. `inbox` has the capsules that nobody has asked for yet."""

    def __init__(self, port, path="/udp", host="127.0.0.1", origin=None, subprotocols=("portico.udp.v1",), headers=(),
                 tls=None, receive_buffer=None, wait=True):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}:{port}", "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
        if subprotocols:
            lines.append("Sec-WebSocket-Protocol: " + ", ".join(subprotocols))
        if origin:
            lines.append(f"Origin: {origin}")
        lines += [f"{name}: {value}" for name, value in headers]
        self.received = b""
        self.inbox = []
        self.bound = None
        self.closed = None
        try:
            self.socket.connect((host, port))
            if tls:
                self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
            self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
            self._handshake()
            if wait:
                self.bound = wire.read_bound(self.expect(wire.BOUND))
        except BaseException:
            self.socket.close()
            raise

    def _handshake(self):
        while b"\r\n\r\n" not in self.received:
            more = self.socket.recv(65536)
            if not more:
                break
            self.received += more
        head, _, self.received = self.received.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        status = int(lines[0].split()[1]) if len(lines[0].split()) > 1 else 0
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if status != 101:
            raise Refused(status, self.received.decode(errors="replace"))

    @property
    def address(self):
        """Where the bridge holds the first UDP port."""
        return self.bound["endpoints"][0]

    def send(self, *parts):
        """Capsules, as one binary message."""
        self.socket.sendall(wire.frame(2, b"".join(parts)))

    def _take(self, count):
        while len(self.received) < count:
            more = self.socket.recv(1 << 18)
            if not more:
                raise ConnectionError("the bridge closed the connection")
            self.received += more
        taken, self.received = self.received[:count], self.received[count:]
        return taken

    def read_frame(self):
        first, length = self._take(2)
        if length == 126:
            length, = struct.unpack("!H", self._take(2))
        elif length == 127:
            length, = struct.unpack("!Q", self._take(8))
        return first & 0x0f, self._take(length)

    def read(self, answer_pings=True):
        """One frame into the inbox."""
        opcode, payload = self.read_frame()
        if opcode == 2:
            self.inbox += wire.capsules(payload)
        elif opcode == 9 and answer_pings:
            self.socket.sendall(wire.frame(10, payload))
        elif opcode == 8:
            with contextlib.suppress(OSError):
                self.socket.sendall(wire.frame(8, payload))
            self.closed = (struct.unpack("!H", payload[:2])[0], payload[2:].decode()) if payload else (1005, "")
            raise ConnectionError(f"closed by the bridge: {self.closed}")

    def expect(self, kind, matches=lambda value: True):
        """The value of the first capsule of that kind, taken out of the inbox."""
        looked_at = 0
        while True:
            for index in range(looked_at, len(self.inbox)):
                if self.inbox[index][0] == kind and matches(self.inbox[index][1]):
                    return self.inbox.pop(index)[1]
            looked_at = len(self.inbox)
            self.read()

    def expect_refused(self, to, reason):
        address = wire.endpoint(*to)
        value = self.expect(wire.REFUSED, lambda value: value.startswith(address))
        got = wire.read_varint(value, len(address))[0]
        if got != reason:
            raise AssertionError(f"{to} refused for {got}, expected {reason}")

    def expect_close(self):
        """The code with which the bridge closes; nothing where it only ends the connection."""
        try:
            while True:
                self.read()
        except ConnectionError:
            return self.closed[0] if self.closed else None
        finally:
            self.close()

    def round(self):
        """What was sent before has been taken in, and its answers are in the inbox."""
        self.send(wire.capsule(wire.ASSIGN, b"\0\0"))
        self.expect(wire.ACK, lambda value: value == b"\0")

    def kinds(self):
        return [kind for kind, _ in self.inbox]

    def close(self):
        self.socket.close()


class UdpPeer:
    """A UDP socket of the test, for the other end."""

    def __init__(self, address="127.0.0.1", port=0):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        self.socket.settimeout(PATIENCE)

    @property
    def address(self):
        return self.socket.getsockname()

    def receive(self):
        return self.socket.recvfrom(65536)

    def waiting(self):
        """What has come, without waiting for more."""
        found = []
        while select.select([self.socket], [], [], 0)[0]:
            found.append(self.socket.recvfrom(65536)[0])
        return found

    def send(self, payload, to):
        self.socket.sendto(payload, to)

    def answer(self):
        """Takes a STUN request and answers it, which is consent."""
        while True:
            payload, source = self.receive()
            if len(payload) >= 20 and payload[:2] == b"\0\1":
                self.send(wire.binding_success(payload[8:20]), source)
                return source


class BridgeTest(unittest.TestCase):
    """Tests that start bridges. Loopback is their network, so it is allowed unless they say otherwise."""

    def bridge(self, *arguments, allow=("127.0.0.0/8",), **options):
        for network in allow:
            arguments += ("--allow", network)
        bridge = Bridge(*arguments, **options)
        self.addCleanup(bridge.end)
        return bridge

    def client(self, bridge, **options):
        client = Client(bridge.port, **options)
        self.addCleanup(client.close)
        return client

    def peer(self, *arguments):
        peer = UdpPeer(*arguments)
        self.addCleanup(peer.socket.close)
        return peer

    def assert_refused(self, status, bridge, **options):
        with self.assertRaises(Refused) as caught:
            self.client(bridge, **options)
        self.assertEqual(caught.exception.status, status, str(caught.exception))

    def consented(self, bridge, **options):
        """A client, and a peer that has answered it."""
        client = self.client(bridge, **options)
        peer = self.peer()
        self.consent(client, peer)
        return client, peer

    def consent(self, client, peer):
        client.send(wire.datagram(wire.binding_request(b"transaction1"), peer.address))
        source = peer.answer()
        client.expect(wire.DATAGRAM, lambda value: wire.binding_success(b"transaction1") in value)
        return source

    def tls_files(self, folder):
        """A certificate for localhost and its key, and a context that trusts it."""
        certificate, key = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "1",
                        "-keyout", key, "-out", certificate], check=True, capture_output=True)
        return certificate, key, ssl.create_default_context(cafile=certificate)


def run(*arguments):
    """The program to its end: status, standard output, standard error."""
    done = subprocess.run([*PROGRAM, *arguments], capture_output=True, timeout=PATIENCE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()
