import shutil
import struct
import subprocess
import zipfile
from pathlib import Path

import pytest

from biasbench.custody import Manifest, verify, write_zip
from biasbench.errors import NotFoundError, OptionError


def test_the_same_folder_gives_the_same_archive(
    folder: Path, manifest: Manifest, tmp_path: Path
) -> None:
    first = write_zip(folder, tmp_path / "a.zip").read_bytes()
    copy = shutil.copytree(folder, tmp_path / "copy", copy_function=shutil.copyfile)
    (copy / "plan.toml").chmod(0o600)
    assert write_zip(copy, tmp_path / "deep" / "b.zip").read_bytes() == first
    assert manifest.root.encode() in first


@pytest.mark.usefixtures("manifest")
def test_others_read_the_archive(folder: Path, tmp_path: Path) -> None:
    archive = write_zip(folder, tmp_path / "a.zip")
    with zipfile.ZipFile(archive) as read:
        assert read.testzip() is None
        assert read.namelist() == [
            "call.wav", "empty.txt", "manifest.json", "plan.toml", "tables/écarts.csv",
        ]  # fmt: skip
        read.extractall(tmp_path / "unpacked")
    assert verify(tmp_path / "unpacked").is_sound


@pytest.mark.usefixtures("manifest")
def test_unzip_reads_the_archive(folder: Path, tmp_path: Path) -> None:
    program = shutil.which("unzip") or pytest.skip("unzip is not installed")
    archive = write_zip(folder, tmp_path / "a.zip")
    done = subprocess.run([program, "-t", archive], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "No errors detected" in done.stdout


@pytest.mark.usefixtures("manifest")
def test_large_archives_have_the_fields_that_others_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With ZIP64's limits moved down, what is written for 4 GiB is written for these files."""
    real = struct.pack

    def pack(layout: str, *values: int) -> bytes:
        # What says "see the extra field" is the largest number there is, not the lowered limit.
        if layout in ("<IHHHHHIIIHH", "<IHHHHHHIIIHHHHHII", "<IHHHHIIH"):
            values = tuple(0xFFFFFFFF if value == 100 else value for value in values)
        return real(layout, *values)

    monkeypatch.setattr("biasbench.custody.archive._MOST_32", 100)
    monkeypatch.setattr("biasbench.custody.archive.struct.pack", pack)
    archive = write_zip(folder, tmp_path / "large.zip")
    assert b"PK\x06\x06" in archive.read_bytes()
    with zipfile.ZipFile(archive) as read:
        assert read.testzip() is None
        assert {info.filename for info in read.infolist() if info.extra} >= {"manifest.json"}
        assert read.read("plan.toml") == (folder / "plan.toml").read_bytes()
    assert verify(archive).is_sound


@pytest.mark.slow
def test_more_files_than_16_bits_count_are_read_by_others(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(b"{}")
    for number in range(66_000):
        (folder / f"{number:05}").write_bytes(b"")
    archive = write_zip(folder, tmp_path / "many.zip")
    with zipfile.ZipFile(archive) as read:
        assert len(read.namelist()) == 66_001
    assert {problem.kind for problem in verify(archive).problems} == {"manifest"}


def test_a_folder_without_a_manifest_is_not_packed(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"holds no manifest.json"):
        write_zip(folder, tmp_path / "a.zip")


@pytest.mark.usefixtures("manifest")
def test_an_archive_does_not_lie_in_what_it_holds(folder: Path) -> None:
    with pytest.raises(OptionError, match="would lie in the folder that it holds"):
        write_zip(folder, folder / "a.zip")


@pytest.mark.usefixtures("manifest")
def test_a_link_is_not_packed_and_nothing_is_left_behind(folder: Path, tmp_path: Path) -> None:
    (folder / "away").symlink_to(tmp_path)
    with pytest.raises(OptionError, match="away: is a link"):
        write_zip(folder, tmp_path / "a.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle"]
