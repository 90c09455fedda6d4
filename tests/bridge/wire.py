"""The bytes of docs/bridge.md and RFC 6455, written by hand: a client that can also say what is wrong."""

import ipaddress
import struct

DATAGRAM, ASSIGN, ACK, CLOSE, BOUND, REFUSED = 0x00, 0x11, 0x12, 0x13, 0x2f10, 0x2f11
NOT_PERMITTED, LIMITED, UNREACHABLE, TOO_LARGE = 1, 2, 3, 4
COOKIE = 0x2112a442


def varint(value):
    for bits, prefix, width in ((6, 0x00, 1), (14, 0x40, 2), (30, 0x80, 4), (62, 0xc0, 8)):
        if value < 1 << bits:
            raw = bytearray(value.to_bytes(width, "big"))
            raw[0] |= prefix
            return bytes(raw)
    raise ValueError(value)


def read_varint(data, at=0):
    width = 1 << (data[at] >> 6)
    value = int.from_bytes(data[at:at + width], "big") & ((1 << (8 * width - 2)) - 1)
    return value, at + width


def capsule(kind, value):
    return varint(kind) + varint(len(value)) + value


def endpoint(address, port):
    ip = ipaddress.ip_address(address)
    return bytes([ip.version]) + ip.packed + struct.pack("!H", port)


def read_endpoint(data, at=0):
    width = 4 if data[at] == 4 else 16
    ip = ipaddress.ip_address(data[at + 1:at + 1 + width])
    port, = struct.unpack_from("!H", data, at + 1 + width)
    return (str(ip), port), at + width + 3


def datagram(payload, to=None, context=0):
    return capsule(DATAGRAM, varint(context) + (endpoint(*to) if context == 0 else b"") + payload)


def assign(context, to):
    return capsule(ASSIGN, varint(context) + endpoint(*to))


def capsules(message):
    found = []
    at = 0
    while at < len(message):
        kind, at = read_varint(message, at)
        length, at = read_varint(message, at)
        found.append((kind, message[at:at + length]))
        at += length
    return found


def read_bound(value):
    count, at = read_varint(value)
    bound = {"endpoints": [], "public": []}
    for _ in range(count):
        local, at = read_endpoint(value, at)
        public = None
        if value[at]:
            public, at = read_endpoint(value, at + 1)
        else:
            at += 1
        bound["endpoints"].append(local)
        bound["public"].append(public)
    for name in ("payload", "queue", "bytes", "packets"):
        bound[name], at = read_varint(value, at)
    return bound


def stun(kind, transaction, attributes=b""):
    return struct.pack("!HHI", kind, len(attributes), COOKIE) + transaction + attributes


def binding_request(transaction):
    return stun(0x0001, transaction)


def binding_success(transaction):
    return stun(0x0101, transaction)


def mask(payload, key):
    """RFC 6455 §5.3. One big exclusive or is quick enough for megabytes."""
    length = len(payload)
    repeated = (key * (length // 4 + 1))[:length]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(length, "big")


def frame(opcode, payload, fin=True, key=b"\x12\x34\x56\x78"):
    head = bytes([(0x80 if fin else 0) | opcode])
    length = len(payload)
    if length < 126:
        head += bytes([0x80 | length])
    elif length < 1 << 16:
        head += bytes([0x80 | 126]) + struct.pack("!H", length)
    else:
        head += bytes([0x80 | 127]) + struct.pack("!Q", length)
    return head + key + (mask(payload, key) if payload else b"")
