"""The time-stamp beside a manifest: is it there whole, and does it date this root?

timestamp.sha256 holds the digests of the request and of the token, since the root cannot. It tells
an accident; a forger is told by the token's signature.
"""

from __future__ import annotations

import hashlib

from biasbench.custody.contents import Contents, Problem, UnreadableError
from biasbench.custody.names import REQUEST, STAMPS, TOKEN
from biasbench.custody.tokens import EXTRA, MOST_BYTES, Token, token_in
from biasbench.errors import InputError, MissingExtraError

_CHAIN = (
    "whose the certificate of the time-stamp is: openssl ts -verify -digest {root} -in "
    f"{TOKEN} -CAfile AUTHORITY.pem"
)


def check_stamps(contents: Contents, root: str) -> tuple[Token | None, list[Problem], list[str]]:
    """The token of a bundle, what is wrong with it, and what could not be looked into."""
    problems = _digest_problems(contents)
    if problems:
        return None, problems, []
    try:
        nonce = _nonce_asked(contents, root)
        if TOKEN not in contents.names:
            asked = (
                "asked for, and the answer is not there" if REQUEST in contents.names else "none"
            )
            return None, [], [f"when the root was made: time-stamp: {asked}"]
        token = token_in(contents.read(TOKEN, MOST_BYTES), TOKEN)
    except MissingExtraError as error:
        return None, [], [f"the time-stamp: {error}"]
    except (InputError, UnreadableError) as error:
        return None, [Problem("timestamp", TOKEN, str(error).removeprefix(f"{TOKEN}: "))], []
    faults = token_faults(token, root, nonce)
    unchecked = [_CHAIN.format(root=root)]
    if token.signature != "good":
        unchecked.insert(0, f"the signature of the time-stamp: {token.reason}")
    if REQUEST not in contents.names:
        unchecked.append(f"whether the time-stamp answers a request: there is no {REQUEST}")
    return token, [Problem("timestamp", TOKEN, fault) for fault in faults], unchecked


def token_faults(token: Token, digest: str, nonce: int | None) -> list[str]:
    """Why a token does not date that SHA-256, or does not answer the request of that nonce."""
    faults = []
    if (token.algorithm, token.imprint) != ("sha256", digest.lower()):
        faults.append(f"dates {token.algorithm} {token.imprint}, and not {digest.lower()}")
    if nonce is not None and token.nonce != nonce:
        faults.append("does not answer the request that was made: its nonce is another")
    return faults


def read_request(raw: bytes, source: str) -> tuple[str, int | None]:
    """The SHA-256 that a request wants dated, and its nonce. Raises InputError."""
    try:
        from asn1crypto import tsp
    except ImportError as error:
        raise MissingExtraError("reading a request", "asn1crypto", EXTRA) from error
    try:
        asked = tsp.TimeStampReq.load(raw, strict=True).native
        imprint = asked["message_imprint"]
        if imprint["hash_algorithm"]["algorithm"] != "sha256":
            raise ValueError("its digest is no SHA-256")
        return imprint["hashed_message"].hex(), asked["nonce"]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{source}: is not a request of RFC 3161: {error}") from error


def _nonce_asked(contents: Contents, root: str) -> int | None:
    if REQUEST not in contents.names:
        return None
    digest, nonce = read_request(contents.read(REQUEST, MOST_BYTES), REQUEST)
    if digest != root:
        raise InputError(f"{REQUEST}: asks to date {digest}, and the root is {root}")
    return nonce


def _digest_problems(contents: Contents) -> list[Problem]:
    there = [name for name in (REQUEST, TOKEN) if name in contents.names]
    if not there and STAMPS not in contents.names:
        return []
    if STAMPS not in contents.names:
        return [Problem("timestamp", STAMPS, f"is not there, and {there[0]} is")]
    try:
        stated = contents.read(STAMPS, MOST_BYTES)
        found = [contents.read(name, MOST_BYTES) for name in there]
    except UnreadableError as error:
        return [Problem("timestamp", STAMPS, f"it, or what it lists: {error}")]
    if stated == digest_lines(dict(zip(there, found, strict=True))):
        return []
    listed = " and ".join(there) or "nothing"
    return [Problem("timestamp", STAMPS, f"changed: it, or what it lists ({listed} is there)")]


def digest_lines(stamps: dict[str, bytes]) -> bytes:
    """What timestamp.sha256 holds: `sha256sum -c` reads it."""
    lines = (f"{hashlib.sha256(raw).hexdigest()}  {name}\n" for name, raw in stamps.items())
    return "".join(lines).encode()
