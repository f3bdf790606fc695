"""faster-whisper: its segments, dumped by the script that ran it.

The library (MIT; faster_whisper/transcribe.py) writes no file. What scripts dump are the fields of
`Segment` and `TranscriptionInfo`: a list of segments, or an object {"info": ..., "segments": ...},
or the fields of the information beside `segments`. ASSUMED: that the fields keep their names, as
`dataclasses.asdict` and `_asdict` leave them; segments dumped as bare lists of values are not
read. `words` is null unless word times were asked for. No speakers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.errors import TableError
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.vendors._whisper import is_decoder_segment, said_in

FORMAT = Format(
    title="faster-whisper (dumped segments)",
    status="partly documented",
    gives=(
        "utterances",
        "start times",
        "end times",
        "words",
        "word times",
        "word confidences",
        "language",
    ),
    source="github.com/SYSTRAN/faster-whisper, faster_whisper/transcribe.py",
    assumes=(
        Remark(
            "faster-whisper writes no file itself: the fields are taken to be those of its "
            "Segment and TranscriptionInfo",
            "faster-whisper n’écrit lui-même aucun fichier : les champs sont supposés être ceux "
            "de ses types Segment et TranscriptionInfo",
        ),
    ),
)


def recognises(file: ExportFile) -> bool:
    """Decoder segments in a list, under `info`, or beside `language_probability`."""
    document = file.json_object
    if document is not None:
        if "text" in document or "word_segments" in document:
            return False
        segments = document.get("segments")
        info = document.get("info", document)
        if not isinstance(segments, list) or not isinstance(info, dict):
            return False
        return is_decoder_segment(segments[0]) if segments else "language_probability" in info
    if not file.content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        return False
    try:
        segments = file.json
    except TableError:
        return False
    return bool(segments) and is_decoder_segment(segments[0])


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The call of this file; language and length only where the information was dumped too."""
    (file,) = files
    document = file.json
    if isinstance(document, list):
        yield ToldCall(None, said_in(document, notes))
        return
    info = document.get("info", document)
    facts: dict[str, str | float | None] = {}
    if info.get("language_probability") is not None:
        facts["language_probability"] = info["language_probability"]
    if info.get("duration_after_vad") is not None:
        # what the detector of voices left over for the recogniser to hear
        facts["heard_seconds"] = info["duration_after_vad"]
    yield ToldCall(
        None,
        said_in(document["segments"], notes),
        seconds=info.get("duration"),
        language=info.get("language"),
        facts=facts,
    )
