"""What makes two runs the same run: which system, how it was set, and what it listened to.

The corpus counts by what is listened to (ids, files, times, channels, languages). Correcting an
accent label or a reference does not make another run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from biasbench.corpus import Corpus
from biasbench.provenance import Provenance, fingerprint
from biasbench.systems import SystemInfo
from biasbench.tables import is_empty

_HEARD_COLUMNS = ("utterance_id", "audio", "start", "end", "channel")

# Facts of a "run" step that are compared, and what they are called in a message.
_COMPARED = {
    "system_name": "system",
    "system_version": "version",
    "options": "options",
    "heard": "audio",
    "export": "export",
    "mapping": "mapping",
}


@dataclass(frozen=True)
class Task:
    """One utterance to listen to, and the language to expect (ISO 639-1 or None)."""

    utterance_id: str
    language: str | None


def tasks(corpus: Corpus, language: str | None) -> tuple[Task, ...]:
    """Every utterance in the corpus's order: its own language, else the corpus's, else this."""
    utterances = corpus.utterances
    otherwise = corpus.card.get("language") or language
    languages: list[str | None] = [otherwise] * len(utterances)
    if "language" in utterances.columns:
        blank = is_empty(utterances["language"])
        languages = [
            otherwise if is_blank else str(own)
            for own, is_blank in zip(utterances["language"], blank, strict=True)
        ]
    return tuple(
        Task(str(utterance_id), spoken)
        for utterance_id, spoken in zip(utterances["utterance_id"], languages, strict=True)
    )


def system_facts(info: SystemInfo, options: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a "run" step says of its system; `options` replaces the system's own."""
    settings = dict(info.options) if options is None else options
    return {
        "system": info.label,
        "system_name": info.name,
        "system_version": info.version,
        "options": " ".join(f"{key}={value}" for key, value in settings.items()),
        "tier": info.tier,
        "modality": info.modality,
        "licence": info.licence,
    }


def run_facts(info: SystemInfo, corpus: Corpus, todo: Sequence[Task]) -> dict[str, str]:
    """What the "run" step says: the system, its options with the languages, what it heard."""
    languages = sorted({task.language or "not given" for task in todo})
    options = {"language": "+".join(languages), **dict(info.options)}
    heard = corpus.utterances.filter(items=_HEARD_COLUMNS).assign(
        spoken=[task.language or "" for task in todo]
    )
    return {
        **system_facts(info, options),
        "heard": f"{len(todo)} utterances@{fingerprint(heard)}",
    }


def differences(here: Provenance, there: Provenance) -> list[str]:
    """In words, what distinguishes the runs of two chains; empty if they are the same run."""
    ours, theirs = _compared(here), _compared(there)
    return [
        f"{name} is '{theirs[name]}' there and '{ours[name]}' here"
        for name in ours
        if ours[name] != theirs[name]
    ]


def audio_stamp(corpus: Corpus) -> str:
    """A fingerprint of the size and time stamp of every audio file, and of sound in memory.

    Equal stamps mean that nothing was touched. Different ones do not mean that a sound changed
    (a copy has new time stamps): then the digests of the sounds decide.
    """
    stamps: dict[str, str] = {}
    in_memory = corpus.audio_in_memory
    for utterance_id in corpus.utterances["utterance_id"]:
        if utterance_id in in_memory:
            stamps[f"memory {utterance_id}"] = in_memory[utterance_id].sha256()
    if "audio" in corpus.utterances.columns:
        for audio in corpus.utterances["audio"].dropna().unique():
            path = corpus.root / audio
            known = path.stat() if path.is_file() else None
            stamps[f"file {audio}"] = f"{known.st_size} {known.st_mtime_ns}" if known else "absent"
    return fingerprint(stamps)


def _compared(provenance: Provenance) -> dict[str, str]:
    steps = [dict(step.facts) for step in provenance.steps if step.verb == "run"]
    return {
        words: ", ".join(dict.fromkeys(step.get(key, "") for step in steps))
        for key, words in _COMPARED.items()
    }
