"""Interfaces come and go under a connection, for real: addresses of the loopback interface, in a network namespace of this
process and those that it starts."""

import ctypes
import os
import subprocess
import sys
import unittest

from peer import PeerTest, run, with_either_signalling

CLONE_NEWNET = 0x40000000
WHY_NOT = None


def setUpModule():
    global WHY_NOT
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        WHY_NOT = (f"NOT TESTED: changes of network interfaces ({os.strerror(ctypes.get_errno())}). It takes root, and "
                   "Linux's network namespaces.")
        print(WHY_NOT, file=sys.stderr)
        return
    ip("link", "set", "lo", "up")


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


def add(address):
    ip("addr", "add", f"{address}/32", "dev", "lo")


def remove(address):
    ip("addr", "del", f"{address}/32", "dev", "lo")


HOME, STREET, SERVER = "10.9.9.1", "10.9.9.2", "10.9.9.5"


class NetworkTest(PeerTest):
    def setUp(self):
        if WHY_NOT:
            self.skipTest(WHY_NOT)
        ip("addr", "flush", "dev", "lo")
        add(HOME)
        add(SERVER)

    def roaming(self, policy, offer=(), answer=()):
        """The offerer roams, and hears by itself of networks."""
        first = self.peer("--offer", "--on-network-change", policy, *offer, bind=("--bind", HOME, "--bind", STREET))
        second = self.peer("--answer", *answer, bind=("--bind", SERVER))
        for teller, listener in ((first, second), (second, first)):
            with teller._changed:
                teller.on_line = lambda line, to=listener: to.send(line) if "event" not in line else None
                for line in teller.lines:
                    teller.on_line(line)
        first.wait("open", label="data")
        second.wait("open", label="data")
        return first, second

    def assert_all_came(self, first, second):
        sent = first.wait("done", direction="send")
        first.command("close", label="data")
        received = second.wait("done", direction="receive")
        self.assertEqual(received["bytes"], sent["bytes"])
        self.assertGreater(sent["bytes"], 0)


@with_either_signalling
class Roaming(NetworkTest):
    def test_a_flood_goes_on_from_another_interface_without_a_restart(self):
        first, second = self.roaming("gather", ["--flood", "8", "--size", "10000"], ["--quiet"])
        first.wait("progress")
        descriptions = len(first.descriptions())
        add(STREET)
        self.assertEqual(first.wait("network", added=[STREET], removed=[])["restartNeeded"], False)
        mark = first.mark()
        remove(HOME)
        first.wait("network", mark, added=[], removed=[HOME])
        self.assertIn(f" {STREET} ", first.wait("selected", mark)["local"])
        self.assert_all_came(first, second)
        self.assertEqual(len(first.descriptions()), descriptions)

    def test_the_only_interface_goes_another_comes_and_ice_restarts_by_itself(self):
        first, second = self.roaming("restart", ["--flood", "8", "--size", "10000"], ["--quiet"])
        first.wait("progress")
        descriptions = len(first.descriptions())
        mark = first.mark()
        remove(HOME)
        first.wait("state", mark, of="ice", state="disconnected")
        add(STREET)
        first.wait("network", mark, restartNeeded=True)
        self.assertIn(f" {STREET} ", first.wait("selected", mark)["local"])
        self.assert_all_came(first, second)
        self.assertEqual(len(first.descriptions()), descriptions + 1)

    def test_without_a_policy_it_is_told_and_a_restart_by_hand_takes_it(self):
        first, second = self.roaming("none")
        mark = first.mark()
        remove(HOME)
        first.wait("network", mark, removed=[HOME])
        first.wait("state", mark, of="ice", state="disconnected")
        add(STREET)
        first.wait("network", mark, added=[STREET], restartNeeded=True)
        first.command("restart-ice")
        self.assertIn(f" {STREET} ", first.wait("selected", mark)["local"])
        first.command("send", label="data", text="from the street")
        second.wait("message", text="from the street")


class Arguments(unittest.TestCase):
    def test_what_makes_no_sense_is_refused(self):
        for arguments, word in ((["--on-network-change", "panic"], "none, gather, restart"),
                                (["--on-network-change", "gather", "--no-trickle"], "--no-trickle")):
            status, _, error = run("peer", "--offer", *arguments)
            self.assertEqual(status, 2)
            self.assertIn(word, error)


if __name__ == "__main__":
    unittest.main()
