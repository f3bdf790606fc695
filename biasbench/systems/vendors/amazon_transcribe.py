"""Amazon Transcribe: the JSON of a batch job, by channels, by speakers (diarised) or neither.

Documented in the Amazon Transcribe developer guide (channel-id-output-batch,
diarization-output-batch, how-input). Times and confidences are text ("0.4", "0.902"). Punctuation
is an item without times and with confidence "0.0": it joins the text before it and is no word. A
redacted item ([PII], [NAME]) has only the confidence of its redaction, so none as a word. Of
several alternatives the first is taken, which is the one in the transcript.

Utterances are `audio_segments`; files from before there were any are put together again: diarised
ones by the segments of `speaker_labels`, the others from the words in order of time, where an
utterance ends as the channel or speaker changes. The job's name stands for the call, because the
file names no call. `ch_0` and `spk_0` are speakers without a role: who is the agent is for the user
to say. A file does not state the length of the recording. Assumed: the keys of `audio_segments`,
which the guide shows in part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.errors import TableError
from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors import _amazon
from biasbench.systems.vendors._recognisers import in_order

FORMAT = Format(
    title="Amazon Transcribe (batch)",
    status="documented",
    gives=(
        "utterances", "start times", "end times", "words", "word times", "word confidences",
        "language",
    ),
    source="docs.aws.amazon.com/transcribe/latest/dg/how-input.html",
    assumes=(
        Remark(
            "audio_segments list their items by id, with the label of their channel or speaker",
            "les audio_segments citent leurs éléments par identifiant, avec l’étiquette de leur "
            "canal ou locuteur",
        ),
    ),
)  # fmt: skip

REBUILT = Remark(
    "calls of a file without audio_segments, whose utterances were put together from its words",
    "appels d’un fichier sans audio_segments, dont les énoncés sont recomposés à partir des mots",
)
ALTERNATIVES = Remark(
    "words with further alternatives, which are not read",
    "mots ayant d’autres variantes, qui ne sont pas lues",
)
OUTSIDE = Remark(
    "words that stand in none of the file's segments, left out",
    "mots qui ne figurent dans aucun segment du fichier, omis",
)
LOOSE_PUNCTUATION = Remark(
    "punctuation before any word, left out",
    "ponctuation précédant tout mot, omise",
)

#: A word's item and the punctuation behind it, with the label of who spoke.
_Token = tuple[Mapping[str, Any], str, str | None]


def recognises(file: ExportFile) -> bool:
    """A job's results with the items of Transcribe, or a job that says it has none."""
    document = file.json_object
    if document is None:
        return False
    found = document.get("results")
    if isinstance(found, dict) and "transcripts" in found:
        return "items" in found or "channel_labels" in found
    return "jobName" in document and "status" in document and "accountId" in document


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The one call of this file."""
    (file,) = files
    document = file.json
    status = document.get("status")
    if status not in (None, "COMPLETED"):
        raise TableError(
            f"{file.name}: status is {status!r}, so the job has written no transcript. Run it "
            "again, or leave the file out"
        )
    found = document["results"]
    channels = (found.get("channel_labels") or {}).get("channels") or ()
    items = found.get("items") or [item for channel in channels for item in channel["items"]]
    labels = found.get("speaker_labels")
    if found.get("audio_segments"):
        said = _as_segmented(found["audio_segments"], items, notes)
    elif labels and labels.get("segments"):
        said = _as_diarised(labels["segments"], items, file.name, notes)
    else:
        said = _as_turns(channels, items, notes)
    if said and not found.get("audio_segments"):
        notes.count(REBUILT)
    yield ToldCall(
        document.get("jobName"), in_order(said, notes), language=found.get("language_code")
    )


def _as_segmented(
    segments: Sequence[Mapping[str, Any]], items: Sequence[Mapping[str, Any]], notes: Notes
) -> list[Said]:
    by_id = {item["id"]: item for item in items}
    said = []
    placed: set[Any] = set()
    for segment in segments:
        own = [by_id[number] for number in segment["items"]]
        placed.update(segment["items"])
        speaker = segment.get("channel_label") or segment.get("speaker_label")
        said.append(
            Said(
                segment["transcript"],
                float(segment["start_time"]),
                float(segment["end_time"]),
                speaker or (_label(own[0]) if own else None),
                words=_words(own, notes),
            )
        )
    if len(placed) < len(by_id):
        notes.count(
            OUTSIDE,
            sum("start_time" in item for number, item in by_id.items() if number not in placed),
        )
    return said


def _as_diarised(
    segments: Sequence[Mapping[str, Any]],
    items: Sequence[Mapping[str, Any]],
    name: str,
    notes: Notes,
) -> list[Said]:
    """By the segments of `speaker_labels`, which repeat the times of their words to the letter."""
    place = {
        (one["start_time"], one["end_time"]): number
        for number, segment in enumerate(segments)
        for one in segment["items"]
    }
    owned: list[list[_Token]] = [[] for _ in segments]
    for token in _tokens(items, None, notes):
        times = token[0]["start_time"], token[0]["end_time"]
        if times not in place:
            raise TableError(
                f"{name}: the word at {times[0]} s to {times[1]} s is in no segment of "
                "speaker_labels, so who spoke it is not known. Was the file cut?"
            )
        owned[place[times]].append(token)
    return [
        _put_together(tokens, segment["speaker_label"], notes)
        for segment, tokens in zip(segments, owned, strict=True)
        if tokens
    ]


def _as_turns(
    channels: Sequence[Mapping[str, Any]], items: Sequence[Mapping[str, Any]], notes: Notes
) -> list[Said]:
    tokens: list[_Token] = []
    for channel in channels:
        tokens += _tokens(channel["items"], channel["channel_label"], notes)
    if not channels:
        tokens += _tokens(items, None, notes)
    tokens.sort(key=lambda token: float(token[0]["start_time"]))
    turns: list[list[_Token]] = []
    for token in tokens:
        if turns and turns[-1][-1][2] == token[2]:
            turns[-1].append(token)
        else:
            turns.append([token])
    return [_put_together(turn, turn[0][2], notes) for turn in turns]


def _tokens(
    items: Sequence[Mapping[str, Any]], label: str | None, notes: Notes
) -> Iterator[_Token]:
    """Each word with the punctuation that follows it."""
    word: Mapping[str, Any] | None = None
    marks = ""
    for item in items:
        if item["type"] == "punctuation":
            notes.count(LOOSE_PUNCTUATION, word is None)
            marks += item["alternatives"][0]["content"]
            continue
        if word is not None:
            yield word, marks, label or _label(word)
        word, marks = item, ""
    if word is not None:
        yield word, marks, label or _label(word)


def _put_together(tokens: Sequence[_Token], speaker: str | None, notes: Notes) -> Said:
    words = _words([item for item, _, _ in tokens], notes)
    text = " ".join(word.text + token[1] for word, token in zip(words, tokens, strict=True))
    return Said(text, words[0].start, words[-1].end, speaker, words=words)


def _words(items: Sequence[Mapping[str, Any]], notes: Notes) -> tuple[Word, ...]:
    words = []
    redacted = further = 0
    for item in items:
        if item["type"] == "punctuation":
            continue
        alternatives = item["alternatives"]
        best = alternatives[0]
        further += len(alternatives) > 1
        confidence = best.get("confidence")
        if "redactions" in best or "redactions" in item:
            redacted += 1
            confidence = None
        words.append(
            Word(
                best["content"],
                float(item["start_time"]),
                float(item["end_time"]),
                None if confidence is None else float(confidence),
            )
        )
    notes.count(_amazon.REDACTED, redacted)
    notes.count(ALTERNATIVES, further)
    return tuple(words)


def _label(item: Mapping[str, Any]) -> str | None:
    return item.get("channel_label") or item.get("speaker_label")
