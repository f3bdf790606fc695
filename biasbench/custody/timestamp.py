"""A date that others vouch for: the request for a time-stamp, made offline, and the answer.

The digest in the request (RFC 3161 §2.4.1, messageImprint) is the manifest's root itself. It is a
SHA-256 already, of the topmost node of the tree, it covers manifest.json whole, and it is the
number that the report prints: `openssl ts -verify -digest ROOT` needs nothing else. Any authority
can answer; nothing but this digest and a random number goes to it. Whoever wants the presumption
of article 41 of Regulation (EU) 910/2014 asks a qualified one.
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from biasbench.custody.names import REQUEST, STAMPS, TOKEN
from biasbench.custody.stamped import digest_lines, read_request, token_faults
from biasbench.custody.tokens import EXTRA, Token, read_token
from biasbench.custody.verification import read_manifest
from biasbench.errors import InputError, MissingExtraError, OptionError
from biasbench.tables import write_bytes


def write_request(
    digest: str, path: str | Path, *, nonce: int | None = None, policy: str | None = None
) -> Path:
    """Write the request (.tsq) to date a SHA-256: a manifest's root, or the digest of a plan.

    The nonce ties the answer to this request; it is 64 random bits unless given. `policy` is the
    object identifier of the authority's policy, should it want one. The authority is asked to put
    its certificate into the answer.

    Raises OptionError for what is no SHA-256, MissingExtraError without the package `asn1crypto`.
    """
    if not re.fullmatch("[0-9a-fA-F]{64}", digest):
        raise OptionError(f"digest is {digest!r}; write the 64 hexadecimal digits of a SHA-256")
    if policy is not None and not re.fullmatch(r"[0-2](\.\d+)+", policy):
        raise OptionError(f"policy is {policy!r}; write an object identifier, such as 1.2.3.4")
    try:
        from asn1crypto import tsp
    except ImportError as error:
        raise MissingExtraError("asking for a time-stamp", "asn1crypto", EXTRA) from error
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes.fromhex(digest)}
    asked = {
        "version": "v1",
        "message_imprint": imprint,
        "nonce": (1 << 63 | secrets.randbits(63)) if nonce is None else nonce,
        "cert_req": True,
    }
    if policy is not None:
        asked["req_policy"] = policy
    return write_bytes(path, tsp.TimeStampReq(asked).dump())


def request_token(
    folder: str | Path, *, nonce: int | None = None, policy: str | None = None
) -> Path:
    """Write manifest.tsq beside the manifest: the file to send to a time-stamping authority.

    Raises OptionError if there is one already (its nonce may be on its way), and as
    `write_request` and `read_manifest` do.
    """
    folder = Path(folder)
    for name in (REQUEST, TOKEN):
        if (folder / name).exists():
            raise OptionError(f"{folder / name}: is there already. Send it, or take it away first")
    path = write_request(read_manifest(folder).root, folder / REQUEST, nonce=nonce, policy=policy)
    _write_digests(folder)
    return path


def attach_token(folder: str | Path, answer: str | Path) -> Token:
    """Put an authority's answer (.tsr, or the token alone) beside the manifest that it dates.

    Raises InputError for a refusal, for a token over another root or of another nonce than that of
    manifest.tsq, and as `read_token` does; OptionError if manifest.json is dated already.
    """
    folder = Path(folder)
    if (folder / TOKEN).exists():
        raise OptionError(f"{folder / TOKEN}: is there already. Take it away first")
    root = read_manifest(folder).root
    token = read_token(answer)
    request = folder / REQUEST
    nonce = read_request(request.read_bytes(), str(request))[1] if request.is_file() else None
    faults = token_faults(token, root, nonce)
    if faults:
        raise InputError(f"{answer}: {faults[0]}")
    write_bytes(folder / TOKEN, Path(answer).read_bytes())
    _write_digests(folder)
    return token


def _write_digests(folder: Path) -> None:
    there = [name for name in (REQUEST, TOKEN) if (folder / name).is_file()]
    write_bytes(
        folder / STAMPS, digest_lines({name: (folder / name).read_bytes() for name in there})
    )
