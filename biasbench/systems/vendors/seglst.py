"""SegLST: meeteval's and CHiME's list of segments, JSON.

Documented at github.com/fgnt/meeteval, doc/formats.md: a list of objects with session_id, speaker,
words and, optionally, start_time and end_time in seconds (numbers or text). Each session_id is a
call. `words` is one string, so there are no word times. A segment whose words are empty is an
answer (the recogniser wrote nothing; meeteval recommends writing it) and is kept.

Read as the JSON it is: meeteval.io needs simplejson to read it and brings compiled extensions,
scipy and Cython.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.errors import TableError
from biasbench.systems.exports import ExportFile, Format, Notes, Said, ToldCall

FORMAT = Format(
    title="SegLST (meeteval segments)",
    status="documented",
    gives=("utterances", "start times", "end times"),
    source="github.com/fgnt/meeteval, doc/formats.md",
)

#: Further fields that are kept uninterpreted; others might hold names.
KEPT = ("channel", "segment_index")


def recognises(file: ExportFile) -> bool:
    """A JSON list of objects with session_id and words."""
    start = file.content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith(b"[") or b'"session_id"' not in file.content:
        return False
    try:
        segments = file.json
    except TableError:
        return False
    return bool(segments) and all(
        isinstance(segment, dict) and "session_id" in segment and "words" in segment
        for segment in segments
    )


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """A call for each session, in the order in which they first appear."""
    (file,) = files
    calls: dict[str, list[Said]] = {}
    for place, segment in enumerate(file.json, start=1):
        said = _said(file, place, segment)
        calls.setdefault(str(segment["session_id"]), []).append(said)
    for session, utterances in calls.items():
        # Segments without a time stay where they stood, after those that have one.
        utterances.sort(key=lambda one: (one.start is None, one.start or 0.0))
        yield ToldCall(call_id=session, said=tuple(utterances))


def _said(file: ExportFile, place: int, segment: Mapping[str, Any]) -> Said:
    """One segment; TableError names its place in the list."""
    words = segment["words"]
    if not isinstance(words, str):
        raise TableError(f"{file.name}: segment {place}: words is not text but {words!r:.60}")
    start = _seconds(file, place, segment, "start_time")
    end = _seconds(file, place, segment, "end_time")
    if start is not None and end is not None and end < start:
        raise TableError(f"{file.name}: segment {place}: ends at {end} before it starts at {start}")
    speaker = segment.get("speaker")
    return Said(
        text=" ".join(words.split()),
        start=start,
        end=end,
        speaker=None if speaker is None else str(speaker),
        raw={name: segment[name] for name in KEPT if name in segment},
    )


def _seconds(file: ExportFile, place: int, segment: Mapping[str, Any], name: str) -> float | None:
    """A time of the segment, None if it has none; NaN and infinity are errors."""
    value = segment.get(name)
    if value is None:
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = float("nan")
    if isinstance(value, bool) or not abs(seconds) < float("inf"):
        raise TableError(
            f"{file.name}: segment {place}: {name} {value!r} is not a number of seconds"
        )
    return seconds
