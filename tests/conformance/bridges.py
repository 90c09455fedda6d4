"""The real bridge, on this machine alone: with a token secret, and leave to pass to loopback."""

import os
import secrets
import sys
import tempfile

from programs import ROOT

os.environ.setdefault("PORTICO_BRIDGE", os.path.join(ROOT, "build/release/native/bridge/portico-bridge"))
sys.path.insert(0, os.path.join(ROOT, "tests/bridge"))
import bridge  # noqa: E402


class Bridge:
    """A bridge that can die and come back where it was."""

    def __init__(self, *arguments):
        self._secret = secrets.token_hex(32)
        self._secret_file = tempfile.NamedTemporaryFile("w", prefix="portico-")
        self._secret_file.write(self._secret)
        self._secret_file.flush()
        self._arguments = ["--token-secret-file", self._secret_file.name, "--allow", "127.0.0.0/8", *arguments]
        self._running = bridge.Bridge(*self._arguments)
        self.url = self._running.url.removesuffix("/udp")

    @property
    def process(self):
        return self._running.process

    def kill(self):
        self._running.end()

    def start(self):
        self._running = bridge.Bridge(*self._arguments, listen=self.url.removeprefix("ws://"))

    def token(self):
        return bridge.token(self._secret, exp=bridge.later())

    def log(self):
        return "\n".join(map(str, self._running.log))

    def end(self):
        self._running.end()
        self._secret_file.close()


class Bridges:
    """The bridge that a pairing's scenarios share, and more for those that kill theirs."""

    def __init__(self, wanted):
        self.shared = Bridge() if wanted else None

    @staticmethod
    def make():
        return Bridge()

    def end(self):
        if self.shared:
            self.shared.end()
