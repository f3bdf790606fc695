"""SRT (SubRip) subtitles, as Whisper, WhisperX and most subtitle programs write them.

There is no standard; the common form is a number, `00:00:01,000 --> 00:00:02,000`, lines of text,
an empty line. One utterance per cue, never merged; overlapping cues stay. SRT has no field for
the speaker: '[SPEAKER_00]: …' (WhisperX) names one, and 'Agent: …' does where every cue of the
file begins so and names recur (`_cues.labelled`, which says why); everything else is text.

Traps: a comma or a point before the fraction; cues without a number; line ends of three kinds; tags
(`<i>`, `<font …>`) and a position after the times. ASSUMED: a fraction of one or two digits is a
decimal, and counted; the library srt and players read '.4' as 4 ms. Read without srt, for this
and for the reasons in `_cues`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from biasbench.systems.exports import ExportFile, Format, Notes, Said, ToldCall
from biasbench.systems.vendors._cues import cues, in_order, labelled, lines_of, span, spoken

FORMAT = Format(
    title="SRT (SubRip) subtitles",
    status="documented",
    gives=("utterances", "start times", "end times"),
    source="en.wikipedia.org/wiki/SubRip",
)

# Minutes and seconds with two digits: '0:0:1.5' is a Teams transcript pasted as text.
_HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:\d+[ \t]*(?:\r\n|\r|\n)\s*)?"
    rb"-?\d+:\d\d:\d\d[,.]\d+[ \t]*-->[ \t]*-?\d+:\d\d:\d\d[,.]\d"
)


def recognises(file: ExportFile) -> bool:
    """A file whose first line, or second after a number, is the time of a cue."""
    return _HEAD.match(file.content) is not None


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The one call of the file; the file's name stands for its id."""
    (file,) = files
    said: list[Said] = []
    for cue in cues(file, lines_of(file), notes, blank_ends=False):
        said += spoken(cue, *span(file, cue, notes), notes)
    yield ToldCall(call_id=None, said=in_order(labelled(said, notes)))
