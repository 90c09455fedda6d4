"""What stands between a peer and the internet: rules of nftables, and what they make, in the words of RFC 4787. behaviour.py
measures whether they do."""

from dataclasses import dataclass

CLIENTS = {"row": "192.168.1.2", "column": "192.168.1.3"}

# As on a usual router: nothing comes in that nothing inside has asked for. Without that rule Linux takes an early packet of the
# peer for a connection to the router itself; what goes out to that peer then gets another port, and the two never meet.
_CLOSED = """
table ip filter {
  chain input { type filter hook input priority filter; iifname "wan" ct state new,invalid drop; }
}
"""


def _masquerade(flags=""):
    return _CLOSED + f"""
table ip nat {{
  chain out {{ type nat hook postrouting priority srcnat; oifname "wan" masquerade {flags}; }}
}}
"""


def _let_in(client, condition=""):
    """What comes to a port from outside goes to the client, for ports are preserved."""
    return _masquerade() + f"""
table ip nat {{
  set asked {{ type ipv4_addr . inet_service; flags dynamic, timeout; timeout 2m; }}
  chain note {{ type filter hook forward priority filter; oifname "wan" meta l4proto udp update @asked {{ ip daddr . udp sport }}; }}
  chain in {{ type nat hook prerouting priority dstnat; iifname "wan" udp dport 1024-65535 {condition} dnat to {client}; }}
}}
"""


_CAPTIVE = _masquerade() + """
table ip firewall {
  chain forward { type filter hook forward priority filter; iifname "lan" tcp dport != { 80, 443 } drop; meta l4proto udp drop; }
}
"""


@dataclass(frozen=True)
class Kind:
    name: str
    routers: tuple  # of functions that give the rules for the client's address; the outermost first
    mapping: str  # I, A or P: endpoint-independent, address-dependent, address- and port-dependent; - without UDP
    filtering: str
    towards_relay: str  # its candidate's type there


KINDS = [
    Kind("public", (), "I", "I", "h"),
    Kind("full cone", (lambda client: _let_in(client),), "I", "I", "s"),
    Kind("restricted", (lambda client: _let_in(client, "ip saddr . udp dport @asked"),), "I", "A", "s"),
    Kind("masquerade", (lambda client: _masquerade(),), "I", "P", "s"),
    Kind("two in a row", (lambda client: _masquerade(), lambda client: _masquerade()), "I", "P", "s"),
    Kind("random", (lambda client: _masquerade("fully-random"),), "P", "P", "p"),
    Kind("captive", (lambda client: _CAPTIVE,), "-", "-", "r"),
]

# By the reasoning of tests/peers/nat_matrix_test.cc: the types of the candidates, the row's first; -- they don't meet. It is the
# same the other way round.
DIRECT = {
    "public": ["hh"],
    "full cone": ["sh", "ss"],
    "restricted": ["sh", "ss", "ss"],
    "masquerade": ["sh", "ss", "ss", "ss"],
    "two in a row": ["sh", "ss", "ss", "ss", "ss"],
    "random": ["ph", "ps", "ps", "--", "--", "--"],
    "captive": ["--", "--", "--", "--", "--", "--", "--"],
}


def expected(row, column, turn):
    """Any of these."""
    names = [kind.name for kind in KINDS]
    first, second = names.index(row.name), names.index(column.name)
    direct = DIRECT[row.name][second] if second <= first else DIRECT[column.name][first][::-1]
    if direct != "--" or not turn:
        return [direct]
    row_relays, column_relays = "r" + column.towards_relay, row.towards_relay + "r"
    if row.mapping == "-":
        return [row_relays]
    return [column_relays] if column.mapping == "-" else [row_relays, column_relays]
