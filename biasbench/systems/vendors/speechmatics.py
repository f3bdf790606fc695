"""Speechmatics: a transcript of its batch service (json-v2).

docs.speechmatics.com documents it. Times are seconds. There are no utterances, only words, signs
and entities. An entity ("£20") wraps the words as spoken, which are the words here, and a written
form, which is not read. Signs join the text on the side that `attaches_to` says.

An utterance is a run of one speaker, or with diarisation by channel of one channel: there a
sentence (up to a sign with `is_eos`) goes on over what is said meanwhile on the other channel, so
that speech over speech does not fall into single words. The label of a channel ("agent") is
whatever the customer of the service called it, so it is a speaker and not a role. "UU" is the
service's word for an unknown speaker. `data_name`, the recording's name, names the call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors._recognisers import (
    NO_UTTERANCE,
    SENTIMENTS,
    in_order,
    label_scores,
    lay,
)

FORMAT = Format(
    title="Speechmatics (json-v2)",
    status="documented",
    gives=(
        "utterances",
        "start times",
        "end times",
        "words",
        "word times",
        "word confidences",
        "language",
        "scores",
    ),
    source="docs.speechmatics.com",
)

UNKNOWN_SPEAKER = Remark(
    "utterances of an unknown speaker (UU)",
    "énoncés d’un locuteur inconnu (UU)",
)
NO_SPOKEN_FORM = Remark(
    "entities without their spoken form: the written form stands for the words",
    "entités sans forme orale : la forme écrite tient lieu de mots",
)
OTHER_TYPE = Remark(
    "results of a type that is not documented, left out",
    "éléments d’un type non documenté, omis",
)
LOOSE_SIGN = Remark(
    "signs before any word of their speaker, left out",
    "signes précédant tout mot de leur locuteur, omis",
)

UNKNOWN = "UU"

Found = Mapping[str, Any]
Party = tuple[str | None, str | None]


@dataclass
class _Turn:
    """An utterance while its words arrive."""

    channel: str | None
    speaker: str | None
    words: list[Word] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    glued: bool = True
    ended: bool = False


def recognises(file: ExportFile) -> bool:
    """Results with a version of the format and how it was transcribed."""
    document = file.json_object
    if document is None or "format" not in document or "message" in document:
        return False
    metadata = document.get("metadata")
    return (
        isinstance(document.get("results"), list)
        and isinstance(metadata, dict)
        and "transcription_config" in metadata
    )


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The call of this file."""
    (file,) = files
    document = file.json
    metadata, job = document["metadata"], document.get("job") or {}
    config = metadata["transcription_config"]
    between = (metadata.get("language_pack_info") or {}).get("word_delimiter", " ")
    turns = _turns(document["results"], between, notes)
    said = [_said(turn, notes) for turn in turns]
    analysis = document.get("sentiment_analysis")
    if analysis:
        said = _labelled(said, turns, analysis["segments"], notes)
    notes.saw_version(f"json-v2 {document['format']}")
    model = config.get("operating_point") or config.get("model")
    if model:
        notes.saw_version(f"model {model}")
    name = job.get("data_name")
    language = config.get("language")
    if language == "auto":
        found = metadata.get("language_identification") or {}
        language = found.get("predicted_language")
    yield ToldCall(
        name.rsplit("/", 1)[-1].rsplit(".", 1)[0] if name else None,
        in_order(said, notes),
        seconds=job.get("duration"),
        language=language,
        facts={"job_id": job.get("id"), "transcribed_at": metadata.get("created_at")},
    )


def _turns(items: Sequence[Found], between: str, notes: Notes) -> list[_Turn]:
    by_channel = any("channel" in item for item in items)
    sentences = any(item.get("is_eos") for item in items)
    if by_channel:  # channels may follow one another in the file; stable, so signs stay put
        items = sorted(items, key=_start)
    turns: list[_Turn] = []
    open_turns: dict[Party, _Turn] = {}
    last: Party | None = None
    for item in items:
        kind = item["type"]
        channel, speaker = item.get("channel"), item["alternatives"][0].get("speaker")
        party = (channel, None if by_channel else speaker)
        turn = open_turns.get(party)
        if kind == "punctuation":
            if turn is None:
                notes.count(LOOSE_SIGN)
            else:
                _add_sign(turn, item, between)
            continue
        if kind not in ("word", "entity"):
            notes.count(OTHER_TYPE)
            continue
        if turn is None or (party != last and (turn.ended or not (by_channel and sentences))):
            turn = _Turn(channel, speaker)
            open_turns[party] = turn
            turns.append(turn)
        last = party
        _add_words(turn, item, between, notes)
    return turns


def _start(item: Found) -> float:
    start: float = item["start_time"]
    return start


def _add_words(turn: _Turn, item: Found, between: str, notes: Notes) -> None:
    spoken: Sequence[Found] = (item,)
    if item["type"] == "entity":
        spoken = item.get("spoken_form") or (item,)
        notes.count(NO_SPOKEN_FORM, spoken[0] is item)
    for one in spoken:
        if one["type"] == "punctuation":
            _add_sign(turn, one, between)
            continue
        best = one["alternatives"][0]
        content = best["content"]
        turn.text.append(content if turn.glued else between + content)
        turn.words.append(Word(content, one["start_time"], one["end_time"], best["confidence"]))
        turn.glued = turn.ended = False


def _add_sign(turn: _Turn, item: Found, between: str) -> None:
    side = item.get("attaches_to", "previous")
    content = item["alternatives"][0]["content"]
    turn.text.append(content if side in ("previous", "both") or turn.glued else between + content)
    turn.glued = side in ("next", "both")
    turn.ended = turn.ended or bool(item.get("is_eos"))


def _said(turn: _Turn, notes: Notes) -> Said:
    speaker = turn.channel if turn.channel is not None else turn.speaker
    unknown = turn.speaker == UNKNOWN and turn.channel is None
    notes.count(UNKNOWN_SPEAKER, unknown)
    return Said(
        "".join(turn.text),
        turn.words[0].start,
        turn.words[-1].end,
        None if unknown else speaker,
        words=tuple(turn.words),
        raw={"speaker_in_channel": turn.speaker} if turn.channel and turn.speaker else {},
    )


def _labelled(
    said: list[Said], turns: list[_Turn], segments: Sequence[Found], notes: Notes
) -> list[Said]:
    owned, nowhere = lay(
        [
            (one["start_time"], one["end_time"], one.get("channel") or one.get("speaker"))
            for one in segments
        ],
        [
            (one.start or 0.0, one.end or 0.0, turn.channel or turn.speaker)
            for one, turn in zip(said, turns, strict=True)
        ],
    )
    notes.count(NO_UTTERANCE, nowhere)
    return [
        replace(
            one,
            scores=label_scores(
                "sentiment",
                SENTIMENTS,
                [segments[number]["sentiment"].lower() for number in numbers],
                notes,
            ),
        )
        for one, numbers in zip(said, owned, strict=True)
    ]
