"""The browsers that peers run in: one process of each, for all peers of a run."""

import os
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


class Browser:
    _running = {}

    @classmethod
    def running(cls, kind, package, *other):
        """`other`: the folder of another peer.js, for the places "other" and "hiding"."""
        if kind not in cls._running:
            cls._running[kind] = cls(kind, package, *other)
        return cls._running[kind]

    @classmethod
    def end_all(cls):
        while cls._running:
            cls._running.popitem()[1].end()

    def __init__(self, kind, package, *other):
        self._folder = tempfile.TemporaryDirectory(prefix="portico-")
        self._socket = os.path.join(self._folder.name, "driver")
        self._driver = subprocess.Popen(["node", os.path.join(HERE, "browser/driver.mjs"), kind, package, self._socket, *other],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        ready, _, self.version = self._driver.stdout.readline().decode().strip().partition(" ")
        if ready != "ready":
            raise AssertionError(f"{kind} did not start")

    def start(self, place, arguments):
        """A peer as a process: a kill of it closes its page."""
        return subprocess.Popen(["node", os.path.join(HERE, "browser/peer.mjs"), self._socket, place, *arguments],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def end(self):
        self._driver.stdin.close()
        self._driver.wait(30)
        self._driver.stdout.close()
        self._folder.cleanup()
