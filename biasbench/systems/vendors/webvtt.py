"""WebVTT: the W3C's text tracks, as speech services, Zoom and media players write them.

Documented at w3.org/TR/webvtt1. One utterance per cue, never merged; overlapping cues stay.
`<v Name>` names the speaker; so does 'Name: …' where every cue of the file begins so (see
`_cues.labelled`), which is how Zoom writes them. Times inside a cue (`<00:00:01.000>`) are
taken out with the other tags, since the format does not say what they time. Standard times only:
those of Microsoft Teams, without padding or negative, are read by `teams`. Read without webvtt-py,
for the reasons in `_cues`.

Traps: the line that starts a cue may follow the header without an empty line; cue settings follow
the times; entities; a byte-order mark; line ends of three kinds; hours above 99.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from biasbench.systems.exports import ExportFile, Format, Notes, Said, ToldCall
from biasbench.systems.vendors._cues import (
    after_header,
    cues,
    in_order,
    is_teams,
    is_webvtt,
    labelled,
    lines_of,
    span,
    spoken,
)

FORMAT = Format(
    title="WebVTT subtitles",
    status="documented",
    gives=("utterances", "start times", "end times", "language"),
    source="w3.org/TR/webvtt1",
)

_LANGUAGE = re.compile(r"Language:\s*(\S+)", re.IGNORECASE)


def recognises(file: ExportFile) -> bool:
    """A file that says WEBVTT and has not the times or payloads of Teams."""
    return is_webvtt(file) and not is_teams(file)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The one call of the file; the file's name stands for its id."""
    (file,) = files
    lines = lines_of(file)
    first = after_header(lines)
    # YouTube and others write it there.
    languages = [found[1] for line in lines[1:first] if (found := _LANGUAGE.match(line))]
    said: list[Said] = []
    for cue in cues(file, lines, notes, first=first):
        said += spoken(cue, *span(file, cue, notes), notes)
    yield ToldCall(
        call_id=None,
        said=in_order(labelled(said, notes)),
        language=languages[0] if languages else None,
    )
