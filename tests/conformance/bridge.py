"""The real bridge, on this machine alone: `portico-bridge` with a token secret, and leave to pass to loopback."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import subprocess
import tempfile
import time
import urllib.request

from programs import ROOT, command

BRIDGE = command("PORTICO_BRIDGE", os.path.join(ROOT, "build/release/native/bridge/portico-bridge"))


def _base64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


class Bridge:
    def __init__(self, *arguments):
        self._arguments = arguments
        self._secret = secrets.token_bytes(32)
        self._secret_file = tempfile.NamedTemporaryFile(prefix="portico-")
        self._secret_file.write(self._secret)
        self._secret_file.flush()
        self._log = tempfile.TemporaryFile(prefix="portico-")
        self._listen = "127.0.0.1:0"
        self.process = None
        self.start()

    def start(self):
        """Where it was before, if it was."""
        self.process = subprocess.Popen(
            [*BRIDGE, "--listen", self._listen, "--token-secret-file", self._secret_file.name, "--allow", "127.0.0.0/8", *self._arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._log)
        said = self.process.stdout.readline()  # once it listens, or has left
        if not said:
            raise AssertionError(f"the bridge does not listen:\n{self.log()}")
        # So that it comes back where it was.
        self.url = json.loads(said)["url"].removesuffix("/udp")
        self._listen = self.url.removeprefix("ws://")
        self._metrics_url = json.loads(said)["metrics"]

    def metrics(self):
        with urllib.request.urlopen(f"{self._metrics_url}/metrics", timeout=5) as answer:
            return answer.read().decode()

    def token(self, lifetime_seconds=3600, secret=None):
        """JWT, HS256 (RFC 7519, RFC 7515)."""
        parts = [_base64url(json.dumps(part, separators=(",", ":")).encode())
                 for part in ({"alg": "HS256", "typ": "JWT"}, {"exp": int(time.time()) + lifetime_seconds})]
        signed = b".".join(parts)
        signature = hmac.new(secret or self._secret, signed, hashlib.sha256).digest()
        return (signed + b"." + _base64url(signature)).decode()

    def log(self):
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def end(self):
        if self.process.poll() is None:
            self.kill()
        self._secret_file.close()
        self._log.close()


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
