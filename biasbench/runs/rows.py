"""One utterance's answer, as a line of the journal and as rows of the tables.

Transcripts: `ok`, `empty` (the system wrote nothing: an answer, hypothesis ''), or `failed`
(hypothesis None, the error in words). Scores: a failed utterance has one row per score name,
`missing` for the reason 'failed'. Names come from the utterances that were scored; when none
was, the one row is named UNNAMED, so that the failures stay countable. A failed utterance has
no events, which is not the same as an utterance in which nothing happened.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd

from biasbench.audio import Audio
from biasbench.systems import Event, Modality, Reading, Score, Trace, Transcript
from biasbench.tables import EVENTS, SCORES, TRANSCRIPTS

#: Name of the score in the rows of a run in which no utterance was scored.
UNNAMED = "(unnamed)"


@dataclass(frozen=True)
class Heard:
    """What came of one utterance; `words` and `raw` are JSON text, times are seconds."""

    utterance_id: str
    status: str
    hypothesis: str | None = None
    words: str | None = None
    scores: tuple[Score, ...] = ()
    events: tuple[Event, ...] = ()
    error: str | None = None
    seconds: float | None = None
    audio_seconds: float | None = None
    audio_sha256: str | None = None
    raw: str | None = None

    def to_line(self) -> str:
        """One line of JSON, without its newline.

        >>> heard = Heard("u1", "ok", "yes")
        >>> Heard.from_line(heard.to_line()) == heard
        True
        """
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_line(cls, line: str) -> Heard:
        """The inverse of `to_line`; raises ValueError, KeyError or TypeError if it is not one."""
        fields = json.loads(line)
        scores = tuple(_score_again(score) for score in fields["scores"])
        events = tuple(Event(**event) for event in fields.get("events", ()))
        return cls(**{**fields, "scores": scores, "events": events})


def _score_again(written: dict[str, Any]) -> Score:
    trace = tuple(Trace(**step) for step in written.get("trace", ()))
    return Score(**{**written, "trace": trace})


def of_answer(
    answer: Transcript | Reading,
    audio: Audio | None,
    utterance_id: str,
    seconds: float,
    audio_seconds: float | None = None,
) -> Heard:
    """The row of an utterance that got an answer."""
    heard = Heard(
        utterance_id,
        "ok",
        seconds=seconds,
        audio_seconds=audio.seconds if audio else audio_seconds,
        audio_sha256=audio.sha256() if audio else None,
    )
    if isinstance(answer, Transcript):
        heard = _with_transcript(heard, answer)
    else:
        scores = tuple(_settled(score) for score in answer.scores)
        heard = replace(heard, scores=scores, events=answer.events)
    heard.to_line().encode("utf-8")  # what cannot be written down is a failure of this utterance
    return heard


def of_error(error: Exception, audio: Audio | None, utterance_id: str, root: str) -> Heard:
    """The row of an utterance that failed; paths are written relative to the corpus folder."""
    words = " ".join(str(error).split()).replace(f"{root}/", "").replace(f"{root}\\", "")
    words = words.encode("utf-8", "replace").decode("utf-8")
    return Heard(
        utterance_id,
        "failed",
        error=f"{type(error).__name__}: {words}".removesuffix(": "),
        audio_seconds=audio.seconds if audio else None,
        audio_sha256=audio.sha256() if audio else None,
    )


def transcripts_table(heard: Sequence[Heard], system: str) -> pd.DataFrame:
    """Table TRANSCRIPTS, one row per utterance, in the order given."""
    names = [name for name in TRANSCRIPTS.columns if name != "system"]
    rows = [{"system": system, **{name: getattr(one, name) for name in names}} for one in heard]
    return TRANSCRIPTS.check(pd.DataFrame(rows, columns=list(TRANSCRIPTS.columns), dtype=object))


def scores_table(heard: Sequence[Heard], system: str, modality: Modality) -> pd.DataFrame:
    """Table SCORES, one row per utterance and score name, in the order given."""
    patterns: dict[str, Score] = {}
    for one in heard:
        for score in one.scores:
            patterns.setdefault(score.name, score)
    expected = tuple(patterns.values()) or (Score(UNNAMED, None),)
    rows: list[dict[str, object]] = []
    for one in heard:
        given = {score.name: score for score in one.scores}
        absent = "failed" if one.status == "failed" else "not analysed"
        for pattern in expected:
            score = given.get(pattern.name, replace(pattern, value=None, missing_reason=absent))
            rows.append(_score_row(score, one, system, modality))
    return SCORES.check(pd.DataFrame(rows, columns=list(SCORES.columns), dtype=object))


def events_table(heard: Sequence[Heard], system: str) -> pd.DataFrame:
    """Table EVENTS, in the order given and, within an utterance, in the system's own."""
    rows = [
        {"system": system, "unit_id": one.utterance_id, "unit": "utterance", "number": number}
        | asdict(event)
        for one in heard
        for number, event in enumerate(one.events, start=1)
    ]
    names = [name for name in EVENTS.columns if name != "founded"]
    return EVENTS.check(pd.DataFrame(rows, columns=names, dtype=object))


def from_transcripts(transcripts: pd.DataFrame) -> list[Heard]:
    """The rows of a TRANSCRIPTS table of one system, as they stood in the journal."""
    plain = transcripts.drop(columns="system").astype(object)
    plain = plain.where(plain.notna(), None)
    names = [str(name) for name in plain.columns]
    return [Heard(**dict(zip(names, row, strict=True))) for row in plain.to_numpy().tolist()]


def _with_transcript(heard: Heard, answer: Transcript) -> Heard:
    words = [
        {"word": word.text, "start": word.start, "end": word.end, "confidence": word.confidence}
        for word in answer.words
    ]
    is_blank = not answer.text.strip()
    return replace(
        heard,
        status="empty" if is_blank else "ok",
        hypothesis="" if is_blank else answer.text,
        words=_json(words) if words else None,
        raw=_json(answer.raw) if answer.raw else None,
    )


def _score_row(score: Score, heard: Heard, system: str, modality: Modality) -> dict[str, object]:
    return {
        "system": system,
        "unit_id": heard.utterance_id,
        "unit": "utterance",
        "score": score.name,
        "value": score.value,
        "scale_min": score.scale_min,
        "scale_max": score.scale_max,
        "direction": score.direction,
        "modality": modality,
        "status": "missing" if score.value is None else "ok",
        "missing_reason": score.missing_reason if score.value is None else None,
        "error": heard.error or score.note,
        "trace": _json([asdict(step) for step in score.trace]) if score.trace else None,
    }


def _settled(score: Score) -> Score:
    """The score with a plain float, or with None and a reason; an infinite value is an error."""
    value = None if score.value is None else float(score.value)
    if value is None or math.isnan(value):
        return replace(score, value=None, missing_reason=score.missing_reason or "unset")
    if math.isinf(value):
        raise ValueError(
            f"score '{score.name}' is {value}; a score must be a finite number or None"
        )
    return replace(score, value=value)


def _json(value: Mapping[str, Any] | list[dict[str, Any]]) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a system put into its raw answer
    # numpy scalars and arrays become numbers and lists; anything else is kept as its text
    return value.tolist() if hasattr(value, "tolist") else str(value)
