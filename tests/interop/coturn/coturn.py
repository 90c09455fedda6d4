"""A coturn of its own for a test: on ports of its own, by its command line alone."""

import os
import shutil
import socket
import subprocess
import tempfile
import time

# Every wait ends when the thing happens; this is for a thing that never does.
PATIENCE = 60.0
USER = "user"
PASSWORD = "password"


def program():
    for name in ("turnserver", "/usr/bin/turnserver", "/usr/sbin/turnserver"):
        found = shutil.which(name)
        if found:
            return found
    raise AssertionError("turnserver is missing: Debian has it in coturn")


def free_port():
    """A port that is free for UDP and for TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket(socket.AF_INET) as tcp:
            udp.bind(("127.0.0.1", 0))
            port = udp.getsockname()[1]
            try:
                tcp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def over_tls(identity):
    """The arguments of a server that has a certificate, and takes TLS on each of its ports that take TCP."""
    return [f"--cert={identity.certificates}", f"--pkey={identity.key}", f"--tls-listening-port={free_port()}"]


class Coturn:
    def __init__(self, *arguments, addresses=("127.0.0.1",), port=None, other_port=None):
        """It listens at all addresses, and relays from the first. With two of them it does RFC 5780."""
        self.address, self.port = addresses[0], port or free_port()
        listening = [f"--listening-ip={address}" for address in addresses]
        discovery = ["--no-rfc5780"] if len(addresses) == 1 else [f"--alt-listening-port={other_port or free_port()}"]
        self.folder = tempfile.mkdtemp(prefix="coturn-")
        self._log = open(os.path.join(self.folder, "log"), "w+b")
        self.process = subprocess.Popen(
            [program(), "-n", *listening, f"--relay-ip={self.address}", f"--listening-port={self.port}",
             "--lt-cred-mech", f"--user={USER}:{PASSWORD}", "--realm=example.org", "--allow-loopback-peers", "--no-cli",
             *discovery, "--simple-log", "--log-file=stdout", "--verbose", "--fingerprint",
             f"--userdb={self.folder}/turndb", f"--pidfile={self.folder}/pid", *self.security(arguments), *arguments],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT, cwd=self.folder)
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.end()
            raise

    @staticmethod
    def security(arguments):
        return ["--no-dtls"] if any(argument.startswith("--cert") for argument in arguments) else ["--no-tls", "--no-dtls"]

    @property
    def url(self):
        return f"turn:{self.address}:{self.port}"

    def server(self, query="", user=USER, password=PASSWORD):
        """The value of --ice-server."""
        return f"{self.url}{query},{user},{password}"

    def _wait_until_it_answers(self):
        deadline = time.monotonic() + PATIENCE
        if "--no-udp" in self.process.args:
            while not self._takes_connections():
                if time.monotonic() > deadline:
                    raise AssertionError(f"turnserver takes no connection:\n{self.log()}")
            return
        request = bytes.fromhex("00010000 2112a442 000102030405060708090a0b")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(0.1)
            while time.monotonic() < deadline:
                if self.process.poll() is not None:
                    raise AssertionError(f"turnserver left with {self.process.returncode}:\n{self.log()}")
                asking.sendto(request, (self.address, self.port))
                try:
                    asking.recv(2048)
                    return
                except (TimeoutError, ConnectionRefusedError):
                    continue
        raise AssertionError(f"turnserver does not answer:\n{self.log()}")

    def _takes_connections(self):
        try:
            socket.create_connection((self.address, self.port), timeout=0.1).close()
            return True
        except OSError:
            if self.process.poll() is not None:
                raise AssertionError(f"turnserver left with {self.process.returncode}:\n{self.log()}") from None
            time.sleep(0.02)
            return False

    def log(self):
        with open(self._log.name, "rb") as file:
            return file.read().decode(errors="replace")

    def wait_for_log(self, text, times=1):
        """Until the server's log has `text` so often."""
        deadline = time.monotonic() + PATIENCE
        while self.log().count(text) < times:
            if time.monotonic() > deadline:
                raise AssertionError(f"no {times} times {text!r} in the log of turnserver:\n{self.log()[-4000:]}")
            time.sleep(0.02)

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE)

    def end(self):
        if self.process.poll() is None:
            self.kill()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
