"""A time stamping authority on this machine: real certificates, real replies, over HTTP."""

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

OPENSSL = shutil.which("openssl")
CONFIG = """\
[tsa]
default_tsa = this
[this]
serial = {0}/serial
signer_cert = {0}/signer.pem
signer_key = {0}/key.pem
signer_digest = sha512
default_policy = 1.2.3.4
digests = sha512
"""


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _signed(  # noqa: PLR0913
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    ends: datetime,
    stamps: bool | None,
) -> x509.Certificate:
    """A certificate; `stamps` is None for that of a root."""
    begins = datetime.now(UTC) - timedelta(days=1)
    builder = (
        x509.CertificateBuilder(_name(issuer), _name(name), key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(stamps is None, None), critical=True)
    )
    for extension in (
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
        x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
    ):
        builder = builder.add_extension(extension, critical=False)
    if stamps:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


@dataclass
class Authority:
    """A root, a signer below it, and what it does with a request."""

    folder: Path
    name: str = "Tijd"
    ends: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(days=30))
    stamps: bool = True
    """Whether its certificate is one for time stamps."""

    def __post_init__(self) -> None:
        self.folder.mkdir()
        root, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        name = f"{self.name} root"
        certificate = _signed(name, root, name, root, ends=self.ends, stamps=None)
        signer = _signed(self.name, key, name, root, ends=self.ends, stamps=self.stamps)
        self.certificates = self.folder / "root.pem"
        self.certificates.write_bytes(certificate.public_bytes(Encoding.PEM))
        (self.folder / "signer.pem").write_bytes(signer.public_bytes(Encoding.PEM))
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / "key.pem").write_bytes(secret)
        (self.folder / "serial").write_text("01\n")
        (self.folder / "tsa.cnf").write_text(CONFIG.format(self.folder))

    def reply(self, query: bytes) -> bytes:
        """What it replies to a request."""
        (self.folder / "query").write_bytes(query)
        self._openssl("ts -reply -config tsa.cnf -queryfile query -out reply")
        return (self.folder / "reply").read_bytes()

    def signed_anew(self, reply: bytes) -> bytes:
        """What another replied, with the signature of this one, whatever its certificate is for."""
        (self.folder / "reply").write_bytes(reply)
        self._openssl("ts -reply -in reply -token_out -out token")
        self._openssl("cms -verify -noverify -inform DER -in token -out info")
        signer = "-signer signer.pem -inkey key.pem -md sha512"
        kind = "-econtent_type 1.2.840.113549.1.9.16.1.4"
        self._openssl(
            f"cms -sign -binary -nodetach -outform DER {kind} {signer} -in info -out token"
        )
        content = bytes.fromhex("3003020100") + (self.folder / "token").read_bytes()
        return b"\x30\x82" + len(content).to_bytes(2, "big") + content

    def _openssl(self, arguments: str) -> None:
        command = ["openssl", *arguments.split()]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)


@dataclass
class Served:
    """An address, and what was asked there."""

    url: str
    asked: list[bytes] = field(default_factory=list)


@contextmanager
def served(
    answer: Callable[[bytes], bytes], *, status: int = 200, drip: float = 0, to: str = ""
) -> Iterator[Served]:
    """Serve replies over HTTP; byte by byte, with so many seconds between, where it drips."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"] or 0))
            here.asked.append(query)
            content = answer(query)
            self.send_response(status)
            if to:
                self.send_header("Location", to)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                for byte in content if drip else ():
                    self.wfile.write(bytes([byte]))
                    if over.wait(drip):
                        return
                self.wfile.write(b"" if drip else content)
            except OSError:
                pass  # the other has gone away

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Served(f"http://127.0.0.1:{server.server_port}/tsr")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield here
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()
