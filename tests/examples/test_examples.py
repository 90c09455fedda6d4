"""The seven documented examples, that of a peer connection, and a server of many: what each prints, with no network but this machine's own
interfaces.

PORTICO_EXAMPLES has the native programs, or with PORTICO_EXAMPLES_RUNNER (node) those in JavaScript.
"""

import os
import re
import subprocess
import unittest

FOLDER = os.environ["PORTICO_EXAMPLES"]
RUNNER = os.environ.get("PORTICO_EXAMPLES_RUNNER")
CANDIDATE = r"candidate:\S+ 1 (udp|tcp) \d+ \S+ \d+ typ host"
FINGERPRINTS = [("sha-256", 95), ("sha-384", 143), ("sha-512", 191)]


def run(name):
    path = os.path.join(FOLDER, name)
    done = subprocess.run([RUNNER, path + ".mjs"] if RUNNER else [path], capture_output=True, text=True, timeout=60)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"{name}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout.splitlines()


class Examples(unittest.TestCase):
    def assert_fingerprints(self, lines):
        found = [tuple(line.split()) for line in lines if line.startswith("  sha-")]
        self.assertEqual([(algorithm, len(value)) for algorithm, value in found], FINGERPRINTS)

    def assert_credentials(self, line, before):
        self.assertRegex(line, before + r": [A-Za-z0-9+/]{4} [A-Za-z0-9+/]{22}$")

    def test_ice_transport_setup_prints_servers_parameters_and_candidates(self):
        lines = run("ice_transport_setup")
        self.assertEqual(lines[0], "Default ICE servers:")
        self.assertTrue(any(re.match(r"  stuns?:", line) for line in lines))
        self.assert_credentials(next(line for line in lines if line.startswith("Local parameters")), "Local parameters")
        candidates = [line for line in lines if line.startswith("Local candidate: ")]
        self.assertTrue(candidates)
        for line in candidates:
            self.assertRegex(line, "^Local candidate: " + CANDIDATE)
        self.assertEqual(lines[-3:], ["Gatherer state: complete", "ICE role: controlled", "ICE state: new"])

    def test_complete_transport_stack_prints_all_parameters_and_the_states(self):
        lines = run("complete_transport_stack")
        self.assert_credentials(lines[0], "ICE")
        self.assertRegex(lines[1], "^  " + CANDIDATE)
        self.assertIn("DTLS: role auto", lines)
        self.assert_fingerprints(lines)
        self.assertIn("SCTP: port 5000, messages of up to 262144 bytes", lines)
        self.assertEqual(lines[-3:], ["ICE state: new", "DTLS state: new", "SCTP state: connecting"])

    def test_dtls_transport_setup_prints_an_open_role_and_three_fingerprints(self):
        lines = run("dtls_transport_setup")
        self.assertEqual(lines[:3], ["DTLS state: new", "DTLS role: auto", "Fingerprints: 3"])
        self.assert_fingerprints(lines)

    def test_sctp_transport_setup_prints_what_is_known_before_a_connection(self):
        self.assertEqual(run("sctp_transport_setup"), [
            "SCTP port: 5000", "SCTP state: connecting", "Is server: true", "Max channels: not known before connected",
            "Max message size: 262144"])

    def test_monitor_transport_states_prints_the_initial_and_the_final_states_only(self):
        self.assertEqual(run("monitor_transport_states"), [
            "Initial: ICE new, DTLS new, SCTP connecting", "Final: ICE new, DTLS new, SCTP connecting"])

    def test_ice_candidate_exchange_connects_both(self):
        lines = run("ice_candidate_exchange")
        self.assertRegex(lines[0], r"^Path: \S+ to \S+$")
        self.assertEqual(lines[1:], ["First: controlling, second: controlled", "ICE candidate exchange completed"])

    def test_transport_error_handling_catches_the_error_and_stops_both(self):
        lines = run("transport_error_handling")
        self.assertIn("ICE error event: TypeError", lines)
        self.assertTrue(any(line.startswith("Start failed: TypeError: ") for line in lines))
        self.assertEqual(lines[-2:], ["DTLS stopped: closed", "ICE stopped: closed"])

    def test_peer_connection_says_hello_and_is_answered(self):
        self.assertEqual(run("peer_connection"), [
            "Signaling: stable", "Channel: chat", "Message: hello", "Answer: hello to you", "Connection: connected"])

    def test_mux_server_serves_three_clients_on_one_port_and_forgets_them(self):
        self.assertEqual(run("mux_server"), [
            "Answered: 3", "Ports: 1", "Connections: 3", "Connections after goodbye: 0"])


if __name__ == "__main__":
    unittest.main()
