import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from biasbench.custody import Manifest, Verification, verify, write_manifest, write_zip
from biasbench.custody.contents import MOST_RATIO
from biasbench.errors import OptionError
from tests.custody.conftest import RECORD, Authority


def kinds(found: Verification) -> set[str]:
    return {problem.kind for problem in found.problems}


def flips(raw: bytes, step: int) -> Iterator[bytes]:
    """The bytes with one bit altered: every bit of them, or one in so many."""
    for position in range(0, 8 * len(raw), step):
        altered = bytearray(raw)
        altered[position // 8] ^= 1 << position % 8
        yield bytes(altered)


def undetected(path: Path, check: Path, step: int) -> list[int]:
    """Which of the flips of a file `verify(check)` does not tell."""
    raw = path.read_bytes()
    missed = []
    for number, altered in enumerate(flips(raw, step)):
        path.write_bytes(altered)
        if verify(check).is_sound:
            missed.append(number)
    path.write_bytes(raw)
    assert verify(check).is_sound
    return missed


def test_an_untouched_bundle_is_sound(folder: Path, manifest: Manifest, tmp_path: Path) -> None:
    for path in (folder, write_zip(folder, tmp_path / "bundle.zip")):
        found = verify(path, root=manifest.root)
        assert found.is_sound
        assert (found.root, found.n_files) == (manifest.root, 4)
        assert found.n_bytes == sum(entry.bytes for entry in manifest.files)
        assert found.unchecked == ("when the root was made: time-stamp: none",)


@pytest.mark.usefixtures("manifest")
@pytest.mark.parametrize("name", ["call.wav", "plan.toml", "tables/écarts.csv"])
def test_every_altered_bit_of_a_file_is_told(folder: Path, name: str) -> None:
    assert undetected(folder / name, folder, 1) == []


@pytest.mark.usefixtures("manifest")
def test_an_altered_bit_of_the_manifest_is_told(folder: Path) -> None:
    assert undetected(folder / "manifest.json", folder, 23) == []


@pytest.mark.usefixtures("manifest")
def test_an_altered_bit_of_an_archive_is_told(folder: Path, tmp_path: Path) -> None:
    archive = write_zip(folder, tmp_path / "bundle.zip")
    assert undetected(archive, archive, 19) == []


@pytest.mark.slow
@pytest.mark.usefixtures("manifest")
def test_every_altered_bit_of_the_manifest_and_of_an_archive_is_told(
    folder: Path, tmp_path: Path
) -> None:
    archive = write_zip(folder, tmp_path / "bundle.zip")
    assert undetected(folder / "manifest.json", folder, 1) == []
    assert undetected(archive, archive, 1) == []


def test_an_altered_bit_of_a_time_stamp_is_told(
    folder: Path, manifest: Manifest, stamped: Callable[[Path], Authority]
) -> None:
    stamped(folder)
    assert verify(folder, root=manifest.root).is_sound
    for name, step in (("manifest.tsq", 7), ("manifest.tsr", 211), ("timestamp.sha256", 13)):
        assert undetected(folder / name, folder, step) == []


@pytest.mark.slow
@pytest.mark.usefixtures("manifest")
def test_every_altered_bit_of_a_time_stamp_is_told(
    folder: Path, tmp_path: Path, stamped: Callable[[Path], Authority]
) -> None:
    stamped(folder)
    for name in ("manifest.tsq", "manifest.tsr", "timestamp.sha256"):
        assert undetected(folder / name, folder, 1) == []
    archive = write_zip(folder, tmp_path / "bundle.zip")
    assert undetected(archive, archive, 97) == []


@pytest.mark.usefixtures("manifest")
@pytest.mark.parametrize("is_zip", [False, True])
def test_a_file_that_is_missing_added_or_longer_is_told(
    folder: Path, tmp_path: Path, is_zip: bool
) -> None:
    (folder / "plan.toml").unlink()
    (folder / "tables" / "more.csv").write_text("a")
    with (folder / "tables" / "écarts.csv").open("ab") as stream:
        stream.write(b"B,2.0\n")
    found = verify(write_zip(folder, tmp_path / "bundle.zip") if is_zip else folder)
    assert [(problem.kind, problem.path) for problem in found.problems] == [
        ("missing", "plan.toml"), ("changed", "tables/écarts.csv"), ("added", "tables/more.csv"),
    ]  # fmt: skip


@pytest.mark.usefixtures("manifest")
def test_two_files_that_changed_names_are_told(folder: Path) -> None:
    (folder / "plan.toml").rename(folder / "x")
    (folder / "empty.txt").rename(folder / "plan.toml")
    (folder / "x").rename(folder / "empty.txt")
    assert kinds(verify(folder)) == {"changed"}
    assert len(verify(folder).problems) == 2


@pytest.mark.usefixtures("manifest")
def test_a_link_in_a_bundle_is_told(folder: Path) -> None:
    (folder / "plan.toml").rename(folder.parent / "plan.toml")
    (folder / "plan.toml").symlink_to(folder.parent / "plan.toml")
    assert kinds(verify(folder)) == {"added", "missing"}


def test_a_bundle_made_again_is_told_by_the_root_on_the_report(
    folder: Path, manifest: Manifest
) -> None:
    (folder / "plan.toml").write_text('margin = "9"\n', encoding="utf-8")
    write_manifest(folder, RECORD)
    assert verify(folder).is_sound
    assert [str(problem) for problem in verify(folder, root=manifest.root).problems] == [
        f"manifest.json: its root is {verify(folder).root}, and {manifest.root} was to be found"
    ]


def test_a_manifest_that_states_another_root_is_told(folder: Path, manifest: Manifest) -> None:
    raw = manifest.to_bytes().replace(manifest.root.encode(), b"0" * 64)
    (folder / "manifest.json").write_bytes(raw)
    assert kinds(verify(folder)) == {"root"}


def test_a_root_may_be_typed_in_groups(folder: Path, manifest: Manifest) -> None:
    groups = " ".join(manifest.root[i : i + 8] for i in range(0, 64, 8)).upper()
    assert verify(folder, root=groups).is_sound
    with pytest.raises(OptionError, match="write the 64 hexadecimal digits"):
        verify(folder, root=manifest.root[:8])


def test_a_folder_without_a_manifest_is_not_sound(folder: Path) -> None:
    assert [str(problem) for problem in verify(folder).problems] == ["manifest.json: is not there"]


def _packed(folder: Path, archive: Path, method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(archive, "w", method) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(folder).as_posix())
    return archive


@pytest.mark.usefixtures("manifest")
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_packed_by_another_program_is_told_and_its_files_are_right(
    folder: Path, tmp_path: Path, method: int
) -> None:
    found = verify(_packed(folder, tmp_path / "other.zip", method))
    assert kinds(found) == {"archive"}
    assert "packed again, or altered outside of its files" in str(found.problems[0])


@pytest.mark.usefixtures("manifest")
@pytest.mark.parametrize(
    "change", [lambda raw: raw + b"\0", lambda raw: b"MZ" + raw, lambda raw: raw[:-1],
               lambda raw: raw[: len(raw) // 2], lambda raw: b""],
)  # fmt: skip
def test_bytes_around_an_archive_and_half_an_archive_are_told(
    folder: Path, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    archive = write_zip(folder, tmp_path / "bundle.zip")
    archive.write_bytes(change(archive.read_bytes()))
    assert "archive" in kinds(verify(archive))


@pytest.mark.usefixtures("manifest")
def test_a_name_that_leads_out_of_an_archive_is_told_and_not_followed(
    folder: Path, tmp_path: Path
) -> None:
    archive = _packed(folder, tmp_path / "bundle.zip")
    with zipfile.ZipFile(archive, "a") as packed:
        packed.writestr("../plan.toml", "x")
        packed.writestr("/etc/plan.toml", "x")
    told = [str(problem) for problem in verify(archive).problems]
    assert "'../plan.toml': the name leads out of the folder by '..'" in told
    assert "'/etc/plan.toml': the name is not relative to the folder" in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle", "bundle.zip"]


@pytest.mark.usefixtures("manifest")
def test_a_name_that_stands_twice_in_an_archive_is_told(folder: Path, tmp_path: Path) -> None:
    archive = _packed(folder, tmp_path / "bundle.zip")
    with (
        zipfile.ZipFile(archive, "a") as packed,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        packed.writestr("plan.toml", "x")
    told = [str(problem) for problem in verify(archive).problems]
    assert "plan.toml: stands 2 times in the archive" in told


@pytest.mark.usefixtures("manifest")
def test_an_archive_that_would_unpack_without_end_is_not_read(folder: Path, tmp_path: Path) -> None:
    (folder / "zeros").write_bytes(bytes(5_000_000))
    write_manifest(folder, RECORD)
    archive = _packed(folder, tmp_path / "bomb.zip", zipfile.ZIP_DEFLATED)
    assert MOST_RATIO * archive.stat().st_size < 5_000_000
    found = verify(archive)
    assert "would unpack to" in str(found.problems[0])
    assert found.n_files == 0


@pytest.mark.usefixtures("manifest")
def test_a_file_larger_than_the_manifest_says_is_read_no_further(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("biasbench.custody.hashes._BLOCK", 1024)
    (folder / "empty.txt").write_bytes(bytes(10_000))
    told = [str(problem) for problem in verify(folder).problems]
    assert told == ["empty.txt: changed: it has more bytes, and the manifest says 0"]


@pytest.mark.usefixtures("manifest")
def test_an_altered_byte_in_an_archive_is_a_changed_file_and_no_traceback(
    folder: Path, tmp_path: Path
) -> None:
    archive = write_zip(folder, tmp_path / "bundle.zip")
    archive.write_bytes(archive.read_bytes().replace(b"group,gap", b"group,gxp"))
    assert [str(problem) for problem in verify(archive).problems] == [
        "tables/écarts.csv: changed: cannot be read from the archive: Bad CRC-32 for file "
        "'tables/écarts.csv'"
    ]


@pytest.mark.usefixtures("manifest")
def test_an_altered_byte_whose_crc_was_mended_is_told_by_the_digest(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "tables" / "écarts.csv").write_text("group,gap\nA,3.2\n", encoding="utf-8")
    found = verify(write_zip(folder, tmp_path / "bundle.zip"))
    assert [(problem.kind, problem.path) for problem in found.problems] == [
        ("changed", "tables/écarts.csv")
    ]
