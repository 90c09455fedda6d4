"""The real bridge, on this machine alone: `portico-bridge` with a token secret, and leave to pass to loopback."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from programs import ROOT, command

BRIDGE = command("PORTICO_BRIDGE", os.path.join(ROOT, "build/release/native/bridge/portico-bridge"))
READY_SECONDS = 10


def _base64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Bridge:
    def __init__(self, *arguments):
        self._arguments = arguments
        self._secret = secrets.token_bytes(32)
        self._secret_file = tempfile.NamedTemporaryFile(prefix="portico-")
        self._secret_file.write(self._secret)
        self._secret_file.flush()
        self._log = tempfile.TemporaryFile(prefix="portico-")
        self._port, self._metrics_port = _free_port(), _free_port()
        self.url = f"ws://127.0.0.1:{self._port}"
        self.process = None
        self.start()

    def start(self):
        """On the same port as before, once it is ready."""
        self.process = subprocess.Popen(
            [*BRIDGE, "--listen", f"127.0.0.1:{self._port}", "--metrics", f"127.0.0.1:{self._metrics_port}",
             "--token-secret-file", self._secret_file.name, "--allow", "127.0.0.0/8", *self._arguments],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the bridge is not ready:\n{self.log()}")
            time.sleep(0.01)  # asks again: it tells nobody when it is

    def _is_ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._metrics_port}/readyz", timeout=1) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self._metrics_port}/metrics", timeout=5) as answer:
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
