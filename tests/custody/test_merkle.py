from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biasbench.custody import audit_path, merkle_root, verify_path
from biasbench.errors import OptionError

# The vectors of Certificate Transparency (google/certificate-transparency, merkle_tree_test.cc).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {  # (index from 0, leaves): the path
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (1, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}

leaf_lists = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


@pytest.mark.parametrize("n", range(9))
def test_roots_are_those_of_certificate_transparency(n: int) -> None:
    assert merkle_root(LEAVES[:n]) == ROOTS[n]


@pytest.mark.parametrize(("index", "n"), PATHS)
def test_paths_are_those_of_certificate_transparency(index: int, n: int) -> None:
    assert audit_path(LEAVES[:n], index) == PATHS[index, n]
    assert verify_path(LEAVES[index], index, n, PATHS[index, n], ROOTS[n])


def _by_definition(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 §2.1 word for word."""
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha256(b"\x01" + _by_definition(leaves[:k]) + _by_definition(leaves[k:])).digest()


@given(leaf_lists)
def test_rows_build_the_tree_of_the_definition(leaves: list[bytes]) -> None:
    assert merkle_root(leaves) == _by_definition(leaves).hex()


@given(leaf_lists, st.data())
def test_the_path_of_every_leaf_leads_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path, root, n = audit_path(leaves, index), merkle_root(leaves), len(leaves)
    assert verify_path(leaves[index], index, n, path, root)
    assert not verify_path(leaves[index] + b"!", index, n, path, root)
    assert not verify_path(leaves[index], index, n, (*path, root), root)
    assert not verify_path(leaves[index], n, n, path, root)
    if path:
        assert not verify_path(leaves[index], index, n, path[:-1], root)
        step = data.draw(st.integers(0, len(path) - 1))
        swapped = (*path[:step], sha256(b"other").hexdigest(), *path[step + 1 :])
        assert not verify_path(leaves[index], index, n, swapped, root)


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=40, unique=True), st.data())
def test_a_leaf_is_not_shown_at_another_place(leaves: list[bytes], data: st.DataObject) -> None:
    index, other = data.draw(
        st.lists(st.integers(0, len(leaves) - 1), min_size=2, max_size=2, unique=True)
    )
    path, root = audit_path(leaves, index), merkle_root(leaves)
    assert not verify_path(leaves[other], index, len(leaves), path, root)


def test_two_nodes_written_as_a_leaf_make_another_root() -> None:
    nodes = b"".join(sha256(b"\x00" + leaf).digest() for leaf in (b"a", b"b"))
    assert merkle_root([nodes]) != merkle_root([b"a", b"b"])


def test_a_step_that_is_no_digest_shows_nothing() -> None:
    assert not verify_path("a", 0, 2, ("not hexadecimal",), merkle_root("ab"))


def test_a_leaf_that_is_not_there_has_no_path() -> None:
    with pytest.raises(OptionError, match="index is 2; there are 2 leaves"):
        audit_path("ab", 2)
