"""An authority for a test, and the certificates that it issues, as files of PEM."""

import datetime
import ipaddress
import os
import shutil
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID


def new_key(kind):
    return ec.generate_private_key(ec.SECP256R1()) if kind == "ecdsa" else rsa.generate_private_key(65537, 2048)


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


class Identity:
    """A server's certificates, its own first, and its key: the names of files."""

    def __init__(self, certificates, key):
        self.certificates = certificates
        self.key = key


class Authority:
    def __init__(self, name="Test authority", issuer=None, kind="ecdsa"):
        self.folder = tempfile.mkdtemp(prefix="authority-")
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.key = new_key(kind)
        self._issuer = issuer
        self.certificate = (issuer or self)._sign(self.name, self.key, [(x509.BasicConstraints(True, None), True)])
        self.file = self._write("authority.pem", pem(self.certificate))

    def end(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def issue(self, names=("localhost",), addresses=("127.0.0.1",), kind="ecdsa", days=(-1, 1), chain=True):
        key = new_key(kind)
        alternatives = [x509.DNSName(name) for name in names]
        alternatives += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "turn server")])
        leaf = self._sign(subject, key, [(x509.SubjectAlternativeName(alternatives), False)], days)
        certificates = pem(leaf) + (pem(self.certificate) if self._issuer and chain else b"")
        secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                   serialization.NoEncryption())
        return Identity(self._write("server.pem", certificates), self._write("server.key", secret))

    def _sign(self, subject, key, extensions, days=(-1, 1)):
        now = datetime.datetime.utcnow()
        builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
                   .serial_number(x509.random_serial_number())
                   .not_valid_before(now + datetime.timedelta(days=days[0]))
                   .not_valid_after(now + datetime.timedelta(days=days[1])))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.key, hashes.SHA256())

    def _write(self, name, contents):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(contents)
        return path
