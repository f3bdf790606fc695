"""One digest for many leaves, and the short list that shows that one of them is among them.

The Merkle tree hash of RFC 6962 §2.1 (Certificate Transparency; the same in RFC 9162 §2.1.1). With
H = SHA-256, of n leaves d₀ … dₙ₋₁:

    MTH()           = H("")
    MTH(d₀)         = H(0x00 ‖ d₀)
    MTH(d₀ … dₙ₋₁)  = H(0x01 ‖ MTH(d₀ … dₖ₋₁) ‖ MTH(dₖ … dₙ₋₁)),  k the largest power of 2 below n

The two prefixes keep a leaf from being taken for a node. Going up row by row, pairing neighbours
and passing a last one without neighbour upwards as it is, builds the same tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from biasbench.errors import OptionError

_LEAF, _NODE = b"\x00", b"\x01"


def merkle_root(leaves: Sequence[bytes | str]) -> str:
    r"""The root of the tree over these leaves in this order, in hexadecimal; text counts as UTF-8.

    The digits below are those of Certificate Transparency's own tests.

    >>> merkle_root([])[:16], merkle_root([b""])[:16], merkle_root([b"", b"\x00"])[:16]
    ('e3b0c44298fc1c14', '6e340b9cffb37a98', 'fac54203e7cc696c')
    >>> merkle_root([b"", b"\x00", b"\x10"])
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'
    """
    if not leaves:
        return hashlib.sha256(b"").hexdigest()
    row = [_leaf(leaf) for leaf in leaves]
    while len(row) > 1:
        row = _row_above(row)
    return row[0].hex()


def audit_path(leaves: Sequence[bytes | str], index: int) -> tuple[str, ...]:
    """The digests, from the leaf up, that lead from leaf number `index` to the root (§2.1.1).

    >>> audit_path(["a", "b"], 0) == (merkle_root(["b"]),)
    True
    """
    if not 0 <= index < len(leaves):
        raise OptionError(f"index is {index}; there are {len(leaves)} leaves, counted from 0")
    row = [_leaf(leaf) for leaf in leaves]
    steps: list[str] = []
    while len(row) > 1:
        neighbour = index ^ 1
        if neighbour < len(row):
            steps.append(row[neighbour].hex())
        row, index = _row_above(row), index // 2
    return tuple(steps)


def verify_path(
    leaf: bytes | str, index: int, n_leaves: int, path: Sequence[str], root: str
) -> bool:
    """Whether that leaf is number `index` of the `n_leaves` under that root (RFC 9162 §2.1.3.2).

    >>> verify_path("b", 1, 3, audit_path("abc", 1), merkle_root("abc"))
    True
    >>> verify_path("c", 1, 3, audit_path("abc", 1), merkle_root("abc"))
    False
    """
    if not 0 <= index < n_leaves:
        return False
    node, last, steps = _leaf(leaf), n_leaves - 1, list(path)
    while last:
        if index % 2 or index < last:  # the others have no neighbour in this row
            if not steps:
                return False
            try:
                neighbour = bytes.fromhex(steps.pop(0))
            except ValueError:
                return False
            node = _pair(neighbour, node) if index % 2 else _pair(node, neighbour)
        index, last = index // 2, last // 2
    return not steps and node.hex() == root


def _leaf(leaf: bytes | str) -> bytes:
    return hashlib.sha256(_LEAF + (leaf.encode() if isinstance(leaf, str) else leaf)).digest()


def _pair(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


def _row_above(row: list[bytes]) -> list[bytes]:
    above = [_pair(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
    return above + row[-1:] if len(row) % 2 else above
