"""RTTM: NIST's rich transcription time marks, as diarisers (pyannote, Kaldi, NeMo) write them.

Documented in the RT-09 evaluation plan, appendix A: `SPEAKER file channel start duration <NA> <NA>
name confidence [lookahead]`, the fifth field a DURATION. Each file id is a call. RTTM says when
someone speaks and not what: each turn is an utterance whose text is None, not given, and never an
empty one, which would be an answer that the file does not hold. What follows from the turns by
arithmetic is given, too: overtalk where turns of two speakers overlap, silence where nobody speaks
for SILENCE_SECONDS or more between the first turn and the last (before and after them the length
of the recording is not known). They are a diariser's: speech that it missed counts as silence.
Speakers' names may be people's: they stay with the turns and make no facts.

Read without meeteval.io (10 MB of compiled extensions, scipy, Cython): it stops at the `<NA>` times
of SPKR-INFO lines and takes LEXEME lines for turns; the tests hold its turns against ours.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from biasbench.errors import TableError
from biasbench.systems import Event
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors._timemarked import RTTM_TYPES, end_of, first_rows, rows, seconds_in

Turn = tuple[float, float]

#: The shortest stretch without speech that is a silence; shorter ones lie within fluent speech.
SILENCE_SECONDS = 0.25

NOT_TURNS = Remark(
    "lines of other types than SPEAKER, left out",
    "lignes d’un autre type que SPEAKER, écartées",
)

FORMAT = Format(
    title="RTTM (NIST rich transcription time marks)",
    status="documented",
    gives=("start times", "end times", "silence", "overtalk"),
    source="RT-09 evaluation plan, appendix A; github.com/nryant/dscore#rttm",
    modality="voice",
    assumes=(
        Remark(
            "silence and overtalk are worked out from the speakers' turns; a silence lasts 0.25 s "
            "or more",
            "les silences et les chevauchements sont calculés d’après les tours de parole ; un "
            "silence dure au moins 0,25 s",
        ),
    ),
)


def recognises(file: ExportFile) -> bool:
    """Every line begins with a type of RTTM and has its number of fields."""
    found = first_rows(file)
    return bool(found) and all(
        fields[0] in RTTM_TYPES and len(fields) in (8, 9, 10) for fields in found
    )


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """A call for each file id, in the order in which they first appear."""
    (file,) = files
    calls: dict[str, dict[str, list[Turn]]] = {}
    for number, fields in rows(file):
        if fields[0] != "SPEAKER":
            notes.count(NOT_TURNS)
            continue
        if len(fields) not in (9, 10):
            raise TableError(
                f"{file.name}: line {number}: has {len(fields)} fields; a turn has nine or ten"
            )
        start = seconds_in(file, number, fields[3], "start")
        end = end_of(file, number, start, fields[4])
        calls.setdefault(fields[1], {}).setdefault(fields[7], []).append((start, end))
    for recording, turns in calls.items():
        yield _call(recording, turns)


def _call(recording: str, turns: Mapping[str, Sequence[Turn]]) -> ToldCall:
    """One call from the turns of its speakers."""
    speech = union([turn for each in turns.values() for turn in each])
    doubled = overlap([union(each) for each in turns.values()])
    silences = [
        (end, start)
        for (_, end), (start, _) in itertools.pairwise(speech)
        if round(start - end, 6) >= SILENCE_SECONDS
    ]
    events = [
        Event(
            kind="silence",
            label="silence",
            start=start,
            end=end,
            rule=f"nobody speaks for {SILENCE_SECONDS} s or more, between the turns of the RTTM",
            found=f"{end - start:.2f} s",
        )
        for start, end in silences
    ] + [
        Event(
            kind="overtalk",
            label="overtalk",
            start=start,
            end=end,
            rule="turns of two speakers of the RTTM overlap",
            found=f"{end - start:.2f} s",
        )
        for start, end in doubled
    ]
    events.sort(key=lambda event: event.start or 0.0)
    said = [
        Said(text=None, start=start, end=end, speaker=name)
        for name, each in turns.items()
        for start, end in each
    ]
    said.sort(key=lambda turn: turn.start or 0.0)
    return ToldCall(
        call_id=recording,
        said=tuple(said),
        events=tuple(events),
        facts={
            "speakers": len(turns),
            "speech_seconds": _total(speech),
            "silence_seconds": _total(silences),
            "overtalk_seconds": _total(doubled),
        },
    )


def union(turns: Sequence[Turn]) -> list[Turn]:
    """The stretches covered by any of the turns, in order.

    >>> union([(3.0, 4.0), (0.0, 1.0), (1.0, 2.0)])
    [(0.0, 2.0), (3.0, 4.0)]
    """
    found: list[Turn] = []
    for start, end in sorted(turns):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def overlap(speakers: Sequence[Sequence[Turn]]) -> list[Turn]:
    """The stretches in which at least two speakers have a turn.

    >>> overlap([[(0.0, 2.0)], [(1.5, 3.0)], [(1.0, 1.2)]])
    [(1.0, 1.2), (1.5, 2.0)]
    """
    # At one moment ends come first, so that turns which only touch do not overlap.
    steps = sorted(
        step for turns in speakers for start, end in turns for step in ((start, 1), (end, -1))
    )
    found: list[Turn] = []
    speaking, since = 0, 0.0
    for moment, change in steps:
        if speaking == 1 and change == 1:
            since = moment
        elif speaking == 2 and change == -1:
            found.append((since, moment))
        speaking += change
    return union(found)


def _total(turns: Sequence[Turn]) -> float:
    return round(sum(end - start for start, end in turns), 6)
