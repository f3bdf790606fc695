"""Segments and words as every program of the Whisper family writes them.

Texts begin with a space, which is cut. Whisper knows no speakers. `probability` is a word's
confidence in 0 to 1; what a segment says of its own quality (`avg_logprob`, a mean log-probability;
`no_speech_prob`; `compression_ratio`; `temperature`) is no confidence and stays in `raw`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from biasbench.systems import Word
from biasbench.systems.exports import Notes, Said
from biasbench.systems.vendors._recognisers import NO_TEXT, in_order

QUALITY = ("avg_logprob", "no_speech_prob", "compression_ratio", "temperature")

#: What a segment of the decoder has and one of an aligner or of a service has not.
DECODER_FIELDS = frozenset({"seek", "tokens", "avg_logprob"})


def is_decoder_segment(segment: object) -> bool:
    """Whether this is a segment with the decoder's own fields."""
    return isinstance(segment, dict) and segment.keys() >= DECODER_FIELDS


def words_of(items: Sequence[Mapping[str, Any]]) -> tuple[Word, ...]:
    """The words; one without `probability`, as the service writes them, has no confidence."""
    return tuple(
        Word(item["word"].strip(), item["start"], item["end"], item.get("probability"))
        for item in items
    )


def said_in(segments: Sequence[Mapping[str, Any]], notes: Notes) -> tuple[Said, ...]:
    """The utterances, with words where each segment holds its own."""
    said = []
    for segment in segments:
        text = segment["text"].strip()
        if not text:
            notes.count(NO_TEXT)
            continue
        said.append(
            Said(
                text,
                segment["start"],
                segment["end"],
                words=words_of(segment.get("words") or ()),
                raw={name: segment[name] for name in QUALITY if name in segment},
            )
        )
    return in_order(said, notes)
