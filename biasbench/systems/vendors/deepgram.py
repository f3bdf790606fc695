"""Deepgram: the answer of its service for recorded audio (/v1/listen).

developers.deepgram.com documents it. Times are seconds. The words' lexical form (`word`) makes the
text, since an utterance's `transcript` and `punctuated_word` are formatted; where a document has no
words the transcript stands for them, counted. `utterances` are there only if asked for: otherwise
they are put together from the words, by `paragraphs` where there are some, else at every change of
speaker. On several channels the channel ("0", "1") is the speaker and a number given within it
stays in `raw`; on one channel the speaker is the number that diarisation gave.

Sentiment is from the text, in -1 to 1. Where utterances carry none of their own it is taken from
`sentiments.segments`, which name their words by number, both ends included, but no channel: a
segment counts only where the words of that number spell its text, or else, counted, where one
utterance spells it. An utterance has the mean over its words. `created` is when the audio was
transcribed, not when the call was held.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.errors import TableError
from biasbench.systems import Score, Word
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors._recognisers import NO_TEXT, in_order

FORMAT = Format(
    title="Deepgram",
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
    source="developers.deepgram.com/docs",
)

REBUILT = Remark(
    "transcripts without utterances, put together from their words",
    "transcriptions sans énoncés, reconstituées à partir de leurs mots",
)
FORMATTED = Remark(
    "utterances without words: their text is the formatted transcript",
    "énoncés sans mots : leur texte est la transcription mise en forme",
)
BY_TEXT = Remark(
    "sentiment segments whose word numbers do not fit, placed on the one utterance of their text",
    "segments de sentiment dont les numéros de mots ne conviennent pas, placés sur le seul énoncé "
    "de même texte",
)
UNPLACED = Remark(
    "sentiment segments that fit no words or the words of several channels, left out",
    "segments de sentiment qui ne correspondent à aucun mot ou à ceux de plusieurs canaux, omis",
)
REDACTED = Remark(
    "utterances with words redacted by the service, such as [NAME_1], kept as written",
    "énoncés comportant des mots occultés par le service, comme [NAME_1], gardés tels quels",
)

_NOT_LETTERS = re.compile(r"[\W_]+")
_NO_SENTIMENT = "The export holds no sentiment for the words of this utterance."

Found = Mapping[str, Any]


def recognises(file: ExportFile) -> bool:
    """Channels of alternatives under `results`, beside `metadata`; or the service's error."""
    document = file.json_object
    if document is None:
        return False
    results = document.get("results")
    if isinstance(results, dict):
        return isinstance(results.get("channels"), list) and "metadata" in document
    return document.keys() >= {"err_code", "err_msg"}


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The call of this file."""
    (file,) = files
    document = file.json
    if "err_code" in document:
        raise TableError(
            f"{file.name}: the service transcribed nothing: {document['err_code']}: "
            f"{document['err_msg']}. Leave the file out or have the call transcribed again"
        )
    metadata, results = document["metadata"], document["results"]
    channels = results["channels"]
    turns = results.get("utterances")
    if turns is None:
        notes.count(REBUILT)
        turns = _rebuilt(channels)
    sentiments = results.get("sentiments")
    values = _values(sentiments, channels, turns, notes) if sentiments else [None] * len(turns)
    said = []
    for turn, value in zip(turns, values, strict=True):
        one = _said(turn, notes, several=len(channels) > 1, value=value, asked=bool(sentiments))
        if one is not None:
            said.append(one)
    for model in (metadata.get("model_info") or {}).values():
        notes.saw_version(f"{model.get('name')} {model.get('version')}")
    average = (sentiments or {}).get("average") or {}
    yield ToldCall(
        None,
        in_order(said, notes),
        scores=(_score("average sentiment", average["sentiment_score"]),) if average else (),
        seconds=metadata.get("duration"),
        language=channels[0].get("detected_language") if channels else None,
        facts={
            "request_id": metadata.get("request_id"),
            "transcribed_at": metadata.get("created"),
        },
    )


def _said(
    turn: Found, notes: Notes, *, several: bool, value: float | None, asked: bool
) -> Said | None:
    items = turn.get("words") or ()
    words = tuple(
        Word(item["word"], item["start"], item["end"], item.get("confidence")) for item in items
    )
    text = " ".join([word.text for word in words])
    if not words:
        text = turn["transcript"].strip()
        notes.count(FORMATTED if text else NO_TEXT)
        if not text:
            return None
    notes.count(REDACTED, "[" in text)
    number = turn.get("speaker")
    own = turn.get("sentiment_score")
    value = own if own is not None else value
    scored = asked or own is not None
    return Said(
        text,
        turn.get("start"),
        turn.get("end"),
        speaker=str(turn["channel"]) if several else None if number is None else str(number),
        words=words,
        confidence=turn.get("confidence"),
        scores=(_score("sentiment", value),) if scored else (),
        raw={"speaker_in_channel": number} if several and number is not None else {},
    )


def _score(name: str, value: float | None) -> Score:
    if value is None:
        return Score(name, None, -1.0, 1.0, "higher is better", "not analysed", _NO_SENTIMENT)
    return Score(name, value, -1.0, 1.0, "higher is better")


def _rebuilt(channels: Sequence[Found]) -> list[Found]:
    """Turns in the service's own paragraphs, or runs of one speaker; by start."""
    turns: list[Found] = []
    for number, channel in enumerate(channels):
        best = channel["alternatives"][0]
        words = best.get("words") or []
        if not words and best["transcript"]:
            turns.append({"channel": number, "transcript": best["transcript"]})
        for run in _runs(words, best.get("paragraphs")):
            turns.append(
                {
                    "channel": number,
                    "speaker": run[0].get("speaker"),
                    "start": run[0]["start"],
                    "end": run[-1]["end"],
                    "words": run,
                }
            )
    return turns


def _runs(words: Sequence[Found], paragraphs: Found | None) -> Iterator[Sequence[Found]]:
    lengths = [part["num_words"] for part in (paragraphs or {}).get("paragraphs", ())]
    if sum(lengths) == len(words):  # the paragraphs divide these very words
        at = 0
        for length in lengths:
            if length:
                yield words[at : at + length]
            at += length
        return
    at = 0
    for place in range(1, len(words) + 1):
        if place == len(words) or words[place].get("speaker") != words[at].get("speaker"):
            yield words[at:place]
            at = place


def _values(
    sentiments: Found, channels: Sequence[Found], turns: Sequence[Found], notes: Notes
) -> list[float | None]:
    """The sentiment of each turn: the mean over those of its words that a segment covers."""
    spoken = [channel["alternatives"][0].get("words") or [] for channel in channels]
    of_word: list[dict[int, float]] = [{} for _ in spoken]
    whole: dict[int, float] = {}
    texts = [_letters(turn.get("transcript") or _formatted(turn["words"])) for turn in turns]
    for segment in sentiments["segments"]:
        text, value = _letters(segment["text"]), segment["sentiment_score"]
        numbers = range(segment["start_word"], segment["end_word"] + 1)
        fitting = [
            place
            for place, words in enumerate(spoken)
            if numbers.stop <= len(words)
            and _letters(_formatted(words[numbers.start : numbers.stop])) == text
        ]
        if len(fitting) == 1:
            of_word[fitting[0]].update(dict.fromkeys(numbers, value))
        elif texts.count(text) == 1:
            notes.count(BY_TEXT)
            whole[texts.index(text)] = value
        else:
            notes.count(UNPLACED)
    # an utterance's words carry no number of their own: start and form find them in the channel
    places = [
        {(word["start"], word["word"]): number for number, word in enumerate(words)}
        for words in spoken
    ]
    means: list[float | None] = []
    for number, turn in enumerate(turns):
        channel = turn.get("channel", 0)
        covered = [
            of_word[channel][place]
            for word in turn.get("words") or ()
            if (place := places[channel].get((word["start"], word["word"]))) in of_word[channel]
        ]
        if not covered:
            means.append(whole.get(number))
        elif len(set(covered)) == 1:
            means.append(covered[0])  # the vendor's number itself, not a rounded mean of it
        else:
            means.append(sum(covered) / len(covered))
    return means


def _formatted(words: Sequence[Found]) -> str:
    return " ".join([word.get("punctuated_word") or word["word"] for word in words])


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text).casefold()
