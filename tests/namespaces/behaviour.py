"""Usage: behaviour.py SERVER OTHER. Prints what RFC 5780 finds between here and a server with two addresses: MAPPING FILTERING,
each I, A or P as in kinds.py; "- -" where nothing answers. The server listens at port 3478 and 3479 of both."""

import os
import socket
import struct
import sys

PORT, OTHER_PORT = 3478, 3479
COOKIE = bytes.fromhex("2112a442")
CHANGE_REQUEST, XOR_MAPPED_ADDRESS = 0x0003, 0x0020
CHANGE_IP, CHANGE_PORT = 4, 2  # RFC 5780 §7.2
TRIES, WAIT = 4, 0.25


def request(change):
    body = struct.pack("!HHI", CHANGE_REQUEST, 4, change) if change else b""
    return struct.pack("!HH", 0x0001, len(body)) + COOKIE + os.urandom(12) + body


def mapped_address(response):
    at = 20
    while at + 4 <= len(response):
        kind, length = struct.unpack_from("!HH", response, at)
        if kind == XOR_MAPPED_ADDRESS:
            port, address = struct.unpack_from("!H4s", response, at + 6)
            return bytes(a ^ b for a, b in zip(address, COOKIE)), port ^ 0x2112
        at += 4 + (length + 3) // 4 * 4
    raise AssertionError("an answer without XOR-MAPPED-ADDRESS")


def ask(udp, server, change=0):
    """How the server sees us; None where no answer comes."""
    for _ in range(TRIES):
        message = request(change)
        udp.sendto(message, server)
        try:
            while True:
                response = udp.recv(2048)
                if response[8:20] == message[8:20]:
                    return mapped_address(response)
        except TimeoutError:
            continue
    return None


def opened():
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.settimeout(WAIT)
    return udp


def mapping(server, other):
    """RFC 5780 §4.3."""
    with opened() as udp:
        first = ask(udp, (server, PORT))
        if first is None:
            return "-"
        second = ask(udp, (other, PORT))
        if second == first:
            return "I"
        return "A" if ask(udp, (other, OTHER_PORT)) == second else "P"


def filtering(server):
    """RFC 5780 §4.4."""
    with opened() as udp:
        if ask(udp, (server, PORT)) is None:
            return "-"
        if ask(udp, (server, PORT), CHANGE_IP | CHANGE_PORT):
            return "I"
        return "A" if ask(udp, (server, PORT), CHANGE_PORT) else "P"


if __name__ == "__main__":
    print(mapping(*sys.argv[1:]), filtering(sys.argv[1]))
