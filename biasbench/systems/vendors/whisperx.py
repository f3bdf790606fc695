"""WhisperX: Whisper's segments, aligned word by word, with speakers if they were asked for.

whisperx/schema.py (BSD) defines it. A word that the aligner cannot place (digits, signs) has
neither times nor score: it is kept without them, and counted. `score` is the aligner's, in 0 to 1.
Words and segments are given speakers apart from each other: the utterance is the segment's
speaker's, words of another are counted and named in `raw`. Speakers are numbers (SPEAKER_00).
`word_segments` repeats the words and is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors._recognisers import NO_TEXT, in_order

FORMAT = Format(
    title="WhisperX",
    status="documented",
    gives=(
        "utterances",
        "start times",
        "end times",
        "words",
        "word times",
        "word confidences",
        "language",
    ),
    source="github.com/m-bain/whisperX, whisperx/schema.py",
)

UNPLACED = Remark(
    "words that the aligner could not place (digits, signs), kept without times and confidence",
    "mots que l’alignement n’a pas pu situer (chiffres, signes), gardés sans temps ni confiance",
)
OTHER_SPEAKER = Remark(
    "words given to another speaker than their segment, kept in the segment’s utterance",
    "mots attribués à un autre locuteur que leur segment, gardés dans l’énoncé du segment",
)
NO_SPEAKER = Remark(
    "segments without a speaker in a transcript that has speakers",
    "segments sans locuteur dans une transcription qui en comporte",
)

_KEYS = frozenset({"segments", "word_segments", "language"})
#: Fields of the decoder, which the aligner drops.
_DECODER = frozenset({"seek", "tokens"})


def recognises(file: ExportFile) -> bool:
    """Segments (with `word_segments` once aligned) and no text of the whole."""
    document = file.json_object
    if document is None or "segments" not in document or not document.keys() <= _KEYS:
        return False
    segments = document["segments"]
    if not isinstance(segments, list) or len(document) == 1:
        return False
    return not segments or (
        isinstance(segments[0], dict)
        and segments[0].keys() >= {"start", "end", "text"}
        and not segments[0].keys() & _DECODER
    )


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The call of this file."""
    (file,) = files
    document = file.json
    segments = document["segments"]
    diarised = any("speaker" in segment for segment in segments)
    said = []
    for segment in segments:
        text = segment["text"].strip()
        if not text:
            notes.count(NO_TEXT)
            continue
        items = segment.get("words") or ()
        speaker = segment.get("speaker")
        raw = {}
        if "avg_logprob" in segment:
            raw["avg_logprob"] = segment["avg_logprob"]
        if diarised:
            notes.count(NO_SPEAKER, speaker is None)
            speakers = [item.get("speaker") for item in items]
            others = sum(one is not None and one != speaker for one in speakers)
            if others:
                notes.count(OTHER_SPEAKER, others)
                raw["word_speakers"] = speakers
        words = tuple(
            Word(item["word"].strip(), item.get("start"), item.get("end"), item.get("score"))
            for item in items
        )
        notes.count(UNPLACED, sum(word.start is None for word in words))
        said.append(Said(text, segment["start"], segment["end"], speaker, words=words, raw=raw))
    yield ToldCall(None, in_order(said, notes), language=document.get("language"))
