"""The optional seal: an authority elsewhere signs the journal's head with the time (RFC 3161).

Only the head goes over the network, and only when it is asked for. The library comes with an
extra: `pip install 'kmo-report[seal]'`.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from http.client import HTTPException
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from kmo_report import files
from kmo_report.archive.seals import Check, SealError, Stamp
from kmo_report.archive.store import Archive
from kmo_report.language import mark, say
from kmo_report.problems import InputError, Place, Problem

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampRequest, TimeStampResponse

LONGEST = 1 << 16
"""Bytes of a reply; one with a whole chain of certificates has some 6,000."""
SECONDS = 30.0
"""An authority gets no longer to reply."""
_SHA512 = "2.16.840.1.101.3.4.2.3"
_GRANTED = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it."""

    head: str
    stamp: Stamp | None
    """What the seal says; None where that head was sealed already."""


def is_address(url: str) -> bool:
    """Whether an authority may be there: http or https, and a host."""
    try:
        split = urlsplit(url)
        sound = split.scheme in ("http", "https") and bool(split.hostname) and split.port != 0
    except ValueError:  # such as a port that is no number
        return False
    return sound and url.isascii() and url.isprintable() and " " not in url


def ready() -> None:
    """InputError where the library lacks."""
    if find_spec("rfc3161_client") is None:
        message = say("seals want a library: pip install 'kmo-report[seal]'")
        raise InputError([Problem("archive-seal-library", message)])


def seal(archive: Archive, url: str, seconds: float = SECONDS) -> Outcome:
    """Have the head of the journal sealed, and put the seal beside it.

    InputError where the authority does not reply as it should, and then the archive is as it was.
    """
    ready()
    head, text = archive.sealable()
    if archive.is_sealed(head):
        return Outcome(head, None)
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    request = TimestampRequestBuilder(data=text, hash_algorithm=HashAlgorithm.SHA512).build()
    try:
        reply = _asked(url, request.as_bytes(), seconds)
        stamp = _accepted(reply, request)
    except SealError as error:
        message = say(
            "the head is not sealed: {url}: {why}; all that is kept stays, and "
            "`archive seal --timestamp URL` tries again",
            url=url,
            why=error,
        )
        raise InputError([Problem("archive-unsealed", message, Place(str(archive.root)))]) from None
    return Outcome(head, stamp if archive.seal(head, reply) else None)


def checker(path: Path) -> Check:
    """A check with the certificates of a PEM file: those of the authorities that are trusted.

    Nothing is fetched. Certificates need have been valid when the seal was made, not today.
    """
    ready()
    roots = _certificates(files.read(path), path)

    def check(reply: bytes, digest: bytes) -> Stamp:
        from rfc3161_client import VerificationError, VerifierBuilder

        try:
            response = _read(reply)
            _about(response, digest)
            VerifierBuilder(roots=[*roots]).build().verify(response, digest)
            return _stamp(response)
        except (VerificationError, ValueError) as error:
            raise SealError(str(error)) from None

    return check


def _certificates(content: bytes, path: Path) -> "Sequence[Certificate]":
    from cryptography.x509 import load_pem_x509_certificates

    with suppress(ValueError):
        return load_pem_x509_certificates(content)
    message = say("there are no certificates in this file, as PEM: -----BEGIN CERTIFICATE-----")
    raise InputError([Problem("archive-certificates", message, Place(str(path)))])


# --- the authority -------------------------------------------------------------------------------

_ELSEWHERE = mark("it sends to another address; give that one if you trust it")
_LATE = mark("there is no whole reply in time")
_LONG = mark("its reply is too long")
_STRANGE = mark("its reply is no time stamp")
_REFUSED = mark("it refuses: {why}")
_OTHER = mark("its reply is to another question")
_ABOUT = mark("it is about something else than the head")
_NAMELESS = mark("it does not hold the certificate of who signed it")


class _Stay(HTTPRedirectHandler):
    """Who is sent elsewhere does not go."""

    def redirect_request(  # noqa: PLR0913, PLR0917 -- as the library calls it
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        """Nowhere."""
        del req, fp, code, msg, headers, newurl


def _asked(url: str, query: bytes, seconds: float) -> bytes:
    """What the authority replies to a request, as bytes."""
    end = time.monotonic() + seconds
    headers = {"Content-Type": "application/timestamp-query", "User-Agent": "kmo-report"}
    if not is_address(url):
        raise SealError(say("this is no address of an authority; write https://..."))
    request = Request(url, query, headers)  # noqa: S310 -- see is_address
    content = b""
    try:
        with build_opener(_Stay).open(request, timeout=seconds) as reply:
            while piece := reply.read1(LONGEST):
                content += piece
                if len(content) > LONGEST:
                    raise SealError(say(_LONG))
                if time.monotonic() > end:
                    raise SealError(say(_LATE))
    except HTTPError as error:
        error.close()
        if 300 <= error.code < 400:  # noqa: PLR2004
            raise SealError(say(_ELSEWHERE)) from None
        raise SealError(say("it replies with an error: {code}", code=error.code)) from None
    except TimeoutError:
        raise SealError(say(_LATE)) from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            raise SealError(say(_LATE)) from None
        raise SealError(say("it cannot be reached: {why}", why=reason)) from None
    return content


def _accepted(reply: bytes, request: "TimeStampRequest") -> Stamp:
    """What a reply says; SealError where it is no seal for what was asked.

    Whether the signature holds is not known here: that takes the certificates of `checker`.
    """
    response = _read(reply)
    if response.status != _GRANTED:
        why = "; ".join(response.status_string) or response.status
        raise SealError(say(_REFUSED, why=why))
    try:
        if response.tst_info.nonce != request.nonce:
            raise SealError(say(_OTHER))
        _about(response, request.message_imprint.message)
        return _stamp(response)
    except ValueError:
        raise SealError(say(_STRANGE)) from None


def _read(reply: bytes) -> "TimeStampResponse":
    from rfc3161_client import decode_timestamp_response

    try:
        return decode_timestamp_response(reply)
    except ValueError:
        raise SealError(say(_STRANGE)) from None


def _about(response: "TimeStampResponse", digest: bytes) -> None:
    imprint = response.tst_info.message_imprint
    if (imprint.hash_algorithm.dotted_string, imprint.message) != (_SHA512, digest):
        raise SealError(say(_ABOUT))


def _stamp(response: "TimeStampResponse") -> Stamp:
    """What a reply says: when, and by whom, as the certificate of the signer has it."""
    from cryptography.x509 import load_der_x509_certificate

    moment: datetime = response.tst_info.gen_time
    signers = {(info.issuer, info.serial_number) for info in response.signed_data.signer_infos}
    for content in response.signed_data.certificates:
        certificate = load_der_x509_certificate(content)
        if (certificate.issuer, certificate.serial_number) in signers:
            told = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            return Stamp(told, certificate.subject.rfc4514_string())
    raise SealError(say(_NAMELESS))
