import hashlib
import json
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from biasbench.custody import (
    PARTS,
    Manifest,
    describe_file,
    membership,
    read_manifest,
    verify,
    write_manifest,
    write_zip,
)  # fmt: skip
from biasbench.custody.manifest import parse_manifest
from biasbench.errors import InputError, NotFoundError, OptionError
from tests.custody.conftest import RECORD


def test_the_same_folder_gives_the_same_bytes(folder: Path) -> None:
    write_manifest(folder, RECORD)
    first = (folder / "manifest.json").read_bytes()
    write_manifest(folder, dict(reversed(RECORD.items())))
    assert (folder / "manifest.json").read_bytes() == first


def test_every_file_is_listed_with_the_digest_of_its_bytes(
    folder: Path, manifest: Manifest
) -> None:
    assert [entry.path for entry in manifest.files] == [
        "call.wav", "empty.txt", "plan.toml", "tables/écarts.csv"
    ]  # fmt: skip
    for entry in manifest.files:
        content = (folder / entry.path).read_bytes()
        assert (entry.sha256, entry.bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    sound = manifest.files[0].sound
    assert sound is not None
    assert (sound.codec, sound.n_frames) == ("PCM_16", 4)


def test_what_is_read_is_what_was_written(folder: Path, manifest: Manifest, tmp_path: Path) -> None:
    assert read_manifest(folder) == manifest
    assert read_manifest(write_zip(folder, tmp_path / "bundle.zip")) == manifest
    assert manifest.record["case"]["requester"] == "comité social et économique"


def test_the_root_can_be_made_again_with_common_tools(folder: Path, manifest: Manifest) -> None:
    sed = shutil.which("sed") or pytest.skip("sed is not installed")
    command = [sed, 's/^ "root": ".*"$/ "root": ""/', folder / "manifest.json"]
    unrooted = subprocess.run(command, capture_output=True, check=True).stdout
    lines = [(hashlib.sha256(unrooted).hexdigest(), "manifest.json")]
    lines += [
        (hashlib.sha256(path.read_bytes()).hexdigest(), path.relative_to(folder).as_posix())
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    ]
    row = [
        hashlib.sha256(b"\x00" + f"{digest}  {path}".encode()).digest()
        for digest, path in sorted(lines, key=lambda line: line[1])
    ]
    assert len(row) == 5
    pair = [hashlib.sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in (0, 2)]
    left = hashlib.sha256(b"\x01" + pair[0] + pair[1]).digest()
    assert manifest.root == hashlib.sha256(b"\x01" + left + row[4]).hexdigest()


def test_one_file_is_shown_to_belong_without_the_others(manifest: Manifest) -> None:
    for entry in manifest.files:
        shown = membership(manifest, entry.path)
        assert shown.holds()
        assert (shown.root, shown.n_leaves) == (manifest.root, 5)
        assert (
            not membership(manifest, entry.path)
            .__class__(shown.path, "0" * 64, shown.index, shown.n_leaves, shown.steps, shown.root)
            .holds()
        )
    with pytest.raises(NotFoundError, match=r"manifest.json lists no file 'other.csv'"):
        membership(manifest, "other.csv")


def test_the_record_is_under_the_root(folder: Path, manifest: Manifest) -> None:
    other = write_manifest(folder, {**RECORD, "case": {"id": "C-2"}})
    assert other.files == manifest.files
    assert other.root != manifest.root


def test_a_recording_that_cannot_be_decoded_is_an_entry_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    entry = describe_file(tmp_path / "broken.wav", "sealed/broken.wav")
    assert entry.sound is None
    assert entry.unreadable.startswith("cannot be read as audio")
    assert str(tmp_path) not in entry.unreadable


@pytest.mark.parametrize("part", PARTS)
def test_a_record_without_one_of_its_parts_is_refused(folder: Path, part: str) -> None:
    record = {name: value for name, value in RECORD.items() if name != part}
    with pytest.raises(OptionError, match=f"lacks {part} and has nothing beside"):
        write_manifest(folder, record)


def test_a_part_that_is_none_of_ours_is_refused(folder: Path) -> None:
    with pytest.raises(OptionError, match="has plans beside"):
        write_manifest(folder, {**RECORD, "plans": {}})


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), date(2026, 3, 1), {1: "a"}, [{2: 3}], b"x", "\ud800"]
)
def test_what_json_cannot_hold_is_refused(folder: Path, value: Any) -> None:
    with pytest.raises(OptionError, match="the record of custody is not plain JSON"):
        write_manifest(folder, {**RECORD, "run": value})
    assert not (folder / "manifest.json").exists()


def test_links_are_refused(folder: Path) -> None:
    (folder / "away").symlink_to(folder.parent)
    with pytest.raises(OptionError, match="away: is a link or no file"):
        write_manifest(folder, RECORD)


@pytest.mark.parametrize(
    ("name", "words"),
    [("a\\b", "holds a backslash"), ("a\nb", "control character"), ("C:x", "is not relative"),
     ("PLAN.toml", "are one name on some systems"), ("Manifest.json", "are one name on some")],
)  # fmt: skip
def test_names_that_another_machine_cannot_have_are_refused(
    folder: Path, name: str, words: str
) -> None:
    (folder / name).write_bytes(b"")
    if len(list(folder.iterdir())) == 4 and name == "PLAN.toml":
        pytest.skip("this file system takes both names for one")
    with pytest.raises(OptionError, match=words):
        write_manifest(folder, RECORD)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such folder"):
        write_manifest(tmp_path / "none", RECORD)
    with pytest.raises(NotFoundError, match="no such folder or archive"):
        verify(tmp_path / "none")
    with pytest.raises(InputError, match=r"manifest.json: is not there"):
        read_manifest(tmp_path)


def test_a_manifest_in_another_spelling_is_refused(folder: Path, manifest: Manifest) -> None:
    raw = manifest.to_bytes()
    values = json.loads(raw)
    for other in (
        json.dumps(values).encode(),
        json.dumps(values, sort_keys=True, indent=1).encode() + b"\n",  # é as an escape
        raw + b"\n",
        raw.replace(b'"format"', b'"format": "x",\n "format"'),  # a key twice
        raw.replace(b"biasbench manifest 1", b"biasbench manifest 2"),
        raw.replace(b"\n", b"\r\n"),
    ):
        assert other != raw
        with pytest.raises(InputError, match=re.escape("manifest.json: is not")):
            parse_manifest(other)


def test_a_manifest_that_nests_without_end_is_refused() -> None:
    with pytest.raises(InputError, match="RecursionError"):
        parse_manifest(b'{"files": ' + b"[" * 200_000)
