"""Microsoft Teams transcripts from Microsoft Graph: callTranscript content and metadataContent.

Documented at learn.microsoft.com/graph/api/calltranscript-get. Both are WebVTT files. `content`
has `<v Name>text</v>` and times without padding, `0:0:5.320`; `metadataContent` has regular times
and in each cue a JSON object with startDateTime, endDateTime, speakerName, spokenText,
spokenLanguage. speakerName is a person's name: it becomes the speaker and goes nowhere else.

Traps. Unpadded times count MILLISECONDS after the point: `0:0:33.96` is 33.096 s, not 33.96 s.
Microsoft's own example has `0:0:0.0` beside `0:0:5.320`, so neither zeros are added nor dropped;
read as decimals, files in the wild end cues before they start (`0:0:6.90 --> 0:0:6.500`); and in
one of them all times lie 16 ms off a grid of 40 ms only if read so. webvtt-py reads decimals, up
to 0.9 s off in a tenth of all times. A file in which four or more fractions are all of one or two
digits, none of two ending in 0, has been written anew by another program (a tenth of Teams' are
that short: four in a row are one in ten thousand); it is read as decimals, and that is counted.
Negative times are documented ("the transcription began while the conversation was ongoing"): kept
and counted. ASSUMED, for their spelling is not documented: a minus before the time, or before
each part. Clock times have seven digits after the point.
"""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Iterator, Sequence

from biasbench.errors import TableError
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.times import moment
from biasbench.systems.vendors._cues import (
    EMPTY,
    Cue,
    after_header,
    cues,
    fraction,
    has_metadata,
    in_order,
    is_teams,
    is_unpadded,
    is_webvtt,
    lines_of,
    span,
    spoken,
)

DECIMALS = Remark(
    "files whose times without padding were read as decimals (.4 is 0.4 s), since none of them "
    "has three digits after the point as Teams' own have",
    "fichiers dont les temps sans zéros de remplissage ont été lus comme des décimales (0,4 s pour "
    "« .4 »), car aucun n’a trois chiffres après la virgule comme ceux de Teams",
)
CLOCKS_DISAGREE = Remark(
    "cues whose clock time and time since the start differ by more than a second from the "
    "first cue's",
    "sous-titres dont l’heure et le temps écoulé s’écartent de plus d’une seconde de ceux du "
    "premier",
)
SEVERAL_LANGUAGES = Remark(
    "calls in several languages: the language stands with each utterance, none with the call",
    "appels en plusieurs langues : la langue figure à chaque énoncé, aucune à l’appel",
)

FORMAT = Format(
    title="Microsoft Teams transcript (Graph callTranscript)",
    status="documented",
    gives=("utterances", "start times", "end times", "call start", "language"),
    source="learn.microsoft.com/graph/api/calltranscript-get",
    tier="T1",
    has_negative_times=True,
    assumes=(
        Remark(
            "the digits after the point of a time without padding count milliseconds",
            "les chiffres après la virgule d’un temps sans zéros de remplissage comptent des "
            "millisecondes",
        ),
    ),
)

#: So many short fractions in a row are not Teams' own.
_MANY = 4


def recognises(file: ExportFile) -> bool:
    """A file that says WEBVTT, with Teams' times, without padding or negative, or its JSON."""
    return is_webvtt(file) and is_teams(file)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The one call of the file; the file's name stands for its id."""
    (file,) = files
    lines = lines_of(file)
    found = list(cues(file, lines, notes, first=after_header(lines)))
    if has_metadata(file):
        yield _with_metadata(file, found, notes)
        return
    unpadded = is_unpadded(file)
    milliseconds = unpadded and not _has_decimals(found)
    if unpadded and not milliseconds:
        notes.count(DECIMALS)
    said: list[Said] = []
    for cue in found:
        said += spoken(cue, *span(file, cue, notes, milliseconds=milliseconds), notes)
    yield ToldCall(call_id=None, said=in_order(said))


def _has_decimals(found: Sequence[Cue]) -> bool:
    """Whether the fractions cannot be Teams' milliseconds: see the head of this file."""
    every = (fraction(clock) for cue in found for clock in (cue.start, cue.end))
    told = [digits for digits in every if digits != "0"]  # .0 is the same either way
    short = all(len(d) == 1 or (len(d) == 2 and d[1] != "0") for d in told)
    return short and len(told) >= _MANY


def _with_metadata(file: ExportFile, found: Sequence[Cue], notes: Notes) -> ToldCall:
    """The call of a metadataContent file."""
    said: list[Said] = []
    began: datetime.datetime | None = None
    languages: Counter[str] = Counter()
    for cue in found:
        try:
            payload = json.loads(cue.payload)
            text, clock = payload["spokenText"], payload["startDateTime"]
        except (ValueError, KeyError, TypeError) as error:
            raise TableError(
                f"{file.name}: line {cue.line + 1}: is not a JSON object with spokenText and "
                f"startDateTime: {cue.payload[:60]!r}"
            ) from error
        start, end = span(file, cue, notes)
        zero = moment(clock) - datetime.timedelta(seconds=start)
        if began is None:
            began = zero
        elif abs((zero - began).total_seconds()) > 1:
            notes.count(CLOCKS_DISAGREE)
        language = payload.get("spokenLanguage")
        if not text:
            notes.count(EMPTY)
            continue
        if language:
            languages[language] += 1
        raw = {"spokenLanguage": language} if language else {}
        speaker = payload.get("speakerName") or None
        said.append(
            Said(text=" ".join(text.split()), start=start, end=end, speaker=speaker, raw=raw)
        )
    if len(languages) > 1:
        notes.count(SEVERAL_LANGUAGES)
    return ToldCall(
        call_id=None,
        said=in_order(said),
        started=began.isoformat() if began else None,
        language=next(iter(languages)) if len(languages) == 1 else None,
    )
