"""A time-stamp token, read: what it dates, when, by whom, and whether its signature holds.

RFC 3161 (with RFC 5816), in CMS (RFC 5652). What is checked of a token: that it is one, over that
digest; that its own digests agree; that it names its signer's certificate by digest (ESSCertID),
that this certificate is for time-stamping and was valid then; and, with the package
`cryptography`, that the signature is that certificate's.

What is not: that the certificate is anybody's in particular. Chain of trust and revocation want
the authority's root certificate, and a copy of OpenSSL:

    openssl ts -verify -digest ROOT -in manifest.tsr -CAfile authority.pem
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from biasbench.errors import InputError, MissingExtraError, NotFoundError

if TYPE_CHECKING:
    from asn1crypto import cms, x509

EXTRA = "custody"
#: The largest token seen is about 10 kB; one with a long chain has perhaps 30.
MOST_BYTES = 1 << 20

_HASHES = ("sha1", "sha224", "sha256", "sha384", "sha512")
_MALFORMED = (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError)


@dataclass(frozen=True)
class Token:
    """What a time-stamping authority stated.

    time: UTC, ISO 8601. accuracy: seconds either way, None if it gave none. imprint: the digest
    that is dated, of `algorithm`. signature: 'good' against the certificate in the token, or 'not
    checked' (`reason` says why); a bad one is no token at all. certificate_sha256: to compare with
    what the authority publishes.
    """

    time: str
    authority: str
    policy: str
    serial: int
    algorithm: str
    imprint: str
    nonce: int | None
    accuracy: float | None
    signature: Literal["good", "not checked"]
    reason: str
    certificate_sha256: str
    issuer: str


def read_token(path: str | Path) -> Token:
    """The token in a .tsr (the authority's whole answer) or a .tst (the token alone).

    Raises NotFoundError; InputError for a refusal of the authority's, for what is no token, and
    for one whose digests, certificate or signature do not hold; MissingExtraError without the
    package `asn1crypto`.
    """
    path = Path(path)
    if not path.is_file():
        raise NotFoundError(f"{path}: no such time-stamp")
    return token_in(path.read_bytes(), str(path))


def token_in(raw: bytes, source: str) -> Token:
    """The token in those bytes; otherwise as `read_token`."""
    try:
        import asn1crypto.tsp  # noqa: F401 - said here, before anything is read
    except ImportError as error:
        raise MissingExtraError("reading a time-stamp", "asn1crypto", EXTRA) from error
    try:
        content = _granted(raw, source)
        return _read(content["content"], source)
    except _MALFORMED as error:
        said = f"{type(error).__name__}: {error}".replace("\n", " ")[:160]
        raise InputError(f"{source}: is not a time-stamp of RFC 3161: {said}") from error


def _granted(raw: bytes, source: str) -> cms.ContentInfo:
    """The token of an answer; one that stands alone is its own answer."""
    from asn1crypto import core, tsp

    # Not tsp.TimeStampResp: it wants a token, and a refusal has none.
    parts = core.SequenceOf.load(raw, strict=True, spec=core.Any)
    if isinstance(parts[0].parse(), core.ObjectIdentifier):
        return tsp.ContentInfo.load(raw, strict=True)
    answer = parts[0].parse(tsp.PKIStatusInfo)
    status = answer["status"].native
    if status not in ("granted", "granted_with_mods"):
        said = "; ".join(answer["status_string"].native or ()) or "no reason given"
        raise InputError(f"{source}: the authority refused ({status}: {said}). Ask again")
    return parts[1].parse(tsp.ContentInfo)


def _read(signed: cms.SignedData, source: str) -> Token:
    encapsulated = signed["encap_content_info"]
    if encapsulated["content_type"].native != "tst_info":
        raise InputError(f"{source}: is signed, and is no time-stamp")
    if len(signed["signer_infos"]) != 1:
        raise InputError(f"{source}: a time-stamp has one signature, this has more or none")
    info, signer = encapsulated["content"].parsed, signed["signer_infos"][0]
    certificate = _certificate_of(signed, signer, source)
    _check_attributes(signer, encapsulated["content"].contents, certificate, source)
    _check_certificate(certificate, info["gen_time"].native, source)
    signature, reason = _signature(signer, certificate, source)
    imprint = info["message_imprint"]
    return Token(
        time=_written(info["gen_time"].native),
        authority=certificate.subject.human_friendly,
        policy=info["policy"].dotted,
        serial=info["serial_number"].native,
        algorithm=imprint["hash_algorithm"]["algorithm"].native,
        imprint=imprint["hashed_message"].native.hex(),
        nonce=info["nonce"].native,
        accuracy=_seconds(info["accuracy"].native),
        signature=signature,
        reason=reason,
        certificate_sha256=certificate.sha256.hex(),
        issuer=certificate.issuer.human_friendly,
    )


def _certificate_of(
    signed: cms.SignedData, signer: cms.SignerInfo, source: str
) -> x509.Certificate:
    name = signer["sid"]
    for choice in signed["certificates"]:
        if choice.name != "certificate":
            continue
        certificate = choice.chosen
        if name.name == "issuer_and_serial_number":
            is_it = (
                certificate.serial_number == name.chosen["serial_number"].native
                and certificate.issuer == name.chosen["issuer"]
            )
        else:
            is_it = certificate.key_identifier == name.chosen.native
        if is_it:
            return certificate
    raise InputError(f"{source}: lacks its signer's certificate. Ask again, with certReq")


def _check_attributes(
    signer: cms.SignerInfo, content: bytes, certificate: x509.Certificate, source: str
) -> None:
    """The signed attributes: what is signed is this content, by the holder of this certificate."""
    attributes = {entry["type"].native: entry["values"] for entry in signer["signed_attrs"]}
    kind = attributes["content_type"][0].native
    digest = _hash(signer["digest_algorithm"]["algorithm"].native, content)
    if kind != "tst_info" or attributes["message_digest"][0].native != digest:
        raise InputError(f"{source}: its content is not the one that was signed")
    if "signing_certificate_v2" in attributes:
        named = attributes["signing_certificate_v2"][0]["certs"][0]
        algorithm = named["hash_algorithm"]["algorithm"].native
    else:
        named, algorithm = attributes["signing_certificate"][0]["certs"][0], "sha1"
    if named["cert_hash"].native != _hash(algorithm, certificate.dump()):
        raise InputError(f"{source}: its certificate is not the one that its signer named")


def _check_certificate(certificate: x509.Certificate, time: datetime, source: str) -> None:
    usage = certificate.extended_key_usage_value
    if usage is None or usage.native != ["time_stamping"]:
        raise InputError(f"{source}: its certificate is not one for time-stamping alone")
    if not certificate.not_valid_before <= time <= certificate.not_valid_after:
        raise InputError(f"{source}: its certificate was not valid at {_written(time)}")


def _signature(
    signer: cms.SignerInfo, certificate: x509.Certificate, source: str
) -> tuple[Literal["good", "not checked"], str]:
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    except ImportError:
        return "not checked", "the package 'cryptography' is not installed"
    names: dict[str, Callable[[], hashes.HashAlgorithm]] = {
        "sha1": hashes.SHA1, "sha224": hashes.SHA224, "sha256": hashes.SHA256,
        "sha384": hashes.SHA384, "sha512": hashes.SHA512,
    }  # fmt: skip
    algorithm = signer["signature_algorithm"]
    method = algorithm.signature_algo
    # RSA may be named without its digest, which is then that of the attributes (RFC 3370 §3.2).
    is_alone = algorithm["algorithm"].native == "rsassa_pkcs1v15"
    stated = signer["digest_algorithm"]["algorithm"].native if is_alone else algorithm.hash_algo
    # Signed is the set itself, under the tag of a set (RFC 5652 §5.4).
    signed = signer["signed_attrs"].untag().dump(force=True)
    signature = signer["signature"].native
    try:
        key = serialization.load_der_public_key(certificate.public_key.dump())
        digest = names[stated]()
        if isinstance(key, rsa.RSAPublicKey) and method == "rsassa_pkcs1v15":
            key.verify(signature, signed, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and method == "ecdsa":
            key.verify(signature, signed, ec.ECDSA(digest))
        else:
            return "not checked", f"signatures by {method} are not checked here"
    except UnsupportedAlgorithm as error:
        return "not checked", str(error)
    except InvalidSignature as error:
        raise InputError(f"{source}: its signature is not that of its certificate") from error
    return "good", ""


def _hash(algorithm: str, content: bytes) -> bytes:
    if algorithm not in _HASHES:
        raise ValueError(f"digests by {algorithm} are not read")
    return hashlib.new(algorithm, content).digest()


def _seconds(accuracy: dict[str, int | None] | None) -> float | None:
    if accuracy is None:
        return None
    parts = (accuracy.get("seconds"), accuracy.get("millis"), accuracy.get("micros"))
    return float(sum((part or 0) / 1000**power for power, part in enumerate(parts)))


def _written(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
