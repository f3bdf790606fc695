"""openai-whisper: the JSON that its command line writes (`--output_format json`).

whisper/transcribe.py and whisper/utils.py (MIT) define it: `text`, `segments`, `language`; a
segment has words only with `--word_timestamps True`. One speaker-less stream: a call with two
people on one channel comes without any word about who spoke. No length of the recording, no name
of the call, no name of the model is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.systems.exports import ExportFile, Format, Notes, ToldCall
from biasbench.systems.vendors._whisper import is_decoder_segment, said_in

FORMAT = Format(
    title="openai-whisper (command line, JSON)",
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
    source="github.com/openai/whisper, whisper/transcribe.py",
)


def recognises(file: ExportFile) -> bool:
    """Exactly text, segments and language, the segments with the decoder's fields."""
    document = file.json_object
    if document is None or document.keys() != {"text", "segments", "language"}:
        return False
    segments = document["segments"]
    return isinstance(segments, list) and (not segments or is_decoder_segment(segments[0]))


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The call of this file."""
    (file,) = files
    document = file.json
    yield ToldCall(None, said_in(document["segments"], notes), language=document["language"])
