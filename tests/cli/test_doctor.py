"""`portico doctor`: its letters about real servers and bridges, on loopback. What it says of which facts is tested in
tests/unit/doctor; here are the facts."""

import json
import os
import signal
import socket
import sys
import tempfile
import time
import unittest

from peer import PATIENCE, run, start_program

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "interop", "coturn"), os.path.join(HERE, "..", "bridge")]

from coturn import Coturn  # noqa: E402

HAS_BRIDGE = "PORTICO_BRIDGE" in os.environ
if HAS_BRIDGE:
    from bridge import SECRET, Bridge, later, token  # noqa: E402

LOOPBACK = ("--bind", "127.0.0.1")


class DoctorTest(unittest.TestCase):
    def letter(self, *arguments):
        """Status and letter, in which line breaks are blanks."""
        status, out, err = run("doctor", *arguments)
        self.assertNotIn("portico:", err)
        for section in ("This machine", "Assessment", "What to do"):
            self.assertIn(section, out)
        self.assertLessEqual(max(len(line) for line in out.splitlines()), 100)
        return status, " ".join(out.split())

    def facts(self, *arguments):
        status, out, err = run("doctor", "--json", *arguments)
        self.assertEqual(out.count("\n"), 1, err)
        facts = json.loads(out)
        self.assertEqual(status, 0 if facts["healthy"] else 1)
        return facts

    def coturn(self, *arguments, **options):
        server = Coturn(*arguments, **options)
        self.addCleanup(server.end)
        return server

    def silent_port(self):
        """Of a server that takes everything and says nothing."""
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(udp.close)
        udp.bind(("127.0.0.1", 0))
        return udp.getsockname()[1]


class Letters(DoctorTest):
    def test_without_a_server_it_tells_of_this_machine(self):
        _, letter = self.letter(*LOOPBACK)
        self.assertIn("127.0.0.1 loopback: for programs on this machine only", letter)
        self.assertIn("None was named.", letter)

    def test_json_has_all_that_was_found(self):
        facts = self.facts(*LOOPBACK)
        self.assertEqual((facts["via"], facts["bridge"], facts["servers"], facts["nat"]), ("local", None, [], None))
        self.assertIn("127.0.0.1", [one["address"] for one in facts["interfaces"]])
        self.assertTrue(facts["gathering"]["complete"])
        candidate, = [one for one in facts["gathering"]["candidates"] if one["protocol"] == "udp"]
        self.assertEqual((candidate["type"], candidate["address"]), ("host", "127.0.0.1"))
        for finding in facts["findings"]:
            self.assertEqual(set(finding), {"id", "severity", "means", "advice"})

    def test_a_server_of_rfc_5780_tells_how_the_nat_behaves(self):
        server = self.coturn(addresses=("127.0.0.1", "127.0.0.2"))
        stun = f"stun:127.0.0.1:{server.port}"
        facts = self.facts(*LOOPBACK, "--ice-server", stun, "--ice-server", server.server())
        behaviour, = facts["nat"]["behaviours"]
        self.assertEqual((behaviour["translated"], behaviour["mapping"], behaviour["filtering"]),
                         (False, "endpoint-independent", "endpoint-independent"))
        self.assertEqual(behaviour["answers"][0]["otherAddress"]["address"], "127.0.0.2")
        self.assertLess(behaviour["answers"][0]["roundTripTime"], 5)
        self.assertEqual([one["type"] for one in facts["gathering"]["candidates"]].count("relay"), 1)
        status, letter = self.letter(*LOOPBACK, "--ice-server", stun, "--ice-server", server.server())
        self.assertIn("It supports RFC 5780.", letter)
        self.assertIn("there is no NAT. Filtering: endpoint-independent", letter)
        self.assertIn(f"{server.url} Works: it gives the relayed address 127.0.0.1:", letter)

    def test_wrong_credentials_are_told_by_what_to_do(self):
        server = self.coturn()
        status, letter = self.letter(*LOOPBACK, "--ice-server", server.server(password="wrong"))
        self.assertEqual(status, 1)
        self.assertRegex(letter, "Fails: 401 [A-Za-z]+: it does not know this user, or the password is wrong.")
        self.assertIn(f"{server.url}: Check the user name and the password.", letter)

    def test_a_dead_server_is_told_within_the_time(self):
        begin = time.monotonic()
        status, letter = self.letter(*LOOPBACK, "--ice-server", f"stun:127.0.0.1:{self.silent_port()}", "--timeout", "2")
        self.assertLess(time.monotonic() - begin, PATIENCE / 2)
        self.assertEqual(status, 1)
        self.assertIn("Fails: nothing came from it.", letter)

    def test_a_dead_server_beside_a_live_one_is_no_firewall(self):
        server = self.coturn()
        dead = f"stun:127.0.0.1:{self.silent_port()}"
        _, letter = self.letter(*LOOPBACK, "--ice-server", server.server(), "--ice-server", dead)
        self.assertIn(f"{dead} Fails: the STUN server did not answer.", letter)
        self.assertIn(f"{dead} did not answer, while others did.", letter)

    def test_a_name_without_an_address_is_told_as_such(self):
        status, letter = self.letter(*LOOPBACK, "--ice-server", "stun:nowhere.invalid")
        self.assertEqual(status, 1)
        self.assertIn("Fails: its name has no address.", letter)
        self.assertIn("Check how the server of stun:nowhere.invalid is spelt", letter)

    def test_a_signal_ends_it_with_what_is_known(self):
        process = start_program(["doctor", *LOOPBACK, "--ice-server", f"stun:127.0.0.1:{self.silent_port()}",
                                 "--timeout", "1000"])
        self.addCleanup(process.kill)
        while b"Gathering" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 1)
        self.assertIn(b"What to do", out)


NOT_PERMITTED = 1  # docs/bridge.md, *REFUSED*


@unittest.skipUnless(HAS_BRIDGE, "without portico-bridge there is none to look at")
class Bridges(DoctorTest):
    def bridge(self, *arguments):
        bridge = Bridge(*arguments)
        self.addCleanup(bridge.end)
        return bridge

    def guarded(self):
        file = tempfile.NamedTemporaryFile("w")
        self.addCleanup(file.close)
        file.write(SECRET)
        file.flush()
        return self.bridge("--token-secret-file", file.name)

    def test_a_bridge_that_lets_everything_through_is_as_good_as_udp(self):
        server = self.coturn(addresses=("127.0.0.1", "127.0.0.2"))
        bridge = self.bridge("--allow", "127.0.0.0/8")
        facts = self.facts("--bridge", bridge.url, "--ice-server", f"stun:127.0.0.1:{server.port}", "--ice-server",
                           server.server())
        self.assertTrue(facts["healthy"])
        self.assertEqual((facts["via"], facts["bridge"]["connected"]), ("bridge", True))
        # A busy machine may send two requests at once, of which the bridge holds one back ("limited").
        self.assertNotIn(NOT_PERMITTED, [one["reason"] for one in facts["bridge"]["refusals"]])
        self.assertEqual(facts["bridge"]["bound"][0]["address"], "127.0.0.1")
        self.assertGreater(facts["bridge"]["packetsPerSecond"], 0)
        behaviour, = facts["nat"]["behaviours"]
        self.assertEqual((behaviour["mapping"], behaviour["filtering"]), ("endpoint-independent", "unknown"))
        self.assertIn("relay", [one["type"] for one in facts["gathering"]["candidates"]])
        _, letter = self.letter("--bridge", bridge.url)
        self.assertIn("reach its own machine only", letter)

    def test_a_token_that_is_missing_or_wrong_is_told_apart(self):
        bridge = self.guarded()
        status, letter = self.letter("--bridge", bridge.url)
        self.assertEqual(status, 1)
        self.assertIn("It asks for a token (401), and none was given.", letter)
        status, letter = self.letter("--bridge", f"{bridge.url},{token(exp=1)}")
        self.assertEqual(status, 1)
        self.assertIn("It refuses the token (401)", letter)

    def test_a_policy_that_denies_the_server_is_told_with_how_to_open_it(self):
        server = self.coturn()
        bridge = self.guarded()
        good = f"{bridge.url},{token(exp=later())}"
        status, letter = self.letter("--bridge", good, "--ice-server", f"stun:127.0.0.1:{server.port}")
        self.assertEqual(status, 1)
        self.assertIn("with the token.", letter)
        self.assertIn(f"Its policy lets nothing go to 127.0.0.1:{server.port}.", letter)
        self.assertIn("start portico-bridge with --allow 127.0.0.1 or a network around it", letter)

    def test_a_bridge_that_is_not_there_is_told_as_such(self):
        status, letter = self.letter("--bridge", "ws://127.0.0.1:1")
        self.assertEqual(status, 1)
        self.assertIn("It can't be reached:", letter)


if __name__ == "__main__":
    unittest.main()
