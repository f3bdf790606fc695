"""Systems: what listens, and what it says of itself.

An ASR system has `info` and `transcribe(audio)`; a tone system has `info` and `score(call)`, where
a call is all that is known of one stretch of speech: its sound, the other side's, a transcript.
There is no base class: any object with these is a system, and any function from Audio to text
is an ASR system too. A leaf file under `asr/`, `tone/` has one function `load(variant)`; one
under `vendors/` has `read(path, mapping)` and returns an Export. Leaves translate; caching,
retrying, errors and provenance are the business of `runs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

import pandas as pd

from biasbench import registry
from biasbench.audio import Audio
from biasbench.errors import OptionError
from biasbench.tables import EVENTS, Direction

Modality = Literal["voice", "text", "mixed", "unknown"]
Source = Literal["audio", "transcript"]
EventKind = Literal["prompt", "silence", "overtalk", "category"]
Tier = Literal["T1", "T2", "T3"]


@dataclass(frozen=True)
class SystemInfo:
    """What tells one system from another; printed in every signature.

    `version` changes whenever the output may change for a reason other than the options:
    package version and a digest of the weights. `tier`: T1 outputs of the deployed system,
    T2 the same engine on test audio, T3 a stand-in. `reads`: what it cannot do without;
    `takes`: what it makes use of where there is some.
    `infers_emotion`: its scores claim a feeling, so that the law may treat it differently.
    """

    name: str
    version: str
    options: tuple[tuple[str, str], ...] = ()
    modality: Modality = "voice"
    tier: Tier = "T3"
    licence: str = ""
    reads: tuple[Source, ...] = ("audio",)
    takes: tuple[Source, ...] = ()
    infers_emotion: bool = False

    @property
    def label(self) -> str:
        """Name and version, as printed: `faster-whisper/tiny.en@1.2.1+1a5afae0`."""
        return f"{self.name.split(':', 1)[-1]}@{self.version}"


@dataclass(frozen=True)
class Word:
    """One recognised word; times in seconds from the start of the audio, None if not given.

    `role` is whom the system says the word to be of ('agent', 'customer'), None if it does not.
    """

    text: str
    start: float | None = None
    end: float | None = None
    confidence: float | None = None
    role: str | None = None


@dataclass(frozen=True)
class Transcript:
    """What a recogniser wrote for one utterance. Empty text is an answer, not a failure."""

    text: str
    words: tuple[Word, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Trace:
    """One step from what was heard to a number: the rule, what it found, what it gave.

    `found` are the words, or the measured value with its unit. `points` is what the rule added to
    the number, None for a step that adds nothing itself. Times are seconds.
    """

    rule: str
    found: str
    points: float | None = None
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True)
class Score:
    """One number a tone system gave, on the scale it declares; `value` None says why not.

    `missing_reason` is one of tables.MISSING_REASONS and `note` a sentence about it. The points
    of `trace`, where it has any, add up to `value`. `modality` is what this score was made from,
    None for that of the system.
    """

    name: str
    value: float | None
    scale_min: float | None = None
    scale_max: float | None = None
    direction: Direction = "neither"
    missing_reason: str | None = None
    note: str | None = None
    trace: tuple[Trace, ...] = ()
    modality: Modality | None = None


@dataclass(frozen=True)
class Event:
    """Something a system did or noted at a time: a prompt it showed, a silence it counted.

    `label` is the system's own name for it; `rule` and `found` say what made it. Times are seconds
    from the start of the call, None where nobody knows. `target_role`: whom it is about.
    """

    kind: EventKind
    label: str
    start: float | None = None
    end: float | None = None
    target_role: str | None = None
    rule: str | None = None
    found: str | None = None


@dataclass(frozen=True)
class Call:
    """All that is known of one utterance or call when a tone system reads it.

    `other` is the other side's channel on the same clock; None for a recording of one channel.
    `seconds` is the length where it is known. A transcript of no words is an answer; None is the
    absence of one.
    """

    audio: Audio | None = None
    other: Audio | None = None
    transcript: Transcript | None = None
    language: str | None = None
    seconds: float | None = None
    name: str = ""


@dataclass(frozen=True)
class Reading:
    """What a tone system says of one call: always the same scores in the same order, and events."""

    scores: tuple[Score, ...]
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Export:
    """What a vendor's export held, translated: checked tables, and the system that made it."""

    info: SystemInfo
    transcripts: pd.DataFrame
    scores: pd.DataFrame
    notes: tuple[str, ...] = ()
    events: pd.DataFrame = field(default_factory=EVENTS.empty)


@runtime_checkable
class ASRSystem(Protocol):
    """Writes what it hears."""

    @property
    def info(self) -> SystemInfo:
        """What the system says of itself."""

    def transcribe(self, audio: Audio, *, language: str | None = None) -> Transcript:
        """The transcript of one utterance; `language` is an ISO 639-1 code or None."""


@runtime_checkable
class ToneSystem(Protocol):
    """Scores how it sounds, or how it reads."""

    @property
    def info(self) -> SystemInfo:
        """What the system says of itself."""

    def score(self, call: Call) -> Reading:
        """The scores of one call, always the same names in the same order, and its events."""


def load_system(name: str) -> ASRSystem | ToneSystem:
    """The system named `kind:leaf/variant`: `asr:faster-whisper/tiny.en`, `tone:prosody`.

    The variant is whatever the leaf understands: a model's name, a path, a command. Raises
    NotFoundError for an unknown leaf and OptionError for an unknown kind.

    >>> load_system("asr:scripted").info.name
    'asr:scripted'
    """
    kind, colon, rest = name.partition(":")
    if not colon or kind not in ("asr", "tone"):
        known = [f"{k}:{leaf}" for k in ("asr", "tone") for leaf in registry.names(f"systems.{k}")]
        raise OptionError(
            f"system {name!r} is not of the form 'asr:name/variant' or 'tone:name/variant'. "
            f"Known: {', '.join(known)}"
        )
    leaf, _, variant = rest.partition("/")
    system = registry.find(f"systems.{kind}", leaf).load(variant or None)
    if not isinstance(system, ASRSystem | ToneSystem):
        raise OptionError(
            f"{name}: load() gave {type(system).__name__}, which has no transcribe() or score() "
            "with info. Every system has one of them"
        )
    return system
