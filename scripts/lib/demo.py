"""Usage: demo.py SCRIPTS FOLDER MIB

Moves a file between `portico peer` processes, joined by their standard inputs and outputs alone: from one native peer to
another; from a Node peer (WebAssembly) through the bridge to a native one; and back.
"""

import hashlib
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time

CONNECT_SECONDS = 60
STALL_SECONDS = 30  # without a line from either side
MIB = 1024 * 1024


class DemoError(Exception):
    pass


class Peer:
    """One process; its lines go to `lines` as (peer, time, JSON value), and (peer, time, None) at its end."""

    def __init__(self, name, arguments, lines):
        self.name = name
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.states = {}
        self.done = None
        self.open = True
        threading.Thread(target=self._read, args=(lines,), daemon=True).start()

    def _read(self, lines):
        for line in self.process.stdout:
            now = time.monotonic()
            try:
                lines.put((self, now, json.loads(line)))
            except ValueError:
                lines.put((self, now, {"event": "error", "name": "DataError", "message": f"no JSON: {line!r}"}))
        lines.put((self, time.monotonic(), None))

    def tell(self, value):
        try:
            self.process.stdin.write(json.dumps(value) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # the end of its output tells the rest

    def end(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        return self.process.wait(timeout=STALL_SECONDS)


def write_random(path, size):
    digest = hashlib.sha256()
    with open(path, "wb") as file:
        while size > 0:
            block = os.urandom(min(size, MIB))
            file.write(block)
            digest.update(block)
            size -= len(block)
    return digest.hexdigest()


def hash_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(MIB):
            digest.update(block)
    return digest.hexdigest()


def show_progress(event):
    total = event["total"] or 1
    share = min(1.0, event["bytes"] / total)
    rate = event["bytes"] / MIB / event["seconds"] if event["seconds"] > 0 else 0.0
    bar = "#" * round(40 * share)
    text = f"[{bar:<40}] {100 * share:3.0f} %  {event['bytes'] // MIB:4d} of {total // MIB} MiB  {rate:6.1f} MiB/s"
    if sys.stdout.isatty():
        print("\r" + text, end="", flush=True)
        return
    # In a log, a line for each tenth.
    if int(10 * share) > show_progress.shown:
        show_progress.shown = int(10 * share)
        print(text, flush=True)


show_progress.shown = 0


def transfer(sender, receiver, lines):
    """Passes signalling on and takes in events, until both sides said that they are done. Returns the selected pair."""
    selected = None
    started = time.monotonic()
    while not (sender.done and receiver.done):
        try:
            peer, now, line = lines.get(timeout=STALL_SECONDS)
        except queue.Empty:
            raise DemoError(f"nothing was heard from either peer for {STALL_SECONDS} seconds") from None
        if line is None:
            peer.open = False
            if not peer.done:
                raise DemoError(f"the {peer.name} ended early, with status {peer.process.wait()}")
        elif "event" not in line:
            (receiver if peer is sender else sender).tell(line)
        elif line["event"] == "error":
            raise DemoError(f"the {peer.name} reports {line['name']}: {line['message']}")
        elif line["event"] == "state":
            peer.states.setdefault((line["of"], line["state"]), now)
        elif line["event"] == "selected" and peer is sender:
            selected = line
        elif line["event"] == "progress" and peer is receiver:
            show_progress(line)
        elif line["event"] == "done":
            peer.done = line
        if ("sctp", "connected") not in sender.states and time.monotonic() - started > CONNECT_SECONDS:
            raise DemoError(f"not connected within {CONNECT_SECONDS} seconds")
    return selected


def milliseconds(peer, layer, begin, end):
    times = [peer.states.get((layer, begin))] + [peer.states[key] for key in [(layer, e) for e in end] if key in peer.states]
    if len(times) < 2 or times[0] is None:
        raise DemoError(f"the {peer.name} did not report the states of {layer}")
    return 1000 * (min(times[1:]) - times[0])


def report(sender, receiver, selected, digest, received):
    if sys.stdout.isatty():
        print()
    if selected is None:
        raise DemoError("the sender reported no selected pair")
    print(f"selected pair   {selected['local']}")
    print(f"                {selected['remote']}")
    ice = milliseconds(sender, "ice", "checking", ["connected", "completed"])
    dtls = milliseconds(sender, "dtls", "connecting", ["connected"])
    # SCTP says "connecting" from its construction on; it has the path to itself once DTLS is there.
    sctp = 1000 * max(0.0, sender.states[("sctp", "connected")] - sender.states[("dtls", "connected")])
    print(f"handshakes      ICE {ice:.1f} ms, DTLS {dtls:.1f} ms, SCTP {sctp:.1f} ms (as the sender printed them)")
    done = receiver.done
    rate = done["bytes"] / done["seconds"] / 1e6
    print(f"rate            {rate:.1f} MB/s ({done['bytes']} bytes in {done['seconds']:.2f} s)")
    print(f"SHA-256 sent     {digest}")
    print(f"SHA-256 received {received}", flush=True)
    if not digest == received == sender.done["sha256"] == done["sha256"]:
        raise DemoError("the file that arrived is not the file that was sent")


def move(title, sending, receiving, source, target, digest):
    """One leg: `sending` and `receiving` are the command lines of two programs, up to the side's own arguments."""
    print(f"\n{title}", flush=True)
    show_progress.shown = 0
    lines = queue.Queue()
    receiver = Peer("receiver", [*receiving, "--answer", "--ortc", "--receive", target], lines)
    sender = Peer("sender", [*sending, "--offer", "--ortc", "--send", source], lines)
    try:
        selected = transfer(sender, receiver, lines)
        statuses = [sender.end(), receiver.end()]
        if statuses != [0, 0]:
            raise DemoError(f"the peers left with {statuses[0]} (sender) and {statuses[1]} (receiver)")
        report(sender, receiver, selected, digest, hash_of(target))
    finally:
        for peer in (sender, receiver):
            if peer.process.poll() is None:
                peer.process.kill()


class Bridge:
    """portico-bridge on a free port of loopback, for peers on loopback."""

    def __init__(self, program):
        arguments = [program, "--listen", "127.0.0.1:0", "--allow", "127.0.0.0/8"]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise DemoError(f"the bridge ended with status {self.process.wait()}")
        self.url = json.loads(line)["url"]

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=STALL_SECONDS)


def main():
    scripts, folder, size = sys.argv[1], sys.argv[2], int(sys.argv[3]) * MIB
    native = [os.path.join(scripts, "portico"), "peer", "--bind", "127.0.0.1"]
    bridge = None
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    first, second, third, fourth = (os.path.join(folder, name) for name in ("file", "there", "bridged", "back"))
    try:
        digest = write_random(first, size)
        bridge = Bridge(os.path.join(scripts, "portico-bridge"))
        node = [os.path.join(scripts, "portico-node"), "peer", "--bridge", bridge.url]
        mib = f"{size // MIB} MiB"
        move(f"{mib} from one native peer to another", native, native, first, second, digest)
        move(f"{mib} from Node (WebAssembly) through the bridge to a native peer", node, native, second, third, digest)
        move(f"{mib} from the native peer through the bridge back to Node", native, node, third, fourth, digest)
        print("\nThe file arrived whole, three times.")
        return 0
    except (DemoError, OSError, ValueError, subprocess.TimeoutExpired) as problem:
        print(f"\ndemo: {problem}", file=sys.stderr)
        return 1
    finally:
        if bridge:
            bridge.end()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
