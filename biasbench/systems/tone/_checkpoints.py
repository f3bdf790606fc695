"""Where a checkpoint of transformers for tone:wav2vec2 comes from, and what identifies it.

In this order, and the first that is there is used:

1. a folder that the user names (config.json, preprocessor_config.json and the weights);
2. the user's Hugging Face cache, for OWNER/NAME of the hub;
3. a download from the hub, only where the environment says BIASBENCH_ALLOW_DOWNLOAD=1.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from biasbench.errors import InputError, NotFoundError
from biasbench.systems.weights import sha256_of

_log = logging.getLogger(__name__)

#: What reads sound as it is, by `model_type` of config.json, and the prefix of its classes.
MODEL_TYPES = {"hubert": "Hubert", "wav2vec2": "Wav2Vec2", "wavlm": "WavLM"}

#: The two heads that are known, by the end of the name among `architectures`.
HEADS = ("ForSequenceClassification", "ForSpeechClassification")

_SETTINGS = ("config.json", "preprocessor_config.json")


@dataclass(frozen=True)
class Checkpoint:
    """A model on disk: its folder, the SHA-256 of its weights, and that of its settings."""

    name: str
    folder: Path
    model_type: str
    head: str
    in_safetensors: bool
    weights_sha256: str
    settings_sha256: str


def find_checkpoint(variant: str | None) -> Checkpoint:
    """The checkpoint in the folder `variant`, or of that name on the hub.

    Raises NotFoundError where it is nowhere or a file is lacking, and InputError for a model of
    another kind.
    """
    if variant is None:
        raise NotFoundError(
            "tone:wav2vec2 has no weights of its own, none were named, and a download is not "
            f"allowed unless one names them. {_WAYS}"
        )
    if Path(variant).expanduser().is_dir():
        folder = Path(variant).expanduser()
        return _in_folder(folder.resolve().name, folder)
    if variant.count("/") != 1 or variant.startswith((".", "/", "~")) or variant.endswith("/"):
        raise NotFoundError(f"{variant}: no such folder of weights. {_WAYS}")
    return _in_folder(variant, _from_hub(variant))


def reason(error: Exception) -> str:
    r"""The first line of what another package complains of, or the name of its error.

    >>> reason(ValueError("too short\nat byte 0")), reason(EOFError())
    ('too short', 'EOFError')
    """
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


_WAYS = (
    "Give the folder of an audio classification checkpoint, tone:wav2vec2/FOLDER, or its name on "
    "the Hugging Face hub, tone:wav2vec2/OWNER/NAME, with BIASBENCH_ALLOW_DOWNLOAD=1"
)


def _in_folder(name: str, folder: Path) -> Checkpoint:
    for file in _SETTINGS:
        if not (folder / file).is_file():
            raise NotFoundError(
                f"{folder}: no {file} there. The folder holds {', '.join(_SETTINGS)} and the "
                "weights, model.safetensors or pytorch_model.bin, as save_pretrained() writes them"
            )
    safetensors = sorted(folder.glob("model*.safetensors"))
    weights = safetensors or sorted(folder.glob("pytorch_model*.bin"))
    if not weights:
        raise NotFoundError(f"{folder}: no weights there: no model.safetensors, pytorch_model.bin")
    model_type, head = _kind(folder / "config.json")
    return Checkpoint(
        name=name,
        folder=folder,
        model_type=model_type,
        head=head,
        in_safetensors=bool(safetensors),
        weights_sha256=_digest(weights),
        settings_sha256=_digest([folder / file for file in _SETTINGS]),
    )


def _kind(path: Path) -> tuple[str, str]:
    """Model type and head, from the file of settings."""
    try:
        config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        model_type, architectures = config.get("model_type"), config.get("architectures") or []
    except (ValueError, AttributeError) as error:
        raise InputError(f"{path}: is not the JSON of a model's settings ({error})") from error
    heads = [head for head in HEADS if any(name.endswith(head) for name in architectures)]
    if model_type not in MODEL_TYPES or len(heads) != 1:
        raise InputError(
            f"{path}: is of a model of type {model_type!r} and architecture "
            f"{', '.join(architectures) or 'none'}. Read are {', '.join(sorted(MODEL_TYPES))} "
            f"whose architecture ends in {' or '.join(HEADS)}"
        )
    return model_type, heads[0]


def _digest(paths: Sequence[Path]) -> str:
    """SHA-256 of one file, or of the list of several with theirs."""
    if len(paths) == 1:
        return sha256_of(paths[0])
    listing = "".join(f"{path.name} {sha256_of(path)}\n" for path in paths)
    return hashlib.sha256(listing.encode()).hexdigest()


def _from_hub(repository: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(repository, local_files_only=True))
    except LocalEntryNotFoundError:
        folder = None
    if folder is not None and _is_whole(folder):
        return folder
    if os.environ.get("BIASBENCH_ALLOW_DOWNLOAD") != "1":
        raise NotFoundError(
            f"no weights of '{repository}' were found: there is no folder of that name, the "
            f"Hugging Face cache does not hold them, and a download is not allowed. {_WAYS}"
        )
    _log.warning("weights of '%s': downloading from the Hugging Face hub", repository)
    try:
        for weights in ("model*.safetensors", "pytorch_model*.bin"):
            folder = Path(snapshot_download(repository, allow_patterns=["*.json", weights]))
            if _is_whole(folder):
                return folder
    except (OSError, ValueError) as error:  # every error of the hub's client is one of these
        raise NotFoundError(
            f"weights of '{repository}' could not be downloaded: {reason(error)}. Give a folder of "
            "weights instead: tone:wav2vec2/FOLDER"
        ) from error
    raise NotFoundError(
        f"'{repository}' on the Hugging Face hub holds no model.safetensors and no "
        "pytorch_model.bin. Choose another checkpoint"
    )


def _is_whole(folder: Path) -> bool:
    weights = [*folder.glob("model*.safetensors"), *folder.glob("pytorch_model*.bin")]
    return bool(weights) and all((folder / file).is_file() for file in _SETTINGS)
