"""What makes two runs the same run: which system, how it was set, and what it listened to.

The corpus counts by what is listened to (ids, files, times, channels, languages). Correcting an
accent label or a reference does not make another run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from biasbench.corpus import Corpus
from biasbench.provenance import Provenance, fingerprint
from biasbench.systems import SystemInfo, Transcript
from biasbench.tables import is_empty

if TYPE_CHECKING:
    from biasbench.runs.transcripts import Given

_HEARD_COLUMNS = ("utterance_id", "audio", "start", "end", "channel")

# Facts of a "run" step that are compared, and what they are called in a message.
_COMPARED = {
    "system_name": "system",
    "system_version": "version",
    "options": "options",
    "heard": "audio",
    "transcripts": "transcripts",
    "export": "export",
    "mapping": "mapping",
}


@dataclass(frozen=True)
class Task:
    """One utterance to listen to or to read, and the language to expect (ISO 639-1 or None).

    `transcript` is what a text scorer reads; `lacking` says why there is none.
    """

    utterance_id: str
    language: str | None
    transcript: Transcript | None = None
    lacking: str | None = None
    seconds: float | None = None


def tasks(corpus: Corpus, language: str | None, given: Given | None = None) -> tuple[Task, ...]:
    """Every utterance in the corpus's order: its own language, else the corpus's, else this.

    With `given`, each has its transcript, or the reason why it has none.
    """
    utterances = corpus.utterances
    otherwise = corpus.card.get("language") or language
    languages: list[str | None] = [otherwise] * len(utterances)
    if "language" in utterances.columns:
        blank = is_empty(utterances["language"])
        languages = [
            otherwise if is_blank else str(own)
            for own, is_blank in zip(utterances["language"], blank, strict=True)
        ]
    named = zip(map(str, utterances["utterance_id"]), languages, strict=True)
    if given is None:
        return tuple(Task(utterance_id, spoken) for utterance_id, spoken in named)
    return tuple(
        Task(
            utterance_id,
            spoken,
            given.transcripts.get(utterance_id),
            _lacking(given, utterance_id),
            given.seconds.get(utterance_id),
        )
        for utterance_id, spoken in named
    )


def _lacking(given: Given, utterance_id: str) -> str | None:
    if utterance_id in given.transcripts:
        return None
    return given.lacking.get(utterance_id, f"{given.name} has no transcript of this utterance")


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


def run_facts(
    info: SystemInfo, corpus: Corpus, todo: Sequence[Task], given: Given | None = None
) -> dict[str, str]:
    """What the "run" step says: the system, its options with the languages, what it heard.

    A system that read transcripts is named after them: 'tone:interact on reference'.
    """
    languages = sorted({task.language or "not given" for task in todo})
    options = {"language": "+".join(languages), **dict(info.options)}
    heard = corpus.utterances.filter(items=_HEARD_COLUMNS).assign(
        spoken=[task.language or "" for task in todo]
    )
    facts = system_facts(info, options) | {"heard": f"{len(todo)} utterances@{fingerprint(heard)}"}
    if given is None:
        return facts
    named = {
        "system": f"{facts['system']} on {given.label}",
        "system_name": f"{facts['system_name']} on {given.name}",
    }
    return facts | named | given.facts


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
