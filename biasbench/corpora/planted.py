"""A planted world: people who behave alike, and a recogniser that mishears one group more.

No speech and nobody: calls are drawn from a seed. Both groups greet, thank, apologise and pause by
one law, so that whatever a scoring of the *human* transcripts finds between them is the luck of
the draw; the recogniser's errors have one rate per person, whose mean differs by group as planted.
Everything downstream (scores, prompts, pass rates, bonuses) can only differ because of what the
recogniser wrote, so that a chain of evidence can be held against a truth that is known. The laws
are in `_planted_calls`; what the package finds in such worlds, link by link, is in
benchmarks/planted.md.

`plant` needs no folder; `load` reads one whose planted.toml gives the settings:

    people = [30, 30]       # of group 'a', whom the recogniser mishears more, and 'b'
    calls = 4               # of each person and month
    months = 2
    errors = [0.22, 0.08]   # mean share of words with an error
    spread = 8.0
    seed = 0
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from biasbench.corpora._planted_calls import (
    GROUPS,
    PlantedCall,
    Planting,
    Timed,
    calls_of,
    is_count,
)
from biasbench.corpus.drafts import Corpus, Draft
from biasbench.corpus.settling import settle
from biasbench.errors import OptionError, not_found
from biasbench.provenance import Provenance, fingerprint
from biasbench.tables import TRANSCRIPTS

__all__ = [
    "CARD",
    "FILE_NAME",
    "GROUPS",
    "LOOKS_FOR",
    "SYSTEM",
    "PlantedCall",
    "Planting",
    "Timed",
    "World",
    "calls_of",
    "fits",
    "load",
    "plant",
    "read",
    "world",
]

FILE_NAME = "planted.toml"
LOOKS_FOR = f"{FILE_NAME}, the settings of a planted world"

SYSTEM = "asr:planted"

CARD = {
    "name": "planted",
    "language": "en",
    "licence": "CC0-1.0",
    "synthetic": "yes",
    "labels": "synthetic",
    "design": "observational",
    "origin": "drawn from a seed: nobody speaks",
}


@dataclass(frozen=True)
class World:
    """A corpus with what was said, when; and what the recogniser wrote (table TRANSCRIPTS).

    Columns of its own: accent ('a' or 'b'), month, duration (seconds), human_rating (0 to 100).
    """

    corpus: Corpus
    transcripts: pd.DataFrame
    provenance: Provenance  # of the transcripts, as of a run


def plant(planting: Planting | None = None, *, seed: int = 0) -> World:
    """The world of that seed.

    >>> world = plant(Planting(people=(2, 2), calls=1, months=1), seed=1)
    >>> world.corpus.utterances[["utterance_id", "accent", "month"]].head(2)
      utterance_id accent month
    0  a001-m1-c01      a    m1
    1  a002-m1-c01      a    m1
    """
    planting = planting or Planting()
    drawn = list(calls_of(planting, seed=seed))
    corpus = settle(_draft(planting, seed, drawn, Path(), "planted"))
    settings = _settings(planting, seed)
    step = {
        "system": f"planted@{fingerprint(settings)}",
        "system_name": SYSTEM,
        "system_version": fingerprint(settings),
        "tier": "T3",
        "modality": "unknown",
        "licence": CARD["licence"],
        "options": _written(settings),
    }
    transcripts = pd.DataFrame([_transcript(call) for call in drawn], dtype=object)
    return World(corpus, TRANSCRIPTS.check(transcripts), corpus.provenance.then("run", step))


def fits(source: object) -> bool:
    """A folder with a planted.toml."""
    return isinstance(source, Path) and (source / FILE_NAME).is_file()


def load(root: str | Path) -> Corpus:
    """The corpus of the world that the folder's planted.toml describes."""
    return settle(read(Path(root)))


def world(root: str | Path) -> World:
    """The world that the folder's planted.toml describes, transcripts and all.

    Raises OptionError, in one line, for a file that is no TOML, a key that is not known, and a
    value that cannot be planted.
    """
    planting, seed = _read_settings(Path(root) / FILE_NAME)
    return plant(planting, seed=seed)


def read(source: Path, *, encoding: str = "utf-8-sig", delimiter: str | None = None) -> Draft:
    """The utterances of the world; there is no text table to decode."""
    del encoding, delimiter
    path = source / FILE_NAME
    planting, seed = _read_settings(path)
    return _draft(planting, seed, list(calls_of(planting, seed=seed)), source, str(path))


def _draft(
    planting: Planting, seed: int, drawn: Sequence[PlantedCall], root: Path, file: str
) -> Draft:
    facts = {"reader": "planted", "settings": _written(_settings(planting, seed))}
    return Draft(pd.DataFrame([_utterance(call) for call in drawn]), root, file, CARD, facts)


def _utterance(call: PlantedCall) -> dict[str, object]:
    return {
        "utterance_id": call.name,
        "speaker_id": call.speaker,
        "accent": call.group,
        "month": call.month,
        "reference": _text(call.said),
        "reference_words": _json(call.said),
        "duration": call.seconds,
        "human_rating": call.human_rating,
    }


def _transcript(call: PlantedCall) -> dict[str, object]:
    return {
        "system": SYSTEM,
        "utterance_id": call.name,
        "status": "ok" if call.heard else "empty",
        "hypothesis": _text(call.heard),
        "words": _json(call.heard) if call.heard else None,
        "error": None,
        "audio_seconds": call.seconds,
    }


def _text(words: Sequence[Timed]) -> str:
    return " ".join(word for word, _, _ in words)


def _json(words: Sequence[Timed]) -> str:
    return json.dumps([{"word": word, "start": start, "end": end} for word, start, end in words])


# ── Settings ───────────────────────────────────────────────────────────────────────────────────


def _settings(planting: Planting, seed: int) -> dict[str, str]:
    return {key: str(value) for key, value in asdict(planting).items()} | {"seed": str(seed)}


def _written(settings: dict[str, str]) -> str:
    return " ".join(f"{key}={value}" for key, value in settings.items())


def _read_settings(path: Path) -> tuple[Planting, int]:
    try:
        settings: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"{path}: is not TOML: {error}") from error
    known = [*(field.name for field in fields(Planting)), "seed"]
    for key in settings:
        if key not in known:
            raise OptionError(f"{path}: {not_found('key', key, known)}")
    seed = settings.pop("seed", 0)
    if not (is_count(seed) or (seed == 0 and not isinstance(seed, bool))):
        raise OptionError(f"{path}: seed={seed!r}: write a whole number from 0")
    plain: dict[str, Any] = {
        k: tuple(value) if isinstance(value, list) else value for k, value in settings.items()
    }
    try:
        return Planting(**plain), seed
    except OptionError as error:
        raise OptionError(f"{path}: {error}") from error
