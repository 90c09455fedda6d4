"""A small internet of network namespaces: a public segment with servers, and sites that routers join to it. All of it belongs to
one process, in a PID namespace of its own: when that process ends, however it does, the kernel takes the rest away, and no name
is shared with another lab."""

import os
import subprocess
import sys
import threading

MARK = "PORTICO_LAB"
# The public segment's own address, and what stands for the internet.
PREFIX = "203.0.113."
SEGMENT = "public"


def _unshare():
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *user, "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]


def reason_against():
    """Why there can be no lab here; "" where there can. It needs root, or user namespaces, and nftables."""
    probe = "ip link add probe type bridge && ip link add one type veth peer name two && nft add table ip probe"
    try:
        done = subprocess.run([*_unshare(), "sh", "-c", probe], capture_output=True, text=True, timeout=60)
    except OSError as problem:
        return str(problem)
    return "" if done.returncode == 0 else done.stderr.strip() or f"unshare left with {done.returncode}"


def inside():
    return os.environ.get(MARK) == "1"


def enter():
    """Starts this program anew within a lab of its own, unless it is in one."""
    if inside():
        return
    os.environ[MARK] = "1"
    command = _unshare()
    os.execvp(command[0], [*command, sys.executable, "-B", *sys.argv])


class Namespace:
    """It lives as long as the process that holds it."""

    def __init__(self):
        self._holder = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo; exec sleep infinity"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE)
        self._holder.stdout.readline()  # it has left ours
        self.pid = self._holder.pid
        self.run("ip", "link", "set", "lo", "up")

    def inside(self, argv):
        return ["nsenter", f"--net=/proc/{self.pid}/ns/net", "--", *argv]

    def run(self, *argv, text=None):
        return _run(self.inside(argv), text)

    def start_program(self, argv, environment=None):
        return subprocess.Popen(self.inside(argv), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env={**os.environ, **(environment or {})})


def _run(argv, text=None):
    done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(argv)} left with {done.returncode}: {done.stderr}")
    return done.stdout


class Lab:
    def __init__(self, servers):
        """`servers`: the last numbers of the public segment's own addresses, where servers may listen."""
        self._building = threading.Lock()
        self._links = 0
        self._hosts = 100
        _run(["ip", "link", "set", "lo", "up"])
        # An address of its own: else it is the lowest of the cables', and changes with them under the neighbours' eyes.
        _run(["ip", "link", "add", SEGMENT, "address", "02:00:00:00:00:01", "type", "bridge"])
        _run(["ip", "link", "set", SEGMENT, "up"])
        for number in servers:
            _run(["ip", "address", "add", f"{PREFIX}{number}/24", "dev", SEGMENT])
        # An internet that has no such address says nothing. coturn ends an allocation whose packets are refused at once.
        _run(["ip", "neighbour", "add", f"{PREFIX}254", "lladdr", "02:00:00:00:00:fe", "dev", SEGMENT, "nud", "permanent"])
        _run(["ip", "route", "add", "default", "via", f"{PREFIX}254"])

    def _cable(self, namespace, name, other, other_name):
        """`other` None: the segment. Gives the name of the end there."""
        self._links += 1
        ends = f"a{self._links}", f"b{self._links}"
        _run(["ip", "link", "add", ends[0], "type", "veth", "peer", "name", ends[1]])
        _run(["ip", "link", "set", ends[0], "name", name, "netns", str(namespace.pid)])
        namespace.run("ip", "link", "set", name, "up")
        if other is None:
            _run(["ip", "link", "set", ends[1], "master", SEGMENT, "up"])
            return ends[1]
        _run(["ip", "link", "set", ends[1], "name", other_name, "netns", str(other.pid)])
        other.run("ip", "link", "set", other_name, "up")
        return other_name

    def site(self, routers, client_address):
        """A client behind routers, each a ruleset of nftables for interfaces "wan" and "lan", the outermost first; without one it is
        on the public segment."""
        with self._building:
            return Site(self, routers, client_address)


class Site:
    def __init__(self, lab, routers, client_address):
        self.client = Namespace()
        self.routers = [Namespace() for _ in routers]
        chain = [*self.routers, self.client]
        lab._hosts += 1
        self.external = f"{PREFIX}{lab._hosts}"
        for at, namespace in enumerate(chain):
            outside = chain[at - 1] if at else None
            end = lab._cable(namespace, "wan", outside, "lan")
            if outside is None:
                self._port = end
                namespace.run("ip", "address", "add", f"{self.external}/24", "dev", "wan")
                continue
            network = client_address.rsplit(".", 1)[0] if namespace is self.client else f"100.64.{at}"
            own = client_address if namespace is self.client else f"{network}.2"
            outside.run("ip", "address", "add", f"{network}.1/24", "dev", "lan")
            namespace.run("ip", "address", "add", f"{own}/24", "dev", "wan")
            namespace.run("ip", "route", "add", "default", "via", f"{network}.1")
        for router, rules in zip(self.routers, routers):
            router.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
            router.run("nft", "-f", "-", text=rules)

    def connect(self, connected):
        """Pulls the cable to the public segment, or puts it back."""
        _run(["ip", "link", "set", self._port, "up" if connected else "down"])
